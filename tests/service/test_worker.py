"""Real worker processes over one database: killed, frozen, asked to stop; no step that is done runs twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from inventory.migrations import MigrationState
from provisioning.runs import actions
from provisioning.runs.model import RunState
from tests.provisioning.runs.conftest import Bench, a_bench

ROOT = Path(__file__).resolve().parents[2]
REPLICATION = ["precheck", "prepare_target", "replicate_files", "replicate_postgresql"]


class Crew:
    """Workers that are ours to kill."""

    def __init__(self, engine: Engine, directory: Path) -> None:
        self.bench: Bench = a_bench(engine)
        self.notes = directory / "notes"
        self.notes.touch()
        self._url = engine.url.render_as_string(hide_password=False)
        self._workers: list[subprocess.Popen[bytes]] = []

    def hire(self, **seconds: float) -> "subprocess.Popen[bytes]":
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.service.worker_process", self._url, str(self.notes), json.dumps(seconds)],
            cwd=ROOT,
        )
        self._workers.append(worker)
        return worker

    def noted(self) -> list[str]:
        return [line.split()[1] for line in self.notes.read_text().splitlines()]

    def dismiss(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()


@contextmanager
def within(seconds: float, what: str) -> Iterator[Callable[[], None]]:
    deadline = time.monotonic() + seconds

    def pause() -> None:
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)

    yield pause


def wait_for(condition: Callable[[], bool], seconds: float = 40) -> None:
    with within(seconds, "the condition") as pause:
        while not condition():
            pause()


@pytest.fixture
def crew(own_database: Engine, tmp_path: Path) -> Iterator[Crew]:
    crew = Crew(own_database, tmp_path)
    yield crew
    crew.dismiss()


def is_waiting(crew: Crew, run_id: int) -> bool:
    return crew.bench.run(run_id).state is RunState.WAITING


def test_worker_carries_a_run_out_as_soon_as_it_is_asked(crew: Crew) -> None:
    crew.hire()
    run_id = crew.bench.start()

    wait_for(lambda: is_waiting(crew, run_id))

    assert crew.noted() == REPLICATION


def test_killed_worker_is_replaced_and_no_done_step_runs_again(crew: Crew) -> None:
    first = crew.hire(replicate_files=60)
    run_id = crew.bench.start()
    wait_for(lambda: "replicate_files" in crew.noted())

    crew.hire()
    first.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    wait_for(lambda: is_waiting(crew, run_id))

    assert Counter(crew.noted()) == Counter([*REPLICATION, "replicate_files"])
    assert time.monotonic() - killed < 20
    assert crew.bench.migration().state is MigrationState.SYNCED


def test_frozen_worker_that_wakes_after_its_run_was_taken_records_nothing(crew: Crew) -> None:
    first = crew.hire(precheck=12)
    run_id = crew.bench.start()
    wait_for(lambda: "precheck" in crew.noted())
    first.send_signal(signal.SIGSTOP)
    crew.hire()
    wait_for(lambda: is_waiting(crew, run_id))
    before = crew.bench.scalars("SELECT id FROM evidence ORDER BY id")

    first.send_signal(signal.SIGCONT)
    time.sleep(1.5)

    assert crew.bench.scalars("SELECT id FROM evidence ORDER BY id") == before
    assert is_waiting(crew, run_id)


def test_stopped_worker_hands_its_run_over_at_once(crew: Crew) -> None:
    first = crew.hire(prepare_target=60)
    run_id = crew.bench.start()
    wait_for(lambda: "prepare_target" in crew.noted())

    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0
    crew.hire()
    wait_for(lambda: is_waiting(crew, run_id))

    assert Counter(crew.noted()) == Counter([*REPLICATION, "prepare_target"])


def test_cancel_reaches_a_worker_of_another_process(crew: Crew) -> None:
    worker = crew.hire(prepare_target=60)
    run_id = crew.bench.start()
    wait_for(lambda: "prepare_target" in crew.noted())

    asked = time.monotonic()
    crew.bench.act(actions.cancel, crew.bench.world.engineer)
    wait_for(lambda: crew.bench.run(run_id).state is RunState.CANCELLED, 5)

    assert time.monotonic() - asked < 1.5
    os.kill(worker.pid, 0)  # it lives on


def test_workers_killed_at_random_never_repeat_a_done_step(crew: Crew) -> None:
    slow = dict.fromkeys(REPLICATION, 0.7)
    run_id = crew.bench.start()
    for pause in (2.5, 1.3, 3.1):
        worker = crew.hire(**slow)
        time.sleep(pause)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    crew.hire()
    wait_for(lambda: is_waiting(crew, run_id))

    told = crew.bench.scalars(
        "SELECT step || ' ' || (body ->> 'event') FROM run_events WHERE body ->> 'event' LIKE 'step_%' ORDER BY seq"
    )
    assert [line for line in told if line.endswith("step_done")] == [f"{step} step_done" for step in REPLICATION]
    for step in REPLICATION:
        assert f"{step} step_started" not in told[told.index(f"{step} step_done") :]
    assert all(crew.noted().count(step) <= told.count(f"{step} step_started") for step in REPLICATION)
