"""`yunwang login`: a token for a password, printed for the shell's environment and kept nowhere."""

import sys
from typing import Annotated

import typer

from service.cli.client import api


def login(username: Annotated[str, typer.Argument(help="用户名 / user name")]) -> None:
    """以口令换取12小时令牌：export YUNWANG_TOKEN=$(yunwang login USER) / a token for half a day."""
    if sys.stdin.isatty():
        password = typer.prompt(f"口令 / password of {username}", hide_input=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    with api() as client:
        answer = client.post("/login", json={"username": username, "password": password})
    typer.echo(answer.json()["token"])
