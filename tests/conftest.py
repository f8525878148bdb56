"""One real PostgreSQL for the run, one migrated database per worker, one rolled-back transaction per test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from service.db import connect
from service.embedded_postgres import EmbeddedPostgres
from service.schema import upgrade


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server: the one that YUNWANG_TEST_DATABASE_URL names, or an embedded one."""
    if given := os.environ.get("YUNWANG_TEST_DATABASE_URL"):
        yield given
        return
    directory = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(Path(directory) / "cluster", durable=False) as url:
        yield url


def create_database(server: str, name: str, template: str | None = None) -> str:
    """A fresh database on the server, copied from a template if one is named; returns its URL."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else "")))
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_database(server: str, name: str) -> None:
    """Remove a database, whoever is still connected to it."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def template(postgres: str, worker_id: str) -> str:
    """Name of a database that holds the migrated schema and no rows."""
    name = f"template_{os.getpid()}_{worker_id}"
    engine = connect(create_database(postgres, name))
    upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def database(postgres: str, template: str, worker_id: str) -> str:
    """URL of this worker's database; tests roll back what they do in it."""
    return create_database(postgres, f"test_{os.getpid()}_{worker_id}", template)


@pytest.fixture(scope="session")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session inside a transaction that is rolled back; a commit in the code under test is a savepoint's."""
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture
def own_database(postgres: str, template: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of its own for a test that needs real commits (workers, two sessions); dropped afterwards."""
    name = f"own_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**9}"
    engine = connect(create_database(postgres, name, template))
    yield engine
    engine.dispose()
    drop_database(postgres, name)


# Suites that share an expensive real part run on one worker each, one after the other.
SHARED_PARTS = {"playbooks": "lab", "test_live_migration.py": "lab", "docker": "docker", "watch": "watch"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send the tests of one lab to one worker (with --dist loadgroup)."""
    for item in items:
        for part in item.path.parts:
            if part in SHARED_PARTS:
                item.add_marker(pytest.mark.xdist_group(SHARED_PARTS[part]))
