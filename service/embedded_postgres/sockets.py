"""Where the socket lives: beside the data, or under a short name when the kernel's 107 bytes for its path would not do.

The short one is a new 0700 directory with a random name in $XDG_RUNTIME_DIR or /tmp. A link `socket` in the home
leads to it; it is removed at stop, and one that a killed service left behind at the next start.
"""

import os
import shutil
import tempfile
from pathlib import Path

from service.embedded_postgres.account import Account

PORT = 5432
_LONGEST = 107
_PREFIX = "yunwang-"


def fits(directory: Path) -> bool:
    return len(os.fsencode(directory / f".s.PGSQL.{PORT}.lock")) <= _LONGEST


def prepare(home: Path, account: Account) -> Path:
    """A directory that only this account (and root) can enter, with a path short enough."""
    remove(home)
    place = home / "socket"
    if not fits(place):
        short = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_short_directory(account)))
        place.symlink_to(short)
        place = short
    place.mkdir(mode=0o700, exist_ok=True)
    account.give(place)
    return place


def remove(home: Path) -> None:
    place = home / "socket"
    if not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
        return
    short = place.readlink()
    if short.name.startswith(_PREFIX) and not short.is_symlink():
        shutil.rmtree(short, ignore_errors=True)
    place.unlink()


def _short_directory(account: Account) -> Path:
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    usable = os.access(runtime, os.W_OK) and account.reaches(runtime / "any")
    return runtime if usable and fits(runtime / f"{_PREFIX}12345678") else Path("/tmp")  # noqa: S108
