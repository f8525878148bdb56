"""What a plan must hold: real hosts in reach, components that stand on the source, nothing classified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from inventory.accounts import Reach
from inventory.base import in_force, today
from inventory.business_systems.model import BusinessSystem
from inventory.components.model import Component
from inventory.deployments.model import Deployment
from inventory.errors import Invalid, NotFound
from inventory.hosts.model import Host
from inventory.migrations.schema import MigrationIn
from inventory.network_domains.model import NetworkDomain


@dataclass(frozen=True)
class Parts:
    """The rows that a plan names."""

    system: BusinessSystem
    components: Sequence[Component]
    source: Host
    target: Host
    front: Host | None


def resolve(session: Session, wanted: MigrationIn, reach: Reach) -> Parts:
    """The rows behind the plan's words, or a refusal that names the word."""
    system = _system(session, wanted.system, reach)
    source = _host(session, wanted.source, reach, "source")
    target = _host(session, wanted.target, reach, "target")
    front = _host(session, wanted.front, reach, "front") if wanted.front is not None else None
    if source.id == target.id:
        raise Invalid("源主机与目标主机不能相同 / source and target are two hosts", field="target")
    if target.tenant_id is None:
        raise Invalid(f"目标主机 {target.name} 不是云主机 / the target must be a cloud host", field="target")
    for host, field in ((source, "source"), (target, "target"), (front, "front")):
        if host is not None and session.get_one(NetworkDomain, host.domain_id).classified:
            raise Invalid(
                "涉密网络域内的主机不能由剧本操作 / no playbook touches a host of a classified domain", field=field
            )
    return Parts(system, _components(session, wanted, system, source), source, target, front)


def deployments_to_move(session: Session, component_id: int, source_id: int, day: date) -> Sequence[Deployment]:
    """Deployments of the component that day on the source host; one without a host counts as being there."""
    query = select(Deployment).where(Deployment.component_id == component_id, in_force(Deployment, day))
    here = or_(Deployment.host_id == source_id, Deployment.host_id.is_(None))
    return session.scalars(query.where(here).order_by(Deployment.slot)).all()


def _system(session: Session, code: str, reach: Reach) -> BusinessSystem:
    system = session.scalar(select(BusinessSystem).where(BusinessSystem.code == code))
    if system is None or not reach.covers(system.agency_id):
        raise NotFound(
            "没有这个业务系统，或不在您的授权范围内 / no such business system within your reach",
            field="system",
            system=code,
        )
    if system.classified:
        raise Invalid("涉密系统不由本系统迁移 / a classified system is not moved from here", field="system")
    return system


def _host(session: Session, reference: int | str, reach: Reach, field: str) -> Host:
    by = Host.id == reference if isinstance(reference, int) else Host.name == reference
    query = select(Host).where(by)
    if reach.agency_ids is not None:
        query = query.where(Host.agency_id.in_(reach.agency_ids))
    found = session.scalars(query.order_by(Host.id).limit(10)).all()
    if not found:
        raise NotFound(
            "没有登记这台主机，或不在您的授权范围内 / no such host within your reach", field=field, host=reference
        )
    if len(found) > 1:
        raise Invalid(
            "多台主机同名，请用编号指明 / several hosts have this name, give the id",
            field=field, hosts=[{"id": host.id, "agency_id": host.agency_id} for host in found],
        )  # fmt: skip
    return found[0]


def _components(session: Session, wanted: MigrationIn, system: BusinessSystem, source: Host) -> Sequence[Component]:
    day = today(session)
    all_of_it = session.scalars(
        select(Component).where(Component.system_id == system.id, in_force(Component, day)).order_by(Component.id)
    ).all()
    here = {part.id for part in all_of_it if deployments_to_move(session, part.id, source.id, day)}
    if not wanted.components:
        chosen = [part for part in all_of_it if part.production and part.id in here]
        if not chosen:
            raise Invalid(
                f"系统没有生产组件部署在 {source.name} 上，请先登记组件与部署 / "
                "no production component of the system stands on the source host: register its deployment first",
                field="components",
            )
        return chosen
    names = {part.name: part for part in all_of_it}
    errors = [_objection(name, names, here, source) for name in wanted.components]
    if said := [error for error in errors if error]:
        raise Invalid("组件不符合迁移条件 / components that cannot move", errors=said)
    return [names[name] for name in dict.fromkeys(wanted.components)]


def _objection(name: str, names: dict[str, Component], here: set[int], source: Host) -> dict[str, str] | None:
    if name not in names:
        return {"field": "components", "reason": f"系统没有组件 {name} / the system has no component {name}"}
    if names[name].id not in here:
        reason = f"{name} 当前没有部署在 {source.name} 上，请先登记部署 / {name} does not stand on {source.name} today"
        return {"field": "components", "reason": reason}
    return None
