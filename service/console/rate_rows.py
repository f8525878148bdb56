"""What lies behind the numbers of the cloud rate's page: systems, hosts for 主机口径, and the months before."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from inventory import divisions, indicators
from service.api.rate_questions import decode_cursor, encode_cursor, month_ends, read_statuses
from service.console.layout import PageReader, page
from service.console.rate import WORDS, Several, Words, asked, linker
from service.db import Db
from service.reports.rate_trend import a_year_before, svg

router = APIRouter(prefix="/rate", include_in_schema=False)
PAGE = 100
Cursor = Annotated[str, Query(max_length=2000)]


def place(db: Session, city: str) -> dict[str, Any]:
    """Which city the rows are limited to; the province's code means the bodies that lie in none."""
    if not city:
        return {}
    division = divisions.by_code(db, city)
    return {"province_only": True} if division.parent_id is None else {"city": division.id}


@router.get("/systems")
def show_rate_systems(
    request: Request, db: Db, caller: PageReader, scope: Words = "", as_of: Words = "", levels: Several = [],  # noqa: B006
    view: Words = "", merge_successors: Words = "", status: Words = "", city: Words = "", cursor: Cursor = "",
) -> Response:  # fmt: skip
    """The systems behind a number."""
    question = asked(db, caller, scope, as_of, levels, view, merge_successors)
    within, statuses, after = place(db, city), read_statuses(status or None), decode_cursor(cursor or None)
    rows = indicators.members(db, question, statuses, **within, after=after, limit=PAGE + 1)
    shown = [(row, indicators.why(row, question.as_of)) for row in rows[:PAGE]]
    return page(
        request, "rate_systems.html", question=question, rows=shown, statuses=statuses, link=linker(question),
        city=divisions.by_code(db, city) if city else None, chosen=status or None,
        following=encode_cursor(rows[PAGE - 1]) if len(rows) > PAGE else None, **WORDS,
    )  # fmt: skip


@router.get("/hosts")
def show_rate_hosts(
    request: Request, db: Db, caller: PageReader, scope: Words = "", as_of: Words = "", levels: Several = [],  # noqa: B006
    merge_successors: Words = "", after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> Response:  # fmt: skip
    """The hosts behind 主机口径."""
    question = asked(db, caller, scope, as_of, levels, "hosts", merge_successors)
    rows = indicators.hosts(db, question, after=after, limit=PAGE + 1)
    following = rows[PAGE - 1].host_id if len(rows) > PAGE else None
    return page(
        request, "rate_hosts.html", question=question, rows=rows[:PAGE], following=following, link=linker(question),
        **WORDS,
    )  # fmt: skip


@router.get("/trend.svg")
def draw_rate_trend(
    db: Db, caller: PageReader, scope: Words = "", as_of: Words = "", levels: Several = [],  # noqa: B006
    view: Words = "", merge_successors: Words = "",
) -> Response:  # fmt: skip
    """The twelve months up to the day as a drawing."""
    question = asked(db, caller, scope, as_of, levels, view, merge_successors)
    days = month_ends(a_year_before(question.as_of), question.as_of)
    points = indicators.points(indicators.over_time(db, question, days))
    aim = next(iter(indicators.aims(db, question)), None)
    drawn = svg(points, aim.ratio if aim else None)
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=60"})
