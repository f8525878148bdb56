"""割接验收: the day a component stands on the cloud, written to its deployments, and taken back exactly."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from inventory.accounts import Caller
from inventory.base import today
from inventory.cloud_tenants.model import CloudTenant
from inventory.deployments.model import Deployment, DeploymentMode
from inventory.errors import Conflict, Invalid
from inventory.hosts.model import Host
from inventory.migrations.actions import move_to, refuse_same_person, require_state
from inventory.migrations.model import Migration, MigrationMove
from inventory.migrations.planning import deployments_to_move
from inventory.migrations.states import MigrationState

KEPT = (
    "id",
    "component_id",
    "slot",
    "mode",
    "host_id",
    "platform_id",
    "tenant_id",
    "valid_from",
    "valid_to",
    "accepted_on",
)
DATES = frozenset({"valid_from", "valid_to", "accepted_on"})


def accept(session: Session, migration: Migration, caller: Caller, on: date | None = None, reason: str = "") -> None:
    """Close the deployments on the source on that day and open them on the target; the rate follows."""
    people = ("requested_by", "specified_by", "executed_by")
    refuse_same_person(migration, caller, "验收", "accept", people)
    if migration.state is MigrationState.ACCEPTED:
        raise Conflict("已经验收 / it is accepted already", accepted_on=str(migration.accepted_on))
    require_state(migration, MigrationState.VERIFIED)
    day = on or today(session)
    move_to(migration, MigrationState.ACCEPTED, reason)
    _check_day(session, migration, day)
    migration.accepted_by_id, migration.accepted_on = caller.user_id, day
    target = session.get_one(Host, migration.target_host_id)
    for move in migration.moves:
        _move(session, migration, move, target, day)
    session.flush()


def annul(session: Session, migration: Migration) -> None:
    """Undo what acceptance wrote: the register says again what it said before."""
    for move in migration.moves:
        for deployment_id in move.opened:
            if deployment := session.get(Deployment, deployment_id):
                session.delete(deployment)
        session.flush()
        for kept in move.closed:
            _restore(session, kept)
        move.opened, move.closed = [], []
    migration.accepted_by_id = migration.accepted_on = None
    session.flush()


def _check_day(session: Session, migration: Migration, day: date) -> None:
    if day > today(session):
        raise Invalid("验收日期不能在将来 / the day of acceptance is not in the future", field="on")
    if migration.cutover_at is not None and day < migration.cutover_at.date():
        raise Invalid("验收日期不能早于割接 / it cannot be accepted before its cutover", field="on")


def _move(session: Session, migration: Migration, move: MigrationMove, target: Host, day: date) -> None:
    old = deployments_to_move(session, move.component_id, migration.source_host_id, day)
    if not old:
        raise Conflict(
            "组件在验收日没有部署在源主机上 / the component does not stand on the source host that day",
            component=move.component_id, on=str(day),
        )  # fmt: skip
    move.closed = [_kept(deployment) for deployment in old]
    slots = [deployment.slot for deployment in old]
    for deployment in old:
        if deployment.valid_from == day:  # it stood there for no whole day, and a range must not be empty
            session.delete(deployment)
        else:
            deployment.valid_to = day
    session.flush()
    opened = [_opened(session, move, target, slot, day) for slot in slots]
    session.add_all(opened)
    session.flush()
    move.opened = [deployment.id for deployment in opened]


def _opened(session: Session, move: MigrationMove, target: Host, slot: int, day: date) -> Deployment:
    tenant = session.get_one(CloudTenant, target.tenant_id)
    return Deployment(
        component_id=move.component_id, slot=slot, mode=DeploymentMode.CLOUD, host_id=target.id,
        platform_id=tenant.platform_id, tenant_id=tenant.id, valid_from=day, accepted_on=day,
    )  # fmt: skip


def _kept(deployment: Deployment) -> dict[str, Any]:
    values = {name: getattr(deployment, name) for name in KEPT}
    return {name: str(value) if name in DATES and value is not None else value for name, value in values.items()}


def _restore(session: Session, kept: dict[str, Any]) -> None:
    values = {
        name: date.fromisoformat(value) if name in DATES and value is not None else value
        for name, value in kept.items()
    }
    if deployment := session.get(Deployment, kept["id"]):
        deployment.valid_to = values["valid_to"]
    else:
        session.add(Deployment(**values))
    session.flush()
