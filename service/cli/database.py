"""Commands on the database itself; they need YUNWANG_DATABASE_URL or the embedded one."""

import secrets
from typing import Annotated

import typer

from inventory import accounts
from inventory.accounts import Grant, Role
from inventory.changes import attribute
from service.db import connect, sessions_of
from service.embedded_postgres import running_url
from service.serving import database_of, prepare
from service.settings import Settings

app = typer.Typer(help="数据库：建表、第一位管理员 / schema and first administrator", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """升级表结构并装入参考数据 / bring schema and reference data up to date."""
    settings = Settings()
    running = None if settings.database_url else running_url(settings.state_dir.resolve() / "postgres")
    if running:
        prepare(connect(running))
        return
    with database_of(settings) as url:
        engine = connect(url)
        prepare(engine)
        engine.dispose()


@app.command("create-administrator")
def create_administrator(username: Annotated[str, typer.Argument(help="用户名 / user name")]) -> None:
    """建立第一位管理员，随机口令只显示一次 / make the first administrator; its random password is shown once."""
    settings = Settings()
    url = settings.database_url or running_url(settings.state_dir.resolve() / "postgres")
    if not url:
        typer.echo("数据库未运行 / the database is not running", err=True)
        raise typer.Exit(3)
    password = secrets.token_urlsafe(15)
    with sessions_of(connect(url)).begin() as session:
        attribute(session, actor="operator", reason="first administrator")
        user = accounts.create_user(session, username, username, password)
        accounts.grant(session, user, Grant(Role.ADMINISTRATOR))
    typer.echo(password)
