"""Making a question out of what a request, a command or a page says."""

from datetime import date

from sqlalchemy.orm import Session

from inventory.base import today
from inventory.errors import Invalid
from inventory.indicators import scopes
from inventory.indicators.question import LEVELS_OF_POLICY, Question, View, read_levels

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def check_day(day: date, field: str = "as_of") -> date:
    """The day itself, if it lies where a register of this kind can know anything."""
    if not EARLIEST <= day < LATEST:
        raise Invalid("日期超出范围 / the day is out of range", field=field, value=day.isoformat())
    return day


def ask(
    session: Session, *, scope: str | None = None, as_of: date | None = None, levels: str | None = None,
    view: View = View.POLICY, merge_successors: bool = False, agency_ids: frozenset[int] | None = None,
) -> Question:  # fmt: skip
    """The question; nothing said means: the whole province, today, 省市两级, 政策口径."""
    now = today(session)
    day = check_day(as_of or now)
    return Question(
        scope=scopes.find(session, scope) if scope else scopes.province(session), as_of=day,
        merged_on=now if merge_successors else None, levels=read_levels(levels) if levels else LEVELS_OF_POLICY,
        view=view, agency_ids=agency_ids,
    )  # fmt: skip
