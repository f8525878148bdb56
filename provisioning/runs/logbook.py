"""The run's log: events numbered without gaps, readable from any number on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from provisioning.runs.model import Run, RunEvent


def append(session: Session, run: Run, step: str | None, **body: Any) -> None:
    """Write one event of a run whose row this transaction holds."""
    add(session, run.id, step, [body])


def add(
    session: Session, run_id: int, step: str | None, bodies: Sequence[dict[str, Any]], epoch: int | None = None
) -> bool:
    """Number and write events; False, and nothing written, if the run has another epoch than the one given.

    The row's lock is held until commit, so a number becomes visible only after all lower ones.
    """
    change = (
        update(Run).where(Run.id == run_id).values(last_event=Run.last_event + len(bodies)).returning(Run.last_event)
    )
    if epoch is not None:
        change = change.where(Run.epoch == epoch)
    last = session.scalar(change.execution_options(synchronize_session=False))
    if last is None:
        return False
    first = last - len(bodies) + 1
    session.add_all(RunEvent(run_id=run_id, seq=first + i, step=step, body=body) for i, body in enumerate(bodies))
    session.flush()
    return True


def after(session: Session, run_id: int, seq: int, limit: int = 200) -> Sequence[RunEvent]:
    """Events past a number, in order."""
    query = select(RunEvent).where(RunEvent.run_id == run_id, RunEvent.seq > seq).order_by(RunEvent.seq)
    return session.scalars(query.limit(limit)).all()
