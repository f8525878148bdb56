"""Acceptance moves deployments, and annulment puts back exactly what was there."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.base import today
from inventory.deployments import Deployment, DeploymentMode
from inventory.errors import Conflict, Invalid, NotAllowed
from inventory.migrations import Migration, MigrationState
from tests import factories
from tests.migrating import World, a_world, an_approved


def a_verified(session: Session, world: World) -> Migration:
    migration = an_approved(session, world)
    migration.state = MigrationState.VERIFIED
    session.flush()
    return migration


def register(session: Session) -> list[dict[str, Any]]:
    columns = [column.name for column in Deployment.__table__.columns if column.name not in {"version", "updated_at"}]
    rows = session.execute(select(*(Deployment.__table__.c[name] for name in columns)).order_by(Deployment.id))
    return [dict(row._mapping) for row in rows]


def test_acceptance_closes_the_old_deployment_and_opens_one_on_the_cloud(session: Session) -> None:
    world = a_world(session)
    migration, day = a_verified(session, world), today(session)

    migrations.accept(session, migration, world.accepter)

    old, new = register(session)
    assert (old["valid_from"], old["valid_to"]) == (date(2016, 1, 1), day)
    assert (new["mode"], new["host_id"], new["valid_from"], new["valid_to"], new["accepted_on"]) == (
        DeploymentMode.CLOUD, world.target.id, day, None, day,
    )  # fmt: skip
    assert new["tenant_id"] == world.target.tenant_id
    assert migration.state is MigrationState.ACCEPTED


@pytest.mark.parametrize("started", [date(2016, 1, 1), None], ids=["years ago", "the same day"])
def test_annulment_restores_the_register_exactly(session: Session, started: date | None) -> None:
    world = a_world(session)
    world.deployment.valid_from = started or today(session)
    migration = a_verified(session, world)
    before = register(session)
    migrations.accept(session, migration, world.accepter)
    assert register(session) != before

    migrations.annul(session, migration)

    assert register(session) == before
    assert migration.accepted_on is None


def test_deployment_that_began_on_the_day_of_acceptance_makes_room(session: Session) -> None:
    world = a_world(session)
    world.deployment.valid_from = today(session)
    migration = a_verified(session, world)

    migrations.accept(session, migration, world.accepter)

    assert [row["mode"] for row in register(session)] == [DeploymentMode.CLOUD]


def test_every_slot_on_the_source_moves_and_others_stay(session: Session) -> None:
    world = a_world(session)
    factories.a_deployment(session, world.component, slot=2, host_id=world.source.id)
    elsewhere = factories.a_deployment(session, world.component, slot=3, host_id=factories.a_host(session).id)
    migration = a_verified(session, world)

    migrations.accept(session, migration, world.accepter)

    open_now = {row["slot"]: row["host_id"] for row in register(session) if row["valid_to"] is None}
    assert open_now == {1: world.target.id, 2: world.target.id, 3: elsewhere.host_id}


def test_acceptance_in_the_future_is_refused(session: Session) -> None:
    world = a_world(session)

    with pytest.raises(Invalid, match="future"):
        migrations.accept(session, a_verified(session, world), world.accepter, today(session) + timedelta(days=1))


def test_executor_cannot_accept(session: Session) -> None:
    world = a_world(session)
    migration = a_verified(session, world)
    migration.executed_by_id = world.accepter.user_id

    with pytest.raises(NotAllowed, match="执行人"):
        migrations.accept(session, migration, world.accepter)


def test_acceptance_before_verification_is_refused(session: Session) -> None:
    world = a_world(session)

    with pytest.raises(Conflict, match="verified"):
        migrations.accept(session, an_approved(session, world), world.accepter)


def test_component_that_left_the_source_meanwhile_is_refused(session: Session) -> None:
    world = a_world(session)
    migration = a_verified(session, world)
    world.deployment.valid_to = date(2017, 1, 1)
    session.flush()

    with pytest.raises(Conflict, match="source host"):
        migrations.accept(session, migration, world.accepter)
