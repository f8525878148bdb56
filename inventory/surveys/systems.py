"""Sheet 1: what a row says about one system, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any

from inventory.agencies.model import Agency
from inventory.business_systems.model import BusinessSystem
from inventory.business_systems.words import CloudStatus
from inventory.divisions.model import Division
from inventory.network_domains.model import NetworkDomain
from inventory.surveys.bodies import Named
from inventory.surveys.cells import fold
from inventory.surveys.faults import Fault, Says, Unfit
from inventory.surveys.printing import printed
from inventory.surveys.reading import is_secret, read
from inventory.surveys.register import Register
from inventory.surveys.sheets import Row
from inventory.surveys.stubs import hidden, read_stub

RESOLVED = ("agency", "uscc", "division")
STORED = {"domain": "domain_id"}
INTRANET = Says(
    "classified_domain", "政务内网承载的是涉密系统，不得登记网络、地址和技术内容",
    "the intranet carries classified systems: nothing technical may be stored",
    "请在“是否涉密”填“是”，只保留编码、代称、主管部门，其余清空",
    "write 是 under 是否涉密 and keep code, alias and agency only",
)  # fmt: skip


@dataclass
class SystemRow:
    """One row of sheet 1, resolved as far as it could be."""

    row: Row
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    existing: BusinessSystem | None = None
    secret: bool = False
    agency: Agency | None = None
    division: Division | None = None
    domain: NetworkDomain | None = None
    uscc: str | None = None
    system: BusinessSystem | None = None

    def wrong(self, attribute: str, unfit: Unfit) -> None:
        self.faults.append(self.row.fault(attribute, unfit.says))


def check(row: Row, code: str, register: Register) -> SystemRow:
    """Read one row and resolve what it names."""
    found = SystemRow(row, code, existing=register.systems.get(code), secret=is_secret(row))
    if found.secret:
        found.values, found.faults = read_stub(row)
    else:
        found.values, found.faults = read(row)
        _forgive(found)
    _resolve(found, register)
    _own(found, register)
    if found.secret:
        _secret(found)
    else:
        _domain(found, register)
    if not found.secret:
        _dates(found, register)
    _plain_mode(found)
    return found


def _forgive(found: SystemRow) -> None:
    """What the register already holds, or lacks, is not refused when it comes back unchanged; it is a warning."""
    kept: list[Fault] = []
    for fault in found.faults:
        column = next(column for column in found.row.form.columns if column.heading == fault.column)
        if found.existing is None or column.attribute in RESOLVED:
            kept.append(fault)
            continue
        held = printed(getattr(found.existing, STORED.get(column.attribute, column.attribute)), column)
        raw = found.row.raw.get(column.attribute)
        unchanged = fold("" if held is None else held) == fold("" if raw is None else raw)
        (found.warnings if unchanged else kept).append(fault)
    found.faults = kept


def _resolve(found: SystemRow, register: Register) -> None:
    values, bodies = found.values, register.bodies
    found.uscc = values.pop("uscc", None)
    words, name = values.pop("division", None), values.pop("agency", None)
    if words is not None:
        found.division = _division(found, register, words)
    elif found.secret and name is not None:
        _owner_of_stub(found, register, name)
        return
    if found.division is None or name is None:
        return
    held = bodies.by_id[found.existing.agency_id] if found.existing else None
    unchanged = held is not None and fold(held.name) == fold(name) and found.existing.division_id == found.division.id  # type: ignore[union-attr]
    try:
        found.agency = held if unchanged else bodies.find(Named(found.division, name, found.uscc, values.get("level")))
    except Unfit as unfit:
        found.wrong("agency", unfit)
        return
    _match_agency(found, register)


def _division(found: SystemRow, register: Register, words: str) -> Division | None:
    if found.existing is not None:
        held = register.places.by_id[found.existing.division_id]
        if held in register.places.named(words):
            return held
    try:
        return register.places.find(words)
    except Unfit as unfit:
        found.wrong("division", unfit)
        return None


def _owner_of_stub(found: SystemRow, register: Register, name: str) -> None:
    """A stub may leave out division and level; its agency tells them."""
    bodies = register.bodies.anywhere(name)
    if len(bodies) != 1:
        found.wrong("agency", Unfit(
            "unknown_agency", "不能确定主管部门", "the agency cannot be told",
            "请填写登记的单位全称和行政区划", "give its registered name and its division",
        ))  # fmt: skip
        return
    try:
        register.bodies.require(bodies[0])
    except Unfit as unfit:
        found.wrong("agency", unfit)
        return
    found.agency, found.division = bodies[0], register.places.by_id[bodies[0].division_id]
    if found.values.get("level") is None:
        found.values["level"] = bodies[0].level


def _match_agency(found: SystemRow, register: Register) -> None:
    assert found.agency is not None
    level = found.values.get("level")
    if level is None and found.secret:
        level = found.values["level"] = found.agency.level
    held = found.existing
    unchanged = held is not None and held.level == level and held.agency_id == found.agency.id
    if level is not None and not unchanged:
        try:
            register.bodies.check_level(found.agency, level)
        except Unfit as unfit:
            found.wrong("level", unfit)
    if found.uscc is not None:
        try:
            register.bodies.check_code(found.agency, found.uscc)
        except Unfit as unfit:
            found.wrong("uscc", unfit)


def _own(found: SystemRow, register: Register) -> None:
    """A code that another agency's system holds may be rewritten only by those who may write both."""
    held = found.existing
    if held is not None and not register.bodies.reach.covers(held.agency_id):
        found.wrong("code", Unfit(
            "not_allowed", "系统编码已由授权范围之外的单位使用",
            "this code belongs to a system outside the part that you may write",
            "请核对编码，或由该单位填报", "check the code, or let that agency hand it in",
        ))  # fmt: skip
        found.warnings.clear()


def _secret(found: SystemRow) -> None:
    held = found.existing
    if held is not None and not held.classified and not found.faults:
        found.wrong("classified", Unfit(
            "classified_change", "该系统已按非涉密登记，不能由导入改为涉密",
            "registered as not classified; an import cannot change that",
            "请由管理员先清除已登记内容再改为涉密", "have an administrator clear it first",
        ))  # fmt: skip
    found.faults = [hidden(fault) for fault in found.faults]
    found.warnings = []


def _domain(found: SystemRow, register: Register) -> None:
    words = found.values.pop("domain", None)
    if words is None:
        if found.existing is not None and found.existing.domain_id is not None and "domain" not in found.row.letters:
            held = found.existing.domain_id
            found.domain = next(domain for domain in register.domains.values() if domain.id == held)
        return
    try:
        found.domain = register.domain(words)
    except Unfit as unfit:
        found.wrong("domain", unfit)
        return
    if found.domain.classified:
        found.secret = True
        found.faults, found.warnings = [found.row.fault("domain", INTRANET)], []


def _dates(found: SystemRow, register: Register) -> None:
    """A missing 上线时间 means since the day of the form (ruling 1), but for a system still on trial."""
    values, held = found.values, found.existing
    if "online_on" not in found.row.letters or values.get("online_on") is None:
        values.pop("online_on", None)
        on_trial = values.get("cloud_status") is CloudStatus.TRIAL
        if held is None and not on_trial:
            values["online_on"] = register.places.day
    starts = values.get("online_on", held.online_on if held else None)
    ends = values.get("offline_on")
    if starts is not None and ends is not None and ends < starts:
        found.wrong("offline_on", Unfit(
            "ends_before_start", f"下线时间早于上线时间（{starts}）", f"it ends before it begins ({starts})",
            "请核对上线时间和下线时间", "check both dates",
        ))  # fmt: skip


def _plain_mode(found: SystemRow) -> None:
    if (mode := found.values.get("deployment_mode")) is not None:
        found.values["deployment_mode"] = str(mode)
