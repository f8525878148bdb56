"""The findings of an import as a workbook, to be handed back to whoever filled in the survey."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from service.workbooks.cells import put

COLUMNS = (
    ("工作表", "sheet", 20), ("行", "row", 8), ("单元格", "cell", 10), ("列", "column", 18), ("填写内容", "value", 30),
    ("原因", "reason_zh", 45), ("改正办法", "remedy_zh", 50), ("Reason", "reason_en", 45), ("Remedy", "remedy_en", 50),
)  # fmt: skip


def build_faults(report: dict[str, Any]) -> bytes:
    """Two sheets: what was refused, and what was taken with a warning."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, key in (("错误 Faults", "faults"), ("提醒 Warnings", "warnings")):
        sheet = book.create_sheet(title)
        for place, (heading, _, width) in enumerate(COLUMNS, 1):
            put(sheet.cell(1, place), heading).font = Font(bold=True)
            sheet.column_dimensions[sheet.cell(1, place).column_letter].width = width
        for number, fault in enumerate(report.get(key, []), 2):
            for place, (_, name, _) in enumerate(COLUMNS, 1):
                put(sheet.cell(number, place), fault[name])
        sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
