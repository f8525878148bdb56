"""Reading one row by its columns: every cell is looked at, every fault is kept."""

from typing import Any

from inventory.surveys.addresses import ALL_READERS
from inventory.surveys.cells import Broken, BrokenKind, fold, is_blank
from inventory.surveys.columns import Column
from inventory.surveys.faults import Fault, Says, Unfit
from inventory.surveys.sheets import Row
from inventory.surveys.words import SECRET

BROKEN = {
    BrokenKind.ERROR: Says(
        "formula_error", "单元格是公式错误", "the cell holds a formula error", "请改为实际内容",
        "replace it with the content itself",
    ),
    BrokenKind.FORMULA: Says(
        "formula_without_value", "公式没有保存计算结果", "the formula's result was not stored in the file",
        "请用Excel打开并保存，或粘贴为数值", "open and save it in Excel, or paste it as values",
    ),
    BrokenKind.TOO_LONG: Says(
        "too_long", "内容过长，超过单元格上限", "longer than a cell may be", "请缩短内容", "shorten it",
    ),
}  # fmt: skip


def read(row: Row) -> tuple[dict[str, Any], list[Fault]]:
    """Values by attribute for the columns that the sheet has, and what is wrong with the others."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for attribute in row.letters:
        try:
            values[attribute] = value_of(row.raw[attribute], row.form.column(attribute))
        except Unfit as unfit:
            faults.append(row.fault(attribute, unfit.says))
    return values, faults


def value_of(raw: object, column: Column) -> Any:
    """What one cell means; Unfit says why it means nothing."""
    if isinstance(raw, Broken):
        says = BROKEN[raw.kind]
        raise Unfit(says.kind, says.zh, says.en, says.remedy_zh, says.remedy_en)
    if not is_blank(raw, column):
        return ALL_READERS[column.kind](raw, column)
    if not column.must:
        return None
    choices = f"（{'、'.join(column.allowed)}）" if column.allowed else ""
    raise Unfit(
        "missing",
        f"必填项“{column.heading}”为空",
        f"{column.heading} must be filled in",
        f"请补填{choices}",
        "fill it in",
    )


def is_secret(row: Row) -> bool:
    """Whether the row says that its system is classified."""
    raw = row.raw.get("classified")
    return raw is not None and fold(raw) in SECRET
