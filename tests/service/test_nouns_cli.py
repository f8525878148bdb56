"""`yunwang put` and `yunwang list` against a service that really listens."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from inventory import accounts, changes
from inventory.accounts import Grant, Role
from service.cli.main import app as commands
from tests.factories import a_host, an_agency


@pytest.fixture
def shell(app: FastAPI, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    """A shell with an engineer's token and the address of the running service."""
    user = accounts.create_user(session, "shell", "测试用户", None)
    accounts.grant(session, user, Grant(Role.ENGINEER))
    token, _ = accounts.issue_token(session, user, "t", timedelta(days=1))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    monkeypatch.setenv("YUNWANG_URL", f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    monkeypatch.setenv("YUNWANG_TOKEN", token)
    yield CliRunner()
    server.should_exit = True
    thread.join(10)


def run(shell: CliRunner, *words: str) -> Result:
    return shell.invoke(commands, list(words))


def test_put_registers_once_changes_afterwards_and_keeps_the_reason(shell: CliRunner, session: Session) -> None:
    agency = an_agency(session)
    known = [f"agency_id={agency.id}", "name=机房甲", "code=JF-7", f"division_id={agency.division_id}"]

    first = run(shell, "put", "sites", *known)
    second = run(shell, "put", "sites", *known[:1], "name=机房乙", *known[2:], "--reason", "更名")

    assert first.exit_code == second.exit_code == 0
    assert first.stdout == second.stdout
    story = changes.story_of(session, "sites", int(first.stdout))
    assert [event.reason for event in story] == [None, "更名"]


def test_a_refusal_is_told_in_words_and_ends_with_1(shell: CliRunner, session: Session) -> None:
    host = a_host(session)

    answer = run(shell, "put", "hosts", f"agency_id={host.agency_id}", f"name={host.name}", "kind=spaceship")

    assert answer.exit_code == 1
    assert "kind" in answer.stderr


def test_a_word_without_a_value_is_a_usage_error(shell: CliRunner) -> None:
    assert run(shell, "put", "hosts", "name").exit_code == 2


def test_list_filters_and_prints_json_lines(shell: CliRunner, session: Session) -> None:
    host = a_host(session)

    answer = run(shell, "list", "hosts", f"name={host.name}", "--json")

    assert [json.loads(line)["id"] for line in answer.stdout.splitlines()] == [host.id]


def test_an_unknown_noun_is_not_found(shell: CliRunner) -> None:
    assert run(shell, "list", "spaceships").exit_code == 1
