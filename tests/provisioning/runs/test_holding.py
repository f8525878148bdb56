"""Who holds a run and its targets: leases, fencing, locks, cancelling."""

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.accounts import Reach
from inventory.errors import Conflict
from inventory.migrations import Migration, MigrationState
from provisioning.runs import actions, ledger, locks, stepping
from provisioning.runs.advance import advance
from provisioning.runs.ledger import Attempt, Busy, Fenced
from provisioning.runs.model import RunState, StepState
from provisioning.runs.runner import Outcome
from tests.migrating import a_world, an_approved, fake_tools
from tests.provisioning.fake_runner import Script
from tests.provisioning.runs.conftest import Bench


def begun(bench: Bench, run_id: int) -> Attempt:
    """A worker that took the run, began its first step, and was never heard of again."""
    with bench.sessions.begin() as session:
        attempt = ledger.take(session, run_id, "zombie")
        assert isinstance(attempt, Attempt)
    with bench.sessions.begin() as session:
        stepping.begin_next(session, attempt)
    return attempt


def end_lease(bench: Bench, run_id: int) -> None:
    with bench.sessions.begin() as session:
        session.execute(text("UPDATE runs SET lease_until = now() - interval '1 s' WHERE id = :id"), {"id": run_id})


def test_run_is_not_taken_while_another_lease_lasts_but_asked_for_again_after_it(bench: Bench) -> None:
    run_id = bench.start()
    begun(bench, run_id)
    bench.scalars("DELETE FROM procrastinate_jobs RETURNING id")

    with bench.sessions.begin() as session:
        assert isinstance(ledger.take(session, run_id, "second"), Busy)

    (due,) = bench.scalars("SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo'")
    assert due == bench.run(run_id).lease_until


def test_zombie_whose_run_was_taken_can_record_nothing(bench: Bench) -> None:
    run_id = bench.start()
    zombie = begun(bench, run_id)
    end_lease(bench, run_id)
    bench.work(run_id)
    before = bench.scalars("SELECT count(*) FROM evidence")

    with pytest.raises(Fenced), bench.sessions.begin() as session:
        stepping.record(session, zombie, Outcome("successful"), [])
    with pytest.raises(Fenced), bench.sessions.begin() as session:
        ledger.renew(session, zombie)

    assert bench.scalars("SELECT count(*) FROM evidence") == before


def test_interrupted_step_begins_again_and_done_ones_do_not(bench: Bench) -> None:
    run_id = bench.start()
    attempt = begun(bench, run_id)
    with bench.sessions.begin() as session:
        stepping.record(session, attempt, Outcome("successful"), [])
    with bench.sessions.begin() as session:
        stepping.begin_next(session, attempt)
    end_lease(bench, run_id)

    bench.work(run_id)

    assert bench.played() == ["prepare_target", "replicate_files", "replicate_postgresql"]
    attempts = {step.name: step.attempt for step in bench.run(run_id).steps}
    assert (attempts["precheck"], attempts["prepare_target"]) == (1, 2)


def test_step_that_kills_its_workers_is_given_up(bench: Bench) -> None:
    run_id = bench.start()
    for _ in range(stepping.MOST_ATTEMPTS):
        begun(bench, run_id)
        end_lease(bench, run_id)

    bench.work(run_id)

    assert bench.played() == []
    assert bench.run(run_id).state is RunState.FAILED


def a_neighbour(bench: Bench) -> Bench:
    """Another system's migration that shares the source host."""
    with bench.sessions.begin() as session:
        world = a_world(session)
        world.deployment.host_id = bench.world.source.id
        world.source = bench.world.source
        world.__post_init__()
        return Bench(bench.sessions, world, an_approved(session, world).id, bench.runner)


def test_second_run_on_a_host_waits_and_names_the_holder_then_goes_on(bench: Bench) -> None:
    neighbour = a_neighbour(bench)
    first, second = bench.start(), neighbour.start()
    attempt = begun(bench, first)

    neighbour.work(second)
    held = neighbour.run(second).blocked_by
    assert held is not None
    assert [(lock["key"], lock["run"]) for lock in held] == [(f"host:{bench.world.source.id}", first)]
    assert neighbour.run(second).state is RunState.QUEUED
    assert bench.scalars(f"SELECT key FROM target_locks WHERE run_id = {second}") == []

    bench.scalars("DELETE FROM procrastinate_jobs RETURNING id")
    with bench.sessions.begin() as session:
        stepping.record(session, attempt, Outcome("failed", failure="x"), [])
    assert bench.scalars("SELECT (args ->> 'run_id')::int FROM procrastinate_jobs WHERE status = 'todo'") == [second]
    neighbour.work(second)
    assert neighbour.run(second).state is RunState.WAITING


def test_who_holds_what_can_be_asked(bench: Bench) -> None:
    run_id = bench.start()
    begun(bench, run_id)

    with bench.sessions.begin() as session:
        held = {lock["key"] for lock in locks.all_held(session, Reach(None))}
        assert locks.all_held(session, Reach(frozenset({bench.world.agency.id + 1}))) == []

    world = bench.world
    assert held == {f"host:{world.source.id}", f"host:{world.target.id}", f"system:{world.system.id}"}


def test_cancel_is_noticed_within_half_a_second_and_the_run_can_be_resumed(bench: Bench) -> None:
    bench.runner.scripts = {"replicate_files": Script(seconds=30)}
    run_id = bench.start()
    worker = threading.Thread(target=bench.work, args=(run_id,))
    worker.start()
    while "replicate_files" not in bench.played():
        time.sleep(0.02)

    asked = time.monotonic()
    bench.act(actions.cancel, bench.world.engineer)
    worker.join(5)

    assert time.monotonic() - asked < 1.0
    assert bench.run(run_id).state is RunState.CANCELLED
    assert bench.migration().state is MigrationState.CANCELLED
    assert bench.scalars("SELECT key FROM target_locks") == []
    bench.runner.scripts = {}
    bench.work(bench.start())
    assert bench.migration().state is MigrationState.SYNCED


def test_cancel_at_a_gate_needs_no_worker(bench: Bench) -> None:
    run_id = bench.start()
    bench.work(run_id)

    bench.act(actions.cancel, bench.world.engineer)

    assert bench.run(run_id).state is RunState.CANCELLED


def test_cancel_between_the_last_step_and_a_gate_is_not_lost(bench: Bench) -> None:
    run_id = bench.start()
    attempt = begun(bench, run_id)
    for _ in range(4):
        with bench.sessions.begin() as session:
            stepping.record(session, attempt, Outcome("successful"), [])
        if bench.run(run_id).steps[3].state is StepState.DONE:
            bench.act(actions.cancel, bench.world.engineer)
        with bench.sessions.begin() as session:
            stepping.begin_next(session, attempt)

    assert bench.run(run_id).state is RunState.CANCELLED
    assert bench.scalars("SELECT key FROM target_locks") == []


def test_cancel_before_the_unfreeze_begins_leaves_the_way_back_open(bench: Bench) -> None:
    run_id = bench.to_acceptance()
    bench.act(actions.accept, bench.world.accepter, None, "")
    bench.work(run_id)
    bench.act(actions.release, "unfreeze", bench.world.engineer)
    with bench.sessions.begin() as session:
        attempt = ledger.take(session, run_id, "worker")
        assert isinstance(attempt, Attempt)

    bench.act(actions.cancel, bench.world.engineer)
    with bench.sessions.begin() as session:
        assert stepping.begin_next(session, attempt) is None

    assert bench.migration().write_opened_at is None
    bench.work(bench.act(actions.roll_back, bench.world.engineer, "").id)
    assert bench.migration().state is MigrationState.ROLLED_BACK


def test_cancel_after_the_last_step_comes_too_late_and_the_run_ends_well(bench: Bench) -> None:
    run_id = bench.to_acceptance()
    bench.act(actions.accept, bench.world.accepter, None, "")
    bench.work(run_id)
    bench.act(actions.release, "unfreeze", bench.world.engineer)
    attempt = begun(bench, run_id)
    with bench.sessions.begin() as session:
        stepping.record(session, attempt, Outcome("successful"), [])
    bench.act(actions.cancel, bench.world.engineer)
    end_lease(bench, run_id)

    bench.work(run_id)

    assert bench.run(run_id).state is RunState.SUCCEEDED
    assert bench.migration().state is MigrationState.FINISHED


def test_plan_that_was_cancelled_before_any_run_does_not_go_on_beside_a_newer_one(bench: Bench) -> None:
    bench.act(actions.cancel, bench.world.engineer)
    with bench.sessions.begin() as session:
        newer = migrations.plan(session, bench.world.wanted, bench.world.engineer, Reach(None))

    with pytest.raises(Conflict) as refusal:
        bench.start()

    assert refusal.value.facts["migration"] == newer.id


def test_cancelled_run_keeps_its_system_until_it_is_rolled_back(bench: Bench) -> None:
    bench.to_acceptance()
    bench.act(actions.cancel, bench.world.engineer)

    with pytest.raises(Conflict) as refusal, bench.sessions.begin() as session:
        migrations.plan(session, bench.world.wanted, bench.world.engineer, Reach(None))
    assert refusal.value.facts["migration"] == bench.migration_id
    with pytest.raises(IntegrityError, match="uq_migrations_open_system"):
        bench.scalars(
            "INSERT INTO migrations (system_id, source_host_id, target_host_id, spec, spec_hash, requested_by_id,"
            " specified_by_id) SELECT system_id, source_host_id, target_host_id, spec, spec_hash, requested_by_id,"
            " specified_by_id FROM migrations RETURNING id"
        )

    bench.work(bench.act(actions.roll_back, bench.world.engineer, "").id)
    with bench.sessions.begin() as session:
        migrations.plan(session, bench.world.wanted, bench.world.engineer, Reach(None))


def test_worker_that_is_asked_to_stop_hands_the_run_over(bench: Bench) -> None:
    bench.runner.scripts = {"precheck": Script(seconds=30)}
    run_id, stop = bench.start(), threading.Event()
    arguments = (bench.sessions, run_id, "leaving", fake_tools(bench.runner), stop.is_set)
    worker = threading.Thread(target=advance, args=arguments)
    worker.start()
    while not bench.played():
        time.sleep(0.02)

    stop.set()
    worker.join(5)

    run = bench.run(run_id)
    assert (run.state, run.lease_until) == (RunState.QUEUED, None)
    assert (run.steps[0].state, run.steps[0].attempt) == (StepState.PENDING, 0)
    bench.runner.scripts = {}
    bench.work(run_id)
    assert bench.run(run_id).state is RunState.WAITING


def test_worker_that_was_fenced_off_stops_its_play(bench: Bench) -> None:
    bench.runner.scripts = {"precheck": Script(seconds=30)}
    run_id = bench.start()
    worker = threading.Thread(target=bench.work, args=(run_id,))
    worker.start()
    while not bench.played():
        time.sleep(0.02)

    with bench.sessions.begin() as session:
        session.execute(text("UPDATE runs SET epoch = epoch + 1 WHERE id = :id"), {"id": run_id})
    worker.join(5)

    assert not worker.is_alive()
    assert bench.run(run_id).steps[0].state is StepState.RUNNING  # its new holder's business


def test_request_that_fails_leaves_no_job(bench: Bench) -> None:
    def start_and_stumble(session: Session, migration: Migration) -> None:
        actions.start(session, migration, bench.world.engineer)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bench.act(start_and_stumble)

    assert bench.scalars("SELECT id FROM procrastinate_jobs") == []
