"""Writing the rows that passed: new bodies first, then systems, then what stands on them; updates before additions."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from inventory.agencies.model import Agency
from inventory.business_systems.model import BusinessSystem
from inventory.cloud_tenants.model import CloudTenant
from inventory.components.model import Component
from inventory.deployments.model import Deployment
from inventory.exemptions.model import Exemption
from inventory.hosts.model import Host
from inventory.surveys.exemptions import ExemptionRow
from inventory.surveys.faults import Tally
from inventory.surveys.placed import DeploymentRow
from inventory.surveys.printing import same
from inventory.surveys.register import Register
from inventory.surveys.systems import SystemRow


def _distinct(items: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(item for item in items if item is not None and item.id is None))


def _add(session: Session, rows: Sequence[Any]) -> int:
    session.add_all(rows)
    session.flush()
    return len(rows)


def store_bodies(session: Session, systems: list[SystemRow]) -> dict[str, int]:
    """Agencies that are new, and credit codes that the register lacked."""
    agencies: list[Agency] = _distinct(found.agency for found in systems)
    created = {"agencies": _add(session, agencies)}
    for found in systems:
        if found.uscc is not None and found.agency is not None and found.agency.uscc is None:
            found.agency.uscc = found.uscc
    session.flush()
    return created


def store_machines(session: Session, register: Register, rows: list[DeploymentRow]) -> dict[str, int]:
    """Tenants, sites and hosts that are new."""
    hosts: list[Host] = _distinct(item.host for item in rows)
    tenants: list[CloudTenant] = _distinct(
        [*(item.tenant for item in rows), *(register.new_tenant.get(host) for host in hosts)]
    )
    sites = _distinct(register.new_site.get(host) for host in hosts)
    for thing in (*tenants, *sites, *hosts):
        thing.agency_id = register.new_owner[thing].id
    created = {"tenants": _add(session, tenants), "sites": _add(session, sites)}
    for host in hosts:
        if (tenant := register.new_tenant.get(host)) is not None:
            host.tenant_id = tenant.id
        if (site := register.new_site.get(host)) is not None:
            host.site_id = site.id
    return created | {"hosts": _add(session, hosts)}


def store_systems(session: Session, rows: list[SystemRow], tally: Tally) -> None:
    """Insert new systems, change those that differ."""
    new: list[BusinessSystem] = []
    for found in rows:
        wanted = _wanted(found)
        if found.existing is None:
            found.system = BusinessSystem(**wanted)
            new.append(found.system)
            continue
        found.system = found.existing
        changed = _change(found.existing, wanted, found)
        tally.updated += changed
        tally.unchanged += not changed
    tally.added += _add(session, new)


def _wanted(found: SystemRow) -> dict[str, Any]:
    assert found.agency is not None
    assert found.division is not None
    wanted = dict(found.values)
    wanted |= {"agency_id": found.agency.id, "division_id": found.division.id}
    if found.domain is not None or "domain" in found.row.letters:
        wanted["domain_id"] = found.domain.id if found.domain else None
    if found.secret:
        wanted["domain_id"] = None
    return wanted


def _change(held: BusinessSystem, wanted: dict[str, Any], found: SystemRow) -> bool:
    columns = {column.attribute: column for column in found.row.form.columns}
    changed = False
    for attribute, value in wanted.items():
        stored = getattr(held, attribute)
        alike = same(stored, value, columns[attribute]) if attribute in columns else stored == value
        if not alike:
            setattr(held, attribute, value)
            changed = True
    return changed


def store_deployments(session: Session, rows: list[DeploymentRow], tally: Tally) -> dict[str, int]:
    """Components that are new, then changed deployments, then new ones: so that no slot is ever held twice."""
    components, fresh = _components(session, rows)
    made, new = len(fresh), list[Deployment]()
    for item in rows:
        component = components[item.key]
        if item.existing is None and item.mode is None and component.id in fresh:
            fresh.remove(component.id)
            tally.added += 1
            continue
        changed = component.production != item.production
        component.production = item.production
        if item.existing is None and item.mode is not None:
            new.append(_deployment(item, component))
            continue
        if item.existing is not None and not item.unchanged:
            changed |= _rewrite(item.existing, item)
        tally.updated += changed
        tally.unchanged += not changed
    session.flush()
    tally.added += _add(session, new)
    return {"components": made}


def _components(session: Session, rows: list[DeploymentRow]) -> tuple[dict[tuple[str, str], Component], set[int]]:
    components: dict[tuple[str, str], Component] = {}
    new: list[Component] = []
    for item in rows:
        if item.component is not None:
            components[item.key] = item.component
        elif item.key not in components:
            assert item.owner is not None
            system = item.owner.row.system if item.owner.row else item.owner.existing
            assert system is not None
            component = Component(system_id=system.id, name=item.values["component"], production=item.production)
            components[item.key] = component
            new.append(component)
    _add(session, new)
    return components, {component.id for component in new}


def _place(item: DeploymentRow) -> dict[str, Any]:
    return {
        "mode": item.mode, "host_id": item.host.id if item.host else None,
        "platform_id": item.platform.id if item.platform else None,
        "tenant_id": item.tenant.id if item.tenant else None,
        "valid_to": item.valid_to, "accepted_on": item.values.get("accepted_on"),
    }  # fmt: skip


def _deployment(item: DeploymentRow, component: Component) -> Deployment:
    return Deployment(component_id=component.id, slot=item.slot, valid_from=item.valid_from, **_place(item))


# A column that the sheet does not have leaves the registered value as it is.
COLUMN_OF = {"host_id": "host", "platform_id": "platform", "tenant_id": "tenant"}


def _rewrite(held: Deployment | Exemption, item: DeploymentRow | ExemptionRow) -> bool:
    values = _place(item) if isinstance(item, DeploymentRow) else _approval(item)
    changed = False
    for attribute, value in values.items():
        present = COLUMN_OF.get(attribute, attribute) in item.row.letters
        if present and getattr(held, attribute) != value:
            setattr(held, attribute, value)
            changed = True
    return changed


def _approval(item: ExemptionRow) -> dict[str, Any]:
    return {
        "document_number": item.values["document_number"],
        "reason": item.values["reason"],
        "valid_to": item.valid_to,
    }


def store_exemptions(session: Session, rows: list[ExemptionRow], tally: Tally) -> None:
    """Changed exemptions, then new ones."""
    new: list[Exemption] = []
    for item in rows:
        assert item.owner is not None
        system = item.owner.row.system if item.owner.row else item.owner.existing
        assert system is not None
        if item.existing is None:
            new.append(Exemption(system_id=system.id, valid_from=item.valid_from, **_approval(item)))
            continue
        changed = _rewrite(item.existing, item)
        tally.updated += changed
        tally.unchanged += not changed
    session.flush()
    tally.added += _add(session, new)
