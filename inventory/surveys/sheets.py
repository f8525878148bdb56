"""A workbook as plain values, and how its sheets lie: where the heading is, which column holds what."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inventory.surveys.cells import as_date, fold
from inventory.surveys.columns import FORMS, SYSTEMS, Column, SheetForm
from inventory.surveys.faults import Fault, Says, Unfit, shown

LAST_HEADING_ROW = 20
ENOUGH = 3
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
MARKS = re.compile(r"[★☆*※#＊:：.,、。“”\"'？?!！]|必填|选填")
NUMBERED = re.compile(r"^(?:\d+|[一二三四五六七八九十]+)[、.)]")
UNITS = {
    "元": "money",
    "千元": "money",
    "万元": "money",
    "亿元": "money",
    "mb": "size",
    "gb": "size",
    "tb": "size",
    "pb": "size",
}
IGNORED = frozenset({"序号", "编号", "no", "行号"})


@dataclass(frozen=True)
class RawSheet:
    """One sheet: its name and its rows as (row number, values from column A on); blank rows may be left out."""

    title: str
    rows: Sequence[tuple[int, Sequence[Any]]]
    hidden: bool = False
    hidden_rows: int = 0


@dataclass
class Row:
    """One row of a form: raw values by attribute."""

    sheet: str
    number: int
    raw: dict[str, Any]
    form: SheetForm
    letters: dict[str, str]

    def fault(self, attribute: str, says: Says, value: object = None) -> Fault:
        """A finding about one cell of this row."""
        column = self.form.column(attribute)
        quoted = shown(self.raw.get(attribute) if value is None else value)
        return Fault(
            self.sheet, self.number, f"{self.letters.get(attribute, '')}{self.number}", column.heading, quoted, says
        )


@dataclass
class Laid:
    """A sheet with its heading found."""

    form: SheetForm
    raw: RawSheet
    heading_row: int
    places: dict[str, int]
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def rows(self) -> Iterable[Row]:
        """The rows below the heading that say something in a known column."""
        letters = {attribute: letter(place) for attribute, place in self.places.items()}
        for number, values in self.raw.rows:
            if number <= self.heading_row:
                continue
            raw = {name: values[place] if place < len(values) else None for name, place in self.places.items()}
            says_something = any(value is not None and str(value).strip() for value in raw.values())
            if says_something and not _decoration(raw.get("code")):
                yield Row(self.raw.title, number, raw, self.form, letters)


def letter(place: int) -> str:
    """Excel's letters for a column counted from 0."""
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _decoration(code: object) -> bool:
    """A repeated heading, or the signatures and notes below the last row."""
    words = heading_key(code)
    return words == "系统编码" or words.startswith(
        ("填报单位", "填报人", "填报日期", "填表人", "审核人", "注", "说明", "合计")
    )


def heading_key(value: object) -> str:
    """A heading without marks, numbering, brackets and spaces."""
    words = unicodedata.normalize("NFKC", "" if value is None else str(value)[:200])
    words = BRACKETS.sub("", re.sub(r"\s+", "", words))
    return MARKS.sub("", NUMBERED.sub("", words)).casefold()


def _known(form: SheetForm) -> dict[str, Column]:
    """Every heading that a form understands."""
    known: dict[str, Column] = {}
    for column in form.columns:
        for words in (*column.aliases, column.heading):
            known[heading_key(words)] = column
    return known


def _score(values: Sequence[Any], known: dict[str, Column]) -> int:
    return len({known[key].attribute for key in map(heading_key, values) if key in known})


def lay(sheet: RawSheet, form: SheetForm) -> Laid | None:
    """Find the heading within the first 20 rows; None if no row looks like one."""
    known = _known(form)
    tops = [(number, values) for number, values in sheet.rows if number <= LAST_HEADING_ROW]
    best = max(tops, key=lambda row: _score(row[1], known), default=None)
    if best is None or _score(best[1], known) < ENOUGH:
        return None
    laid = Laid(form, sheet, best[0], {})
    for place, value in enumerate(best[1]):
        _place(laid, known.get(heading_key(value)), place, value)
    for column in form.columns:
        if column.must and column.attribute not in laid.places:
            _complain(laid, column.heading, "", Says(
                "missing_column", f"缺少必填列“{column.heading}”", f"the column {column.heading} is missing",
                "请使用模板，或补上该列", "use the template or add the column",
            ))  # fmt: skip
    return laid


def _complain(laid: Laid, heading: str, cell: str, says: Says, value: object = "") -> None:
    laid.faults.append(Fault(laid.raw.title, laid.heading_row, cell, heading, shown(value), says))


def _place(laid: Laid, column: Column | None, place: int, value: object) -> None:
    cell = f"{letter(place)}{laid.heading_row}"
    if column is None:
        if heading_key(value) and heading_key(value) not in IGNORED:
            laid.warnings.append(Fault(laid.raw.title, laid.heading_row, cell, shown(value), shown(value), Says(
                "unknown_column", "表中没有定义这一列，未导入", "the form has no such column; it was not imported",
                "如为手误请改正列名", "correct the heading if it is a slip",
            )))  # fmt: skip
    elif column.attribute in laid.places:
        first = letter(laid.places[column.attribute])
        _complain(laid, column.heading, cell, Says(
            "duplicate_column", f"列“{column.heading}”出现两次：{first}列和{letter(place)}列",
            f"the column {column.heading} stands twice: {first} and {letter(place)}", "请只保留一列",
            "keep one of them",
        ), value)  # fmt: skip
    elif (unit := _wrong_unit(column, value)) is not None:
        _complain(laid, column.heading, cell, Says(
            "wrong_unit", f"列“{column.heading}”的单位是{unit}，应与模板一致",
            f"the column {column.heading} is in another unit",
            f"请换算后改为“{column.title}”", f"convert it and name the column {column.title}",
        ), value)  # fmt: skip
    else:
        laid.places[column.attribute] = place


def _wrong_unit(column: Column, value: object) -> str | None:
    """The unit in the heading's brackets, if it is another one than the form's."""
    words = unicodedata.normalize("NFKC", str(value)).casefold()
    given = [unit for unit in re.findall(r"\(([^()]*)\)", words) if unit.strip() in UNITS]
    wanted = re.sub(r"[^a-z]", "", column.heading.casefold()) if not column.suffix else column.suffix
    return given[0] if given and given[0].strip() != wanted else None


@dataclass
class Header:
    """What the lines above the table say about who filled it in, and when."""

    filled_by: str | None = None
    filler: str | None = None
    filled_on: date | None = None
    date_words: str | None = None


LABELS = {
    "filled_by": ("填报单位", "填表单位"),
    "filler": ("填报人", "填表人"),
    "date_words": ("填报日期", "填表日期", "填报时间"),
}
LABEL = re.compile(rf"({'|'.join(word for words in LABELS.values() for word in words)})\s*(?:\([^()]*\))?\s*[:：]?")

WRITTEN_DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2})?|\d{8}")


def read_header(laid: Laid) -> Header:
    """Read 填报单位, 填报人, 填报日期 from above the heading (or below the table), in one cell or several."""
    header = Header()
    lines = [values for number, values in laid.raw.rows if number < laid.heading_row]
    lines += [values for _, values in laid.raw.rows[-5:] if any(LABEL.search(str(value)) for value in values if value)]
    for values in lines:
        _read_line([value for value in values if value is not None and str(value).strip()], header)
    if header.date_words is not None and header.filled_on is None:
        written = WRITTEN_DATE.search(header.date_words)
        header.filled_on = _filled(written[0] if written else header.date_words)
    return header


def _read_line(values: Sequence[Any], header: Header) -> None:
    text, dates = "", []
    for value in values:
        if not isinstance(value, str):
            dates.append(value)
            text += f" \x01{len(dates) - 1}\x01 "
        else:
            text += f" {unicodedata.normalize('NFKC', value)} "
    found = list(LABEL.finditer(text))
    for match, following in zip(found, [*found[1:], None], strict=False):
        said = text[match.end() : following.start() if following else None].strip(" \t\n;,；，")
        name = next(name for name, words in LABELS.items() if match[1] in words)
        if not said or getattr(header, name) is not None:
            continue
        if "\x01" in said and name == "date_words":
            header.filled_on = _filled(dates[int(said.split("\x01")[1])])
        setattr(header, name, re.sub(r"\x01\d+\x01", "", said).strip() or "(日期)")


def _filled(value: object) -> date | None:
    try:
        return as_date(value)
    except Unfit:
        return None


def recognise(sheets: Sequence[RawSheet]) -> dict[str, Laid]:
    """Which sheet is which form: by its name, the first one also by its place."""
    found: dict[str, Laid] = {}
    rest: list[RawSheet] = []
    for sheet in sheets:
        name = fold(sheet.title)
        form = next((form for form in reversed(FORMS) if any(mark in name for mark in form.marks)), None)
        laid = lay(sheet, form) if form is not None and form.key not in found and "说明" not in name else None
        if form is not None and laid is not None:
            found[form.key] = laid
        else:
            rest.append(sheet)
    for sheet in rest:
        if SYSTEMS.key not in found and not sheet.hidden and (laid := lay(sheet, SYSTEMS)) is not None:
            found[SYSTEMS.key] = laid
    return found
