"""Every process of a play, found by what its environment carries, and ended."""

import contextlib
import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")
RUN = "YUNWANG_RUN_ID="
PLAY = "YUNWANG_PLAY_ID="
PAUSE = 0.02  # seconds between two looks
QUIET_LOOKS = 2  # a process caught inside exec shows no environment for a moment


def run_mark(run_id: str) -> str:
    return f"{RUN}{run_id}"


def play_mark(play_id: str) -> str:
    return f"{PLAY}{play_id}"


def end(mark: str, *, spare: frozenset[int] = frozenset(), within: float = 1.0) -> set[int]:
    """Kill whoever carries the mark until nobody does; answers who was left after so many seconds."""
    deadline = time.monotonic() + within
    quiet = 0
    left: set[int] = set()
    while quiet < QUIET_LOOKS:
        left = carriers(mark) - spare
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        quiet = 0 if left else quiet + 1
        if time.monotonic() > deadline:
            break
        time.sleep(PAUSE)
    return left


def carriers(mark: str) -> set[int]:
    """Living processes with the mark (a whole NAME=value) in their environment, and all that descend from them."""
    parents = {pid: parent for pid in _pids() if (parent := _living_parent(pid)) is not None}
    found = {pid for pid in parents if _carries(pid, mark)}
    # a task may have cleared its environment: its ancestors have not
    return {pid for pid in parents if found.intersection(_line_of(pid, parents))}


def started_at(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None when there is no such living process."""
    fields = _stat(pid)
    return int(fields[19]) if fields and fields[0] not in "ZX" else None


def _pids() -> list[int]:
    # init never belongs to a play, and everybody descends from it
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit() and entry.name != "1"]


def _living_parent(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields and fields[0] not in "ZX" else None


def _stat(pid: int) -> list[str]:
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return []
    return text[text.rindex(")") + 1 :].split()  # the name before it may hold spaces and brackets


def _carries(pid: int, mark: str) -> bool:
    try:
        environment = (PROC / str(pid) / "environ").read_bytes()
    except PermissionError:
        return _is_agent(pid, mark)
    except OSError:
        return False
    return mark.encode() in environment.split(b"\0")


def _is_agent(pid: int, mark: str) -> bool:
    # ssh-agent is set-gid, so an ordinary user cannot read its environment; it names a socket in the play's directory
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    socket = command[3].decode(errors="replace") if command[:3] == [b"ssh-agent", b"-D", b"-a"] else ""
    return mark.startswith(PLAY) and socket.endswith(f"-{mark.removeprefix(PLAY)}/agent")


def _line_of(pid: int, parents: dict[int, int]) -> set[int]:
    line: set[int] = set()
    while pid in parents and pid not in line:
        line.add(pid)
        pid = parents[pid]
    return line
