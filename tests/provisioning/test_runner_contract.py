"""What every playbook runner promises, asked of the real one and of the fake."""

import time
from pathlib import Path

import pytest

from provisioning.runs.guarded import GuardedAnsible
from provisioning.runs.runner import Event, Outcome, Play, Runner
from tests.provisioning.fake_runner import FakeRunner, Script

PLAYS = Path(__file__).parent / "plays"
HERE: dict[str, object] = {"all": {"hosts": {"here": {"ansible_connection": "local"}}}}
SCRIPTS = {
    "greet": Script(
        Outcome("successful", {"here": {"ok": 2, "failed": 0}}, {"word": "你好", "length": 2}),
        tasks=("Say the word", "Tell the ledger"),
    ),
    "stumble": Script(
        Outcome("failed", {"here": {"ok": 1, "failed": 1}}, {}, "Fall over @ here: the stone is too high"),
        tasks=("Reach the stone", "Fall over"),
    ),
    "linger": Script(seconds=30),
}


@pytest.fixture(params=["fake", "ansible"])
def runner(request: pytest.FixtureRequest) -> Runner:
    return FakeRunner(SCRIPTS) if request.param == "fake" else GuardedAnsible()


def play(name: str, **more: object) -> Play:
    return Play(f"contract-{name}-{time.monotonic_ns()}", PLAYS / f"{name}.yml", HERE, **more)  # type: ignore[arg-type]


def test_a_play_that_fails_names_task_host_and_message(runner: Runner) -> None:
    told: list[Event] = []

    outcome = runner.run(play("stumble"), told.append, lambda: True)

    assert outcome.status == "failed"
    assert outcome.failure == "Fall over @ here: the stone is too high"
    assert outcome.hosts["here"]["failed"] == 1
    assert [event["task"] for event in told if event["status"] == "failed"] == ["Fall over"]


def test_a_play_that_succeeds_hands_over_events_in_order_and_its_artifacts(runner: Runner) -> None:
    told: list[Event] = []

    outcome = runner.run(play("greet", variables={"word": "你好"}), told.append, lambda: True)

    assert (outcome.status, outcome.failure) == ("successful", "")
    assert outcome.artifacts == {"word": "你好", "length": 2}
    assert outcome.hosts["here"]["ok"] == 2
    counters = [int(str(event["counter"])) for event in told]
    assert counters == sorted(set(counters))
    assert {"counter", "event", "created", "play", "task", "host", "status", "stdout"} <= set(told[-1])


def test_a_run_that_may_not_go_on_is_not_begun(runner: Runner) -> None:
    told: list[Event] = []

    assert runner.run(play("greet", variables={"word": "x"}), told.append, lambda: False) == Outcome("canceled")
    assert told == []


def test_a_play_is_canceled_in_the_middle(runner: Runner) -> None:
    told: list[Event] = []

    outcome = runner.run(play("linger"), told.append, lambda: len(told) < 3)

    assert outcome == Outcome("canceled")


def test_what_the_listener_raises_reaches_the_caller(runner: Runner) -> None:
    def refuse(event: Event) -> None:
        raise ZeroDivisionError(event["counter"])

    with pytest.raises(ZeroDivisionError):
        runner.run(play("linger"), refuse, lambda: True)
