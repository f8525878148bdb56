"""Reading migrations, within a caller's reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.accounts import Reach
from inventory.business_systems.model import BusinessSystem
from inventory.errors import NotFound
from inventory.migrations.model import OPEN, Migration
from inventory.migrations.states import IN_MAINTENANCE

EVERYTHING = Reach(None)


@dataclass(frozen=True)
class Maintenance:
    """What is being worked on now, so that its alerts mean nothing."""

    system_ids: frozenset[int]
    host_ids: frozenset[int]


def get(session: Session, migration_id: int, reach: Reach = EVERYTHING, *, lock: bool = False) -> Migration:
    """The migration with this id, if its system's agency lies within reach; `lock` reads it FOR UPDATE."""
    query = select(Migration).where(Migration.id == migration_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None or not reach.covers(agency_of(session, found)):
        raise NotFound("没有这个迁移 / no such migration", migration=migration_id)
    return found


def agency_of(session: Session, migration: Migration) -> int:
    """Id of the agency whose system moves."""
    return session.get_one(BusinessSystem, migration.system_id).agency_id


def within(session: Session, reach: Reach, *, before: int | None = None, limit: int = 50) -> Sequence[Migration]:
    """Migrations within reach, newest first, below the id `before`."""
    query = select(Migration).join(BusinessSystem, BusinessSystem.id == Migration.system_id)
    if reach.agency_ids is not None:
        query = query.where(BusinessSystem.agency_id.in_(reach.agency_ids))
    if before is not None:
        query = query.where(Migration.id < before)
    return session.scalars(query.order_by(Migration.id.desc()).limit(limit)).all()


def open_of_system(session: Session, system_id: int) -> Migration | None:
    """The migration of this system that has not ended, if there is one; a run that was cancelled has not."""
    return session.scalar(select(Migration).where(Migration.system_id == system_id, text(OPEN)))


def in_maintenance(session: Session) -> Maintenance:
    """Systems and hosts that a migration is working on at this moment."""
    rows = session.execute(
        select(Migration.system_id, Migration.source_host_id, Migration.target_host_id, Migration.front_host_id).where(
            Migration.state.in_(list(IN_MAINTENANCE))
        )
    ).all()
    hosts = frozenset(host for row in rows for host in row[1:] if host is not None)
    return Maintenance(frozenset(row[0] for row in rows), hosts)
