"""The embedded PostgreSQL's start, end, sudden end and next start."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from inventory.errors import Conflict, Unavailable
from service.embedded_postgres import EmbeddedPostgres, running_url
from tests.service.embedded import execute, gone, open_directory, service_on


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A durable cluster that is not running."""
    with open_directory() as directory:
        with EmbeddedPostgres(directory / "cluster") as url:
            execute(url, "CREATE TABLE kept (n int)")
        yield directory / "cluster"


def test_directory_of_another_user_is_refused_and_left_alone() -> None:
    with open_directory() as directory:
        if os.geteuid() == 0:
            os.chown(directory, 65534, 65534)
        with pytest.raises(Conflict, match="belongs to another user"):
            EmbeddedPostgres(directory if os.geteuid() == 0 else Path("/usr"), durable=False).start()

        assert list(directory.iterdir()) == []


def test_cluster_of_a_major_that_is_not_installed_is_refused(made: Path) -> None:
    version = (made / "data/PG_VERSION").read_text()
    (made / "data/PG_VERSION").write_text("9\n")

    with pytest.raises(Unavailable, match="No PostgreSQL 9 here"):
        EmbeddedPostgres(made).start()

    (made / "data/PG_VERSION").write_text(version)


def test_damaged_cluster_is_refused_with_the_servers_words_and_the_lock_is_free_again(made: Path) -> None:
    control, aside = made / "data/global/pg_control", made / "data/global/aside"
    control.rename(aside)

    for _ in range(2):
        with pytest.raises(Unavailable, match="pg_control"):
            EmbeddedPostgres(made).start()

    aside.rename(control)


def test_half_made_cluster_is_made_anew(made: Path) -> None:
    with open_directory() as directory:
        shutil.copytree(made / "data", directory / "cluster/data.unfinished")
        directory.joinpath("cluster").chmod(0o711)

        with EmbeddedPostgres(directory / "cluster", durable=False) as url:
            assert execute(url, "SELECT to_regclass('kept')") == [(None,)]


def test_rows_are_there_at_the_next_start_which_is_quick(made: Path) -> None:
    with EmbeddedPostgres(made) as url:
        execute(url, "INSERT INTO kept VALUES (1)")

    began = time.monotonic()
    with EmbeddedPostgres(made) as url:
        assert time.monotonic() - began < 3  # 0.1 s on an idle machine
        assert (1,) in execute(url, "SELECT n FROM kept")


def test_nothing_is_left_running_after_stop(made: Path) -> None:
    with EmbeddedPostgres(made):
        assert running_url(made)

    assert gone(made, within=0)
    assert running_url(made) is None
    assert not (made / "socket").exists()


def test_server_ends_when_the_service_is_killed_and_the_next_start_finds_what_was_committed(made: Path) -> None:
    with service_on(made) as (service, url):
        execute(url, "INSERT INTO kept VALUES (2)")

        service.kill()
        service.wait()

        assert gone(made, within=5)
    with EmbeddedPostgres(made) as url:
        assert (2,) in execute(url, "SELECT n FROM kept")


def test_start_right_after_a_kill_waits_for_the_old_server(made: Path) -> None:
    with service_on(made) as (service, url):
        execute(url, "INSERT INTO kept VALUES (3)")
        service.kill()
        service.wait()

        with EmbeddedPostgres(made) as again:
            assert (3,) in execute(again, "SELECT n FROM kept")


def test_directory_in_use_by_another_process_is_refused_and_names_it(made: Path) -> None:
    with service_on(made) as (service, url):
        with pytest.raises(Conflict, match=rf"Process {service.pid} is using"):
            EmbeddedPostgres(made).start()

        assert running_url(made) == url


def test_stale_pid_file_that_names_a_living_stranger_does_not_stop_the_start(made: Path) -> None:
    stale, owner = made / "data/postmaster.pid", (made / "data").stat().st_uid
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=owner if os.geteuid() == 0 else None, cwd="/")
    stale.write_text(f"{stranger.pid}\n{made}/data\n1700000000\n5432\n{made}/socket\n\n0 0\nready\n")
    os.chown(stale, owner, -1)
    assert running_url(made) is None

    with EmbeddedPostgres(made) as url:
        assert execute(url, "SELECT 1") == [(1,)]
    stranger.kill()
    stranger.wait()


def test_server_does_not_see_the_services_secrets(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNWANG_COLLECTOR_TOKEN", "do-not-tell")
    monkeypatch.setenv("PGDATABASE", "nonsense")
    server = EmbeddedPostgres(made)

    with server:
        assert b"do-not-tell" not in Path(f"/proc/{server.pid}/environ").read_bytes()


def test_deep_directory_gets_a_short_private_socket_directory_that_goes_with_the_server() -> None:
    with open_directory() as directory:
        deep = directory / ("d" * 60) / ("e" * 60) / "cluster"
        with EmbeddedPostgres(deep, durable=False) as url:
            place = Path(str(make_url(url).query["host"]))

            assert execute(url, "SELECT 1") == [(1,)]
            assert place.stat().st_mode & 0o777 == 0o700
            assert running_url(deep) == url
        assert not place.exists()


def test_short_socket_directory_of_a_killed_service_is_removed_at_the_next_start() -> None:
    with open_directory() as directory:
        deep = directory / ("d" * 120) / "cluster"
        with service_on(deep, durable="no") as (service, url):
            left = Path(str(make_url(url).query["host"]))
            service.kill()
            service.wait()
        assert left.exists()

        with EmbeddedPostgres(deep, durable=False):
            assert not left.exists()
