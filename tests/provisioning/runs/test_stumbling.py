"""What a run does when the database is away, its plan was changed, or a step cannot even begin."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from inventory import migrations
from inventory.errors import Conflict
from inventory.migrations import MigrationIn, MigrationState
from provisioning.runs import actions, ledger, stepping
from provisioning.runs.ledger import Attempt
from provisioning.runs.model import RunState, StepState
from provisioning.runs.runner import Outcome, Play
from tests.migrating import EVERYWHERE, SPEC
from tests.provisioning.fake_runner import Script
from tests.provisioning.runs.conftest import Bench

REPLICATION = ["precheck", "prepare_target", "replicate_files", "replicate_postgresql"]


@contextmanager
def connections_end(engine: Engine, until: threading.Event) -> Iterator[None]:
    """The server ends every connection of this engine as soon as it is asked anything."""

    def end(connection: object, cursor: object, *_: object) -> None:
        if not until.is_set():
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")  # type: ignore[attr-defined]

    event.listen(engine, "before_cursor_execute", end)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", end)


def at_the_end_of_precheck(bench: Bench, away: threading.Event, back_after: float) -> None:
    """The database goes away when the first play is over, and answers again so many seconds later."""

    def script(_: Play) -> Script:
        threading.Timer(0.2, away.clear).start()
        threading.Timer(0.2 + back_after, away.set).start()
        return Script(seconds=0.3)

    bench.runner.scripts = {"precheck": script}


def test_finished_play_is_recorded_though_the_database_was_away_at_its_end(bench: Bench, own_database: Engine) -> None:
    run_id, there = bench.start(), threading.Event()
    there.set()
    at_the_end_of_precheck(bench, there, 1.5)

    with connections_end(own_database, there):
        bench.work(run_id)

    assert bench.played() == REPLICATION
    assert bench.run(run_id).steps[0].attempt == 1


def test_worker_gives_up_recording_before_its_lease_ends(bench: Bench, own_database: Engine) -> None:
    run_id, there = bench.start(), threading.Event()
    there.set()
    at_the_end_of_precheck(bench, there, 30)
    begun = time.monotonic()

    with connections_end(own_database, there), pytest.raises(OperationalError):
        bench.work(run_id)

    assert 2 < time.monotonic() - begun < ledger.LEASE + 1
    assert bench.run(run_id).steps[0].state is StepState.RUNNING


def test_recording_again_what_a_lost_answer_had_recorded_changes_nothing(bench: Bench) -> None:
    run_id = bench.start()
    with bench.sessions.begin() as session:
        attempt = ledger.take(session, run_id, "worker")
        assert isinstance(attempt, Attempt)
        stepping.begin_next(session, attempt)
    for _ in range(2):
        with bench.sessions.begin() as session:
            assert stepping.record(session, attempt, Outcome("successful"), [])

    assert bench.scalars("SELECT count(*) FROM evidence") == [1]


def change(bench: Bench, **over: object) -> None:
    wanted = MigrationIn.model_validate(bench.world.wanted.model_dump() | {"migration": SPEC | over})
    bench.act(migrations.change_plan, wanted, bench.world.engineer, EVERYWHERE)


def test_changed_plan_begins_anew_with_its_own_steps(bench: Bench) -> None:
    bench.runner.scripts = {"replicate_files": Script(Outcome("failed", failure="x"))}
    first = bench.start()
    bench.work(first)
    bench.runner.scripts = {}
    change(bench, database=None)
    bench.act(actions.approve, bench.world.approver, "", None)

    second = bench.start()
    bench.work(second)

    assert second != first
    assert bench.played() == [*REPLICATION[:3], *REPLICATION[:3]]
    assert bench.migration().state is MigrationState.SYNCED


@pytest.mark.parametrize("approved", [False, True], ids=["not approved", "approved"])
def test_plan_that_changes_while_its_run_is_queued_is_not_run(bench: Bench, approved: bool) -> None:
    run_id = bench.start()
    change(bench, database=None)
    if approved:
        with bench.sessions.begin() as session:
            migrations.approve(session, migrations.get(session, bench.migration_id), bench.world.approver)

    bench.work(run_id)

    assert bench.played() == []
    assert bench.run(run_id).state is RunState.FAILED
    assert bench.migration().state is MigrationState.FAILED


def test_plan_is_fixed_once_its_cutover_was_released(bench: Bench) -> None:
    bench.to_acceptance()
    bench.act(actions.cancel, bench.world.engineer)

    with pytest.raises(Conflict, match="cannot change"):
        change(bench, packages=["curl"])


@pytest.mark.parametrize("name", ["renamed", "gate:renamed"])
def test_step_that_this_release_does_not_have_fails_the_run_with_the_reason(bench: Bench, name: str) -> None:
    run_id = bench.start()
    kind = "gate" if name.startswith("gate") else "play"
    with bench.sessions.begin() as session:
        session.execute(text("UPDATE run_steps SET name = :name, kind = :kind WHERE ordinal = 2"),
                        {"name": name, "kind": kind})  # fmt: skip

    bench.work(run_id)

    run = bench.run(run_id)
    assert (run.state, run.lease_until) == (RunState.FAILED, None)
    assert name in (run.failure or "")
    assert bench.played() == ["precheck"]


def test_row_that_the_database_refuses_while_a_step_begins_fails_the_run(bench: Bench) -> None:
    run_id = bench.start()
    with bench.sessions.begin() as session:
        session.execute(text("ALTER TABLE run_steps ADD CONSTRAINT never CHECK (state <> 'running')"))

    bench.work(run_id)

    assert bench.run(run_id).state is RunState.FAILED
    assert "never" in (bench.run(run_id).failure or "")


def test_orderly_stops_do_not_use_up_the_attempts(bench: Bench) -> None:
    run_id = bench.start()
    for _ in range(stepping.MOST_ATTEMPTS + 1):
        with bench.sessions.begin() as session:
            attempt = ledger.take(session, run_id, "leaving")
            assert isinstance(attempt, Attempt)
            stepping.begin_next(session, attempt)
            ledger.hand_over(session, attempt, "stop", orderly=True)

    bench.work(run_id)

    assert bench.run(run_id).state is RunState.WAITING
