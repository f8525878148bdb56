"""Who advances a run, and what may be written about it; whoever lost the epoch writes nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.changes import attribute
from inventory.migrations import Migration
from provisioning.runs import locks, logbook
from provisioning.runs.model import ENDED, Run, RunState, RunStep, StepState
from provisioning.runs.queue import defer

LEASE = 6.0  # seconds after the last renewal until another worker may take the run; longer than a guard's
IN_LEASE = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, LEASE)


class Fenced(Exception):
    """Another worker has taken the run: nothing that this one still knows may be written."""


@dataclass(frozen=True)
class Attempt:
    """One worker's hold on a run."""

    run_id: int
    epoch: int
    tag: str


@dataclass(frozen=True)
class Busy:
    """Another worker's lease runs until then."""

    run_id: int


def locked(session: Session, run_id: int) -> tuple[Run, Migration]:
    """A run and its migration for update, the migration first: everybody locks in that order."""
    migration_id = session.scalars(select(Run.migration_id).where(Run.id == run_id)).one()
    migration = migrations.get(session, migration_id, lock=True)
    query = select(Run).where(Run.id == run_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one(), migration


def take(session: Session, run_id: int, worker: str) -> Attempt | Busy | None:
    """A new epoch for this worker; Busy while another's lease lasts, None when there is nothing to do."""
    run, _ = locked(session, run_id)
    if run.state in ENDED or run.state is RunState.WAITING:
        return None
    if run.lease_until is not None and session.execute(select(run.lease_until > func.clock_timestamp())).scalar_one():
        defer(session, run.id, run.lease_until)
        return Busy(run.id)
    run.epoch += 1
    run.worker, run.lease_until = worker, IN_LEASE
    if run.state is RunState.QUEUED:
        run.state = RunState.RUNNING
    run.started_at = run.started_at or func.now()
    session.flush()
    return Attempt(run.id, run.epoch, run.tag)


def held(session: Session, attempt: Attempt) -> tuple[Run, Migration]:
    """The run and its migration for update, or Fenced."""
    run, migration = locked(session, attempt.run_id)
    if run.epoch != attempt.epoch or run.state in ENDED:
        raise Fenced
    attribute(session, actor=run.requested_by, request=f"run:{run.id}", reason=f"执行 {run.id} / run {run.id}")
    return run, migration


def renew(session: Session, attempt: Attempt) -> None:
    """Push the lease forward, or Fenced; gives up quickly when the row is busy."""
    session.execute(text("SET LOCAL lock_timeout = '500ms'"))
    session.execute(text("SET LOCAL statement_timeout = '1500ms'"))
    mine = update(Run).where(Run.id == attempt.run_id, Run.epoch == attempt.epoch, Run.state.not_in(ENDED))
    if not session.execute(
        mine.values(lease_until=IN_LEASE), execution_options={"synchronize_session": False}
    ).rowcount:  # type: ignore[attr-defined]
        raise Fenced


def cancel_requested(session: Session, attempt: Attempt) -> bool:
    """Whether somebody asked to cancel; Fenced if the run is another worker's now."""
    row = session.execute(select(Run.epoch, Run.cancel_requested_by).where(Run.id == attempt.run_id)).one()
    if row.epoch != attempt.epoch:
        raise Fenced
    return row.cancel_requested_by is not None


def let_go(session: Session, run: Run, state: RunState) -> None:
    """Leave the run in this state to nobody; an ended or waiting run holds no target."""
    run.state, run.lease_until, run.worker = state, None, None
    if state in ENDED:
        run.finished_at = func.now()
    if state in ENDED or state is RunState.WAITING:
        locks.release(session, run)
    session.flush()


def hand_over(session: Session, attempt: Attempt, why: str, *, orderly: bool) -> None:
    """Give the run back unfinished: its running step is to begin again; `orderly` does not count as an attempt."""
    run, _ = held(session, attempt)
    step = running_step(run)
    if step is not None:
        step.state = StepState.PENDING
        step.attempt -= orderly
    logbook.append(session, run, step.name if step else None, event="handed_over", reason=why)
    let_go(session, run, RunState.QUEUED if run.cancel_requested_by is None else RunState.CANCELLING)
    defer(session, run.id)


def running_step(run: Run) -> RunStep | None:
    """The step that is under way."""
    return next((step for step in run.steps if step.state is StepState.RUNNING), None)


def facts_of(run: Run, migration: Migration) -> dict[str, Any]:
    """What every proof of a step says about its run."""
    return {
        "run": run.id, "kind": run.kind.value, "migration": migration.id, "requested_by": run.requested_by,
        "approved_by_id": migration.approved_by_id, "approved_hash": migration.approved_hash,
        "playbook_revision": run.playbook_revision, "inventory_hash": run.inventory_hash,
        "variables_hash": run.variables_hash,
    }  # fmt: skip
