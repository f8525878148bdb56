"""Finding a division by what people write, on the day the form was filled in."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from inventory.divisions.model import Division
from inventory.surveys.cells import fold
from inventory.surveys.faults import Unfit

OWN = ("本级", "市直", "省直", "县直", "直属")


class Places:
    """All divisions of the register, looked up in memory."""

    def __init__(self, divisions: Iterable[Division], day: date) -> None:
        self.day = day
        self.by_id = {division.id: division for division in divisions}
        self._named: dict[str, list[Division]] = defaultdict(list)
        for division in self.by_id.values():
            for key in {fold(words) for words in self._spellings(division)}:
                self._named[key].append(division)

    def _spellings(self, division: Division) -> Iterable[str]:
        chain = [division]
        while (parent := self.by_id.get(chain[-1].parent_id or 0)) is not None:
            chain.append(parent)
        names = [link.name for link in reversed(chain)]
        yield division.code
        yield from ("".join(names[start:]) for start in range(len(names)))
        yield f"{division.name}({division.code})"
        yield f"{division.code}{division.name}"

    def in_force(self, division: Division) -> bool:
        """Whether the code is valid on the day."""
        begun = division.valid_from is None or division.valid_from <= self.day
        return begun and (division.valid_to is None or division.valid_to > self.day)

    def now(self, division: Division) -> Division:
        """Where the division's bodies belong on the day: itself or its successor."""
        seen = {division.id}
        while division.valid_to is not None and division.valid_to <= self.day and division.successor_id in self.by_id:
            division = self.by_id[division.successor_id]
            if division.id in seen:
                break
            seen.add(division.id)
        return division

    def named(self, words: str) -> list[Division]:
        """Every division that the words may mean, ended ones included."""
        key = fold(words)
        for suffix in OWN:
            if key not in self._named:
                key = key.removesuffix(suffix)
        for spelling in (key, f"{key}省", f"{key}市"):
            if key and spelling in self._named:
                return self._named[spelling]
        return []

    def find(self, words: str) -> Division:
        """The one division meant, valid on the day; Unfit names the successor or the choices."""
        named = self.named(words)
        valid = [division for division in named if self.in_force(division)]
        if len(valid) == 1:
            return valid[0]
        if valid:
            choices = "、".join(self.label(division) for division in valid)
            raise Unfit("ambiguous_division", f"有{len(valid)}个同名区划", f"{len(valid)} divisions share this name",
                        f"请填写代码或连同上级名称：{choices}",
                        f"give the code or the parent's name too: {choices}")  # fmt: skip
        if not named:
            raise Unfit("unknown_division", "没有这个行政区划", "no such division",
                        "请填写区划全称或六位代码", "give its full name or six-digit code")  # fmt: skip
        raise self._not_valid(named[0])

    def _not_valid(self, division: Division) -> Unfit:
        if division.valid_from is not None and division.valid_from > self.day:
            return Unfit(
                "division_not_begun", f"该区划自{division.valid_from}起才启用，填报日期为{self.day}",
                f"this division begins on {division.valid_from}, the form is of {self.day}",
                "请填写填报日期当时的区划名称或代码", "give the division of that day",
            )  # fmt: skip
        after = self.label(self.now(division))
        return Unfit(
            "division_ended", f"该区划已于{division.valid_to}撤销，填报日期为{self.day}",
            f"this division ended on {division.valid_to}, the form is of {self.day}",
            f"请改填承继区划：{after}", f"give its successor: {after}",
        )  # fmt: skip

    def label(self, division: Division) -> str:
        """Words that mean this division alone."""
        return division.name if len(self._named[fold(division.name)]) == 1 else f"{division.name}({division.code})"
