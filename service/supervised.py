"""One program under supervision: its process, its process group, the end of its output."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service import launch

_REMEMBERED_LINES = 20
_CHUNK = 65_536


@dataclass(frozen=True)
class Program:
    """What to run. env is added to ours; ready answers, quickly and without raising, whether the next may start."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    ready: Callable[[], bool] | None = None


class Supervised:
    """A program and the process that runs it at present, if any."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.last_lines: deque[str] = deque(maxlen=_REMEMBERED_LINES)
        self.quick_failures = 0
        self.started_at = 0.0
        self.due_at = 0.0
        self._ready = program.ready is None
        self._partial = b""

    def start(self) -> int:
        """Start it; answers the file descriptor of its output."""
        self.process = subprocess.Popen(
            launch.command(list(self.program.argv), death_signal=signal.SIGKILL),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(self.program.env or {})},
            start_new_session=True,  # Ctrl-C reaches only the supervisor, which asks each program once
        )
        self.started_at = time.monotonic()
        os.set_blocking(self.output, False)
        return self.output

    @property
    def output(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def is_ready(self) -> bool:
        if not self._ready and self.program.ready is not None:
            self._ready = self.program.ready()
        return self._ready

    def has_ended(self) -> bool:
        """Whether the process is over; it stays a zombie, so that its group's number cannot become somebody else's."""
        if self.process is None:
            return True
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def ask_to_stop(self) -> None:
        if self.process and not self.has_ended():
            self.process.send_signal(signal.SIGTERM)

    def bury(self) -> int:
        """Kill what is left of it and of its process group; answers its exit status."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None
        return status

    def read_lines(self) -> list[str] | None:
        """Whole lines that it has written since; None at the end of its output."""
        try:
            chunk = os.read(self.output, _CHUNK)
        except BlockingIOError:
            return []
        *whole, self._partial = (self._partial + chunk).split(b"\n")
        if self._partial and (not chunk or len(self._partial) > _CHUNK):
            whole, self._partial = [*whole, self._partial], b""
        lines = [line.decode(errors="replace").rstrip("\r") for line in whole]
        self.last_lines.extend(lines)
        return lines if chunk or lines else None
