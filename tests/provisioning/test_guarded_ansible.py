"""The real runner against real processes: nothing of a play outlives its worker, and no secret gets out."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioning.runs import private_dir, processes
from provisioning.runs.guarded import GuardedAnsible
from provisioning.runs.runner import Event, Play
from tests.lab.needs import needs

pytestmark = pytest.mark.live

PLAYS = Path(__file__).parent / "plays"
ROOT = Path(__file__).parents[2]
HERE: dict[str, object] = {"all": {"hosts": {"here": {"ansible_connection": "local"}}}}
Worker = tuple[subprocess.Popen[str], str]

LEASE = 1.0  # seconds
PHRASE = "correct horse/battery+staple? {{ 7 * 7 }}"


def play(name: str, **more: object) -> Play:
    return Play(f"{name}-{os.getpid()}-{time.monotonic_ns()}", PLAYS / f"{name}.yml", HERE, **more)  # type: ignore[arg-type]


def of_run(run_id: str) -> set[int]:
    return processes.carriers(processes.run_mark(run_id))


def seconds_until(claim: Callable[[], bool], within: float = 15.0) -> float:
    begun = time.monotonic()
    while not claim():
        assert time.monotonic() - begun < within, "it did not come true"
        time.sleep(0.01)
    return time.monotonic() - begun


def command_lines() -> Iterator[str]:
    for pid in processes._pids():
        with contextlib.suppress(OSError):
            yield (processes.PROC / str(pid) / "cmdline").read_text(errors="replace")


def private_dirs_of(pid: int) -> list[Path]:
    return list(private_dir.SHARED_MEMORY.glob(f"yunwang-{pid}-*"))


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    """A worker in its own process, with a play that sleeps 30 s, and the run's id."""
    wanted = play("linger", variables={"trace": str(tmp_path / "trace")})
    told = {"run_id": wanted.run_id, "playbook": str(wanted.playbook), "inventory": HERE, "lease": LEASE}
    told["variables"] = wanted.variables
    command = [sys.executable, str(Path(__file__).parent / "worker.py"), json.dumps(told)]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "begun\n"
        yield started, wanted.run_id
        with contextlib.suppress(ProcessLookupError):
            started.kill()
    assert not (tmp_path / "trace").exists(), "the task after the sleep ran"


def guard_of(run_id: str, worker: int) -> int:
    (guard,) = [pid for pid in of_run(run_id) if processes._living_parent(pid) == worker]
    return guard


def test_a_missing_playbook_is_named(tmp_path: Path) -> None:
    outcome = GuardedAnsible().run(Play("missing", tmp_path / "no such.yml", HERE), lambda _: None, lambda: True)

    assert outcome.status == "failed"
    assert "no such.yml could not be found" in outcome.failure


def test_a_play_that_meets_no_host_has_failed() -> None:
    wanted = play("greet", variables={"word": "x"})
    nobody: dict[str, object] = {"all": {"hosts": {}}}

    outcome = GuardedAnsible().run(Play("nobody", wanted.playbook, nobody), lambda _: None, lambda: True)

    assert outcome.status == "failed"
    assert "host" in outcome.failure


def test_a_word_from_the_register_is_never_a_template() -> None:
    word = "{{ lookup('pipe', 'id') }} 😀"

    outcome = GuardedAnsible().run(play("greet", variables={"word": word}), lambda _: None, lambda: True)

    assert outcome.artifacts["word"] == word


def test_an_ignored_or_rescued_failure_is_not_the_outcome(tmp_path: Path) -> None:
    told: list[Event] = []
    wanted = play("sort", variables={"trace": str(tmp_path / "trace")})

    outcome = GuardedAnsible().run(wanted, told.append, lambda: True)

    assert (outcome.status, outcome.failure) == ("successful", "")
    assert outcome.hosts["here"]["rescued"] == 1
    assert [event["status"] for event in told if event["event"] == "runner_on_failed"] == ["ignored", "failed"]
    assert (tmp_path / "trace").read_text() == "mended"


def test_only_what_was_neither_ignored_nor_absent_is_the_reason(tmp_path: Path) -> None:
    wanted = play("sort", variables={"trace": str(tmp_path / "trace"), "fall": True})

    outcome = GuardedAnsible().run(wanted, lambda _: None, lambda: True)

    assert outcome.failure.splitlines() == ["Break @ here: broken", "Fall over if asked to @ here: as asked"]


def test_check_mode_changes_nothing_and_diff_is_told(tmp_path: Path) -> None:
    told: list[Event] = []
    wanted = play("sort", variables={"trace": str(tmp_path / "trace")}, check=True, diff=True)

    assert GuardedAnsible().run(wanted, told.append, lambda: True).status == "successful"

    assert not (tmp_path / "trace").exists()
    assert any("mended" in str(event.get("diff")) for event in told)


@pytest.mark.parametrize("name", ["linger", "hide"])
def test_cancel_leaves_no_process_after_a_second_and_a_half(name: str, tmp_path: Path) -> None:
    nap = f"30.{time.monotonic_ns()}"
    wanted = play(name, variables={"trace": str(tmp_path / "trace"), "nap": nap})
    asleep = canceled = 0.0
    seen: set[int] = set()

    def on_event(event: Event) -> None:
        nonlocal asleep
        asleep = time.monotonic() if event["event"] == "runner_on_start" else asleep

    def keep_going() -> bool:
        nonlocal canceled
        seen.update(of_run(wanted.run_id))
        if not asleep or time.monotonic() - asleep < 1:
            return True
        canceled = time.monotonic()
        return False

    outcome = GuardedAnsible().run(wanted, on_event, keep_going)

    assert outcome.status == "canceled"
    assert time.monotonic() - canceled < 1.5
    assert len(seen) >= 4
    assert [line for line in command_lines() if nap in line] == []
    assert [pid for pid in seen if processes.started_at(pid)] == []
    assert private_dirs_of(os.getpid()) == []


def test_all_is_gone_soon_after_the_worker_is_killed(worker: Worker) -> None:
    process, run_id = worker
    seconds_until(lambda: len(of_run(run_id)) >= 4)

    process.kill()

    assert seconds_until(lambda: not of_run(run_id)) < LEASE + 1
    seconds_until(lambda: not private_dirs_of(process.pid))


def test_all_is_gone_when_a_frozen_workers_lease_runs_out(worker: Worker) -> None:
    process, run_id = worker

    process.send_signal(signal.SIGSTOP)

    assert seconds_until(lambda: not of_run(run_id)) < LEASE + 1
    process.send_signal(signal.SIGCONT)
    assert process.stdout is not None
    assert "lost" in process.stdout.readline()


def test_a_killed_guard_takes_its_play_along_and_the_worker_knows(worker: Worker) -> None:
    process, run_id = worker

    os.kill(guard_of(run_id, process.pid), signal.SIGKILL)

    assert seconds_until(lambda: not of_run(run_id)) < LEASE + 1
    assert process.stdout is not None
    assert "lost" in process.stdout.readline()


def test_guard_and_worker_killed_together_leave_nothing(worker: Worker) -> None:
    process, run_id = worker
    guard = guard_of(run_id, process.pid)

    process.kill()
    os.kill(guard, signal.SIGKILL)

    assert seconds_until(lambda: not of_run(run_id)) < LEASE + 1


def test_a_frozen_guard_whose_worker_died_does_not_hold_its_play(worker: Worker) -> None:
    process, run_id = worker
    guard = guard_of(run_id, process.pid)

    os.kill(guard, signal.SIGSTOP)
    process.kill()

    assert seconds_until(lambda: not of_run(run_id)) < LEASE + 1
    seconds_until(lambda: not private_dirs_of(process.pid))


def test_a_frozen_guard_cannot_hold_up_a_cancel(tmp_path: Path) -> None:
    wanted = play("linger", variables={"trace": str(tmp_path / "trace")})
    frozen = 0.0

    def on_event(event: Event) -> None:
        nonlocal frozen
        if event["event"] == "runner_on_start":
            os.kill(guard_of(wanted.run_id, os.getpid()), signal.SIGSTOP)
            frozen = time.monotonic()

    outcome = GuardedAnsible().run(wanted, on_event, lambda: not frozen)

    assert outcome.status == "canceled"
    assert time.monotonic() - frozen < 1.5
    assert of_run(wanted.run_id) == set()


def everything_readable(run_id: str, directory: Path) -> Iterator[tuple[str, bytes]]:
    for path in directory.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    for pid in of_run(run_id):
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                yield f"/proc/{pid}/{name}", (processes.PROC / str(pid) / name).read_bytes()


def test_no_secret_is_found_in_files_command_lines_environments_or_events(tmp_path: Path) -> None:
    searched = tmp_path / "searched"
    wanted = play(
        "blurt",
        variables={"note": str(tmp_path / "note"), "searched": str(searched)},
        secrets={"pass_phrase": PHRASE, "expected": PHRASE, "database": {"passwords": ["7391-first", 73917391]}},
        diff=True,
    )
    forms = [PHRASE.encode(), b64encode(PHRASE.encode()), b"7391-first", b"73917391", b"battery"]
    told: list[Event] = []
    read: dict[str, bytes] = {}

    def keep_going() -> bool:
        if not searched.exists() and any("Wait" in str(event["task"]) for event in told):
            (directory,) = private_dirs_of(os.getpid())
            assert directory.stat().st_mode & 0o777 == 0o700
            read.update(everything_readable(wanted.run_id, directory))
            searched.touch()
        return True

    outcome = GuardedAnsible().run(wanted, told.append, keep_going)

    assert (tmp_path / "note").read_text() == PHRASE
    assert outcome.artifacts["match"] is True
    assert outcome.status == "failed"
    assert any("vault" in name for name in read)
    assert any("environ" in name for name in read)
    assert [name for name, text in read.items() for form in forms if form in text] == []
    heard = json.dumps([told, outcome.artifacts, outcome.failure], ensure_ascii=False)
    assert "••••••" in heard
    assert "battery" not in heard
    assert b64encode(PHRASE.encode()).decode()[4:-4] not in heard
    assert b64encode(b"user:" + PHRASE.encode()).decode()[8:-4] not in heard
    assert private_dirs_of(os.getpid()) == []


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> str:
    needs("ssh-keygen", "ssh-agent")
    path = tmp_path_factory.mktemp("key") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "示例", "-f", str(path)], check=True)
    return path.read_text()


def test_a_damaged_key_is_refused_before_anything_runs() -> None:
    told: list[Event] = []

    outcome = GuardedAnsible().run(play("ask_agent", ssh_keys=("not a key",)), told.append, lambda: True)

    assert outcome.status == "failed"
    assert "private key no. 1 was refused" in outcome.failure
    assert told == []


def test_keys_are_in_the_plays_own_agent_only_and_it_ends_with_the_play(key: str) -> None:
    wanted = play("ask_agent", ssh_keys=(key,))
    told: list[Event] = []
    files: dict[str, bytes] = {}

    def keep_going() -> bool:
        for directory in private_dirs_of(os.getpid()):
            files.update(everything_readable(wanted.run_id, directory))
        return True

    outcome = GuardedAnsible().run(wanted, told.append, keep_going)

    assert "ED25519" in str(outcome.artifacts["keys"])
    assert [name for name, text in files.items() if key.splitlines()[1].encode() in text] == []
    assert of_run(wanted.run_id) == set()


def test_boot_sweeps_what_a_dead_owner_left_and_spares_the_living(tmp_path: Path) -> None:
    mine = private_dir.create(tmp_path)[1]
    _, orphaned = private_dir.create(tmp_path)
    dead = orphaned.rename(tmp_path / orphaned.name.replace(f"-{os.getpid()}-", "-4194303-"))
    play_id = dead.name.rpartition("-")[2]
    left = subprocess.Popen(["sleep", "30"], env={"YUNWANG_PLAY_ID": play_id})

    assert private_dir.sweep(tmp_path) == [dead]

    assert left.wait(1) == -signal.SIGKILL
    assert (mine.exists(), dead.exists()) == (True, False)
