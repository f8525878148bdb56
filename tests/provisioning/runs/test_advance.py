"""A run from its first step to its end, its gates, and what it writes to the register on the way."""

import pytest
from sqlalchemy import select

from inventory.deployments import Deployment
from inventory.errors import Conflict, Invalid, NotAllowed
from inventory.migrations import MigrationState
from provisioning.runs import actions, evidence, queries
from provisioning.runs.model import RunState, StepState
from provisioning.runs.runner import Outcome
from tests.provisioning.fake_runner import Script
from tests.provisioning.runs.conftest import Bench

REPLICATION = ["precheck", "prepare_target", "replicate_files", "replicate_postgresql"]
CUTOVER = ["freeze", "final_sync", "switch_traffic", "verify"]


def test_run_stops_at_the_cutover_gate_and_holds_nothing_there(bench: Bench) -> None:
    run_id = bench.start()

    bench.work(run_id)

    assert bench.played() == REPLICATION
    assert bench.run(run_id).state is RunState.WAITING
    assert bench.migration().state is MigrationState.SYNCED
    assert bench.scalars("SELECT key FROM target_locks") == []
    assert bench.run(run_id).lease_until is None


def test_migration_runs_to_its_end_and_moves_the_register_at_acceptance(bench: Bench) -> None:
    run_id = bench.to_acceptance()
    assert bench.migration().state is MigrationState.VERIFIED

    bench.act(actions.accept, bench.world.accepter, None, "")
    bench.work(run_id)
    assert bench.migration().state is MigrationState.ACCEPTED
    assert bench.migration().write_opened_at is None
    bench.act(actions.release, "unfreeze", bench.world.engineer)
    bench.work(run_id)

    assert bench.played() == [*REPLICATION, *CUTOVER, "unfreeze"]
    assert bench.run(run_id).state is RunState.SUCCEEDED
    assert bench.migration().state is MigrationState.FINISHED
    with bench.sessions.begin() as session:
        hosts = {row.host_id: row.valid_to for row in session.scalars(select(Deployment))}
    assert hosts[bench.world.target.id] is None
    assert hosts[bench.world.source.id] is not None


def test_failed_step_ends_the_run_and_resuming_does_not_repeat_what_is_done(bench: Bench) -> None:
    bench.runner.scripts = {"replicate_files": Script(Outcome("failed", failure="rsync @ old: disk full"))}
    run_id = bench.start()
    bench.work(run_id)
    assert bench.run(run_id).failure == "replicate_files: rsync @ old: disk full"
    assert bench.migration().state is MigrationState.FAILED
    assert bench.scalars("SELECT key FROM target_locks") == []

    bench.runner.scripts = {}
    assert bench.start() == run_id
    bench.work(run_id)

    assert bench.played() == [*REPLICATION[:3], *REPLICATION[2:]]
    assert bench.migration().state is MigrationState.SYNCED


def test_every_done_step_has_evidence_whose_hash_is_right(bench: Bench) -> None:
    run_id = bench.to_acceptance()

    with bench.sessions.begin() as session:
        proofs = queries.evidence_of(session, run_id)
        done = [step.id for step in queries.get(session, run_id).steps if step.state is StepState.DONE]
    assert [proof.step_id for proof in proofs] == done
    assert all(evidence.is_intact(proof) for proof in proofs)
    assert proofs[0].body["approved_by_id"] == bench.world.approver.user_id
    proofs[0].body["status"] = "failed"
    assert not evidence.is_intact(proofs[0])


def test_rollback_after_acceptance_restores_the_register(bench: Bench) -> None:
    run_id = bench.to_acceptance()
    bench.act(actions.accept, bench.world.accepter, None, "")
    bench.work(run_id)

    back = bench.act(actions.roll_back, bench.world.engineer, "用户反映异常").id
    bench.work(back)

    assert bench.played()[-1] == "rollback"
    assert bench.migration().state is MigrationState.ROLLED_BACK
    assert bench.run(run_id).state is RunState.CANCELLED
    assert bench.run(run_id).finished_at is not None
    with bench.sessions.begin() as session:
        (only,) = session.scalars(select(Deployment)).all()
    assert (only.host_id, only.valid_to) == (bench.world.source.id, None)


def test_rollback_uses_the_papers_of_the_run_it_takes_back(bench: Bench) -> None:
    bench.to_acceptance()
    bench.work(bench.act(actions.roll_back, bench.world.engineer, "").id)

    papers = {play.variables["migration"]["run_id"] for play in bench.runner.plays}  # type: ignore[index]
    assert len(papers) == 1


def test_rollback_is_refused_once_unfreeze_began_even_if_it_failed(bench: Bench) -> None:
    bench.runner.scripts = {"unfreeze": Script(Outcome("failed", failure="x"))}
    run_id = bench.to_acceptance()
    bench.act(actions.accept, bench.world.accepter, None, "")
    bench.work(run_id)
    bench.act(actions.release, "unfreeze", bench.world.engineer)
    bench.work(run_id)

    with pytest.raises(Conflict, match="open for writing"):
        bench.act(actions.roll_back, bench.world.engineer, "")


def test_rollback_before_anything_ran_is_refused(bench: Bench) -> None:
    with pytest.raises(Conflict, match="nothing ran"):
        bench.act(actions.roll_back, bench.world.engineer, "")


def test_failed_rollback_goes_on_as_a_rollback_and_never_as_a_migration(bench: Bench) -> None:
    bench.to_acceptance()
    bench.runner.scripts = {"rollback": Script(Outcome("failed", failure="x"))}
    back = bench.act(actions.roll_back, bench.world.engineer, "").id
    bench.work(back)
    assert bench.migration().state is MigrationState.FAILED

    with pytest.raises(Conflict, match="rollback has begun"):
        bench.start()
    bench.runner.scripts = {}
    assert bench.act(actions.roll_back, bench.world.engineer, "").id == back
    bench.work(back)

    assert bench.migration().state is MigrationState.ROLLED_BACK


def test_requester_cannot_release_the_cutover(bench: Bench) -> None:
    bench.work(bench.start())

    with pytest.raises(NotAllowed):
        bench.act(actions.release, "cutover", bench.world.engineer)


def test_host_without_key_refuses_the_run_and_names_the_command(bench: Bench) -> None:
    with bench.sessions.begin() as session:
        session.merge(bench.world.source).ssh_host_key = None

    with pytest.raises(Invalid, match="yunwang hosts trust"):
        bench.start()


def test_missing_credential_refuses_the_run_and_names_the_command(bench: Bench) -> None:
    with bench.sessions.begin() as session:
        session.merge(bench.world.target).ssh_credential = "lost"

    with pytest.raises(Invalid, match="yunwang credentials add lost"):
        bench.start()


def test_play_is_told_addresses_and_strict_host_keys_from_the_register(bench: Bench) -> None:
    bench.work(bench.start())

    play = bench.runner.plays[0]
    assert play.inventory["all"]["children"].keys() == {"source", "target"}  # type: ignore[index]
    assert play.variables["migration"]["source_address"] in play.known_hosts  # type: ignore[index]
    assert play.ssh_keys == ("key",)
    assert "credentials" not in play.variables["migration"]  # type: ignore[operator]


def test_log_is_numbered_without_gaps(bench: Bench) -> None:
    bench.work(bench.start())

    numbers = bench.scalars("SELECT seq FROM run_events ORDER BY id")
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > len(REPLICATION) * 3
