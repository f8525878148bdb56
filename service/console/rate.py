"""The page of the cloud rate: number against target, tile grid, ranking, gap list; each number leads to its rows."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import indicators
from inventory.accounts import Caller
from inventory.agencies import Agency
from inventory.errors import Invalid
from inventory.indicators import MISSING, Question, Ratio, Status, View
from inventory.levels import LEVEL_ZH, Level
from service.console.layout import PageReader, page
from service.console.tiles import band, tiles
from service.db import Db
from service.identity import reach_of

router = APIRouter(prefix="/rate", include_in_schema=False)
LISTED = 30
Words = Annotated[str, Query(max_length=200)]
Several = Annotated[list[str], Query(max_length=9)]
WORDS: dict[str, Any] = {
    "zh": indicators.STATUS_ZH, "en": indicators.STATUS_EN, "Status": Status, "Ratio": Ratio, "level_zh": LEVEL_ZH,
    "missing": ",".join(MISSING), "counted": ",".join(indicators.COUNTED), "Level": Level,
}  # fmt: skip


def asked(
    db: Session, caller: Caller, scope: str, as_of: str, levels: list[str], view: str, merge: str
) -> Question:  # fmt: skip
    """The question that the form or a link puts; an empty field means the usual."""
    try:
        day = date.fromisoformat(as_of) if as_of else None
        chosen = View(view) if view else View.POLICY
    except ValueError as error:
        raise Invalid("日期或口径有误 / a wrong day or view", as_of=as_of, view=view) from error
    return indicators.ask(
        db, scope=scope or None, as_of=day, levels=",".join(levels) or None, view=chosen,
        merge_successors=merge == "true", agency_ids=reach_of(db, caller).agency_ids,
    )  # fmt: skip


def linker(question: Question) -> Callable[..., str]:
    """link("/rate/systems", status=…) keeps the question and changes what is named; None drops a parameter."""

    def link(path: str = "/rate", **changed: Any) -> str:
        merged = {**indicators.parameters(question), **changed}
        return f"{path}?{urlencode({key: value for key, value in merged.items() if value is not None})}"

    return link


def rows_linker(question: Question) -> Callable[..., str]:
    """rows("on_cloud", city=…) leads to the systems with that status."""
    link = linker(question)
    return lambda status=None, **more: link("/rate/systems", status=status, **more)


def _views(db: Session, question: Question) -> list[dict[str, Any]]:
    """The three views of the same question."""
    found = []
    for view in View:
        asked_so = Question(
            question.scope, question.as_of, question.merged_on, question.levels, view, question.agency_ids
        )
        found.append({
            "view": view, "zh": indicators.VIEW_ZH[view], "en": indicators.VIEW_EN[view],
            "figure": indicators.figure(db, asked_so),
        })  # fmt: skip
    return found


def _scopes(db: Session, question: Question) -> dict[str, list[tuple[str, str]]]:
    """What the scope picker offers: the province, its cities of the day, the province's own bodies."""
    root = indicators.scopes.province(db)
    cities = [(city.code, city.name) for city in indicators.scopes.cities(db, question.geography)]
    bodies = select(Agency).where(Agency.level == Level.PROVINCE).order_by(Agency.name).limit(300)
    if question.agency_ids is not None:
        bodies = bodies.where(Agency.id.in_(question.agency_ids))
    offered = {
        "全省": [(root.code, root.name)], "各市": cities,
        "省直部门": [(f"agency:{body.id}", body.name) for body in db.scalars(bodies)],
    }  # fmt: skip
    known = {code for group in offered.values() for code, _ in group}
    if question.scope.code not in known:
        offered["当前范围"] = [(question.scope.code, question.scope.name)]
    return offered


def _geography(db: Session, question: Question, aim: indicators.Aim | None) -> dict[str, Any]:
    """Cities as tiles and as a ranking, for a scope that is the province."""
    if question.scope != indicators.scopes.province(db):
        return {"tiles": [], "cities": [], "bodies": indicators.rank_agencies(db, question)}
    cities = indicators.rank_cities(db, question)
    places, placed = tiles(), []
    for line in cities:
        ratio, tile = line.figure.ratio, places.get(line.code)
        met = ratio.reaches(aim.numerator, aim.denominator) if aim else None
        if tile or line.name == "省直":
            where = (tile.row, tile.column, tile.name_en) if tile else (0, 0, "Provincial")
            placed.append((line, where, band(ratio.n, ratio.total, met), met))
    return {"tiles": placed, "cities": cities, "bodies": indicators.rank_agencies(db, question, province_only=True)}


def bar(parts: list[tuple[str, int]]) -> list[tuple[str, int, float, float]]:
    """Pieces of a bar 1000 wide: (name, count, x, width)."""
    total, pieces, x = sum(count for _, count in parts), [], 0.0
    for name, count in parts:
        width = 1000 * count / total if total else 0.0
        pieces.append((name, count, round(x, 1), round(width, 1)))
        x += width
    return pieces


@router.get("")
def show_rate(
    request: Request, db: Db, caller: PageReader, scope: Words = "", as_of: Words = "", levels: Several = [],  # noqa: B006
    view: Words = "", merge_successors: Words = "",
) -> Response:  # fmt: skip
    """The figure against its target, and where it comes from."""
    question = asked(db, caller, scope, as_of, levels, view, merge_successors)
    views = _views(db, question)
    counted = next(row["figure"] for row in views if row["view"] is question.view)
    targets = indicators.aims(db, question)
    aim = targets[0] if targets else None
    gaps = indicators.members(db, question, MISSING, limit=LISTED + 1)
    shown = [(row, indicators.why(row, question.as_of)) for row in gaps[:LISTED]]
    return page(
        request, "rate.html", question=question, rate=indicators.answer(db, question, counted), views=views, aim=aim,
        figure=counted, gaps=shown, more_gaps=len(gaps) > LISTED, scopes=_scopes(db, question), link=linker(question),
        rows=rows_linker(question),
        bar=bar([(status.value, counted.statuses[status]) for status in indicators.COUNTED]),
        merge=merge_successors == "true", **WORDS, **_geography(db, question, aim),
    )  # fmt: skip
