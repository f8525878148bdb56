"""The directory that holds everything of one embedded database, and the lock that lets one service at a time use it.

A service run by root starts PostgreSQL under another id. If that id cannot pass the directories above (a checkout in
/root), their modes are not touched: the files go below /var/lib/yunwang, and a link `elsewhere` in the asked
directory leads there. A throw-away database goes below /tmp instead and is removed at stop.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from inventory.errors import Conflict, Unavailable
from service.embedded_postgres.account import Account, belongs_to_another, for_data

REFUGE = Path("/var/lib/yunwang")
_LINK = "elsewhere"


def locate(directory: Path) -> Path:
    """Where the files of this directory's database are."""
    link = directory / _LINK
    return link.resolve() if link.is_dir() else directory.absolute()


def settle(directory: Path, *, durable: bool) -> tuple[Path, Account]:
    """Make the home, where its account can reach it."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    _make(directory)
    home = locate(directory)
    if durable and home == directory.absolute() and (directory / _LINK).is_symlink():
        raise _lost((directory / _LINK).readlink())
    _make(home)
    account = for_data(home / "data")
    if home == directory.absolute() and not account.reaches(home / "data"):
        home = _refuge_of(home) if durable else Path(tempfile.mkdtemp(prefix="yunwang-", dir="/tmp"))
        home.mkdir(exist_ok=True)
        home.chmod(0o711)
        _link(directory / _LINK, home)
    return home, account


def _lost(home: Path) -> Unavailable:
    return Unavailable(
        f"数据库目录 {home} 不见了：请恢复它；若确要新建空库，请删除指向它的链接 {_LINK}。"
        f" {home} is not there: bring it back, or remove the link `{_LINK}` to it to begin with an empty database.",
        directory=str(home),
    )


def _make(directory: Path) -> None:
    # As root another id must pass through; what lies inside has modes of its own.
    directory.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    owner = directory.stat().st_uid
    if owner != os.geteuid():
        raise belongs_to_another(directory, owner)


def abandon(directory: Path) -> None:
    """Remove what a throw-away database had to keep elsewhere."""
    home = locate(directory)
    if home != directory.absolute():
        shutil.rmtree(home, ignore_errors=True)
        (directory / _LINK).unlink()


def _refuge_of(directory: Path) -> Path:
    REFUGE.mkdir(mode=0o711, parents=True, exist_ok=True)
    return REFUGE / f"postgresql-{hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]}"


def _link(link: Path, home: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(home)


def lock(home: Path) -> IO[str]:
    """Take the home for this process, until the file is closed or the process is gone."""
    (home / "lock").touch(mode=0o600)
    file = (home / "lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "?"
        file.close()
        raise Conflict(
            f"该数据库目录正由进程 {holder} 使用：请先停止它，或换一个目录：{home}。"
            f" Process {holder} is using this database directory: stop it first, or choose another: {home}",
            pid=holder,
            directory=str(home),
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
