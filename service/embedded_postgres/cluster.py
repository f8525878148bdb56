"""Making a new cluster: built beside its final name, so that it is either whole or not there."""

import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path

from inventory.errors import Unavailable
from service.embedded_postgres.account import Account
from service.embedded_postgres.binaries import version

DATABASE = "yunwang"
ROLE = "yunwang"
_OVERSEER = "overseer"  # initdb's superuser; the service works as ROLE, which owns its database and no more
_BUILTIN_LOCALES = 17

_ACCESS = "local all all scram-sha-256\n"

# Modest values for one machine that also runs the service. What must not be changed is on the command line instead.
_SETTINGS = """
# Set by Yunwang when the cluster was made; change them as you like.
shared_buffers = 128MB
max_connections = 200
wal_level = replica
max_wal_size = 1GB
checkpoint_timeout = 10min
random_page_cost = 1.1
log_line_prefix = '%m [%p] '
log_checkpoints = off
"""


def make(home: Path, account: Account, binaries: Path, *, durable: bool) -> None:
    unfinished = home / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.give(unfinished)
    password, overseers = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    _initdb(home, account, binaries, unfinished, overseers, durable=durable)
    (unfinished / "pg_hba.conf").write_text(_ACCESS, encoding="ascii")
    with (unfinished / "postgresql.conf").open("a", encoding="ascii") as settings:
        settings.write(_SETTINGS)
    _create_role_and_database(account, binaries, unfinished, password, durable=durable)
    _remember(home / "passfile", f"*:*:*:{ROLE}:{password}\n*:*:*:{_OVERSEER}:{overseers}\n")
    unfinished.rename(home / "data")


def _initdb(home: Path, account: Account, binaries: Path, data: Path, password: str, *, durable: bool) -> None:
    secret = home / "initdb.password"
    _remember(secret, password)
    account.give(secret)
    options = ["-D", str(data), "-U", _OVERSEER, "--pwfile", str(secret), "-A", "scram-sha-256", "-E", "UTF8", "-k"]
    try:
        _run(account, [str(binaries / "initdb"), *options, *_locale(binaries), *([] if durable else ["--no-sync"])])
    finally:
        secret.unlink()


def _locale(binaries: Path) -> list[str]:
    if version(binaries) >= _BUILTIN_LOCALES:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8", "--lc-messages=C"]


def _create_role_and_database(account: Account, binaries: Path, data: Path, password: str, *, durable: bool) -> None:
    statements = (
        f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'\n"
        f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n"
        f"REVOKE CONNECT ON DATABASE {DATABASE} FROM PUBLIC\n"
    )
    settings = ["-c", "exit_on_error=on", "-c", f"fsync={'on' if durable else 'off'}"]
    said = _run(account, [str(binaries / "postgres"), "--single", "-D", str(data), *settings, "postgres"], statements)
    if re.search(r"\b(ERROR|FATAL|PANIC):", said):
        raise _failed("postgres", said)


def _run(account: Account, argv: list[str], typed: str = "") -> str:
    # cwd: the account may not be able to enter the directory that we were started in.
    done = subprocess.run(
        account.command(argv, named=True),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=environment(),
    )
    if done.returncode != 0:
        raise _failed(Path(argv[0]).name, done.stdout + done.stderr)
    return done.stderr


def environment() -> dict[str, str]:
    """The little that the server needs of ours: it runs under another id, which must not read the service's secrets."""
    return {name: os.environ[name] for name in ("PATH", "TZ", "LD_LIBRARY_PATH") if name in os.environ}


def _failed(program: str, said: str) -> Unavailable:
    return Unavailable(
        f"无法创建内置数据库。 The embedded database cannot be made; {program} says: {said.strip()[-2000:]}"
    )


def _remember(file: Path, secret: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
        opened.write(secret)
