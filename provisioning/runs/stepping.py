"""From one step to the next: what begins, what waits, what is recorded as done or failed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.errors import Conflict
from inventory.migrations import Migration, MigrationState
from provisioning.runs import evidence, locks, logbook, queries
from provisioning.runs.ledger import Attempt, facts_of, held, let_go, running_step
from provisioning.runs.model import Run, RunKind, RunState, RunStep, StepKind, StepState
from provisioning.runs.plan import POINT_OF_NO_RETURN, is_released, planned
from provisioning.runs.runner import Outcome

MOST_ATTEMPTS = 10  # of one step that ends without an outcome: a step that kills its workers must not do so for ever


@dataclass(frozen=True)
class Begun:
    """A play that this attempt is to carry out now."""

    step: str
    attempt: int


def begin_next(session: Session, attempt: Attempt) -> Begun | None:
    """Begin the first step that is not done; None when the run waits, is blocked, was cancelled, or has ended."""
    run, migration = held(session, attempt)
    while (step := next((step for step in run.steps if step.state is not StepState.DONE), None)) is not None:
        if run.cancel_requested_by is not None:
            _cancel(session, run, migration)
            return None
        _require_its_plan(session, run, migration)
        if step.kind is StepKind.PLAY:
            return _begin(session, run, migration, step)
        if not is_released(step.name, migration):
            _wait(session, run, migration, step)
            return None
        _pass(session, run, migration, step)
    _end(session, run, RunState.SUCCEEDED)
    return None


def record(session: Session, attempt: Attempt, outcome: Outcome, log: list[dict[str, Any]]) -> bool:
    """Record how the running step ended, with its proof and what it means for the register; whether to go on."""
    run, migration = held(session, attempt)
    step = running_step(run)
    if step is None:  # recorded before, by a commit whose answer was lost on the way
        return True
    if log:
        logbook.add(session, run.id, step.name, log)
    if outcome.status != "successful":
        fail(session, run, migration, step, outcome)
        return False
    _done(session, run, migration, step, outcome)
    return True


def fail_to_begin(session: Session, attempt: Attempt, why: str) -> None:
    """The next step cannot even begin: the run fails and says why, instead of being tried for ever."""
    run, migration = held(session, attempt)
    step = next(step for step in run.steps if step.state is not StepState.DONE)
    fail(session, run, migration, step, Outcome("failed", failure=f"无法开始 / cannot begin: {why}"))


def record_cancelled(session: Session, attempt: Attempt) -> None:
    """The run stops here because somebody asked for it; it may be resumed or rolled back later."""
    _cancel(session, *held(session, attempt))


def _cancel(session: Session, run: Run, migration: Migration) -> None:
    step = running_step(run)
    if step is not None:
        step.state = StepState.PENDING
    cancel_now(session, run, migration)


def cancel_now(session: Session, run: Run, migration: Migration) -> None:
    """End a run that nobody is working on."""
    by = run.cancel_requested_by or ""
    migrations.move_to(migration, MigrationState.CANCELLED, f"由 {by} 取消 / cancelled by {by}")
    logbook.append(session, run, None, event="cancelled", by=by)
    _end(session, run, RunState.CANCELLED)


def fail(session: Session, run: Run, migration: Migration, step: RunStep, outcome: Outcome) -> None:
    """The step failed, and with it the run; nothing is tried again before somebody says so."""
    step.state, step.finished_at = StepState.FAILED, func.clock_timestamp()
    step.summary = {"status": outcome.status, "hosts": outcome.hosts, "failure": outcome.failure}
    run.failure = f"{step.name}: {outcome.failure}"
    evidence.keep(session, step, "failure", _proof(session, run, migration, step, outcome))
    migrations.move_to(migration, MigrationState.FAILED, run.failure)
    logbook.append(session, run, step.name, event="step_failed", failure=outcome.failure)
    _end(session, run, RunState.FAILED)


def _require_its_plan(session: Session, run: Run, migration: Migration) -> None:
    if run.kind is RunKind.ROLLBACK:
        return
    migrations.require_approval(migration)
    if queries.planned_for(session, run.id) != migration.spec_hash:
        raise Conflict("方案在排队期间有改动 / the plan changed while the run was queued")


def _begin(session: Session, run: Run, migration: Migration, step: RunStep) -> Begun | None:
    if held_by_others := locks.take(session, run, locks.keys_of(migration)):
        _block(session, run, step, held_by_others)
        return None
    run.blocked_by = None
    if step.attempt >= MOST_ATTEMPTS:
        gone = f"已中断 {step.attempt} 次，不再自动重试 / interrupted {step.attempt} times, not tried again by itself"
        fail(session, run, migration, step, Outcome("lost", failure=gone))
        return None
    step.state, step.epoch, step.finished_at = StepState.RUNNING, run.epoch, None
    step.attempt += 1
    step.started_at = func.clock_timestamp()
    migrations.move_to(migration, planned(run.kind, step.name).during)
    if step.name == POINT_OF_NO_RETURN and migration.write_opened_at is None:
        migration.write_opened_at = func.clock_timestamp()  # before the play: it may die after it opened the target
    logbook.append(session, run, step.name, event="step_started", attempt=step.attempt, worker=run.worker)
    session.flush()
    return Begun(step.name, step.attempt)


def _block(session: Session, run: Run, step: RunStep, held_by_others: list[dict[str, Any]]) -> None:
    if run.blocked_by != held_by_others:
        run.blocked_by = held_by_others
        logbook.append(session, run, step.name, event="blocked", held=held_by_others)
    let_go(session, run, RunState.QUEUED)


def _wait(session: Session, run: Run, migration: Migration, step: RunStep) -> None:
    migrations.move_to(migration, planned(run.kind, step.name).during)
    logbook.append(session, run, step.name, event="waiting")
    let_go(session, run, RunState.WAITING)


def _pass(session: Session, run: Run, migration: Migration, step: RunStep) -> None:
    decided = {
        "cutover_by_id": migration.cutover_by_id, "cutover_at": _text(migration.cutover_at),
        "accepted_by_id": migration.accepted_by_id, "accepted_on": _text(migration.accepted_on),
        "unfreeze_by_id": migration.unfreeze_by_id,
    }  # fmt: skip
    step.state, step.epoch, step.finished_at = StepState.DONE, run.epoch, func.clock_timestamp()
    evidence.keep(session, step, "decision", facts_of(run, migration) | {"step": step.name, **decided})
    logbook.append(session, run, step.name, event="released")
    session.flush()


def _done(session: Session, run: Run, migration: Migration, step: RunStep, outcome: Outcome) -> None:
    step.state, step.finished_at = StepState.DONE, func.clock_timestamp()
    step.summary = {"status": outcome.status, "hosts": outcome.hosts}
    evidence.keep(session, step, "play", _proof(session, run, migration, step, outcome))
    after = planned(run.kind, step.name).after
    if after is MigrationState.ROLLED_BACK:
        migrations.annul(session, migration)
    if after is not None:
        migrations.move_to(migration, after)
    logbook.append(session, run, step.name, event="step_done", hosts=outcome.hosts)
    session.flush()


def _end(session: Session, run: Run, state: RunState) -> None:
    let_go(session, run, state)
    logbook.append(session, run, None, event="run_ended", state=state.value, failure=run.failure)


def _proof(session: Session, run: Run, migration: Migration, step: RunStep, outcome: Outcome) -> dict[str, Any]:
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    return facts_of(run, migration) | {
        "step": step.name, "attempt": step.attempt, "epoch": run.epoch, "worker": run.worker,
        "started_at": _text(step.started_at), "finished_at": now.isoformat(), "status": outcome.status,
        "hosts": outcome.hosts, "artifacts": outcome.artifacts, "failure": outcome.failure,
    }  # fmt: skip


def _text(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
