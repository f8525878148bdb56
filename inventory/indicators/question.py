"""What is asked when a rate is asked: where, on which day, of which levels, by which view."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal, Self

from inventory.errors import Invalid
from inventory.levels import LEVEL_ZH, Level


class View(StrEnum):
    """政策口径, 全量口径, 主机口径."""

    POLICY = "policy"
    FULL = "full"
    HOSTS = "hosts"


VIEW_ZH = {View.POLICY: "政策口径", View.FULL: "全量口径", View.HOSTS: "主机口径"}
VIEW_EN = {View.POLICY: "as the policy counts", View.FULL: "exempt systems kept in N", View.HOSTS: "by hosts"}
INDICATOR_OF = {View.POLICY: "cloud_rate", View.FULL: "cloud_rate_full", View.HOSTS: "cloud_rate_hosts"}
LEVELS_OF_POLICY = (Level.PROVINCE, Level.CITY)
ORDER = tuple(Level)


@dataclass(frozen=True)
class Scope:
    """A division's or an agency's subtree; after `ended_on` its bodies count with the successor."""

    noun: Literal["division", "agency"]
    id: int
    code: str
    name: str
    begins_on: date | None = None
    ended_on: date | None = None
    successor_code: str | None = None
    successor_name: str | None = None

    def gone(self, day: date) -> bool:
        """Whether somebody else stands in its place on the day."""
        return self.ended_on is not None and self.ended_on <= day and self.successor_code is not None


@dataclass(frozen=True)
class Question:
    """`merged_on` is the day whose map of divisions and bodies holds for every day asked (归并口径); None: its own map.

    `agency_ids` are the agencies that the asker may see; None: all of them.
    """

    scope: Scope
    as_of: date
    merged_on: date | None = None
    levels: tuple[Level, ...] = LEVELS_OF_POLICY
    view: View = View.POLICY
    agency_ids: frozenset[int] | None = None

    @property
    def geography(self) -> date:
        """The day whose map places each body."""
        return self.merged_on or self.as_of

    def at(self, day: date) -> Self:
        """The same question about another day."""
        return replace(self, as_of=day)


WORDS_OF_LEVELS = {word: level for level in Level for word in (level.value, LEVEL_ZH[level])}


def read_levels(words: str) -> tuple[Level, ...]:
    """Levels from "省,市" or "province,city", in order of rank, each once."""
    given = [word.strip() for word in words.replace("，", ",").replace("、", ",").split(",") if word.strip()]
    unknown = [word for word in given if word not in WORDS_OF_LEVELS]
    if unknown or not given:
        raise Invalid(
            "层级应为省、市、县、乡 / levels are province, city, county, township",
            field="levels", value=words, unknown=unknown,
        )  # fmt: skip
    chosen = {WORDS_OF_LEVELS[word] for word in given}
    return tuple(level for level in ORDER if level in chosen)
