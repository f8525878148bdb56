"""The register as rows of the form, and the imports that were handed in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.accounts.reach import Reach
from inventory.business_systems.model import BusinessSystem
from inventory.components.model import Component
from inventory.deployments.model import Deployment
from inventory.errors import NotFound
from inventory.exemptions.model import Exemption
from inventory.hosts.model import Host
from inventory.surveys.columns import DEPLOYMENTS, EXEMPTIONS, STUB_ATTRIBUTES, SYSTEMS, Column
from inventory.surveys.model import SurveyImport
from inventory.surveys.printing import Cell, printed
from inventory.surveys.register import Register, load
from inventory.surveys.words import NOT_DEPLOYED, word

Line = Sequence[Cell]


def rows_of_register(session: Session, reach: Reach, day: date) -> dict[str, list[Line]]:
    """Rows by sheet for the agencies within reach: what an import of them would leave unchanged."""
    register = load(session, day, reach, frozenset())
    register.hosts_by_id = {host.id: host for host in session.scalars(select(Host))}
    query = select(BusinessSystem).order_by(BusinessSystem.code)
    if reach.agency_ids is not None:
        query = query.where(BusinessSystem.agency_id.in_(reach.agency_ids))
    systems = session.scalars(query).all()
    open_ones = {system.id: system.code for system in systems if not system.classified}
    return {
        SYSTEMS.key: [_system(system, register) for system in systems],
        DEPLOYMENTS.key: _deployments(session, open_ones, register),
        EXEMPTIONS.key: _exemptions(session, open_ones),
    }


def _system(system: BusinessSystem, register: Register) -> Line:
    agency = register.bodies.by_id[system.agency_id]
    domain = next((domain.name for domain in register.domains.values() if domain.id == system.domain_id), None)
    named: dict[str, object] = {
        "agency": agency.name, "uscc": agency.uscc, "domain": domain,
        "division": register.places.label(register.places.by_id[system.division_id]),
    }  # fmt: skip
    kept = STUB_ATTRIBUTES if system.classified else {column.attribute for column in SYSTEMS.columns}

    def cell(column: Column) -> Cell:
        if column.attribute not in kept:
            return None
        value = named[column.attribute] if column.attribute in named else getattr(system, column.attribute)
        return printed(value, column)

    return [cell(column) for column in SYSTEMS.columns]


def _line(form: Any, values: dict[str, Any]) -> Line:
    return [printed(values.get(column.attribute), column) for column in form.columns]


def _deployments(session: Session, codes: dict[int, str], register: Register) -> list[Line]:
    query = select(Component, Deployment).outerjoin(Deployment, Deployment.component_id == Component.id)
    rows = [(component, held) for component, held in session.execute(query) if component.system_id in codes]
    rows.sort(
        key=lambda row: (
            codes[row[0].system_id],
            row[0].name,
            row[1].slot if row[1] else 0,
            str(row[1] and row[1].valid_from),
        )
    )
    return [_deployment(codes[component.system_id], component, held, register) for component, held in rows]


def _deployment(code: str, component: Component, held: Deployment | None, register: Register) -> Line:
    values: dict[str, Any] = {"code": code, "component": component.name, "production": component.production}
    if held is None:
        return _line(DEPLOYMENTS, values | {"mode": word(NOT_DEPLOYED, DEPLOYMENTS.column("mode").words)})
    host = register.hosts_by_id.get(held.host_id or 0)
    platform = register.platforms_by_id.get(held.platform_id or 0)
    tenant = register.tenants_by_id.get(held.tenant_id or 0)
    return _line(DEPLOYMENTS, values | {
        "host": host.name if host else None, "mode": held.mode, "platform": platform.name if platform else None,
        "tenant": tenant.name if tenant else None, "valid_from": held.valid_from, "valid_to": held.valid_to,
        "accepted_on": held.accepted_on, "slot": held.slot,
    })  # fmt: skip


def _exemptions(session: Session, codes: dict[int, str]) -> list[Line]:
    rows = [row for row in session.scalars(select(Exemption)) if row.system_id in codes]
    rows.sort(key=lambda row: (codes[row.system_id], row.valid_from))
    return [
        _line(EXEMPTIONS, {
            "code": codes[row.system_id], "document_number": row.document_number, "valid_from": row.valid_from,
            "valid_to": row.valid_to, "reason": row.reason,
        })
        for row in rows
    ]  # fmt: skip


def get_import(session: Session, import_id: int) -> SurveyImport:
    """The import with this id."""
    if found := session.get(SurveyImport, import_id):
        return found
    raise NotFound("没有这次导入 / no such import", survey_import=import_id)
