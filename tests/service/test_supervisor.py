"""The supervisor against real processes; it runs in a process of its own, so that signals can be sent to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

DRIVER = """
import json, pathlib, sys
from service.supervisor import Program, Supervisor
programs, options = json.loads(sys.argv[1])
def ready(path):
    return (lambda: pathlib.Path(path).exists()) if path else None
supervisor = Supervisor([Program(n, a, ready=ready(r)) for n, a, r in programs], **options)
sys.exit(supervisor.run(on_ready=lambda: print("ALL READY", flush=True)))
"""

SLEEPER = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(600)"
STUBBORN = "import signal; [signal.signal(s, signal.SIG_IGN) for s in (signal.SIGTERM, signal.SIGINT)];" + SLEEPER

Start = Callable[..., subprocess.Popen[str]]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def supervise() -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def start(*programs: tuple[str, list[str], str | None], **options: float) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, json.dumps([programs, options])],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    assert process.stdout
    for line in process.stdout:
        if wanted in line:
            return line
    pytest.fail(f"the supervisor ended without saying {wanted!r}")


def pids_of(process: subprocess.Popen[str], *names: str) -> list[int]:
    """What the programs say about themselves, in whatever order their lines come."""
    found: dict[str, int] = {}
    while not set(names) <= found.keys():
        name, *_, pid = read_until(process, "| pid").split()
        found[name] = int(pid)
    return [found[name] for name in names]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def assert_gone(*pids: int, within: float = 5.0) -> None:
    until = time.monotonic() + within
    while any(is_alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in pids if is_alive(pid)] == []


def test_program_that_cannot_be_found_is_named_with_the_reason(supervise: Start) -> None:
    process = supervise(("api", ["/no/such/program"], None), most_quick_failures=1)

    said, _ = process.communicate(timeout=10)

    assert process.returncode == 1
    assert "api 连续 1 次异常结束" in said
    assert "cannot run /no/such/program: No such file" in said[said.index("api 连续") :]


def test_program_that_keeps_failing_stops_everything_and_its_last_words_are_repeated(supervise: Start) -> None:
    failing = python("import sys; print('the disk is full'); sys.exit(3)")
    process = supervise(
        ("api", python(SLEEPER), None), ("worker", failing, None), most_quick_failures=3, first_pause=0.05
    )
    [api] = pids_of(process, "api")

    said, _ = process.communicate(timeout=10)

    assert process.returncode == 1
    verdict = said[said.index("worker 连续 3 次") :]
    assert "exit status 3" in verdict
    assert "the disk is full" in verdict
    assert_gone(api)


def test_program_that_never_gets_ready_stops_everything(supervise: Start, tmp_path: Path) -> None:
    process = supervise(("api", python(SLEEPER), str(tmp_path / "never")), ready_within=0.5)
    [api] = pids_of(process, "api")

    said, _ = process.communicate(timeout=10)

    assert process.returncode == 1
    assert "api 启动后 0.5 秒仍未就绪" in said
    assert_gone(api)


def test_killed_program_is_started_again(supervise: Start) -> None:
    process = supervise(("worker", python(SLEEPER), None), first_pause=0.05)
    [first] = pids_of(process, "worker")

    os.kill(first, signal.SIGKILL)

    assert "SIGKILL" in read_until(process, "异常结束")
    [second] = pids_of(process, "worker")
    assert second != first
    process.terminate()
    assert process.wait(10) == 0
    assert_gone(first, second)


def test_ctrl_c_in_the_terminal_asks_each_program_once_and_ends_with_status_0(supervise: Start) -> None:
    counting = python(
        "import os, signal, time\n"
        "for s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, lambda n, f: print('heard', n, flush=True))\n"
        "print('pid', os.getpid(), flush=True)\n"
        "signal.pause(); time.sleep(0.5)\n"
    )
    process = supervise(("api", counting, None), ("worker", python(SLEEPER), None))
    pids = pids_of(process, "api", "worker")

    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=10)

    assert process.returncode == 0
    assert said.count("heard") == 1
    assert_gone(*pids, within=0)


def test_sigterm_stops_everything_with_status_0(supervise: Start) -> None:
    process = supervise(("api", python(SLEEPER), None), ("worker", python(SLEEPER), None))
    pids = pids_of(process, "api", "worker")

    process.terminate()

    assert process.wait(10) == 0
    assert_gone(*pids, within=0)


def test_program_that_ignores_the_request_is_killed_after_the_grace(supervise: Start) -> None:
    process = supervise(("worker", python(STUBBORN), None), grace=0.5)
    [worker] = pids_of(process, "worker")

    process.terminate()

    assert process.wait(5) == 0
    assert_gone(worker, within=0)


def test_second_ctrl_c_does_not_wait_for_the_grace(supervise: Start) -> None:
    process = supervise(("worker", python(STUBBORN), None), grace=60)
    [worker] = pids_of(process, "worker")

    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)

    assert process.wait(5) == 0
    assert_gone(worker, within=0)


def test_programs_die_when_the_supervisor_is_killed(supervise: Start) -> None:
    process = supervise(("api", python(STUBBORN), None), ("worker", python(SLEEPER), None))
    pids = pids_of(process, "api", "worker")

    process.kill()
    process.wait()

    assert_gone(*pids, within=2)


def test_what_a_program_started_itself_is_gone_after_the_stop(supervise: Start) -> None:
    parent = python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {STUBBORN!r}])")
    process = supervise(("worker", parent, None))
    [grandchild] = pids_of(process, "worker")

    process.terminate()

    assert process.wait(5) == 0
    assert_gone(grandchild)


def test_next_program_waits_until_the_one_before_is_ready(supervise: Start, tmp_path: Path) -> None:
    sign = tmp_path / "ready"
    preparing = python(
        f"import pathlib, time; time.sleep(0.5); print('prepared', flush=True);"
        f"pathlib.Path({str(sign)!r}).touch(); time.sleep(600)"
    )
    process = supervise(("api", preparing, str(sign)), ("collector", python(SLEEPER), None))

    assert process.stdout
    lines = [process.stdout.readline() for _ in range(3)]

    assert lines[0] == "api       | prepared\n"
    assert sorted(line.split()[0] for line in lines[1:]) == ["ALL", "collector"]
    process.terminate()
    assert process.wait(10) == 0
