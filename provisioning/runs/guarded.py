"""The real runner: one guard process per play, held on a lease."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import provisioning
from provisioning.runs import orders, private_dir, processes
from provisioning.runs.layout import Manner
from provisioning.runs.redaction import Redaction
from provisioning.runs.runner import Event, Outcome, Play

BEAT = 0.2  # seconds between two questions whether to go on
PATIENCE = 0.8  # seconds that a guard has to end its play before we do it ourselves
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class GuardedAnsible:
    """Runs playbooks with ansible; nothing of a play outlives its worker by more than the lease and a second."""

    manner: Manner = field(default_factory=Manner)
    lease: float = 3.0  # seconds; must be shorter than the time after which another worker takes the run over
    private_base: Path | None = None  # where plays keep their secrets; None: /dev/shm

    def run(self, play: Play, on_event: Callable[[Event], None], keep_going: Callable[[], bool]) -> Outcome:
        if not keep_going():
            return Outcome("canceled")
        processes.end(processes.run_mark(play.run_id))  # what an earlier attempt may have left on this machine
        play_id, directory = private_dir.create(private_dir.base(self.private_base))
        left: set[int] = set()
        try:
            with _guard(play.run_id, play_id) as guard:
                order = orders.Order(play, play_id, directory, self.lease, self.manner)
                try:
                    outcome = _attend(guard, order, on_event, keep_going)
                finally:
                    left = processes.end(processes.play_mark(play_id))
        finally:
            private_dir.remove(directory)
        return _stuck(left) if left else outcome


def _guard(run_id: str, play_id: str) -> "subprocess.Popen[bytes]":
    marks = (processes.run_mark(run_id), processes.play_mark(play_id))
    surroundings = dict(mark.split("=", 1) for mark in marks) | {
        "PATH": f"{Path(sys.executable).parent}:{SYSTEM_PATH}",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "provisioning.runs.guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings,
        cwd=Path(provisioning.__file__).parent.parent,
        start_new_session=True,  # Ctrl-C is for the worker, which then ends its plays in order
        bufsize=0,
    )


class _Leash:
    """The worker's hold on the guard: renews its lease while the run may go on, and says cancel once."""

    def __init__(self, stdin: IO[bytes], keep_going: Callable[[], bool]) -> None:
        self._stdin = stdin
        self._keep_going = keep_going
        self._last = time.monotonic()
        self.canceled_at: float | None = None

    def say(self, word: str) -> None:
        with suppress(BrokenPipeError):  # the guard has ended: its stdout will tell
            left = memoryview(word.encode())
            while left:
                left = left[self._stdin.write(left) :]

    def beat(self) -> None:
        now = time.monotonic()
        if self.canceled_at is not None or now - self._last < BEAT:
            return
        self._last = now
        if self._keep_going():
            self.say(f"{orders.RENEW}\n")
        else:
            self.say(f"{orders.CANCEL}\n")
            self.canceled_at = time.monotonic()

    def overdue(self) -> bool:
        return self.canceled_at is not None and time.monotonic() - self.canceled_at > PATIENCE


def _attend(
    guard: "subprocess.Popen[bytes]",
    order: orders.Order,
    on_event: Callable[[Event], None],
    keep_going: Callable[[], bool],
) -> Outcome:
    assert guard.stdin is not None
    assert guard.stdout is not None
    leash = _Leash(guard.stdin, keep_going)
    leash.say(order.line())
    answers = orders.Lines(guard.stdout.fileno())
    while (line := answers.next(BEAT)) != "" and not leash.overdue():
        leash.beat()
        if line is None:
            continue
        answer = json.loads(line)
        if "outcome" in answer:
            return Outcome(**answer["outcome"])
        on_event(answer["event"])
    return Outcome("canceled") if leash.canceled_at is not None else _lost(guard, order)


def _lost(guard: "subprocess.Popen[bytes]", order: orders.Order) -> Outcome:
    try:
        status = guard.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        status = orders.BROKEN
    if status == orders.LEASE_LOST:
        return Outcome("lost", failure="本进程停顿过久，租约已过期 / this worker paused for longer than the lease")
    said = Redaction([order.play.secrets, order.play.ssh_keys]).text(_complaints(guard))
    return Outcome("lost", failure=f"守护进程意外结束 / the guard ended unexpectedly ({status}) {said}".strip())


def _stuck(left: set[int]) -> Outcome:
    pids = ", ".join(map(str, sorted(left)))
    return Outcome("lost", failure=f"以下进程无法终止，请在本机处理 / these processes cannot be ended here: {pids}")


def _complaints(guard: "subprocess.Popen[bytes]") -> str:
    assert guard.stderr
    pipe = guard.stderr.fileno()
    return os.read(pipe, 65536).decode(errors="replace") if select.select([pipe], [], [], 0)[0] else ""
