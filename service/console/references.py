"""A value as a reader wants to see it: names for ids, Chinese words for closed lists, 是/否 for booleans."""

from enum import Enum
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from service.api.manner import Noun
from service.api.register import NOUNS
from service.console.words import in_chinese

NAMING = ("name", "code", "number", "username")


def label(row: Any) -> str:
    """What people call this row."""
    for attribute in NAMING:
        if value := getattr(row, attribute, None):
            return str(value)
    return f"#{row.id}"


def shown(session: Session, noun: Noun, row: Any, name: str) -> dict[str, Any]:
    """{text, link}: link leads to the row that the value refers to."""
    value = getattr(row, name)
    if value is None or value == "":
        return {"text": "—", "link": None}
    target = _target(noun, name)
    if target is not None and (other := session.get(target[0], value)):
        return {"text": label(other), "link": f"/register/{target[1]}/{value}" if target[1] else None}
    if isinstance(value, bool):
        return {"text": "是" if value else "否", "link": None}
    if isinstance(value, Enum):
        return {"text": in_chinese(value), "link": None}
    return {"text": str(value), "link": None}


def _target(noun: Noun, name: str) -> tuple[type[Any], str | None] | None:
    """The class and the console path that a foreign key column leads to."""
    tables = {key.column.table.name for key in noun.columns[name].foreign_keys if key.column.name == "id"}
    for mapper in inspect(noun.model).registry.mappers:
        if mapper.local_table.name in tables:
            path = next((known.path for known in NOUNS if known.model is mapper.class_), None)
            return mapper.class_, path
    return None
