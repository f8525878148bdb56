"""Dated ranges of one thing that must not overlap: those of the file against each other and against the register."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from inventory.surveys.faults import Fault, Says
from inventory.surveys.sheets import Row


class Dated(Protocol):
    """A row of the file with its range and the registered row that it is."""

    row: Row
    valid_from: date
    valid_to: date | None
    existing: Any
    faults: list[Fault]


@dataclass(frozen=True)
class Held:
    """A range that is taken, and by whom."""

    start: date
    end: date | None
    zh: str
    en: str

    def meets(self, start: date, end: date | None) -> bool:
        """Whether half-open ranges share a day."""
        return (self.end is None or start < self.end) and (end is None or self.start < end)


def check_order(row: Row, start: date, end: date | None) -> list[Fault]:
    """The range must end after it begins."""
    if end is None or end > start:
        return []
    return [row.fault("valid_to", Says(
        "ends_before_start", f"终止日期不晚于起始日期（{start}）", f"it does not end after it begins ({start})",
        "请核对起始日期和终止日期", "check both dates",
    ))]  # fmt: skip


def refuse_overlaps(
    rows: Iterable[Any],
    key: Callable[[Any], Hashable],
    registered: Callable[[Any], Iterable[Any]],
    what: tuple[str, str],
) -> None:
    """Put a fault on each row whose range meets an earlier row's, or a registered range that the file leaves as it is.

    A refused row leaves its registered range as it was, which may meet another row: so until nothing changes.
    """
    standing = [row for row in rows if not row.faults]
    while True:
        refused = _one_pass(standing, key, registered, what)
        standing = [row for row in standing if not row.faults]
        if not refused:
            return


def _one_pass(
    rows: list[Any], key: Callable[[Any], Hashable], registered: Callable[[Any], Iterable[Any]], what: tuple[str, str]
) -> bool:
    rewritten = {row.existing.id for row in rows if row.existing is not None}
    taken: dict[Hashable, list[Held]] = {}
    refused = False
    for row in rows:
        group = taken.get(key(row))
        if group is None:
            group = taken[key(row)] = [
                Held(held.valid_from, held.valid_to, f"已登记的自{held.valid_from}起的",
                    f"the registered one since {held.valid_from}")
                for held in registered(row) if held.id not in rewritten
            ]  # fmt: skip
        other = next((held for held in group if held.meets(row.valid_from, row.valid_to)), None)
        if other is None:
            number = row.row.number
            group.append(Held(row.valid_from, row.valid_to, f"本表第{number}行的", f"that of row {number}"))
        else:
            row.faults.append(
                row.row.fault("valid_from", _overlap(other, what), row.row.raw.get("valid_from") or row.valid_from)
            )
            refused = True
    return refused


def _overlap(other: Held, what: tuple[str, str]) -> Says:
    return Says(
        "overlap", f"{what[0]}的日期与{other.zh}{what[0]}重叠", f"this {what[1]} overlaps {other.en}",
        "请给前一段填写终止日期，或更正起始日期", "end the earlier one, or correct the start",
    )  # fmt: skip
