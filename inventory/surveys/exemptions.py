"""Sheet 3: approvals that keep a system outside the rate for a time."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inventory.exemptions.model import Exemption
from inventory.surveys.cells import fold
from inventory.surveys.faults import Fault
from inventory.surveys.owners import Owner, Owners
from inventory.surveys.periods import check_order, refuse_overlaps
from inventory.surveys.reading import read
from inventory.surveys.register import Register
from inventory.surveys.sheets import Row


@dataclass
class ExemptionRow:
    """One row of sheet 3, resolved as far as it could be."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    owner: Owner | None = None
    existing: Exemption | None = None
    valid_from: date = date.min
    valid_to: date | None = None


def check_all(rows: list[Row], owners: Owners) -> list[ExemptionRow]:
    """Read every row, then look for overlaps among those that pass."""
    found = [_check(row, owners) for row in rows]
    refuse_overlaps(
        found, lambda item: item.owner.code, lambda item: _registered(item, owners.register), ("豁免", "exemption")
    )
    return found


def _registered(item: ExemptionRow, register: Register) -> list[Exemption]:
    held = item.owner.existing if item.owner else None
    return register.exemptions[held.id] if held is not None else []


def _check(row: Row, owners: Owners) -> ExemptionRow:
    item = ExemptionRow(row)
    item.values, item.faults = read(row)
    code = item.values.get("code")
    if code is None:
        return item
    owner = owners.of(row, code)
    if isinstance(owner, Fault):
        item.faults = [owner] if owner.says.kind == "classified" else [owner, *item.faults]
        return item
    item.owner = owner
    _dates(item, owners.register)
    return item


def _dates(item: ExemptionRow, register: Register) -> None:
    """A missing 起始日期 means since the day of the form, or since when it is registered."""
    start, number = item.values.get("valid_from"), fold(item.values.get("document_number") or "")
    for held in _registered(item, register):
        if held.valid_from == start or (start is None and fold(held.document_number) == number):
            item.existing = held
            break
    item.valid_from = start or (item.existing.valid_from if item.existing else register.places.day)
    item.valid_to = item.values.get("valid_to")
    item.faults += check_order(item.row, item.valid_from, item.valid_to)
