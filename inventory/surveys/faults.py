"""What is wrong with one cell, in the words of those who must put it right."""

from dataclasses import dataclass, field
from typing import Any

HIDDEN = "(涉密内容不显示)"
SHOWN = 80


@dataclass(frozen=True)
class Says:
    """A reason and its remedy, in Chinese and in English; `kind` is a stable word for programs."""

    kind: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


class Unfit(Exception):
    """A cell's content cannot be taken; carries what to tell the reader."""

    def __init__(self, kind: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> None:
        super().__init__(zh)
        self.says = Says(kind, zh, en, remedy_zh, remedy_en)


@dataclass(frozen=True)
class Fault:
    """One finding: where, what stood there, why it cannot stay, and what to do."""

    sheet: str
    row: int
    cell: str
    column: str
    value: str
    says: Says

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {
            "sheet": self.sheet, "row": self.row, "cell": self.cell, "column": self.column, "value": self.value,
            "kind": self.says.kind, "reason_zh": self.says.zh, "reason_en": self.says.en,
            "remedy_zh": self.says.remedy_zh, "remedy_en": self.says.remedy_en,
        }  # fmt: skip


def shown(value: object) -> str:
    """A cell's content as a finding quotes it: short, on one line."""
    words = "" if value is None else " ".join(str(value).split())
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…(共{len(words)}字)"


@dataclass
class Tally:
    """What became of the rows of one sheet."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    examples: int = 0


@dataclass
class Report:
    """The outcome of an import; a dry run gives the same one."""

    KEPT = 20_000

    mode: str
    dry_run: bool
    stored: bool = False
    filled_on: str | None = None
    filled_by: str | None = None
    filler: str | None = None
    sheets: dict[str, Tally] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON; beyond 20,000 findings only their number is kept."""
        return {
            "mode": self.mode, "dry_run": self.dry_run, "stored": self.stored, "filled_on": self.filled_on,
            "filled_by": self.filled_by, "filler": self.filler,
            "sheets": {name: vars(tally) for name, tally in self.sheets.items()}, "created": self.created,
            "fault_count": len(self.faults), "faults": [fault.as_dict() for fault in self.faults[: self.KEPT]],
            "warning_count": len(self.warnings), "warnings": [item.as_dict() for item in self.warnings[: self.KEPT]],
        }  # fmt: skip
