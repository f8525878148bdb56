"""A play's private directory: 0700, in memory, named after its owner, and swept when the owner is gone."""

import os
import re
import secrets
import shutil
from pathlib import Path

from inventory.errors import Unavailable
from provisioning.runs import processes

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - each directory in it is made 0700 under a random name
NAME = re.compile(r"yunwang-(?P<pid>\d+)-(?P<started>\d+)-(?P<play_id>[0-9a-f]{32})")


def base(configured: Path | None = None) -> Path:
    """The configured directory, else /dev/shm; Unavailable when that is not in memory or not ours to write."""
    if configured is not None:
        configured.mkdir(mode=0o700, parents=True, exist_ok=True)
        return configured
    if _in_memory(SHARED_MEMORY) and os.access(SHARED_MEMORY, os.W_OK | os.X_OK):
        return SHARED_MEMORY
    raise Unavailable(
        f"{SHARED_MEMORY} 不是可写的内存文件系统，请在设置中指定剧本的私有目录 / "
        f"{SHARED_MEMORY} is not a writable tmpfs: name a private directory for plays in the settings"
    )


def create(place: Path) -> tuple[str, Path]:
    """A new directory owned by this process, and the play id that its name ends with."""
    play_id = secrets.token_hex(16)
    pid = os.getpid()
    path = place / f"yunwang-{pid}-{processes.started_at(pid)}-{play_id}"
    path.mkdir(mode=0o700)
    return play_id, path


def remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)


def sweep(place: Path) -> list[Path]:
    """Remove what dead owners left behind, their processes first; answers what was removed."""
    gone = []
    for path in place.glob("yunwang-*"):
        name = NAME.fullmatch(path.name)
        if name and path.lstat().st_uid == os.getuid() and not _owned(name):
            processes.end(processes.play_mark(name["play_id"]))
            remove(path)
            gone.append(path)
    return gone


def _owned(name: re.Match[str]) -> bool:
    return processes.started_at(int(name["pid"])) == int(name["started"])


def _in_memory(path: Path) -> bool:
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return any(mount[1] == str(path) and mount[2] in {"tmpfs", "ramfs"} for mount in mounts)
