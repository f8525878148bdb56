"""What a noun of the register tells the API about itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, inspect
from sqlalchemy.orm import Session

from inventory.accounts import Role

# Kept by the register itself; never written through the API.
KEPT = frozenset({"id", "version", "updated_at"})


@dataclass(frozen=True)
class Noun:
    """A table as the API shows it.

    `key`: columns of the natural key. `owner`: SQL expression for the agency that owns a row (None: reference data that
    every caller may read). `search`: columns that `q=` looks into. `hidden`: columns that never leave. `create`: the
    action that makes a row, where a rule goes beyond what the database checks.
    """

    path: str
    model: type[Any]
    zh: str
    key: tuple[str, ...]
    writers: tuple[Role, ...]
    owner: Any = None
    search: tuple[str, ...] = ("name",)
    hidden: frozenset[str] = frozenset()
    check: Callable[[Session, Any], None] | None = None

    @property
    def title(self) -> str:
        """CamelCase name for the OpenAPI schemas."""
        return str(self.model.__name__)

    @property
    def columns(self) -> dict[str, Column[Any]]:
        """Visible columns by attribute name, in the order of the model."""
        mapper = inspect(self.model)
        named = {attribute.key: attribute.columns[0] for attribute in mapper.column_attrs}
        order = {column.key: place for place, column in enumerate(mapper.local_table.columns)}
        return {
            name: column
            for name, column in sorted(named.items(), key=lambda item: order[item[1].key])
            if name not in self.hidden
        }


# Every noun that the API serves, by table: what a foreign key points at, and who owns it.
SERVED: dict[str, Noun] = {}
