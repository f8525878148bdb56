"""From what stands in a cell to what it means: text, numbers, dates, yes and no, words of a list."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

from inventory.surveys.columns import Column, Kind
from inventory.surveys.faults import Unfit
from inventory.surveys.words import NO, YES

# Zero-width characters and the byte order mark come along when people copy from web pages.
INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD], None)
FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
SPACES = re.compile(r"[\s\u00a0\u3000]+")
BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
BLANK = frozenset({"", "/", "-", "--", "—", "——", "－", "空", "／"})
BLANK_IF_OPTIONAL = BLANK | {"无", "暂无", "N/A", "n/a", "NA", "不详", "(空)", "（空）", "None", "null"}
EARLIEST, LATEST = date(1980, 1, 1), date(2100, 1, 1)
EXCEL_ZERO = date(1899, 12, 30)
CENT = Decimal("0.01")
EXACT = 1e15  # beyond it a float has lost digits
COMPACT_FROM, COMPACT_TO = 19_000_000, 22_000_000  # 20180501 typed as a number


class BrokenKind(StrEnum):
    """Why a cell has no usable content."""

    ERROR = "error"
    FORMULA = "formula"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Broken:
    """A cell that holds an error (#REF!), a formula whose result was never stored, or more text than Excel allows."""

    kind: BrokenKind
    text: str

    def __str__(self) -> str:
        return self.text


def tidy(value: object) -> str:
    """Text as it is stored: full-width letters and digits narrowed, spaces of every kind collapsed."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    if isinstance(value, datetime):
        value = value.date() if value.time() == time(0) else value
    words = str(value).translate(INVISIBLE).translate(FULL_WIDTH)
    return BETWEEN_HAN.sub("", SPACES.sub(" ", words).strip())


def fold(value: object) -> str:
    """Text for comparing names: forms, case and spaces do not matter."""
    return _folded(tidy(value))


@lru_cache(maxsize=20_000)
def _folded(words: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).casefold()


def is_blank(value: object, column: Column) -> bool:
    """Whether the cell says nothing; 无 in a column that must be filled, or that asks yes or no, says something."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    words = tidy(value)
    says_something = column.must or column.kind is Kind.YES_NO
    return words in (BLANK if says_something else BLANK_IF_OPTIONAL)


def as_text(value: object, column: Column) -> str:
    words = tidy(value)
    if len(words) > column.longest:
        raise Unfit(
            "too_long", f"内容过长：{len(words)}字，最多{column.longest}字",
            f"too long: {len(words)} characters, at most {column.longest}",
            f"请缩短到{column.longest}字以内", f"shorten it to {column.longest} characters",
        )  # fmt: skip
    return words


def as_code(value: object, column: Column) -> str:
    words = unicodedata.normalize("NFKC", as_text(value, column))
    if re.search(r"\s", words) or (isinstance(value, float) and not value.is_integer()):
        raise Unfit("bad_code", "编码中不应有空格或小数", "a code holds no spaces and no decimals",
                    "请删除空格，并把单元格设为文本格式后重填",
                    "remove the spaces and format the cell as text")  # fmt: skip
    return words


def _number(value: object, words: str) -> Decimal:
    unfit = Unfit(
        "bad_number", "不是数字", "not a number", f"请只填阿拉伯数字{words}，不带单位", "digits only, without a unit"
    )
    if isinstance(value, bool | datetime | date | time | timedelta):
        raise unfit
    plain = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", unicodedata.normalize("NFKC", tidy(value)).replace(" ", ""))
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", plain):
        raise unfit
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise unfit from None


def _in_range(number: Decimal, column: Column) -> Decimal:
    if number < 0:
        raise Unfit("negative", "数值不能为负", "a negative number", "请填0或正数", "give zero or a positive number")
    if number > column.most:
        raise Unfit("too_large", f"数值过大，最多{column.most}", f"too large, at most {column.most}",
                    "请核对数值和单位", "check the figure and its unit")  # fmt: skip
    return number


def as_integer(value: object, column: Column) -> int:
    number = _in_range(_number(value, ""), column)
    if number != number.to_integral_value():
        raise Unfit("not_whole", "应为整数", "a whole number is wanted", "请填整数", "give a whole number")
    return int(number)


def as_decimal(value: object, column: Column) -> Decimal:
    return _in_range(_number(value, "和小数点"), column).quantize(CENT, ROUND_HALF_UP)


def _bad_date() -> Unfit:
    return Unfit("bad_date", "不是日期", "not a date", "请按 2018-05-01 的形式填写", "write it as 2018-05-01")


def _of_serial(number: float) -> date:
    if EXCEL_ZERO.year * 100 < number < LATEST.year * 100 + 13 and number % 100 in range(1, 13):
        return _day(int(number // 100), int(number % 100), 1)
    if COMPACT_FROM < number < COMPACT_TO:
        return _day(int(number // 10_000), int(number // 100 % 100), int(number % 100))
    try:
        return EXCEL_ZERO + timedelta(days=int(number))
    except OverflowError:
        raise _bad_date() from None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unfit(
            "impossible_date", f"日历上没有这一天：{year}年{month}月{day}日",
            f"no such day in the calendar: {year}-{month}-{day}",
            "请核对年月日", "check year, month and day",
        ) from None  # fmt: skip


DATE_FORMS = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?号?"),
    re.compile(r"(\d{4})[-/.年](\d{1,2})月?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})(\d{2})"),
)
CLOCK = re.compile(r"(?<=\d)[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")


def _of_text(value: object) -> date:
    words = CLOCK.sub("", unicodedata.normalize("NFKC", tidy(value))).replace(" ", "")
    for form in DATE_FORMS:
        if match := form.fullmatch(words):
            year, month, *day = (int(part) for part in match.groups())
            return _day(year, month, day[0] if day else 1)
    if re.fullmatch(r"\d{5}(\.0+)?", words):
        return _of_serial(float(words))
    raise _bad_date()


def as_date(value: object, _: Column | None = None) -> date:
    """A day; a month alone means its first day, a plain number is Excel's count of days."""
    day: date
    if isinstance(value, datetime):
        day = value.date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        day = _of_serial(value)
    elif isinstance(value, str):
        day = _of_text(value)
    else:
        raise _bad_date()
    if not EARLIEST <= day < LATEST:
        raise Unfit("date_out_of_range", f"日期不合理：{day}", f"an implausible date: {day}",
                    "请填1980年至2099年之间的日期", "give a date between 1980 and 2099")  # fmt: skip
    return day


def as_yes_no(value: object, _: Column) -> bool:
    words = fold(value)
    if words in YES or words in NO:
        return words in YES
    raise Unfit("unknown_word", "应填“是”或“否”", "yes or no is wanted", "请填“是”或“否”", "write 是 (yes) or 否 (no)")


def as_choice(value: object, column: Column) -> str:
    if (meaning := column.meanings.get(fold(value))) is not None:
        return meaning
    raise _not_listed(column)


def as_choices(value: object, column: Column) -> str:
    """Several words of the list, in the list's order, joined by 、."""
    parts = [part for part in re.split(r"[、,，;；/|和及与\s]+", tidy(value)) if part]
    chosen = {as_choice(part, column) for part in parts}
    if not chosen:
        raise _not_listed(column)
    return "、".join(meaning for meaning in column.words if meaning in chosen)


def _not_listed(column: Column) -> Unfit:
    allowed = "、".join(column.allowed)
    return Unfit("unknown_word", "不在可选范围内", "not one of the words to choose from",
                 f"请从下列词语中选填：{allowed}", f"choose one of: {allowed}")  # fmt: skip


READERS: dict[Kind, Callable[[object, Column], object]] = {
    Kind.CODE: as_code, Kind.TEXT: as_text, Kind.INTEGER: as_integer, Kind.DECIMAL: as_decimal, Kind.DATE: as_date,
    Kind.YES_NO: as_yes_no, Kind.CHOICE: as_choice, Kind.CHOICES: as_choices, Kind.DIVISION: as_text,
    Kind.AGENCY: as_text, Kind.DOMAIN: as_text, Kind.PLATFORM: as_text,
}  # fmt: skip
