"""Server processes that a killed service left behind in a data directory."""

import os
import signal
import time
from pathlib import Path

from inventory.errors import Conflict

_PATIENCE = 10.0  # seconds that a server gets to end by itself after its service was killed


def clear(data: Path) -> None:
    """Wait until no server lives in this directory, help it to end if it must, and drop a stale postmaster.pid.

    The caller holds the lock of the home, so whatever is found has lost its service. A pid file alone proves nothing:
    after a reboot its number may be anybody's, and PostgreSQL would refuse to start because of it.
    """
    if not _ended(data, _PATIENCE):
        for pid in living_in(data):
            os.kill(pid, signal.SIGQUIT)
        if not _ended(data, _PATIENCE):
            raise Conflict(
                f"上一次的数据库进程不肯退出：{living_in(data)}。"
                f" Processes of an earlier database server do not end: {living_in(data)} in {data}",
                pids=living_in(data),
            )
    (data / "postmaster.pid").unlink(missing_ok=True)


def living_in(data: Path) -> list[int]:
    """PostgreSQL's processes (all of them, not only the postmaster) whose working directory is this one."""
    return [int(each.name) for each in Path("/proc").glob("[0-9]*") if _serves(each, data)]


def _serves(process: Path, data: Path) -> bool:
    try:
        return (process / "exe").readlink().name.startswith("postgres") and (process / "cwd").samefile(data)
    except OSError:  # gone meanwhile, or another user's
        return False


def _ended(data: Path, within: float) -> bool:
    until = time.monotonic() + within
    while living_in(data):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
