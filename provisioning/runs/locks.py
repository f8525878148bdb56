"""Targets that one run has for itself: several keys, all or none, as rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from inventory.accounts import Reach
from inventory.business_systems import BusinessSystem
from inventory.migrations import Migration
from provisioning.runs.model import Run, RunState, TargetLock
from provisioning.runs.queue import defer


def keys_of(migration: Migration) -> list[str]:
    """What a migration needs for itself: its hosts and its system."""
    hosts = {migration.source_host_id, migration.target_host_id, migration.front_host_id} - {None}
    return sorted([f"system:{migration.system_id}", *(f"host:{host}" for host in hosts)])


def take(session: Session, run: Run, keys: Iterable[str]) -> list[dict[str, Any]]:
    """Take all keys, or none and answer who holds what; a key that this run has already stays its own."""
    wanted = sorted(keys)
    with session.begin_nested() as attempt:
        for key in wanted:  # in one order everywhere, so that two runs never wait for each other
            row = insert(TargetLock).values(key=key, run_id=run.id, epoch=run.epoch)
            mine = TargetLock.run_id == row.excluded.run_id
            session.execute(row.on_conflict_do_update(index_elements=["key"], set_={"epoch": run.epoch}, where=mine))
        if held := holders(session, wanted, but=run.id):
            attempt.rollback()
        return held


def release(session: Session, run: Run) -> None:
    """Let go of everything and wake the runs that waited for it."""
    gone = delete(TargetLock).where(TargetLock.run_id == run.id).returning(TargetLock.key)
    keys = list(session.scalars(gone))
    if not keys:
        return
    waiting = select(Run.id).where(Run.state == RunState.QUEUED, Run.blocked_by.is_not(None), Run.id != run.id)
    for run_id in session.scalars(waiting.order_by(Run.id)).all():
        defer(session, run_id)


def holders(session: Session, keys: Sequence[str], but: int | None = None) -> list[dict[str, Any]]:
    """Who holds these keys: `{key, run, migration, since}` each, leaving one run out."""
    query = select(TargetLock, Run.migration_id).join(Run, Run.id == TargetLock.run_id)
    query = query.where(TargetLock.key.in_(keys))
    if but is not None:
        query = query.where(TargetLock.run_id != but)
    return [_told(lock, migration) for lock, migration in session.execute(query.order_by(TargetLock.key))]


def all_held(session: Session, reach: Reach) -> list[dict[str, Any]]:
    """Every lock and who holds it, for migrations within reach."""
    query = select(TargetLock, Run.migration_id).join(Run, Run.id == TargetLock.run_id).order_by(TargetLock.key)
    if reach.agency_ids is not None:
        query = query.join(Migration, Migration.id == Run.migration_id)
        query = query.join(BusinessSystem, BusinessSystem.id == Migration.system_id)
        query = query.where(BusinessSystem.agency_id.in_(reach.agency_ids))
    return [_told(lock, migration) for lock, migration in session.execute(query)]


def _told(lock: TargetLock, migration_id: int) -> dict[str, Any]:
    return {"key": lock.key, "run": lock.run_id, "migration": migration_id, "since": lock.taken_at.isoformat()}
