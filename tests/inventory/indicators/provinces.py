"""Small provinces drawn at random, with every trap of the rule in them often enough to matter."""

from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from inventory.agencies import Agency
from inventory.business_systems import BusinessSystem, Origin, SystemMode
from inventory.components import Component
from inventory.deployments import DeploymentMode
from inventory.exemptions import Exemption
from inventory.hosts import Host, HostKind
from inventory.levels import Level
from tests.factories import a_component, a_deployment, a_host, a_platform, a_system, a_tenant, an_agency

FIRST, LAST = date(2017, 1, 1), date(2020, 6, 30)
TURNS = (date(2019, 1, 8), date(2019, 1, 9), date(2019, 1, 10), date(2018, 10, 31), date(2018, 12, 31))
SEATS = (
    ("370000", Level.PROVINCE), ("370100", Level.CITY), ("371200", Level.CITY), ("371200", Level.COUNTY),
    ("371202", Level.COUNTY), ("370181", Level.COUNTY), ("370200", Level.CITY), ("370116", Level.COUNTY),
)  # fmt: skip


def any_day(random: Random) -> date:
    """Often a day on which something of the seed changes, so that half-open ends are hit."""
    if random.random() < 0.3:
        return random.choice(TURNS)
    return FIRST + timedelta(days=random.randrange((LAST - FIRST).days))


def maybe(random: Random, chance: float = 0.5) -> date | None:
    return any_day(random) if random.random() < chance else None


def ordered(random: Random, chance: float = 0.5) -> tuple[date, date | None]:
    start, end = any_day(random), maybe(random, chance)
    return (start, None) if end is None or end <= start else (start, end)


def bodies(session: Session, random: Random) -> list[Agency]:
    made = [an_agency(session, seat, level=level) for seat, level in SEATS for _ in range(2)]
    for agency in random.sample(made[1:], 4):
        agency.parent_id = random.choice(made[: made.index(agency)]).id
    for gone in random.sample(made[1:], 3):
        # Successors have smaller ids, so that no circle arises.
        gone.valid_to, gone.successor_id = any_day(random), random.choice(made[: made.index(gone)]).id
    session.flush()
    return made


def machines(session: Session, random: Random, owner: Agency, clouds: list[Any]) -> list[Host]:
    tenants = [a_tenant(session, owner, cloud) for cloud in clouds]
    made = [a_host(session, owner) for _ in range(4)]
    return made + [
        a_host(session, owner, kind=HostKind.CLOUD_HOST, tenant_id=tenant.id, domain_id=tenant.domain_id)
        for tenant in tenants for _ in range(2)
    ]  # fmt: skip


def platforms(session: Session, random: Random) -> list[Any]:
    made = [a_platform(session), a_platform(session, recognised_from=None)]
    start, end = ordered(random, 0.8)
    return [*made, a_platform(session, recognised_from=start, recognised_to=end)]


def deploy(session: Session, random: Random, component: Component, clouds: list[Any], hosts: list[Host]) -> None:
    """A row of deployments of one slot, one after the other, with or without gaps between them."""
    start = any_day(random) if random.random() < 0.5 else FIRST
    if random.random() < 0.5:
        a_deployment(
            session, component, mode=DeploymentMode.CLOUD, platform_id=clouds[0].id, valid_from=start,
            accepted_on=start, host_id=random.choice(hosts).id,
        )  # fmt: skip
        return
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        end = start + timedelta(days=random.randrange(1, 500))
        mode = random.choice([DeploymentMode.CLOUD] * 5 + list(DeploymentMode))
        over: dict[str, Any] = {"mode": mode, "valid_from": start, "valid_to": random.choice([end, end, None])}
        if mode is DeploymentMode.CLOUD:
            over["platform_id"] = random.choice([clouds[0], clouds[0], *clouds]).id
            over["accepted_on"] = random.choice([start, start, end, None])
        over["host_id"] = random.choice([*(host.id for host in hosts), None, None])
        a_deployment(session, component, slot=1, **over)
        if over["valid_to"] is None:
            return
        start = end + timedelta(days=random.choice([0, 0, 30]))


def an_exemption(session: Session, system: BusinessSystem, start: date, end: date | None = None) -> None:
    row = Exemption(system_id=system.id, document_number="示例文号", reason="示例", valid_from=start, valid_to=end)
    session.add(row)
    session.flush()


def one_system(session: Session, random: Random, owner: Agency, clouds: list[Any], hosts: list[Host]) -> BusinessSystem:
    if random.random() < 0.08:
        return a_system(session, owner, online_on=FIRST, classified=True, domain_id=None)
    said = random.choice([None, SystemMode.CLOUD, SystemMode.MINISTRY, SystemMode.MINISTRY])
    online = random.choice([FIRST, FIRST, any_day(random), None])
    offline = maybe(random, 0.2)
    origin = random.choice([Origin.EXISTING, Origin.NEW, Origin.MINISTRY])
    system = a_system(
        session, owner, online_on=online, offline_on=None if online and offline and offline < online else offline,
        origin=origin, deployment_mode=said,
    )  # fmt: skip
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        start, end = ordered(random, 0.3)
        dated = {"valid_from": start, "valid_to": end} if random.random() < 0.3 else {}
        deploy(session, random, a_component(session, system, production=random.random() < 0.85, **dated), clouds, hosts)
    if random.random() < 0.25:
        start, end = ordered(random, 0.6)
        an_exemption(session, system, start, end)
    return system


def a_random_province(session: Session, seed: int, systems: int) -> list[Agency]:
    """Agencies of the province drawn from this seed; same seed, same province."""
    random = Random(seed)
    made, clouds = bodies(session, random), platforms(session, random)
    hosts = machines(session, random, made[0], clouds)
    for _ in range(systems):
        one_system(session, random, random.choice(made), clouds, hosts)
    session.flush()
    session.expire_all()
    return made
