"""Rows for tests: each function makes one with what it needs, and takes any column as an override."""

from datetime import date
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import divisions, network_domains
from inventory.agencies import Agency
from inventory.business_systems import BusinessSystem
from inventory.cloud_platforms import CloudPlatform
from inventory.cloud_tenants import CloudTenant
from inventory.components import Component
from inventory.deployments import Deployment, DeploymentMode
from inventory.divisions import Division
from inventory.hosts import Host, HostKind
from inventory.levels import Level
from inventory.network_domains import DomainCode, NetworkDomain

_serial = count(1)
Row = TypeVar("Row")


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def a_province(session: Session) -> Division:
    """Shandong with all its dated divisions."""
    divisions.load_province(session)
    return divisions.by_code(session, "370000")


def a_division(session: Session, code: str = "370100") -> Division:
    """A division of the seeded province."""
    a_province(session)
    return divisions.by_code(session, code)


def a_domain(session: Session, code: DomainCode = DomainCode.PUBLIC_SERVICE) -> NetworkDomain:
    network_domains.load_domains(session)
    return network_domains.by_code(session, code)


def an_agency(session: Session, division: str = "370000", **over: Any) -> Agency:
    values: dict[str, Any] = {"name": f"示例单位{next(_serial)}", "level": Level.PROVINCE} | over
    values.setdefault("division_id", a_division(session, division).id)
    return _added(session, Agency(**values))


def a_system(session: Session, agency: Agency | None = None, **over: Any) -> BusinessSystem:
    owner = agency or an_agency(session)
    number = next(_serial)
    values: dict[str, Any] = {
        "code": f"SYS-{number:05d}", "name": f"示例系统{number}", "agency_id": owner.id, "level": owner.level,
        "division_id": owner.division_id, "domain_id": a_domain(session).id, "online_on": date(2016, 1, 1),
    }  # fmt: skip
    return _added(session, BusinessSystem(**(values | over)))


def a_platform(session: Session, **over: Any) -> CloudPlatform:
    values: dict[str, Any] = {
        "name": f"示例政务云{next(_serial)}", "domain_id": a_domain(session).id,
        "owner_division_id": a_province(session).id, "recognised_from": date(2015, 1, 1),
    }  # fmt: skip
    return _added(session, CloudPlatform(**(values | over)))


def a_tenant(session: Session, agency: Agency, platform: CloudPlatform | None = None, **over: Any) -> CloudTenant:
    cloud = platform or a_platform(session)
    values: dict[str, Any] = {
        "platform_id": cloud.id, "domain_id": cloud.domain_id, "agency_id": agency.id, "name": f"租户{next(_serial)}",
    }  # fmt: skip
    return _added(session, CloudTenant(**(values | over)))


def a_host(session: Session, agency: Agency | None = None, **over: Any) -> Host:
    owner = agency or an_agency(session)
    values: dict[str, Any] = {
        "name": f"host-{next(_serial)}", "kind": HostKind.SERVER, "agency_id": owner.id,
        "domain_id": a_domain(session).id,
    }  # fmt: skip
    return _added(session, Host(**(values | over)))


def a_component(session: Session, system: BusinessSystem, **over: Any) -> Component:
    return _added(session, Component(**({"system_id": system.id, "name": f"组件{next(_serial)}"} | over)))


def a_deployment(session: Session, component: Component, **over: Any) -> Deployment:
    """In the agency's own room since 2016 unless said otherwise; mode=cloud gets a platform and an acceptance."""
    values: dict[str, Any] = {
        "component_id": component.id, "mode": DeploymentMode.OWN_ROOM, "valid_from": date(2016, 1, 1), "slot": 1,
    } | over  # fmt: skip
    if values["mode"] == DeploymentMode.CLOUD and "platform_id" not in values:
        values["platform_id"] = a_platform(session).id
    return _added(session, Deployment(**values))


def all_of(session: Session, kind: type[Row]) -> list[Row]:
    """Every row of a table."""
    return list(session.scalars(select(kind)))
