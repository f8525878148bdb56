"""Reading the ledger."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.accounts import Reach
from inventory.errors import NotFound
from provisioning.runs.model import Evidence, Run, RunEvent, RunKind

EVERYTHING = Reach(None)


def get(session: Session, run_id: int, reach: Reach = EVERYTHING) -> Run:
    """The run with this id, if its migration lies within reach."""
    run = session.get(Run, run_id)
    if run is not None:
        try:
            migrations.get(session, run.migration_id, reach)
        except NotFound:
            run = None
    if run is None:
        raise NotFound("没有这次执行 / no such run", run=run_id)
    return run


def of_migration(session: Session, migration_id: int) -> Sequence[Run]:
    """Every run of a migration, oldest first."""
    return session.scalars(select(Run).where(Run.migration_id == migration_id).order_by(Run.id)).all()


def last(session: Session, migration_id: int, kind: RunKind) -> Run | None:
    """The newest run of a kind, if there was one."""
    query = select(Run).where(Run.migration_id == migration_id, Run.kind == kind).order_by(Run.id.desc())
    return session.scalars(query.limit(1)).first()


def planned_for(session: Session, run_id: int) -> str | None:
    """The hash of the plan that the run's steps were made for."""
    made = RunEvent.body["event"].astext == "queued"
    return session.scalar(select(RunEvent.body["spec_hash"].astext).where(RunEvent.run_id == run_id, made))


def executors(session: Session, migration_id: int) -> frozenset[str]:
    """Usernames of everybody who ever started, resumed or took back this migration."""
    asked = RunEvent.body["event"].astext.in_(["queued", "resumed"])
    query = select(RunEvent.body["by"].astext).join(Run, Run.id == RunEvent.run_id)
    return frozenset(session.scalars(query.where(Run.migration_id == migration_id, asked)))


def evidence_of(session: Session, run_id: int) -> Sequence[Evidence]:
    """Every proof of a run, in the order it was written."""
    return session.scalars(select(Evidence).where(Evidence.run_id == run_id).order_by(Evidence.id)).all()
