"""`yunwang db`: what a new installation needs before anybody can log in."""

import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from inventory import accounts
from inventory.accounts import Grant, Role
from inventory.errors import NotFound
from provisioning.credentials import MasterKey
from service.cli import app


def yunwang(*arguments: str, database: Engine | None = None, state: Path | None = None) -> Result:
    """Run a command as an operator's shell would."""
    env = {"YUNWANG_STATE_DIR": str(state or "/nowhere")}
    if database is not None:
        env["YUNWANG_DATABASE_URL"] = database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(app, list(arguments), env=env)


def test_without_a_database_the_commands_say_so(tmp_path: Path) -> None:
    for command in (["issue-token", "collector", "--role", "engineer"], ["create-administrator", "admin"]):
        told = yunwang("db", *command, state=tmp_path)
        assert told.exit_code == 3
        assert "database is not running" in told.stderr


def test_a_person_gets_no_program_token(own_database: Engine) -> None:
    with Session(own_database) as session, session.begin():
        person = accounts.create_user(session, "zhang.san", "张三（示例）", "一个足够长的示例口令")
        accounts.grant(session, person, Grant(Role.ENGINEER))

    told = yunwang("db", "issue-token", "zhang.san", "--role", "engineer", database=own_database)

    assert told.exit_code == 1
    assert "a person's account" in told.stderr
    assert told.stdout == ""


def test_a_program_gets_no_role_that_it_was_not_given(own_database: Engine) -> None:
    assert yunwang("db", "issue-token", "prometheus", "--role", "viewer", database=own_database).exit_code == 0

    told = yunwang("db", "issue-token", "prometheus", "--role", "administrator", database=own_database)

    assert told.exit_code == 1
    assert "does not hold the role" in told.stderr


@pytest.mark.parametrize("wrong", [["--days", "0"], ["--days", "367"], ["--role", "king"]])
def test_a_wrong_option_is_bad_usage(own_database: Engine, wrong: list[str]) -> None:
    told = yunwang("db", "issue-token", "prometheus", "--role", "viewer", *wrong, database=own_database)

    assert told.exit_code == 2


def test_a_second_token_ends_the_first(own_database: Engine) -> None:
    first, second = (
        yunwang("db", "issue-token", "collector", "--role", "engineer", database=own_database).stdout.strip()
        for _ in range(2)
    )

    with Session(own_database) as session:
        assert accounts.caller_of_token(session, second).username == "collector"
        with pytest.raises(NotFound, match="revoked"):
            accounts.caller_of_token(session, first)


def test_a_taken_user_name_is_refused_in_words(own_database: Engine) -> None:
    assert yunwang("db", "create-administrator", "admin", database=own_database).exit_code == 0

    told = yunwang("db", "create-administrator", "admin", database=own_database)

    assert told.exit_code == 1
    assert "admin: 用户名已存在 / this user exists" in told.stderr
    assert told.stdout == ""


def test_a_master_key_that_is_there_stays(tmp_path: Path) -> None:
    assert yunwang("db", "create-master-key", state=tmp_path).exit_code == 0
    key = MasterKey.read(tmp_path / "master.key")

    told = yunwang("db", "create-master-key", state=tmp_path)

    assert told.exit_code == 0
    assert "untouched" in told.stdout
    assert MasterKey.read(tmp_path / "master.key") == key


def test_a_master_key_with_no_place_to_be_is_refused(tmp_path: Path) -> None:
    told = yunwang("db", "create-master-key", state=tmp_path / "missing")

    assert told.exit_code == 1
    assert "cannot be written" in told.stderr


@pytest.mark.parametrize("variable", ["YUNWANG_PORT", "YUNWANG_COLLECTOR_PORT"])
def test_serve_on_a_taken_port_says_which_and_starts_nothing(variable: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"YUNWANG_PORT": "0", "YUNWANG_COLLECTOR_PORT": "0", variable: str(port)}
        told = CliRunner().invoke(app, ["serve"], env={"YUNWANG_STATE_DIR": str(tmp_path / "state"), **ports})

    assert told.exit_code == 1
    assert f"127.0.0.1:{port}" in told.stderr
    assert variable in told.stderr
    assert not (tmp_path / "state").exists()
