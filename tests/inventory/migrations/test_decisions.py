"""Four eyes, checked by the action and again by the database; states change only as the table says."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.changes import story_of
from inventory.errors import Conflict, NotAllowed
from inventory.migrations import STATE_ZH, TRANSITIONS, Migration, MigrationState
from tests.migrating import a_planned, a_world, an_approved


def test_requester_cannot_approve_and_is_told_why(session: Session) -> None:
    world = a_world(session)

    with pytest.raises(NotAllowed) as refusal:
        migrations.approve(session, a_planned(session, world), world.engineer)

    assert "申请人" in refusal.value.detail
    assert refusal.value.facts["rule"] == "four-eyes"


def test_approver_cannot_carry_the_migration_out(session: Session) -> None:
    world = a_world(session)

    with pytest.raises(NotAllowed, match="批准人"):
        migrations.take_up(session, an_approved(session, world), world.approver)


def test_who_released_the_cutover_cannot_go_on_with_the_run(session: Session) -> None:
    world = a_world(session)
    migration = an_approved(session, world)
    migration.cutover_by_id = world.accepter.user_id

    with pytest.raises(NotAllowed, match="割接批准人"):
        migrations.take_up(session, migration, world.accepter)


@pytest.mark.parametrize("column", ["approved_by_id", "accepted_by_id"])
def test_database_itself_refuses_one_person_in_two_parts(session: Session, column: str) -> None:
    world = a_world(session)
    migration = an_approved(session, world)
    values = {column: world.engineer.user_id}
    if column == "accepted_by_id":
        values["accepted_on"] = "2020-01-01"  # type: ignore[assignment]

    with pytest.raises(IntegrityError, match="requested_by"):
        session.execute(update(Migration).where(Migration.id == migration.id).values(values))


def test_cutover_is_released_only_when_the_copy_is_in_step(session: Session) -> None:
    world = a_world(session)

    with pytest.raises(Conflict, match="synced"):
        migrations.release_cutover(session, an_approved(session, world), world.approver)


def test_every_state_has_a_word_and_its_transitions() -> None:
    assert set(TRANSITIONS) == set(MigrationState) == set(STATE_ZH)


def test_every_state_can_be_reached_from_planned() -> None:
    reached, frontier = {MigrationState.PLANNED}, [MigrationState.PLANNED]
    while frontier:
        found = TRANSITIONS[frontier.pop()] - reached
        reached |= found
        frontier += found
    assert reached == set(MigrationState)


@pytest.mark.parametrize("before", MigrationState)
def test_state_changes_only_as_the_table_says(before: MigrationState) -> None:
    for after in set(MigrationState) - TRANSITIONS[before] - {before}:
        with pytest.raises(Conflict):
            migrations.move_to(Migration(state=before), after)


def test_history_keeps_who_changed_the_state(session: Session) -> None:
    world = a_world(session)
    migration = an_approved(session, world)

    states = [event.after["state"] for event in story_of(session, "migrations", migration.id) if event.after]

    assert states == ["planned", "approved"]
