"""One write to one row of the register."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from inventory.base import Base


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id; it orders the change feed without gaps."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class ChangeEvent(Base):
    """A row's before and after, written by trigger in the transaction that changed it."""

    __tablename__ = "change_events"
    __table_args__ = (
        Index("ix_change_events_row", "noun", "row_id", "id"),
        Index("ix_change_events_feed", "txid", "id"),
    )

    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    txid: Mapped[int] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))
    noun: Mapped[str]
    row_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str]
    actor: Mapped[str]
    request_id: Mapped[str | None]
    reason: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
