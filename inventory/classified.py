"""Stubs only (ARCHITECTURE 2.9): of the classified network the register holds aliases and owners, nothing technical.

A refusal never repeats what was sent: it would carry the secret into answers and logs.
"""

from typing import Any

from sqlalchemy.orm import Session

from inventory.business_systems.model import BusinessSystem
from inventory.errors import Invalid
from inventory.network_domains.model import NetworkDomain
from inventory.routing_spaces.model import RoutingSpace

# What a stub may carry; every other column of a classified system stays empty.
STUB_FIELDS = frozenset(
    {"id", "version", "updated_at", "code", "name", "agency_id", "division_id", "level", "classified", "online_on",
     "offline_on"}
)  # fmt: skip


def require_stub(session: Session, system: BusinessSystem) -> None:
    """Refuse a classified system with more than a stub's fields, and an unclassified one on the classified network."""
    with session.no_autoflush:
        if system.classified:
            filled = [
                name
                for name in BusinessSystem.__table__.columns.keys()  # noqa: SIM118 -- a ColumnCollection iterates columns
                if name not in STUB_FIELDS and getattr(system, name) is not None
            ]
            if filled:
                raise Invalid(
                    "涉密系统只登记代称和单位，其余一律不填 / "
                    "a classified system is a stub: alias and agency, nothing else",
                    field="classified",
                )
        elif _is_classified(session, system.domain_id):
            raise Invalid(
                "政务内网上的系统只能登记为涉密代称 / a system on the classified network can only be a stub",
                field="domain_id",
            )


def require_open_domain(session: Session, row: Any) -> None:
    """Refuse hosts, clouds, tenants and routing spaces in the classified network."""
    with session.no_autoflush:
        if _is_classified(session, row.domain_id):
            raise Invalid(
                "政务内网不登记网络和设备 / nothing of the classified network is registered", field="domain_id"
            )


def require_open_space(session: Session, row: Any) -> None:
    """Refuse addresses in the classified network."""
    with session.no_autoflush:
        space = session.get(RoutingSpace, row.routing_space_id)
        if space is not None and _is_classified(session, space.domain_id):
            raise Invalid(
                "政务内网不登记地址 / no address of the classified network is registered", field="routing_space_id"
            )


def require_open_system(session: Session, row: Any) -> None:
    """Refuse components and exemptions of a classified stub."""
    with session.no_autoflush:
        system = session.get(BusinessSystem, row.system_id)
        if system is not None and system.classified:
            raise Invalid(
                "涉密系统只登记代称，不登记组件和豁免 / a stub has no components and no exemptions", field="system_id"
            )


def _is_classified(session: Session, domain_id: int | None) -> bool:
    domain = session.get(NetworkDomain, domain_id) if domain_id is not None else None
    return domain is not None and domain.classified
