"""A plan names real things in reach, or is refused with the word that is wrong."""

from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.accounts import Reach
from inventory.errors import Conflict, Invalid, NotFound
from inventory.migrations import MigrationIn, MigrationSpec, MigrationState
from tests import factories
from tests.migrating import EVERYWHERE, SPEC, a_planned, a_world


def wanted(world: Any, **over: Any) -> MigrationIn:
    values = {"system": world.system.code, "source": world.source.id, "target": world.target.id, "migration": SPEC}
    return MigrationIn(**(values | over))


def test_plan_moves_every_production_component_that_stands_on_the_source(session: Session) -> None:
    world = a_world(session)
    factories.a_component(session, world.system)  # stands nowhere

    migration = migrations.plan(session, world.wanted, world.engineer, EVERYWHERE)

    assert migration.state is MigrationState.PLANNED
    assert [move.component_id for move in migration.moves] == [world.component.id]


def test_hosts_may_be_named_by_their_names(session: Session) -> None:
    world = a_world(session)

    migration = migrations.plan(
        session, wanted(world, source=world.source.name, target=world.target.name), world.engineer, EVERYWHERE
    )

    assert (migration.source_host_id, migration.target_host_id) == (world.source.id, world.target.id)


def test_second_open_migration_of_a_system_is_refused_and_names_the_first(session: Session) -> None:
    world = a_world(session)
    first = a_planned(session, world)

    with pytest.raises(Conflict) as refusal:
        a_planned(session, world)

    assert refusal.value.facts["migration"] == first.id


def test_target_that_is_no_cloud_host_is_refused(session: Session) -> None:
    world = a_world(session)
    plain = factories.a_host(session, world.agency)

    with pytest.raises(Invalid) as refusal:
        migrations.plan(session, wanted(world, target=plain.id), world.engineer, EVERYWHERE)

    assert refusal.value.facts["field"] == "target"


def test_component_that_stands_elsewhere_is_refused_by_name(session: Session) -> None:
    world = a_world(session)
    other = factories.a_component(session, world.system, name="报表")

    with pytest.raises(Invalid) as refusal:
        migrations.plan(session, wanted(world, components=["报表", "无此组件"]), world.engineer, EVERYWHERE)

    reasons = [error["reason"] for error in refusal.value.facts["errors"]]  # type: ignore[attr-defined]
    assert other.name in reasons[0]
    assert "无此组件" in reasons[1]


def test_classified_system_is_refused(session: Session) -> None:
    world = a_world(session)
    secret = factories.a_system(session, world.agency, classified=True, domain_id=None)

    with pytest.raises(Invalid, match="涉密"):
        migrations.plan(session, wanted(world, system=secret.code), world.engineer, EVERYWHERE)


def test_another_agencys_system_and_host_are_not_found(session: Session) -> None:
    world, stranger = a_world(session), factories.an_agency(session)

    with pytest.raises(NotFound):
        migrations.plan(session, world.wanted, world.engineer, Reach(frozenset({stranger.id})))

    foreign = factories.a_host(session, stranger)
    with pytest.raises(NotFound) as refusal:
        migrations.plan(session, wanted(world, source=foreign.id), world.engineer, Reach(frozenset({world.agency.id})))
    assert refusal.value.facts["field"] == "source"


@pytest.mark.parametrize(
    "fault",
    [
        {"files": [{"path": "/etc"}]},
        {"files": [{"path": "/srv/../etc/shadow"}]},
        {"files": [{"path": "srv/www"}]},
        {"files": [{"path": "/srv/a b"}]},
        {"packages": ["nginx; reboot"]},
        {"services": ["nginx && reboot"]},
        {"database": {"name": "x'; DROP", "owner": "x"}},
        {"probes": []},
        {"probes": [{"url": "file:///etc/passwd"}]},
        {"switch": {"kind": "magic"}},
        {"become": True},
        {"probes": [{"url": "http://x/", "contains": "a\x00b"}]},
        {"credentials": {"root_password": "x"}},
    ],
)
def test_spec_that_could_mean_something_else_to_a_shell_is_refused(fault: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MigrationSpec(**(SPEC | fault))


def test_a_changed_plan_loses_its_approval(session: Session) -> None:
    world = a_world(session)
    migration = migrations.approve(session, a_planned(session, world), world.approver)

    changed = wanted(world, migration=SPEC | {"packages": ["nginx", "curl"]})
    migrations.change_plan(session, migration, changed, world.engineer, EVERYWHERE)

    assert migration.state is MigrationState.PLANNED
    with pytest.raises(Conflict):
        migrations.require_approval(migration)


def test_approval_of_a_plan_that_is_not_the_one_read_is_refused(session: Session) -> None:
    world = a_world(session)

    with pytest.raises(Conflict, match="not the one you read"):
        migrations.approve(session, a_planned(session, world), world.approver, spec_hash="0" * 64)
