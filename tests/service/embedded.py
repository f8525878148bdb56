"""What the tests of the embedded PostgreSQL share: a place for it, and a service that can be killed."""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text

ROOT = Path(__file__).parents[2]

SERVICE = """
import pathlib, sys, time
from service.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=sys.argv[2] == "durable") as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def open_directory() -> Iterator[Path]:
    """A short directory that every id may pass, unlike pytest's own, which lies below a 0700 one."""
    directory = Path(tempfile.mkdtemp(prefix="yw-pg-", dir="/tmp"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


@contextlib.contextmanager
def service_on(directory: Path, *, durable: str = "durable") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A service in a process of its own, and the URL that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(directory), durable],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    assert process.stdout
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()
        gone(directory)


def living_in(data: Path) -> list[int]:
    """PostgreSQL's processes (all of them, not only the postmaster) whose working directory is this one."""
    return [int(each.name) for each in Path("/proc").glob("[0-9]*") if _serves(each, data)]


def _serves(process: Path, data: Path) -> bool:
    try:
        return (process / "exe").readlink().name.startswith("postgres") and (process / "cwd").samefile(data)
    except OSError:  # gone meanwhile, or another user's
        return False


def gone(home: Path, within: float = 5.0) -> bool:
    """Whether no server process is left within so many seconds."""
    until = time.monotonic() + within
    while living_in(home / "data") and time.monotonic() < until:
        time.sleep(0.05)
    return living_in(home / "data") == []


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows
