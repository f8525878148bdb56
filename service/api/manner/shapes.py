"""Wire shapes of a noun, derived from its columns, so that model and OpenAPI cannot drift apart."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PyEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model
from sqlalchemy import BigInteger, Boolean, Column, Date, Enum, Integer, Numeric
from sqlalchemy.dialects.postgresql import INET, JSONB, TIMESTAMP

from service.api.manner.noun import KEPT, Noun

# PostgreSQL stores no NUL; other control characters have no place in a register.
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")
]
Identifier = Annotated[int, Field(ge=1, le=2**63 - 1)]
Whole = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
Answer = ConfigDict(from_attributes=True)
Strict = ConfigDict(extra="forbid")


def wire_type(column: Column[Any]) -> Any:
    """The Python type that a column's value has on the wire (not counting null)."""
    kind = column.type
    if isinstance(kind, Enum):
        assert kind.enum_class is not None
        return kind.enum_class
    simple: tuple[tuple[type[Any], Any], ...] = (
        (Boolean, bool), (BigInteger, Identifier), (Integer, Whole), (Numeric, Amount), (Date, date),
        (TIMESTAMP, datetime), (INET, IPv4Address | IPv6Address), (JSONB, dict[str, Any]),
    )  # fmt: skip
    return next((python for sql, python in simple if isinstance(kind, sql)), Words)


def _described(column: Column[Any], **kwargs: Any) -> Any:
    return Field(description=column.info.get("zh"), **kwargs)


def out_shape(noun: Noun) -> type[BaseModel]:
    """What the API shows of a row."""
    fields: dict[str, Any] = {}
    for name, column in noun.columns.items():
        python = str if (wire := wire_type(column)) is Words else wire
        fields[name] = (python | None if column.nullable else python, _described(column))
    return create_model(f"{noun.title}Out", __config__=Answer, **fields)


def in_shape(noun: Noun) -> type[BaseModel]:
    """What a caller sends to create a row; unknown fields are refused."""
    fields: dict[str, Any] = {}
    for name, column in noun.columns.items():
        if name in KEPT:
            continue
        wire = wire_type(column)
        if column.nullable:
            fields[name] = (wire | None, _described(column, default=None))
        elif column.server_default is not None:
            fields[name] = (wire, _described(column, default=None))
        else:
            fields[name] = (wire, _described(column))
    return create_model(f"{noun.title}In", __config__=Strict, **fields)


def patch_shape(noun: Noun) -> type[BaseModel]:
    """What a caller sends to change a row: only what changes."""
    fields: dict[str, Any] = {}
    for name, column in noun.columns.items():
        if name in KEPT:
            continue
        wire = wire_type(column)
        fields[name] = (wire | None if column.nullable else wire, _described(column, default=None))
    return create_model(f"{noun.title}Patch", __config__=Strict, **fields)


def page_shape(noun: Noun, out: type[BaseModel]) -> type[BaseModel]:
    """One page of a list."""
    return create_model(
        f"{noun.title}Page",
        items=(list[out], ...),  # type: ignore[valid-type]
        next=(str | None, Field(default=None, description="cursor of the next page; null on the last")),
        count=(int | None, Field(default=None, description="rows in all, when asked for with count=true")),
    )


def filter_shape(noun: Noun) -> type[BaseModel]:
    """The query parameters of a list: paging, and each column with the operators that fit its type."""
    fields: dict[str, Any] = {
        "limit": (int, Field(default=50, ge=1, le=1000)),
        "cursor": (str | None, Field(default=None, max_length=2000)),
        "sort": (str | None, Field(default=None, description="a field, or -field for descending", max_length=64)),
        "count": (bool, Field(default=False)),
        "q": (str | None, Field(default=None, max_length=100, description="search in " + ", ".join(noun.search))),
    }
    if {"valid_from", "valid_to"} <= noun.columns.keys():
        fields["as_of"] = (date | None, Field(default=None, description="only rows in force on this day"))
    for name, column in noun.columns.items():
        fields |= _filters(name, column)
    return create_model(f"{noun.title}Filters", __config__=Strict, **fields)


def _list_of(wire: Any) -> Any:
    return list[wire] | None


def _filters(name: str, column: Column[Any]) -> dict[str, Any]:
    wire = wire_type(column)
    if isinstance(column.type, JSONB):
        return {}
    asked: dict[str, Any] = {name: (wire | None, None), f"{name}__in": (_list_of(wire), None)}
    asked[f"{name}__n"] = (wire | None, None)
    if column.nullable:
        asked[f"{name}__isnull"] = (bool | None, None)
    if wire is Words:
        asked[f"{name}__ic"] = (Words | None, None)
    elif not isinstance(column.type, Boolean) and not (isinstance(wire, type) and issubclass(wire, PyEnum)):
        asked |= {f"{name}__{operator}": (wire | None, None) for operator in ("gte", "lte")}
    return asked
