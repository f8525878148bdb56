"""The guard process: carries one play out, and lets nothing of it live once its worker is gone, frozen or says stop.

The worker holds its stdin: first the order (one JSON line), then "renew" or "cancel" lines. Its stdout is JSON lines:
{"event": ...} as they come, and {"outcome": ...} last. An end without an outcome is told by the exit status.
"""

import ctypes
import json
import os
import select
import signal
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import asdict
from typing import NamedTuple, NoReturn, TextIO

from provisioning.runs import ansible, orders, private_dir, processes

ENDS: dict[str | None, int] = {orders.CANCEL: orders.CANCELED, "": orders.ORPHANED, None: orders.LEASE_LOST}

PR_SET_CHILD_SUBREAPER = 36
GRACE = 0.5  # seconds after its lease that a guard may take before its sentinel holds it for frozen


class Sentinel(NamedTuple):
    """A second process that ends the play, guard included, when the guard is killed or frozen."""

    pid: int
    ear: int  # a pipe into which the guard says at each renewal that it is well


def main() -> None:
    words = orders.Lines(sys.stdin.fileno())
    order = orders.read(words.next() or sys.exit(orders.ORPHANED))
    sentinel = _post_sentinel(order)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what a task leaves behind becomes our child
    stopping = threading.Event()
    threading.Thread(target=_watch, args=(words, order, sentinel, stopping), daemon=True).start()
    with os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8") as answers:
        os.dup2(2, 1)  # whatever a library prints is not an answer
        try:
            _carry_out(order, answers, stopping)
        except Exception:
            traceback.print_exc()  # the worker reads it, redacts it and calls the play lost
            raise
        finally:
            _leave(order, sentinel, orders.BROKEN)


def _carry_out(order: orders.Order, answers: TextIO, stopping: threading.Event) -> None:
    def answer(kind: str, content: dict[str, object]) -> None:
        answers.write(json.dumps({kind: content}) + "\n")

    outcome = ansible.perform(order.play, order.directory, order.manner, lambda event: answer("event", event))
    if stopping.is_set():
        signal.pause()  # ansible ended because we ended it: the watch tells how
    answer("outcome", asdict(outcome))


def _watch(words: orders.Lines, order: orders.Order, sentinel: Sentinel, stopping: threading.Event) -> None:
    status = orders.BROKEN
    try:
        while (word := words.next(order.lease)) == orders.RENEW:
            with suppress(BrokenPipeError):  # whoever ended the sentinel is about to end us
                os.write(sentinel.ear, b".")
        status = ENDS.get(word, orders.BROKEN)
    finally:  # a play must not go on unwatched, whatever happened here
        stopping.set()
        _leave(order, sentinel, status)


def _post_sentinel(order: orders.Order) -> Sentinel:
    listening, ear = os.pipe()
    if pid := os.fork():
        os.close(listening)
        return Sentinel(pid, ear)
    os.setsid()
    os.close(ear)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)  # or the worker would wait for our end too
    while select.select([listening], [], [], order.lease + GRACE)[0] and os.read(listening, 64):
        pass
    processes.end(processes.play_mark(order.play_id), spare=frozenset({os.getpid()}))
    private_dir.remove(order.directory)
    os._exit(0)


def _leave(order: orders.Order, sentinel: Sentinel, status: int) -> NoReturn:
    processes.end(processes.play_mark(order.play_id), spare=frozenset({os.getpid(), sentinel.pid}))
    private_dir.remove(order.directory)
    os._exit(status)


if __name__ == "__main__":
    main()
