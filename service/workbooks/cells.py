"""Writing a value into a cell so that Excel takes it for what it is."""

from typing import Any

from openpyxl.cell import Cell


def put(cell: Any, value: object) -> Cell:
    """Set the value; text that begins like a formula stays text, or a name in the register could run in Excel."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@"
    written: Cell = cell
    return written
