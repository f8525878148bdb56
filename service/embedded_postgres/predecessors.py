"""Whether any process of a server still lives in a home, even one whose service was killed.

Each of them inherits an open file, `alive`, and with it a lock that the kernel gives up with the last of them. A pid
file proves less: after a reboot its number may be anybody's. And /proc does not show root another id's processes in
a container without CAP_SYS_PTRACE.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from inventory.errors import Conflict

_NAME = "alive"
_PATIENCE = 20.0  # seconds that a server gets to end after its service was killed; it takes well under one


def succeed(home: Path) -> IO[str]:
    """The file that the next server must inherit, once the earlier one has ended; its stale postmaster.pid goes."""
    (home / _NAME).touch(mode=0o600)
    file = (home / _NAME).open("a", encoding="ascii")
    until = time.monotonic() + _PATIENCE
    while not _locked(file):
        if time.monotonic() > until:
            file.close()
            raise _still_there(home)
        time.sleep(0.05)
    (home / "data" / "postmaster.pid").unlink(missing_ok=True)
    return file


def is_alive(home: Path) -> bool:
    if not os.access(home / _NAME, os.W_OK):
        return False
    with (home / _NAME).open("a", encoding="ascii") as file:
        return not _locked(file, fcntl.LOCK_SH)  # shared, so that two who ask do not see each other


def _locked(file: IO[str], how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_there(home: Path) -> Conflict:
    pid = (home / "data" / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0]
    return Conflict(
        f"上一次的数据库服务仍在运行：请用 kill -INT {pid} 结束它：{home}。"
        f" An earlier database server still runs: end it with kill -INT {pid} in {home}",
        pid=pid,
        directory=str(home),
    )
