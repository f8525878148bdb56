"""How the survey workbook looks: one layout for the empty template and the filled export."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from inventory.surveys import DEPLOYMENTS, EXEMPTIONS, FORMS, KIND_ZH, SYSTEMS, Column, Kind, SheetForm
from service.workbooks.cells import put

TITLE_FONT = Font(name="Noto Sans CJK SC", size=16, bold=True)
HEAD_FONT = Font(name="Noto Sans CJK SC", size=10, bold=True)
MUST_FONT = Font(name="Noto Sans CJK SC", size=10, bold=True, color="C00000")
HEAD_FILL = PatternFill("solid", fgColor="DDEBF7")
SECTION_FILL = PatternFill("solid", fgColor="BDD7EE")
EXAMPLE_FONT = Font(name="Noto Sans CJK SC", size=10, italic=True, color="808080")
THIN = Side(style="thin", color="9BC2E6")
EDGE = Border(THIN, THIN, THIN, THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LAST_ROW = 5_000  # drop-downs reach so far


@dataclass(frozen=True)
class Filling:
    """What a workbook is filled with: the lines above the table, the rows, and the words of drop-downs."""

    filled_by: str = ""
    filler: str = ""
    filled_on: str = ""
    rows: Mapping[str, Sequence[Sequence[Any]]] | None = None
    domains: Sequence[str] = ()
    platforms: Sequence[str] = ()
    note: str = ""


def build(filling: Filling) -> bytes:
    """The workbook: three sheets to fill in, the instructions, and a hidden sheet with the lists."""
    book = Workbook()
    sheets = [book.active, *(book.create_sheet() for _ in FORMS[1:])]
    lists = book.create_sheet("选项")
    lists.sheet_state = "hidden"
    for form, sheet in zip(FORMS, sheets, strict=True):
        assert isinstance(sheet, Worksheet)
        sheet.title = form.title
        _form(sheet, form, filling, lists)
    _instructions(book.create_sheet("填报说明", len(FORMS)), filling.note)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _form(sheet: Worksheet, form: SheetForm, filling: Filling, lists: Worksheet) -> None:
    width = len(form.columns)
    put(sheet.cell(1, 1), form.title).font = TITLE_FONT
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=min(width, 12))
    put(sheet.cell(2, 1), f"填报单位(盖章)：{filling.filled_by}")
    put(sheet.cell(2, 5), f"填报人：{filling.filler}")
    put(sheet.cell(2, 8), f"填报日期：{filling.filled_on}")
    heading = 4 if form is SYSTEMS else 3
    if form is SYSTEMS:
        _sections(sheet, form)
    for place, column in enumerate(form.columns, 1):
        _head(sheet.cell(heading, place), column)
        sheet.column_dimensions[get_column_letter(place)].width = max(12, min(30, 2 * len(column.title) + 2))
        _choices(sheet, place, heading, _words(column, filling), lists)
    sheet.row_dimensions[1].height, sheet.row_dimensions[heading].height = 30, 48
    sheet.freeze_panes = f"C{heading + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A3
    sheet.print_title_rows, sheet.print_title_cols = f"1:{heading}", "A:B"
    rows = (filling.rows or {}).get(form.key)
    if rows is None:
        _example(sheet, form, heading + 1)
    else:
        _fill(sheet, form, heading + 1, rows)


def _sections(sheet: Worksheet, form: SheetForm) -> None:
    place = 1
    for section, group in groupby(form.columns, key=lambda column: column.section):
        width = len(list(group))
        cell = put(sheet.cell(3, place), section)
        cell.font, cell.fill, cell.border = HEAD_FONT, SECTION_FILL, EDGE
        sheet.merge_cells(start_row=3, start_column=place, end_row=3, end_column=place + width - 1)
        place += width


def _head(cell: Any, column: Column) -> None:
    put(cell, column.title)
    cell.font, cell.fill = MUST_FONT if column.must else HEAD_FONT, HEAD_FILL
    cell.alignment, cell.border = CENTRE, EDGE
    lines = [f"{KIND_ZH[column.kind]}，{'必填' if column.must else '选填'}"]
    if column.kind in (Kind.CHOICE, Kind.CHOICES):
        lines.append("、".join(column.allowed))
    lines += [column.note] if column.note else []
    lines += [f"例：{column.example}"] if column.example else []
    cell.comment = Comment("\n".join(lines), "云网", height=110, width=240)


def _words(column: Column, filling: Filling) -> Sequence[str]:
    registered = {Kind.DOMAIN: filling.domains, Kind.PLATFORM: filling.platforms}
    if column.kind in registered:
        return registered[column.kind]
    return column.allowed if column.kind in (Kind.CHOICE, Kind.YES_NO) else ()


def _choices(sheet: Worksheet, place: int, heading: int, words: Sequence[str], lists: Worksheet) -> None:
    """A drop-down whose words stand in the hidden sheet: a list in the rule itself may have 255 characters at most."""
    if not words:
        return
    at = lists.max_column + 1 if lists.cell(1, 1).value is not None else 1
    for number, word in enumerate(words, 1):
        put(lists.cell(number, at), word)
    letter = get_column_letter(at)
    rule = DataValidation(type="list", formula1=f"选项!${letter}$1:${letter}${len(words)}", allow_blank=True)
    rule.error, rule.errorTitle = "请从下拉列表中选择", "不在可选范围内"
    sheet.add_data_validation(rule)
    column = get_column_letter(place)
    rule.add(f"{column}{heading + 1}:{column}{LAST_ROW}")


def _example(sheet: Worksheet, form: SheetForm, row: int) -> None:
    for place, column in enumerate(form.columns, 1):
        cell = put(sheet.cell(row, place), column.example or None)
        cell.font, cell.border = EXAMPLE_FONT, EDGE


def _fill(sheet: Worksheet, form: SheetForm, first: int, rows: Iterable[Sequence[Any]]) -> None:
    for number, values in enumerate(rows, first):
        for place, (value, column) in enumerate(zip(values, form.columns, strict=True), 1):
            if value is not None:
                written = put(sheet.cell(number, place), value)
                if column.kind is Kind.DATE:
                    written.number_format = "yyyy-mm-dd"


def _instructions(sheet: Worksheet, note: str) -> None:
    lines = [
        "填报说明",
        note,
        "1. 带★的列必填；每个业务系统一行，系统编码全表唯一。",
        "2. 编码为“示例行”的是填写示例，不会导入，可删除。",
        "3. 请填写填报单位、填报人和填报日期；没有填日期的上线、部署、豁免视为自填报日期起。",
        "4. 日期按 2018-05-01 填写；金额单位为万元；单位名称填全称；没有内容的选填项留空。",
        "5. 涉密系统只填系统编码、代称、主管部门、行政区划、层级和“是否涉密=是”，其余一律不填。",
        f"6. “{DEPLOYMENTS.title}”每个组件每段时间一行。",
        "   迁移上云的，给原部署填终止日期，另起一行填云部署和割接验收日期。",
        f"7. “{EXEMPTIONS.title}”填写经批准暂缓上云的系统。",
    ]
    for number, line in enumerate(filter(None, lines), 1):
        put(sheet.cell(number, 1), line).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = TITLE_FONT
    sheet.column_dimensions["A"].width = 100
