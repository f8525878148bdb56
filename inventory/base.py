"""What every table of the register shares: names of constraints, identity, version, and history.

A class that inherits `Recorded` gets the history trigger (inventory/changes): each insert, update and delete leaves a
change event in the same transaction, whichever door it came through. Columns named in `history_omits` (secrets) are
written to history as `***`.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Enum, Identity, Integer, MetaData, Numeric, Text, func, select, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, Session, declared_attr, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """One row of one table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: TIMESTAMP(timezone=True),
        Decimal: Numeric(14, 2),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-1)


class Recorded:
    """A noun of the register: versioned (its ETag) and recorded in history."""

    history_omits: ClassVar[frozenset[str]] = frozenset()

    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), sort_order=98)
    updated_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now(), onupdate=func.now(), sort_order=99
    )

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version, "eager_defaults": True}


def labelled(zh: str, *args: Any, **kwargs: Any) -> MappedColumn[Any]:
    """A column with the Chinese word that forms, pages and exports show for it."""
    return mapped_column(*args, info={"zh": zh}, **kwargs)


def choice(kind: type[StrEnum], name: str | None = None) -> Enum:
    """A closed list of words, stored as text with a CHECK; a second column of one kind in a table names its CHECK."""
    words = {"values_callable": lambda members: [member.value for member in members]}
    return Enum(kind, native_enum=False, create_constraint=True, length=40, name=name or kind.__name__.lower(), **words)


def ordered_range(start: str = "valid_from", end: str = "valid_to") -> CheckConstraint:
    """Half-open dated range: it ends after it begins."""
    return CheckConstraint(
        f"{end} > {start}",
        name=f"{end}_after_{start}",
        info={"zh": "终止日期必须晚于起始日期", "en": "the range must end after it begins", "field": end},
    )


def no_overlap(name: str, *keys: str, zh: str, en: str) -> ExcludeConstraint:
    """At most one row per key at any day (keys are integers; core GiST only, ruling 6)."""
    elements: list[tuple[Any, str]] = [(text(f"int8range({key}, {key}, '[]')"), "&&") for key in keys]
    elements.append((text("daterange(valid_from, valid_to)"), "&&"))
    return ExcludeConstraint(*elements, name=name, using="gist", info={"zh": zh, "en": en, "field": "valid_from"})


def today(session: Session) -> date:
    """The province's own day, by the database's clock and the session's time zone; a container's clock runs in UTC."""
    return session.execute(select(func.current_date())).scalar_one()


def in_force(row: Any, day: date) -> Any:
    """SQL: the row's half-open range [valid_from, valid_to) holds the day; an open end means for ever."""
    return ((row.valid_from.is_(None)) | (row.valid_from <= day)) & ((row.valid_to.is_(None)) | (row.valid_to > day))
