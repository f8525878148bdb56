"""Finding the agency that a row names, in the division it names."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from inventory.accounts.reach import Reach
from inventory.agencies.model import Agency
from inventory.divisions.model import Division
from inventory.levels import LEVEL_ZH, Level
from inventory.surveys.cells import fold
from inventory.surveys.faults import Unfit
from inventory.surveys.places import Places


@dataclass
class Named:
    """What a row says about its agency."""

    division: Division
    name: str
    uscc: str | None
    level: Level | None


@dataclass
class Bodies:
    """All agencies of the register, and those that this import adds."""

    places: Places
    reach: Reach
    may_create: bool
    by_id: dict[int, Agency] = field(default_factory=dict)
    _named: dict[tuple[int, str], Agency] = field(default_factory=dict)
    _coded: dict[str, Agency] = field(default_factory=dict)
    _given: dict[Agency, str] = field(default_factory=dict)  # codes that this import adds

    def load(self, agencies: Iterable[Agency]) -> None:
        """Index them under their division, and under the one that took its place."""
        for agency in agencies:
            self.by_id[agency.id] = agency
            self._index(agency)

    def _index(self, agency: Agency) -> None:
        division = self.places.by_id[agency.division_id]
        for place in {division.id, self.places.now(division).id}:
            if agency.short_name:
                self._named.setdefault((place, fold(agency.short_name)), agency)
            self._named[place, fold(agency.name)] = agency
        if agency.uscc is not None:
            self._coded[agency.uscc] = agency

    def anywhere(self, name: str) -> list[Agency]:
        """The agencies of that name in any division."""
        return [agency for agency in self.by_id.values() if fold(agency.name) == fold(name)]

    def find(self, said: Named) -> Agency:
        """The agency; a new one if it may be created; Unfit otherwise."""
        agency = self._named.get((said.division.id, fold(said.name)))
        if agency is None and said.uscc is not None:
            coded = self._coded.get(said.uscc)
            agency = coded if coded is not None and fold(coded.name) == fold(said.name) else None
        if agency is None:
            return self._new(said)
        self.require(agency)
        return agency

    def require(self, agency: Agency) -> None:
        """Unfit unless the caller may write this agency's rows."""
        if agency.id is not None and not self.reach.covers(agency.id):
            raise Unfit("not_allowed", "该单位不在您的授权范围内",
                "this agency is outside the part of the register that you may write",
                        "请由该单位或其规划部门填报", "let that agency or its planners hand it in")  # fmt: skip

    def _new(self, said: Named) -> Agency:
        taken = said.uscc is not None and said.uscc in self._coded
        if not self.may_create or said.level is None or taken:
            place = self.places.label(said.division)
            raise Unfit(
                "unknown_agency", f"{place}没有登记这个单位", f"no such agency is registered in {place}",
                "请核对单位全称和行政区划；确需新增的，先登记单位，或导入时选择新增单位(--create agencies)",
                "check full name and division; else register it first, or import with --create agencies",
            )  # fmt: skip
        if self.reach.agency_ids is not None:
            raise Unfit("not_allowed", "您的授权范围不能新增单位", "you may not add agencies",
                        "请联系管理员登记该单位", "ask an administrator to register it")  # fmt: skip
        agency = Agency(name=said.name, uscc=said.uscc, level=said.level, division_id=said.division.id)
        self._index(agency)
        return agency

    def check_code(self, agency: Agency, uscc: str) -> None:
        """The credit code given must be the agency's own, or free where none is registered or given by a row before."""
        own = agency.uscc or self._given.get(agency)
        if own is None and uscc not in self._coded:
            self._given[agency], self._coded[uscc] = uscc, agency
            return
        if own == uscc:
            return
        raise Unfit("uscc_mismatch", "统一社会信用代码与该单位登记的不一致",
            "not the credit code registered for this agency",
                    "请核对单位名称和代码", "check the agency's name and its code")  # fmt: skip

    def check_level(self, agency: Agency, level: Level) -> None:
        """The row's level must be the agency's, as registered or as it is on the day."""
        division = self.places.by_id[agency.division_id]
        ended = division.valid_to is not None and division.valid_to <= self.places.day
        fits = {agency.level, division.bodies_become if ended and division.bodies_become else agency.level}
        if level not in fits:
            zh = LEVEL_ZH[agency.level]
            raise Unfit("level_mismatch", f"层级与主管部门登记的层级（{zh}）不一致",
                f"the agency is registered at level {agency.level}",
                        f"请填“{zh}”，或先更正单位登记", "give that level, or have the agency corrected")  # fmt: skip
