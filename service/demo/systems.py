"""Sample systems of one agency, with components and dated deployments."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from inventory.agencies import Agency
from inventory.business_systems import BusinessSystem, Origin, SystemKind
from inventory.cloud_platforms import CloudPlatform
from inventory.cloud_tenants import CloudTenant
from inventory.components import Component
from inventory.deployments import Deployment, DeploymentMode
from inventory.divisions import get as division_of
from inventory.exemptions import Exemption
from inventory.hosts import Host, HostKind
from inventory.levels import Level

WORK = ("业务受理", "数据报送", "档案管理", "内部办公", "信息发布", "统计分析", "审批服务", "监督检查")
PER_LEVEL = {Level.PROVINCE: 9, Level.CITY: 5, Level.COUNTY: 2}
REASONS = ("依赖专用硬件，改造中", "等待云平台扩容", "系统老旧，拟整合后迁移", "国家部委平台未开放接口")


@dataclass
class Place:
    """A component's stay somewhere, before ids are known."""

    part: str
    start: date
    end: date | None
    mode: DeploymentMode
    host: Host | None = None
    tenant: CloudTenant | None = None


def add_systems(session: Session, agencies: list[Agency], platforms: dict[str, CloudPlatform], dice: Random) -> None:
    """A handful of systems each, most of them moved to the cloud at some day between 2016 and 2020."""
    homes = [(agency, _home(session, agency, platforms)) for agency in agencies]
    session.flush()
    plans: list[tuple[BusinessSystem, list[Place]]] = []
    for agency, home in homes:
        for number in range(PER_LEVEL[agency.level]):
            system = _system(agency, home.code, number, home.tenant.domain_id, dice)
            plans.append((system, [] if system.classified else _places(system, home, dice)))
    session.add_all(system for system, _ in plans)
    session.flush()
    _store(session, plans, dice)


@dataclass
class Home:
    """Where an agency's sample systems stand: before the move and after it."""

    code: str
    tenant: CloudTenant
    room: Host
    cloud_host: Host


def _home(session: Session, agency: Agency, platforms: dict[str, CloudPlatform]) -> Home:
    code = division_of(session, agency.division_id).code
    platform = platforms.get(code, platforms["370000"])
    tenant = CloudTenant(
        platform_id=platform.id, domain_id=platform.domain_id, agency_id=agency.id, name=f"{agency.name}租户"
    )
    room = Host(
        name=f"示例旧服务器-{agency.id}", kind=HostKind.SERVER, agency_id=agency.id, domain_id=platform.domain_id,
        operating_system="CentOS 7", cpu_cores=16, memory_gib=64,
    )  # fmt: skip
    session.add_all([tenant, room])
    session.flush()
    cloud_host = Host(
        name=f"示例云主机-{agency.id}", kind=HostKind.CLOUD_HOST, agency_id=agency.id, domain_id=platform.domain_id,
        tenant_id=tenant.id, operating_system="openEuler 20.03", cpu_cores=8, memory_gib=32,
    )  # fmt: skip
    session.add(cloud_host)
    return Home(code, tenant, room, cloud_host)


def _system(agency: Agency, code: str, number: int, domain_id: int, dice: Random) -> BusinessSystem:
    classified = dice.random() < 0.03  # noqa: PLR2004 -- a share of the sample, as are the others below
    ministry = not classified and dice.random() < 0.04  # noqa: PLR2004
    online = date(2014, 1, 1) + timedelta(days=dice.randrange(1200))
    work = WORK[number % len(WORK)]
    system = BusinessSystem(
        code=f"示例-{code}-{agency.id:03d}-{number + 1:02d}", agency_id=agency.id, division_id=agency.division_id,
        level=agency.level, classified=classified, online_on=online,
        name=f"示例代称{agency.id}-{number + 1}" if classified else f"示例{work}系统{agency.id}-{number + 1}",
    )  # fmt: skip
    if not classified:
        system.origin = Origin.MINISTRY if ministry else Origin.EXISTING
        system.kind, system.domain_id = SystemKind.BUSINESS, domain_id
        system.main_business, system.audience = work, "企业、公众"
        system.not_on_cloud_reason = dice.choice(REASONS)
        system.planned_cloud_on = date(2020, 3, 31) + timedelta(days=30 * dice.randrange(8))
        system.remarks = "示例数据"
    return system


def _places(system: BusinessSystem, home: Home, dice: Random) -> list[Place]:
    """One system's stays: with its ministry, or in the old room and, for nine of ten, on the cloud after it."""
    assert system.online_on is not None
    if system.origin is Origin.MINISTRY:
        return [Place("主体", system.online_on, None, DeploymentMode.MINISTRY)]
    share = dice.random()
    moved = max(system.online_on, date(2016, 2, 1)) + timedelta(days=30 + dice.randrange(1500))
    places = []
    for part in ("应用", "数据库"):
        stays = share > 0.9 or (share > 0.84 and part == "数据库")  # noqa: PLR2004
        places.append(Place(part, system.online_on, None if stays else moved, DeploymentMode.OWN_ROOM, home.room))
        if not stays:
            places.append(Place(part, moved, None, DeploymentMode.CLOUD, home.cloud_host, home.tenant))
    return places


def _store(session: Session, plans: list[tuple[BusinessSystem, list[Place]]], dice: Random) -> None:
    components = {
        (system.id, place.part): Component(system_id=system.id, name=place.part)
        for system, places in plans
        for place in places
    }
    session.add_all(components.values())
    session.flush()
    session.add_all(
        _deployment(components[system.id, place.part].id, place) for system, places in plans for place in places
    )
    stay = [system for system, places in plans if places and all(place.end is None for place in places)]
    session.add_all(_exemption(system) for system in stay if dice.random() < 0.5)  # noqa: PLR2004
    session.flush()


def _deployment(component_id: int, place: Place) -> Deployment:
    cloud = place.tenant
    return Deployment(
        component_id=component_id, mode=place.mode, valid_from=place.start, valid_to=place.end,
        host_id=place.host.id if place.host else None, platform_id=cloud.platform_id if cloud else None,
        tenant_id=cloud.id if cloud else None, accepted_on=place.start if cloud else None,
    )  # fmt: skip


def add_self(session: Session, agency: Agency, domain_id: int, url: str) -> None:
    """The service itself as a system, so that the collector beside it has something real to watch."""
    session.add(BusinessSystem(
        code="示例-云网自身", name="云网自身（示例）", agency_id=agency.id, division_id=agency.division_id,
        level=agency.level, domain_id=domain_id, url=url, origin=Origin.NEW, kind=SystemKind.PLATFORM,
        remarks="示例数据：试运行，不计入上云率",
    ))  # fmt: skip
    session.flush()


def _exemption(system: BusinessSystem) -> Exemption:
    return Exemption(
        system_id=system.id, document_number=f"示例豁〔2017〕{system.id}号", reason="示例：暂缓上云",
        valid_from=date(2017, 7, 1), valid_to=date(2019, 7, 1),
    )  # fmt: skip
