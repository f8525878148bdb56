"""Runs the parts of the service side by side: starts them in order, restarts what dies, stops all of them together."""

import contextlib
import selectors
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import TextIO

from inventory.errors import Conflict
from service.supervised import Program, Supervised

__all__ = ["Program", "Supervisor"]

_TICK = 0.1
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Keeps programs running until a signal says stop, or until one of them fails too often.

    The programs' lines are copied to `out` behind their names. They cannot outlive us: the kernel kills them when
    the thread that started them is gone, hence main thread only.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        grace: float = 8.0,
        most_quick_failures: int = 5,
        first_pause: float = 0.5,
        steady_after: float = 30.0,
        ready_within: float = 60.0,
        out: TextIO = sys.stdout,
    ) -> None:
        self.failure: str | None = None
        self._children = [Supervised(program) for program in programs]
        self._begun: list[Supervised] = []
        self._width = max(len(program.name) for program in programs)
        self._selector = selectors.DefaultSelector()
        self._grace, self._ready_within = grace, ready_within
        self._most_quick_failures, self._first_pause, self._steady_after = (
            most_quick_failures,
            first_pause,
            steady_after,
        )
        self._out = out
        self._stop_asked = 0

    def run(self, on_ready: Callable[[], None] = lambda: None) -> int:
        """Block until the end; 0 after a stop by signal, 1 after a failure, which `failure` then tells.

        on_ready is called once, when every program is ready.
        """
        if threading.current_thread() is not threading.main_thread():
            raise Conflict("programs end with the thread that starts them: run the supervisor in the main thread")
        with self._signals_caught(), self._selector:
            try:
                self._keep_running(on_ready)
            finally:
                self._stop_all()
        if self.failure:
            self._say(self.failure)
        return 1 if self.failure else 0

    def _keep_running(self, on_ready: Callable[[], None]) -> None:
        announced = False
        while not self._stop_asked and not self.failure:
            if not self._begin_next() and not announced:
                announced = True
                on_ready()
            self._copy_output(_TICK)
            for child in self._begun:
                self._look_after(child)

    def _begin_next(self) -> bool:
        """Start the next program if those before it are ready; False when all have been started and are ready."""
        if self._begun and not self._begun[-1].is_ready():
            self._refuse_endless_wait(self._begun[-1])
            return True
        if len(self._begun) == len(self._children):
            return False
        child = self._children[len(self._begun)]
        self._begun.append(child)
        self._start(child)
        return True

    def _refuse_endless_wait(self, child: Supervised) -> None:
        if child.process and time.monotonic() - child.started_at > self._ready_within:
            self._fail(
                child, f"启动后 {self._ready_within:g} 秒仍未就绪 / not ready {self._ready_within:g} s after its start"
            )

    def _start(self, child: Supervised) -> None:
        self._selector.register(child.start(), selectors.EVENT_READ, child)

    def _look_after(self, child: Supervised) -> None:
        now = time.monotonic()
        if child.process is None and now >= child.due_at:
            self._start(child)
        elif child.process is not None and child.has_ended():
            self._after_death(child, lived=now - child.started_at)

    def _after_death(self, child: Supervised, *, lived: float) -> None:
        how = _described(self._bury(child))
        child.quick_failures = 1 if lived > self._steady_after else child.quick_failures + 1
        if child.quick_failures >= self._most_quick_failures:
            return self._fail(
                child, f"连续 {child.quick_failures} 次异常结束 / ended {child.quick_failures} times, {how}"
            )
        pause = self._first_pause * 2 ** (child.quick_failures - 1)
        child.due_at = time.monotonic() + pause
        return self._say(f"{child.program.name} 异常结束，{pause:g} 秒后重启 / ended, {how}; restarting in {pause:g} s")

    def _fail(self, child: Supervised, why: str) -> None:
        end = "".join(f"\n    {line}" for line in child.last_lines)
        self.failure = f"{child.program.name} {why}{end}"

    def _stop_all(self) -> None:
        until = time.monotonic() + self._grace
        for child in self._begun:
            child.ask_to_stop()
        asked = self._stop_asked
        while not all(child.has_ended() for child in self._begun):
            if time.monotonic() > until or self._stop_asked > asked:  # a second Ctrl-C means now
                break
            self._copy_output(_TICK)
        for child in self._begun:
            if child.process:
                self._bury(child)

    def _bury(self, child: Supervised) -> int:
        self._copy_output(0)
        if child.output in self._selector.get_map():
            self._selector.unregister(child.output)
        return child.bury()

    def _copy_output(self, wait: float) -> None:
        for key, _ in self._selector.select(wait):
            child: Supervised = key.data
            lines = child.read_lines()
            if lines is None:
                self._selector.unregister(key.fd)
            for line in lines or []:
                self._say(f"{child.program.name:<{self._width}} | {line}")

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone; the programs must not suffer for it
            self._out.write(line + "\n")
            self._out.flush()

    @contextlib.contextmanager
    def _signals_caught(self) -> Iterator[None]:
        before = {each: signal.signal(each, self._note_stop) for each in _STOP_SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _note_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_asked += 1


def _described(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
