"""What the API says about a rate."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from inventory.indicators.classification import Status
from inventory.indicators.model import IndicatorStanding
from inventory.indicators.question import View
from inventory.levels import Level


class ScopeOut(BaseModel):
    """Whose figure it is; `code` is what `scope=` accepts."""

    noun: str
    code: str
    name: str


class AimOut(BaseModel):
    """A target with the document that sets it, and how the figure stands to it."""

    model_config = ConfigDict(from_attributes=True)

    numerator: int
    denominator: int
    percent: str
    policy_number: str
    policy_title: str
    issued_on: date | None
    clause: str | None
    division_code: str
    division_name: str
    levels: str
    due_on: date | None
    due_words: str | None
    met: bool | None
    gap: int


class RuleOut(BaseModel):
    """The rule by which the figure was counted."""

    model_config = ConfigDict(from_attributes=True)

    indicator: str
    version: int
    numerator_zh: str
    denominator_zh: str
    exclusions_zh: str
    text_en: str
    source: str


class RateOut(BaseModel):
    """n of N, the target it is measured against (the strictest in force), and every target beside it."""

    scope: ScopeOut
    as_of: date
    levels: list[Level]
    view: View
    standing: IndicatorStanding
    merge_successors: bool
    limited: bool
    n: int
    N: int
    percent: str | None
    met: bool | None
    gap: int | None
    target: AimOut | None
    targets: list[AimOut]
    statuses: dict[Status, int]
    rule: RuleOut
    notes: list[str]
    links: dict[str, str]


class LineOut(BaseModel):
    """One city or body of a ranking."""

    rank: int | None
    code: str
    name: str
    n: int
    N: int
    percent: str | None
    met: bool | None
    gap: int | None
    statuses: dict[Status, int]


class PointOut(BaseModel):
    """The figure on one day of a trend; delta_n and delta_N are the changes since the point before."""

    day: date
    n: int
    N: int
    percent: str | None
    delta_n: int | None
    delta_N: int | None  # noqa: N815 -- N is the name that the policy's readers know


class MemberOut(BaseModel):
    """A system behind the figure; links to its row by `system_id`."""

    system_id: int
    code: str
    name: str
    status: Status
    status_zh: str
    owner_id: int
    owner_name: str
    level: Level
    online_on: date | None
    planned_cloud_on: date | None
    reasons: list[str]


class MembersOut(BaseModel):
    """One page of systems."""

    items: list[MemberOut]
    next: str | None


class HostOut(BaseModel):
    """A host behind 主机口径 with the systems it carries."""

    host_id: int
    name: str
    kind: str
    on_cloud: bool
    platform: str | None
    systems: list[str]


class HostsOut(BaseModel):
    """One page of hosts."""

    items: list[HostOut]
    next: str | None
