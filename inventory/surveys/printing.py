"""How a stored value stands in a cell: the same form that the import reads back to the same value."""

import re
from datetime import date
from decimal import Decimal

from inventory.surveys.addresses import ALL_READERS
from inventory.surveys.cells import is_blank
from inventory.surveys.columns import Column, Kind
from inventory.surveys.faults import Unfit
from inventory.surveys.words import word

Cell = str | int | float | date | None
# Control characters that XML cannot carry; Excel refuses the file otherwise.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def printed(value: object, column: Column) -> Cell:
    """A value of the register as a cell."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int | date):
        return value
    words = word(str(value), column.words) if column.kind is Kind.CHOICE else str(value)
    return UNPRINTABLE.sub("", words)


def same(stored: object, wanted: object, column: Column) -> bool:
    """Whether writing the wanted value would change nothing: the stored one reads as it does."""
    if stored == wanted:
        return True
    if is_blank(stored, column) or wanted is None:
        return is_blank(stored, column) and wanted is None
    try:
        return ALL_READERS[column.kind](printed(stored, column), column) == wanted
    except Unfit:
        return False
