"""The part of the register that an import looks at, loaded once: no query per row."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from inventory.accounts.reach import Reach
from inventory.agencies.model import Agency
from inventory.business_systems.model import BusinessSystem
from inventory.cloud_platforms.model import CloudPlatform
from inventory.cloud_tenants.model import CloudTenant
from inventory.components.model import Component
from inventory.deployments.model import Deployment
from inventory.divisions.model import Division
from inventory.exemptions.model import Exemption
from inventory.hosts.model import Host
from inventory.network_domains.model import DomainCode, NetworkDomain
from inventory.sites.model import Site
from inventory.surveys.bodies import Bodies
from inventory.surveys.cells import fold
from inventory.surveys.faults import Unfit
from inventory.surveys.places import Places

T = TypeVar("T")
CHUNK = 5_000  # values in one IN (...): PostgreSQL takes 65,535 parameters
DOMAIN_WORDS = {"内网": DomainCode.INTRANET, "电子政务内网": DomainCode.INTRANET, "internet": DomainCode.INTERNET,
                "因特网": DomainCode.INTERNET, "互联网区": DomainCode.INTERNET}  # fmt: skip


@dataclass
class Register:
    """What rows are checked against."""

    places: Places
    bodies: Bodies
    create: frozenset[str]
    domains: dict[str, NetworkDomain] = field(default_factory=dict)
    platforms: dict[str, CloudPlatform] = field(default_factory=dict)
    platforms_by_id: dict[int, CloudPlatform] = field(default_factory=dict)
    tenants: dict[tuple[int, str], CloudTenant] = field(default_factory=dict)
    tenants_by_id: dict[int, CloudTenant] = field(default_factory=dict)
    hosts: dict[tuple[Agency, str], Host] = field(default_factory=dict)
    hosts_by_id: dict[int, Host] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    systems: dict[str, BusinessSystem] = field(default_factory=dict)
    components: dict[tuple[int, str], Component] = field(default_factory=dict)
    deployments: dict[int, list[Deployment]] = field(default_factory=lambda: defaultdict(list))
    exemptions: dict[int, list[Exemption]] = field(default_factory=lambda: defaultdict(list))

    # Rows that do not exist yet: their owner may not have an id either.
    new_owner: dict[CloudTenant | Host | Site, Agency] = field(default_factory=dict)
    new_tenant: dict[Host, CloudTenant] = field(default_factory=dict)
    new_site: dict[Host, Site] = field(default_factory=dict)

    def owner_of(self, tenant: CloudTenant) -> Agency:
        """The agency of a registered or new tenant."""
        return self.new_owner.get(tenant) or self.bodies.by_id[tenant.agency_id]

    def domain(self, words: str) -> NetworkDomain:
        """The network domain that the words mean."""
        key = fold(words)
        key = DOMAIN_WORDS.get(key, key)
        if found := self.domains.get(key):
            return found
        names = "、".join(dict.fromkeys(domain.name for domain in self.domains.values() if not domain.classified))
        raise Unfit(
            "unknown_domain",
            "没有登记这个网络域",
            "no such network domain",
            f"请从下列网络域中选填：{names}",
            f"choose one of: {names}",
        )

    def platform(self, words: str) -> CloudPlatform:
        """The cloud platform of that name; platforms are never added by an import."""
        if found := self.platforms.get(fold(words)):
            return found
        names = "、".join(platform.name for platform in list(self.platforms.values())[:20])
        raise Unfit("unknown_platform", "没有登记这个云平台", "no such cloud platform is registered",
                    f"请核对名称或先由管理员登记；已登记：{names}",
                    f"check the name or have it registered; known: {names}")  # fmt: skip

    def names(self, deployment: Deployment) -> tuple[str, str, str]:
        """Host, platform and tenant of a registered deployment, for comparing."""
        host = self.hosts_by_id.get(deployment.host_id or 0)
        platform = self.platforms_by_id.get(deployment.platform_id or 0)
        tenant = self.tenants_by_id.get(deployment.tenant_id or 0)
        return (
            fold(host.name) if host else "",
            fold(platform.name) if platform else "",
            fold(tenant.name) if tenant else "",
        )


def load(session: Session, day: date, reach: Reach, create: frozenset[str]) -> Register:
    """Divisions, agencies, domains, platforms, tenants and sites; what hangs on systems is loaded by `load_systems`."""
    places = Places(session.scalars(select(Division)), day)
    bodies = Bodies(places, reach, "agencies" in create)
    bodies.load(session.scalars(select(Agency)))
    register = Register(places, bodies, create)
    for domain in session.scalars(select(NetworkDomain)):
        register.domains |= {fold(domain.name): domain, domain.code.value: domain}
    for platform in session.scalars(select(CloudPlatform)):
        register.platforms[fold(platform.name)] = register.platforms_by_id[platform.id] = platform
    for tenant in session.scalars(select(CloudTenant)):
        register.tenants[tenant.platform_id, fold(tenant.name)] = register.tenants_by_id[tenant.id] = tenant
    for site in session.scalars(select(Site)):
        register.sites[fold(site.name)] = site
    return register


def _among(session: Session, kind: type[T], column: InstrumentedAttribute[Any], keys: Collection[Any]) -> Iterator[T]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        yield from session.scalars(select(kind).where(column.in_(ordered[start : start + CHUNK])))


def load_systems(session: Session, register: Register, codes: Collection[str]) -> None:
    """The systems of these codes with their components, deployments and exemptions."""
    register.systems = {system.code: system for system in _among(session, BusinessSystem, BusinessSystem.code, codes)}
    ids = {system.id for system in register.systems.values()}
    components = list(_among(session, Component, Component.system_id, ids))
    register.components = {(component.system_id, fold(component.name)): component for component in components}
    deployments = list(_among(session, Deployment, Deployment.component_id, {component.id for component in components}))
    for deployment in deployments:
        register.deployments[deployment.component_id].append(deployment)
    for exemption in _among(session, Exemption, Exemption.system_id, ids):
        register.exemptions[exemption.system_id].append(exemption)
    _load_hosts(session, register, Host.id, {deployment.host_id for deployment in deployments if deployment.host_id})


def load_hosts_of(session: Session, register: Register, agencies: Sequence[Agency]) -> None:
    """The hosts of these agencies."""
    _load_hosts(session, register, Host.agency_id, {agency.id for agency in agencies if agency.id is not None})


def _load_hosts(
    session: Session, register: Register, column: InstrumentedAttribute[Any], keys: Collection[int]
) -> None:
    for host in _among(session, Host, column, keys):
        register.hosts_by_id[host.id] = host
        register.hosts[register.bodies.by_id[host.agency_id], fold(host.name)] = host
