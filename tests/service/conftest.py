"""A client of the application on the test's own transaction."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from inventory import accounts
from inventory.accounts import Grant, Role
from service.app import create_app
from service.settings import Settings

ClientAs = Callable[..., TestClient]
_serial = count(1)


@pytest.fixture
def app(engine: Engine, session: Session, tmp_path: Path) -> FastAPI:
    """The application; its sessions join the test's transaction."""
    app = create_app(Settings(state_dir=tmp_path), engine)
    app.state.sessions = sessionmaker(
        session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    return app


@pytest.fixture
def client_as(app: FastAPI, session: Session) -> Iterator[ClientAs]:
    """client_as(Role.PLANNER, agency_id=…) -> a client with a token of a new user that holds just that."""
    opened: list[TestClient] = []

    def make(*roles: Role, division_id: int | None = None, agency_id: int | None = None) -> TestClient:
        user = accounts.create_user(session, f"user{next(_serial)}", "测试用户", None)
        for role in roles:
            accounts.grant(session, user, Grant(role, division_id, agency_id))
        session.refresh(user)
        token, _ = accounts.issue_token(session, user, "test", timedelta(days=1))
        session.flush()
        client = TestClient(app, headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def client(client_as: ClientAs) -> TestClient:
    """A client that may do everything."""
    return client_as(*Role)
