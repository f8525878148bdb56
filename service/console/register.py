"""The register's tables as pages: lists with search, and one row with its story."""

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import changes
from inventory.accounts import Reach, Role
from inventory.errors import NotFound
from service.api.manner import Noun, listing
from service.api.manner.routes import fetch
from service.api.manner.shapes import Identifier
from service.api.register import NOUNS
from service.console.layout import PageReader, page
from service.console.references import label, shown
from service.db import Db
from service.identity import reach_of

router = APIRouter(prefix="/register", include_in_schema=False)
BY_PATH = {noun.path: noun for noun in NOUNS}
PAGE = 50


def _noun(path: str) -> Noun:
    if path not in BY_PATH:
        raise NotFound("没有这类资产 / no such noun", noun=path)
    return BY_PATH[path]


def _headings(noun: Noun) -> dict[str, str]:
    return {name: column.info.get("zh", name) for name, column in noun.columns.items() if column.info.get("zh")}


@router.get("")
def show_register(request: Request, caller: PageReader) -> Response:
    """All nouns."""
    return page(request, "register.html", nouns=NOUNS)


@router.get("/{path}")
def show_rows(
    request: Request, path: str, db: Db, caller: PageReader, q: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str, Query(max_length=2000)] = "", by: Annotated[str, Query(max_length=64)] = "",
    of: Identifier | None = None,
) -> Response:  # fmt: skip
    """One page of a noun; `by` and `of` narrow it to the rows that refer to one other row."""
    noun = _noun(path)
    asked: dict[str, Any] = {"limit": PAGE, "sort": None, "count": True, "cursor": cursor or None}
    if by in noun.columns and noun.columns[by].foreign_keys and of is not None:
        asked[by] = of
    if q and noun.search:
        asked["q"] = q
    found = listing.page(db, noun, reach_of(db, caller), asked)
    headings = dict(list(_headings(noun).items())[:8])
    rows = [(row.id, [shown(db, noun, row, name) for name in headings]) for row in found["items"]]
    return page(
        request,
        "rows.html",
        noun=noun,
        headings=headings,
        rows=rows,
        q=q,
        following=found["next"],
        count=found["count"],
        kept=urlencode({"q": q, **({"by": by, "of": of} if by in asked else {})}),
    )


@router.get("/{path}/{row_id}")
def show_row(request: Request, path: str, row_id: Identifier, db: Db, caller: PageReader) -> Response:
    """One row, every column, and (for administrators and auditors) its story."""
    noun = _noun(path)
    row = fetch(db, noun, reach_of(db, caller), row_id)
    values = [(zh, shown(db, noun, row, name)) for name, zh in _headings(noun).items()]
    story = []
    if caller.has(Role.AUDITOR, Role.ADMINISTRATOR):
        story = [(event, _differences(event, noun)) for event in changes.story_of(db, noun.model.__tablename__, row_id)]
    related = list(_related(db, reach_of(db, caller), noun, row_id))
    return page(
        request, "row.html", noun=noun, row=row, label=label(row), values=values, story=reversed(story), related=related
    )


def _related(db: Session, reach: Reach, noun: Noun, row_id: int) -> Iterator[tuple[str, str, int, str]]:
    """What refers to this row: noun, column, how many, and the list of them."""
    table = noun.model.__tablename__
    for other in NOUNS:
        for name, column in other.columns.items():
            if any(key.column.table.name == table and key.column.name == "id" for key in column.foreign_keys):
                asked = listing.filtered(other, listing.visible(other, reach), {name: row_id})
                count = db.scalar(select(func.count()).select_from(asked.subquery())) or 0
                if count:
                    yield other.zh, column.info.get("zh", name), count, f"/register/{other.path}?by={name}&of={row_id}"


def _differences(event: changes.ChangeEvent, noun: Noun) -> list[tuple[str, Any, Any]]:
    before, after = event.before or {}, event.after or {}
    names = [name for name in (after or before) if name not in ("id", "version", "updated_at")]
    labels = _headings(noun)
    return [
        (labels.get(name, name), before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
