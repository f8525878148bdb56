"""Reading history: the feed of all changes, and the story of one row."""

from collections.abc import Sequence

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from inventory.changes.model import ChangeEvent


def events_after(session: Session, txid: int, seq: int, limit: int) -> Sequence[ChangeEvent]:
    """Events past the cursor (txid, seq), oldest first; only those that no running transaction can still precede."""
    settled = text("txid < pg_snapshot_xmin(pg_current_snapshot())")
    past = text("(txid, id) > (CAST(:txid AS text)::xid8, :seq)").bindparams(txid=str(txid), seq=seq)
    query = select(ChangeEvent).where(settled, past).order_by(tuple_(ChangeEvent.txid, ChangeEvent.id)).limit(limit)
    return session.scalars(query).all()


def story_of(session: Session, noun: str, row_id: int) -> Sequence[ChangeEvent]:
    """Everything that happened to one row, oldest first."""
    query = select(ChangeEvent).where(ChangeEvent.noun == noun, ChangeEvent.row_id == row_id)
    return session.scalars(query.order_by(ChangeEvent.id)).all()
