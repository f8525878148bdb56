"""What people ask of runs: start, resume, release a gate, accept, cancel, take back. Each leaves its job behind."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.accounts import Caller
from inventory.errors import Conflict, NotAllowed, NotFound
from inventory.migrations import Migration, MigrationState
from provisioning.runs import inventory_document, logbook, plays, queries
from provisioning.runs.ledger import let_go
from provisioning.runs.model import ENDED, Run, RunKind, RunState, RunStep, StepState
from provisioning.runs.plan import steps_for
from provisioning.runs.queue import defer
from provisioning.runs.stepping import cancel_now

STARTABLE = frozenset({MigrationState.APPROVED, MigrationState.FAILED, MigrationState.CANCELLED})


def start(session: Session, migration: Migration, caller: Caller) -> Run:
    """Begin the migration, or go on after the last step that is done of the same plan."""
    run = queries.last(session, migration.id, RunKind.MIGRATE)
    if run is not None and run.state not in ENDED:
        raise Conflict(f"执行 {run.id} 尚未结束 / run {run.id} has not ended", run=run.id, state=run.state)
    if queries.last(session, migration.id, RunKind.ROLLBACK) is not None:
        raise Conflict(
            "已经开始回退，只能继续回退 / a rollback has begun, only that can go on",
            remedy=f"yunwang migrate rollback {migration.id}",
        )
    migrations.refuse_open(session, migration.system_id, but=migration.id)
    migrations.take_up(session, migration, caller)
    inventory_document.of(session, migration)  # what is missing is said now, with the remedy
    plays.require_secrets(session, migration)
    if migration.state not in STARTABLE:
        raise Conflict(f"迁移现为 {migration.state}，不能执行 / it cannot run now", state=migration.state)
    if run is None or queries.planned_for(session, run.id) != migration.spec_hash:  # a changed plan begins anew
        return _create(session, migration, RunKind.MIGRATE, caller)
    return _resume(session, run, caller)


def approve(session: Session, migration: Migration, caller: Caller, reason: str, spec_hash: str | None) -> None:
    """Approve the plan; nobody who ever ran it may."""
    _refuse_executor(session, migration, caller)
    migrations.approve(session, migration, caller, reason, spec_hash)


def release(session: Session, migration: Migration, gate: str, caller: Caller) -> Run:
    """Release the gate `cutover` or `unfreeze`."""
    if gate == "cutover":
        _refuse_executor(session, migration, caller)
        migrations.release_cutover(session, migration, caller)
    elif gate == "unfreeze":
        migrations.release_unfreeze(session, migration, caller)
    else:
        raise NotFound("没有这个关口 / no such gate", gate=gate, gates=["cutover", "unfreeze"])
    return _wake(session, migration)


def accept(session: Session, migration: Migration, caller: Caller, on: date | None, reason: str) -> Run:
    """割接验收: the register moves, and the run goes on to its last gate."""
    _refuse_executor(session, migration, caller)
    migrations.accept(session, migration, caller, on, reason)
    return _wake(session, migration)


def cancel(session: Session, migration: Migration, caller: Caller) -> Run | None:
    """Stop the run that is under way, or give the plan up if none is."""
    run = _active(session, migration.id)
    if run is None:
        migrations.move_to(migration, MigrationState.CANCELLED, f"由 {caller.username} 取消 / cancelled")
        session.flush()
        return None
    run.cancel_requested_by = caller.username
    if run.state is RunState.WAITING:
        cancel_now(session, run, migration)
        return run
    run.state = RunState.CANCELLING
    logbook.append(session, run, None, event="cancel_requested", by=caller.username)
    defer(session, run.id)
    return run


def roll_back(session: Session, migration: Migration, caller: Caller, reason: str) -> Run:
    """Give the users the old system back; refused once the target was opened for writing."""
    migrations.require_way_back(migration)
    run = _active(session, migration.id)
    if run is not None and run.state is not RunState.WAITING:
        raise Conflict(
            f"执行 {run.id} 正在进行，请先取消 / run {run.id} is under way, cancel it first",
            run=run.id, remedy=f"yunwang migrate cancel {migration.id}",
        )  # fmt: skip
    if run is not None:
        run.failure = "回退 / rolled back"
        let_go(session, run, RunState.CANCELLED)
        logbook.append(session, run, None, event="run_ended", state=run.state.value, failure=run.failure)
    if queries.last(session, migration.id, RunKind.MIGRATE) is None:
        raise Conflict("迁移还没有执行，无可回退 / nothing ran yet, so there is nothing to take back")
    before = queries.last(session, migration.id, RunKind.ROLLBACK)
    migrations.move_to(migration, MigrationState.ROLLING_BACK, reason)
    session.flush()
    return _create(session, migration, RunKind.ROLLBACK, caller) if before is None else _resume(session, before, caller)


def _refuse_executor(session: Session, migration: Migration, caller: Caller) -> None:
    if caller.username in queries.executors(session, migration.id):
        raise NotAllowed(
            "您执行过本迁移，须由第二人决定 / you have run this migration: a second person must decide",
            rule="four-eyes",
        )


def _active(session: Session, migration_id: int) -> Run | None:
    query = select(Run).where(Run.migration_id == migration_id, Run.state.not_in(ENDED))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _create(session: Session, migration: Migration, kind: RunKind, caller: Caller) -> Run:
    steps = steps_for(kind, migration)
    run = Run(
        kind=kind, migration_id=migration.id, state=RunState.QUEUED, requested_by=caller.username,
        plan=[step.name for step in steps],
        steps=[RunStep(ordinal=n, name=step.name, kind=step.kind, state=StepState.PENDING)
               for n, step in enumerate(steps, 1)],
    )  # fmt: skip
    session.add(run)
    session.flush()
    told = {"plan": run.plan, "spec_hash": migration.spec_hash}
    logbook.append(session, run, None, event="queued", by=caller.username, **told)
    defer(session, run.id)
    return run


def _resume(session: Session, run: Run, caller: Caller) -> Run:
    session.refresh(run, with_for_update=True)
    for step in run.steps:
        if step.state is not StepState.DONE:
            step.state, step.attempt = StepState.PENDING, 0
    run.state, run.cancel_requested_by, run.failure, run.finished_at = RunState.QUEUED, None, None, None
    session.flush()
    logbook.append(session, run, None, event="resumed", by=caller.username)
    defer(session, run.id)
    return run


def _wake(session: Session, migration: Migration) -> Run:
    run = _active(session, migration.id)
    if run is None:
        raise Conflict("没有等待中的执行 / no run is waiting", migration=migration.id)
    if run.state is RunState.WAITING:
        run.state = RunState.QUEUED
        defer(session, run.id)
    session.flush()
    return run
