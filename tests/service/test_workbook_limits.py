"""Workbooks that are legal files but made to take memory or time: refused in words, and soon."""

import random
import time
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from inventory.errors import Invalid
from service.workbooks import read_workbook
from service.workbooks.reading import MOST_COLUMNS, MOST_MERGED, MOST_ROW_MARKS
from service.workbooks.safety import LARGEST_UNPACKED
from tests.service.messy_survey import Survey, a_row, a_survey, workbook

GOOD = workbook(Survey([a_row(1, random.Random(1))]))
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}'
SPREAD = [f"{chr(a)}{chr(b)}" for a in range(65, 91) for b in range(65, 91)]  # AA, AB, ... ZZ: columns 27 to 702


def with_sheet(rows: str, merged: list[str] | None = None, encoding: str = "utf-8") -> bytes:
    """The good workbook with another first sheet; noise in a comment keeps it from looking like a zip bomb."""
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged or [])
    noise = f"<!--{random.Random(1).randbytes(1 << 20).hex()}-->"
    xml = SHEET.format(rows, f"<mergeCells>{areas}</mergeCells>" if areas else "") + noise + "</worksheet>"
    out = BytesIO()
    with ZipFile(BytesIO(GOOD)) as source, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            target.writestr(name, xml.encode(encoding) if name.endswith("sheet1.xml") else source.read(name))
    return out.getvalue()


def row(number: int, column: str = "A") -> str:
    return f'<row r="{number}"><c r="{column}{number}"><v>7</v></c></row>'


def test_a_hundred_thousand_real_rows_unpack_to_less_than_the_limit() -> None:
    survey = a_survey(300, random.Random(1))
    with ZipFile(BytesIO(workbook(survey))) as archive, ZipFile(BytesIO(GOOD)) as empty:
        grown = sum(e.file_size for e in archive.infolist()) - sum(e.file_size for e in empty.infolist())

    assert grown / 300 * 100_000 < 0.8 * LARGEST_UNPACKED


def test_a_merged_area_fills_the_rows_that_exist_however_far_it_goes() -> None:
    rows = read_workbook(with_sheet(row(1) + row(2, "B") + row(9, "B"), ["A1:A1048576"]))[0].rows

    assert rows == [(1, [7]), (2, [7, 7]), (9, [7, 7])]


TOO_MUCH: dict[str, tuple[Callable[[], bytes], str]] = {
    "merged areas": (lambda: with_sheet(row(1), ["A1:A2"] * (MOST_MERGED + 1_000)), "合并单元格"),
    "merged areas in UTF-16": (lambda: with_sheet(row(1), ["A1:A2"] * (MOST_MERGED + 1_000), "utf-16"), "合并单元格"),
    "areas over each other": (
        lambda: with_sheet("".join(row(n) for n in range(1, 30_000)), ["A1:A1048576"] * 4_000), "内容过多"),
    "wide rows": (
        lambda: with_sheet("".join(row(n, SPREAD[MOST_COLUMNS - 27]) for n in range(1, 120_000))), "内容过多"),
    "rows of nothing": (lambda: with_sheet("<row/>" * (MOST_ROW_MARKS + 2)), "行"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_a_sheet_made_to_take_memory_or_time_is_refused(content: Callable[[], bytes], words: str) -> None:
    made = content()
    began = time.monotonic()

    with pytest.raises(Invalid, match=words):
        read_workbook(made)

    assert time.monotonic() - began < 45


def test_a_part_that_is_no_sheet_and_all_parts_together_have_a_limit() -> None:
    for name, size in (("xl/sharedStrings2.xml", 101 << 20), ("xl/worksheets/sheet9.xml", 301 << 20)):
        out = BytesIO(GOOD)
        with ZipFile(out, "a", ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(name, bytes(size))
        with pytest.raises(Invalid, match="解压后过大"):
            read_workbook(out.getvalue())
