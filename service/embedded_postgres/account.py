"""The account that PostgreSQL's processes run under: ours, or one without rights when we are root."""

import os
import pwd
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from inventory.errors import Conflict, Unavailable
from service import launch

# Far above the ranges that distributions, systemd and containers hand out, so that nobody else runs under it.
UNSHARED_UID = 1_900_000_000


@dataclass(frozen=True)
class Account:
    """uid and gid to become, or neither; and the id to show to initdb where ours has no passwd entry."""

    uid: int | None = None
    gid: int | None = None
    shown_as: int | None = None

    def command(self, argv: list[str], *, named: bool = False) -> list[str]:
        """argv run under this account; named: in the guise of an account with a passwd entry, which initdb demands."""
        return launch.command(
            argv,
            death_signal=signal.SIGINT,  # to PostgreSQL: end all sessions, write everything down, stop
            uid=self.uid,
            gid=self.gid,
            shown_as=self.shown_as if named else None,
        )

    def reaches(self, path: Path) -> bool:
        """Whether this account may pass every directory above the path."""
        return self.uid is None or all(_passable(above, self.uid) for above in path.resolve().parents)

    def give(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def _passable(directory: Path, uid: int) -> bool:
    if not directory.exists():
        return True  # we shall make it
    status = directory.stat()
    return bool(status.st_mode & (0o100 if status.st_uid == uid else 0o001))


def for_data(data: Path) -> Account:
    """The account that an existing data directory belongs to, or the one that a new one will belong to."""
    if not data.exists():
        return _for_new_data()
    owner = data.stat().st_uid
    if owner == os.geteuid() != 0:
        return Account()
    if os.geteuid() == 0 != owner:
        return Account(owner, owner)
    raise belongs_to_another(data, owner)


def belongs_to_another(directory: Path, owner: int) -> Conflict:
    return Conflict(
        f"数据库目录属于另一个用户（uid {owner}），请由该用户启动：{directory}。"
        f" The database directory belongs to another user (uid {owner}): start the service as that user: {directory}",
        directory=str(directory),
        uid=owner,
    )


def _for_new_data() -> Account:
    nobody = _somebody()
    if os.geteuid() != 0:
        return Account() if _has_name(os.geteuid()) else _first_that_works(Account(shown_as=nobody))
    # Without user namespaces (many containers) initdb can only be run by an id with a name.
    return _first_that_works(Account(UNSHARED_UID, UNSHARED_UID, shown_as=nobody), Account(nobody, nobody))


def _first_that_works(*accounts: Account) -> Account:
    for account in accounts:
        if subprocess.run(account.command(["/bin/true"], named=True), capture_output=True, check=False).returncode == 0:
            return account
    raise Unavailable(
        "当前用户在 /etc/passwd 中没有条目，无法创建内置数据库：请换用户启动，或设置 YUNWANG_DATABASE_URL。"
        " The embedded database cannot be made under this user, who has no passwd entry or no other id to use:"
        " start as another user, or set YUNWANG_DATABASE_URL.",
        uid=os.geteuid(),
    )


def _somebody() -> int:
    """An id with a name and without rights: nobody's, or any but root's."""
    ids = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    return ids.get("nobody", next(iter(ids.values()), 65534))


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
