"""Classified rows: a stub of alias and agency, or a refusal that repeats nothing of the row (ruling 3)."""

from dataclasses import replace
from typing import Any

from inventory.surveys.cells import BLANK_IF_OPTIONAL, tidy
from inventory.surveys.columns import STUB_ATTRIBUTES
from inventory.surveys.faults import HIDDEN, Fault, Says, Unfit
from inventory.surveys.reading import value_of
from inventory.surveys.sheets import Row

NEEDED = ("code", "agency")
OF_CLASSIFIED = Says(
    "classified", "该系统涉密，不登记组件、部署和豁免",
    "this system is classified: no components, deployments or exemptions are stored",
    "请删除本行", "delete this row",
)  # fmt: skip


def hidden(fault: Fault) -> Fault:
    """The finding without the cell's content."""
    return replace(fault, value=HIDDEN)


def read_stub(row: Row) -> tuple[dict[str, Any], list[Fault]]:
    """Values of a stub; anything filled in beside what a stub may hold refuses the row."""
    filled = [name for name in row.letters if name not in STUB_ATTRIBUTES and _filled(row.raw[name])]
    beside = [row.form.column(name).heading for name in filled]
    if beside:
        return {"classified": True}, [row.fault("classified", _refusal(beside), HIDDEN)]
    values: dict[str, Any] = {"classified": True}
    faults: list[Fault] = []
    for name in row.letters:
        if name not in STUB_ATTRIBUTES or name == "classified":
            continue
        if not _filled(row.raw[name]) and name not in NEEDED:
            values[name] = None
            continue
        try:
            values[name] = value_of(row.raw[name], row.form.column(name))
        except Unfit as unfit:
            faults.append(row.fault(name, unfit.says, HIDDEN))
    values["name"] = values.get("name") or values.get("code")
    return values, faults


def _filled(raw: object) -> bool:
    return raw is not None and tidy(raw) not in BLANK_IF_OPTIONAL


def _refusal(beside: list[str]) -> Says:
    columns = "、".join(beside)
    return Says(
        "classified", f"涉密系统只登记代称和单位，本行还填写了：{columns}；本行内容未保存",
        f"a classified row may hold alias and agency only; nothing was kept ({columns})",
        "请只保留系统编码、代称、主管部门和“是否涉密=是”，其余清空",
        "keep code, alias, agency and 是否涉密=是, clear all else",
    )  # fmt: skip
