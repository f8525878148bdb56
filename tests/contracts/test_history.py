"""History has no gap: each recorded table has its trigger, and events cannot be changed."""

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inventory.changes.triggers import recorded_tables
from service.schema import alembic_config
from service.tables import metadata_of_all
from tests.factories import a_host

UNRECORDED = {
    "change_events",  # the history itself
    "login_sessions",  # last-seen times of browsers; log-ins are in the log
}
LEDGERS = ("run", "step", "evidence", "target_lock", "survey_import")  # append-only facts of their own


def test_every_table_is_recorded_or_is_a_ledger_of_its_own() -> None:
    tables = set(metadata_of_all().metadata.tables)

    rest = tables - set(recorded_tables()) - UNRECORDED
    assert {table for table in rest if not table.startswith(LEDGERS)} == set()


def test_every_recorded_table_has_its_trigger_in_a_migrated_database(session: Session) -> None:
    metadata_of_all()
    rows = session.execute(text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'record_change'"))

    assert set(rows.scalars()) == set(recorded_tables())


def test_a_write_by_hand_is_recorded_under_the_database_users_name(session: Session) -> None:
    host = a_host(session)
    session.execute(text("SELECT set_config('yunwang.actor', '', true)"))

    session.execute(text("UPDATE hosts SET cpu_cores = 99 WHERE id = :id"), {"id": host.id})
    event = session.execute(
        text("SELECT actor, after ->> 'cpu_cores' FROM change_events ORDER BY id DESC LIMIT 1")
    ).one()

    assert event[0].startswith("database:")
    assert event[1] == "99"


@pytest.mark.parametrize(
    "statement", ["UPDATE change_events SET actor = 'x'", "DELETE FROM change_events", "TRUNCATE change_events"]
)
def test_change_events_cannot_be_changed(session: Session, statement: str) -> None:
    a_host(session)

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))


def test_evidence_of_a_run_cannot_be_changed(session: Session) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("DELETE FROM evidence"))


def test_the_schema_goes_down_to_nothing_and_up_again(own_database: Engine) -> None:
    config = alembic_config()
    with own_database.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    left = set(inspect(own_database).get_table_names())
    with own_database.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    assert left <= {"alembic_version"}
    assert "hosts" in inspect(own_database).get_table_names()
