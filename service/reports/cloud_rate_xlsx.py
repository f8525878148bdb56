"""The bulletin as a workbook: rankings, the list of systems not on the cloud, and how it was counted."""

import io

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import _HeaderFooterPart as HeaderFooterPart
from openpyxl.worksheet.worksheet import Worksheet

from service.reports.cloud_rate import SAMPLE, Bulletin, Table, notes, standing

BODY, HEAD = Font(name="宋体", size=11), Font(name="黑体", size=11)
TITLE, SECTION = Font(name="黑体", size=18), Font(name="黑体", size=13)
MARK = Font(name="黑体", size=12, color="B42318")
SHADE = PatternFill("solid", start_color="DCE6F1")
THIN = Side(style="thin", color="808080")
LINE = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
WIDTHS = {
    "序号": 6, "单位": 30, "系统编码": 20, "系统名称": 34, "原因": 44, "备注": 24, "应上云系统数": 14,
    "计划上云时间": 14, "上云率": 11,
}  # fmt: skip
WORDY = ("单位", "系统名称", "原因", "备注", "系统编码")


def put(sheet: Worksheet, row: int, column: int, value: str | int, font: Font = BODY) -> Cell:
    """One cell; text stays text whatever it begins with, never a formula."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    cell.font = font
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    return cell


def _heading(sheet: Worksheet, bulletin: Bulletin, width: int) -> int:
    rate = bulletin.rate
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    put(sheet, 1, 1, bulletin.title, TITLE).alignment = CENTRE
    sheet.row_dimensions[1].height = 32
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=width)
    shown = f"{rate.percent}%" if rate.percent is not None else "—"
    aim = rate.target
    target = f"；目标 {aim.percent}%（{aim.policy_number}），{standing(rate.met)}" if aim else ""
    words = f"截至 {rate.as_of}：上云率 {shown}（{rate.n}/{rate.N}）{target}；还差 {rate.gap or 0} 个。"
    put(sheet, 2, 1, words).alignment = LEFT
    if bulletin.sample:
        sheet.merge_cells(start_row=3, end_row=3, start_column=1, end_column=width)
        put(sheet, 3, 1, f"【{SAMPLE}】不代表任何真实单位的情况", MARK).alignment = CENTRE
    return 4


def _table(sheet: Worksheet, table: Table, row: int) -> int:
    """Write a table from the row on; returns the row after it."""
    put(sheet, row, 1, table.title, SECTION)
    for column, name in enumerate(table.columns, 1):
        cell = put(sheet, row + 1, column, name, HEAD)
        cell.alignment, cell.border, cell.fill = CENTRE, LINE, SHADE
    for place, values in enumerate(table.rows, row + 2):
        for column, value in enumerate(values, 1):
            cell = put(sheet, place, column, value)
            cell.alignment = LEFT if table.columns[column - 1] in WORDY else CENTRE
            cell.border = LINE
    if not table.rows:
        put(sheet, row + 2, 1, "无")
    return row + 2 + max(1, len(table.rows))


def _print_setup(sheet: Worksheet, columns: tuple[str, ...], bulletin: Bulletin, *, titles: str | None) -> None:
    for place, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(name, 10)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_options.horizontalCentered = True
    if titles:
        sheet.print_title_rows = titles
    assert sheet.oddFooter is not None
    assert sheet.oddHeader is not None
    sheet.oddFooter.center = HeaderFooterPart("第 &P 页 / 共 &N 页")
    sheet.oddFooter.right = HeaderFooterPart(f"{bulletin.made_at:%Y-%m-%d %H:%M}")
    if bulletin.sample:
        sheet.oddHeader.right = HeaderFooterPart(SAMPLE)


def _notes(sheet: Worksheet, bulletin: Bulletin) -> None:
    put(sheet, 1, 1, "口径说明", TITLE)
    for row, (label, words) in enumerate(notes(bulletin), 3):
        cells = put(sheet, row, 1, label, HEAD), put(sheet, row, 2, words)
        for cell in cells:
            cell.alignment, cell.border = LEFT, LINE
    _print_setup(sheet, (), bulletin, titles=None)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 100


def write(bulletin: Bulletin) -> bytes:
    """The file's bytes."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "通报"
    columns = bulletin.rankings[0].columns
    row = _heading(sheet, bulletin, len(columns))
    for table in bulletin.rankings:
        row = _table(sheet, table, row) + 1
    put(sheet, row, 1, f"填报单位：{bulletin.rate.scope.name}    制表人：{bulletin.made_by}    "
        f"制表时间：{bulletin.made_at:%Y-%m-%d %H:%M}")  # fmt: skip
    _print_setup(sheet, columns, bulletin, titles="1:2")
    listed = book.create_sheet("未上云系统清单")
    _table(listed, bulletin.gaps, 1)
    listed.freeze_panes = "A3"
    _print_setup(listed, bulletin.gaps.columns, bulletin, titles="2:2")
    _notes(book.create_sheet("口径说明"), bulletin)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
