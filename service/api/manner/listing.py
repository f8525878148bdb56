"""Reading a list: filters, order, keyset cursor, count, and the caller's row scope."""

import base64
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from inventory.accounts import Reach
from inventory.base import in_force
from service.api.manner.noun import Noun
from service.problems import BadRequest

PAGING = frozenset({"limit", "cursor", "sort", "count", "q", "as_of"})


def visible(noun: Noun, reach: Reach) -> Select[Any]:
    """All rows of the noun that the caller may see."""
    query = select(noun.model)
    if noun.owner is not None and reach.agency_ids is not None:
        query = query.where(noun.owner.in_(reach.agency_ids))
    return query


def contains(column: Any, words: str) -> ColumnElement[bool]:
    """Case-insensitive substring; % and _ mean themselves."""
    return column.icontains(words, autoescape=True)  # type: ignore[no-any-return]


OPERATORS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "": lambda column, value: column == value,
    "n": lambda column, value: column.is_distinct_from(value),
    "in": lambda column, value: column.in_(value),
    "ic": contains,
    "gte": lambda column, value: column >= value,
    "lte": lambda column, value: column <= value,
    "isnull": lambda column, value: column.is_(None) if value else column.is_not(None),
}


def condition(noun: Noun, parameter: str, value: Any) -> ColumnElement[bool]:
    """One filter as SQL."""
    name, _, operator = parameter.partition("__")
    return OPERATORS[operator](getattr(noun.model, name), value)


def filtered(noun: Noun, query: Select[Any], asked: dict[str, Any]) -> Select[Any]:
    """The query with every filter of the request."""
    for parameter, value in asked.items():
        if parameter not in PAGING and value is not None:
            query = query.where(condition(noun, parameter, value))
    if words := asked.get("q"):
        query = query.where(or_(*(contains(getattr(noun.model, name), words) for name in noun.search)))
    if day := asked.get("as_of"):
        query = query.where(in_force(noun.model, day))
    return query


def _order(noun: Noun, sort: str | None) -> tuple[str, bool]:
    name = (sort or "id").removeprefix("-")
    if name not in noun.columns or isinstance(noun.columns[name].type, JSONB):
        raise BadRequest(f"不能按此排序 / cannot sort by: {name}", allowed=list(noun.columns))
    return name, bool(sort and sort.startswith("-"))


def encode(sort: str | None, value: Any, row_id: int) -> str:
    """An opaque cursor: the order it belongs to, the last row's value and id."""
    words = json.dumps([sort, None if value is None else str(value), row_id], ensure_ascii=False)
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def decode(cursor: str, sort: str | None) -> tuple[str | None, int]:
    """The last row's value and id; a cursor of another order or a broken one is refused."""
    try:
        made_for, value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        valid = made_for == sort and isinstance(row_id, int) and 0 < row_id < 2**63 and isinstance(value, str | None)
    except (ValueError, TypeError, RecursionError):
        valid = False
    if not valid:
        raise BadRequest("游标无效，请从第一页重新读取 / this cursor is not valid here, start from the first page")
    return value, row_id


def _past(column: Any, identity: Any, value: Any, row_id: int, *, descending: bool) -> ColumnElement[bool]:
    """SQL: rows after (value, id); nulls come last in either direction."""
    if value is None:
        return and_(column.is_(None), identity > row_id)
    beyond = column < value if descending else column > value
    return or_(beyond, and_(column == value, identity > row_id), column.is_(None))


def page(session: Session, noun: Noun, reach: Reach, asked: dict[str, Any]) -> dict[str, Any]:
    """One page: {items, next, count}."""
    name, descending = _order(noun, asked["sort"])
    column, identity = getattr(noun.model, name), noun.model.id
    query = filtered(noun, visible(noun, reach), asked)
    total = session.scalar(select(func.count()).select_from(query.subquery())) if asked["count"] else None
    if asked["cursor"]:
        value, row_id = decode(asked["cursor"], asked["sort"])
        typed = None if value is None else cast(literal(value), column.type)
        query = query.where(_past(column, identity, typed, row_id, descending=descending))
    order = (column.desc() if descending else column.asc()).nulls_last()
    rows = session.scalars(query.order_by(order, identity).limit(asked["limit"] + 1)).all()
    items = rows[: asked["limit"]]
    more = len(rows) > len(items)
    following = encode(asked["sort"], getattr(items[-1], name), items[-1].id) if more else None
    return {"items": items, "next": following, "count": total}
