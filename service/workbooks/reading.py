"""An XLSX file as plain values: cached results of formulas, merged cells filled down, nothing else.

openpyxl's read-only mode streams rows but shows neither merged ranges nor whether a formula lacks its cached value, so
its own streaming parser is used directly, with one more look at each cell.
"""

import warnings
from bisect import bisect_right
from io import BytesIO
from sys import getsizeof
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

import structlog
from defusedxml import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser
from openpyxl.worksheet.cell_range import CellRange

from inventory.errors import Invalid
from inventory.surveys import Broken, BrokenKind, RawSheet
from service.workbooks import safety

LONGEST_CELL = 32_767  # Excel's own limit
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 50, 200_000, 500
MOST_ROW_MARKS = 1_048_576  # Excel's own limit, rows without any value included
MOST_MERGED = 50_000  # areas in one sheet, give or take those cut by the end of a read
MOST_MEMORY = 400 * 1024 * 1024  # for the values of a workbook; 100,000 rows of 62 columns need less than half of it
SLOT = 8  # bytes of a reference in a list
FILLED = 64  # what a filled-down cell counts as, so that areas over each other come to an end within seconds
TOO_LARGE = "工作簿内容过多，请拆分后分别导入 / the workbook holds too much: split it and import the parts"
DAMAGED = (
    "工作簿内容无法读取，可能已损坏；请用Excel打开并另存后重新上传 / "
    "the workbook cannot be read; open it in Excel, save it and upload that"
)

log = structlog.get_logger()


class _Budget:
    """Memory that the values of one workbook may still take."""

    def __init__(self) -> None:
        self.left = MOST_MEMORY

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Invalid(TOO_LARGE)


class _Source:
    """A sheet's XML as it is parsed; refuses masses of merged areas before openpyxl makes an object of each."""

    def __init__(self, stream: IO[bytes], title: str) -> None:
        self.stream, self.title, self.marks = stream, title, 0

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        self.marks += chunk.replace(b"\0", b"").count(b"mergeCell ")  # without NUL: UTF-16 is XML as well
        if self.marks > MOST_MERGED:
            raise Invalid(
                f"工作表“{self.title}”的合并单元格超过{MOST_MERGED}处，请取消合并后重新上传 / "
                f"more than {MOST_MERGED} merged areas: unmerge them and upload that"
            )
        return chunk


class _Parser(WorkSheetParser):
    """Marks a formula whose result was never stored, which data_only would show as an empty cell."""

    budget: _Budget

    def parse_cell(self, element: Element) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is not None and element.get("t") != "s":  # a shared text is in memory once
            self.budget.take(getsizeof(cell["value"]))
        if cell["value"] is None and (formula := element.find(FORMULA_TAG)) is not None and element.get("t") != "str":
            cell["value"] = Broken(BrokenKind.FORMULA, f"={formula.text or ''}"[:100])
        elif cell["data_type"] == "e":
            cell["value"] = Broken(BrokenKind.ERROR, str(cell["value"]))
        elif isinstance(cell["value"], str) and len(cell["value"]) > LONGEST_CELL:
            length = len(cell["value"])
            cell["value"] = Broken(BrokenKind.TOO_LONG, f"{cell['value'][:40]}…(共{length}字)")
        return cell


def read_workbook(content: bytes) -> list[RawSheet]:
    """The sheets of an uploaded file; Invalid in kind words if it is not one."""
    safety.check(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of drop-downs and styles that it does not keep
            return _read(content)
    except Invalid:
        raise
    except (MemoryError, RecursionError):
        raise Invalid("工作簿过大，无法读取 / too large to read") from None
    except (ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError) as error:
        if isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException):
            raise Invalid("工作簿含有不安全的XML内容，已拒绝 / refused: unsafe XML inside") from None
        log.info("workbook_unreadable", error=type(error).__name__)
        raise Invalid(DAMAGED) from None
    except Exception as error:  # noqa: BLE001 -- zlib and openpyxl raise kinds of their own on a broken file
        log.warning("workbook_unreadable", error=type(error).__name__)
        raise Invalid(DAMAGED) from None


def _read(content: bytes) -> list[RawSheet]:
    workbook = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = [sheet for sheet in workbook.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
        if len(sheets) > MOST_SHEETS:
            raise Invalid(f"工作表超过{MOST_SHEETS}个 / more than {MOST_SHEETS} sheets")
        budget = _Budget()
        return [_sheet(sheet, budget) for sheet in sheets]
    finally:
        workbook.close()


def _sheet(sheet: Any, budget: _Budget) -> RawSheet:
    book = sheet.parent
    rows: list[tuple[int, list[Any]]] = []
    with sheet._get_source() as source:  # noqa: SLF001 -- see the module's docstring
        parser = _Parser(
            _Source(source, sheet.title), sheet._shared_strings, data_only=True, epoch=book.epoch,  # noqa: SLF001
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )  # fmt: skip
        parser.budget = budget
        for marks, (number, cells) in enumerate(parser.parse()):
            values = _values(cells)
            if values:
                budget.take(SLOT * len(values))
                rows.append((number, values))
            if len(rows) > MOST_ROWS or marks > MOST_ROW_MARKS:
                raise Invalid(
                    f"工作表“{sheet.title}”超过{MOST_ROWS}行，请拆分 / more than {MOST_ROWS} rows: split the sheet"
                )
    hidden = sum(1 for number, _ in rows if parser.row_dimensions.get(str(number), {}).get("hidden") in ("1", "true"))
    _fill_down(rows, parser.merged_cells, budget)
    return RawSheet(sheet.title, rows, sheet.sheet_state != "visible", hidden)


def _values(cells: list[dict[str, Any]]) -> list[Any]:
    """Values from column A on, up to the last that holds something; formatted empty cells are nothing."""
    filled = [cell for cell in cells if cell["value"] not in (None, "") and cell["column"] <= MOST_COLUMNS]
    if not filled:
        return []
    values: list[Any] = [None] * max(cell["column"] for cell in filled)
    for cell in filled:
        values[cell["column"] - 1] = cell["value"]
    return values


def _fill_down(rows: list[tuple[int, list[Any]]], merged: Any, budget: _Budget) -> None:
    """A cell merged over several rows says the same for each of them; one merged across stays in its first column."""
    if merged is None:
        return
    places = dict(rows)
    numbers = sorted(places)
    for area in merged.mergeCell:
        block = CellRange(area.ref)
        if block.min_row == block.max_row:
            continue
        top = places.get(block.min_row, [])
        value = top[block.min_col - 1] if len(top) >= block.min_col else None
        if value is None:
            continue
        for number in numbers[bisect_right(numbers, block.min_row) : bisect_right(numbers, block.max_row)]:
            values = places[number]
            budget.take(FILLED + SLOT * max(0, block.min_col - len(values)))
            values.extend([None] * (block.min_col - len(values)))
            values[block.min_col - 1] = value
