"""Commands on the installation itself; those on the database need YUNWANG_DATABASE_URL or the embedded one."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import IntegrityError

from inventory import accounts
from inventory.accounts import Grant, Role
from inventory.changes import attribute
from inventory.errors import Refusal
from provisioning.credentials import MasterKey
from service.db import Sessions, connect, sessions_of
from service.embedded_postgres import running_url
from service.problems import refusal_of
from service.program_tokens import fresh_token
from service.serving import database_of, prepare
from service.settings import Settings

app = typer.Typer(
    help="数据库：建表、管理员、令牌、主密钥 / schema, first administrator, tokens, master key", no_args_is_help=True
)


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
    password = secrets.token_urlsafe(15)
    try:
        with _sessions() as sessions, sessions.begin() as session:
            attribute(session, actor="operator", reason="first administrator")
            user = accounts.create_user(session, username, username, password)
            accounts.grant(session, user, Grant(Role.ADMINISTRATOR))
    except IntegrityError as violated:
        _give_up(f"{username}: {refusal_of(violated).detail}")
    typer.echo(password)


@app.command("issue-token")
def issue_token(
    username: Annotated[str, typer.Argument(help="程序账号，没有则建立 / the program's account, made if missing")],
    role: Annotated[Role, typer.Option(help="角色 / role; collector: engineer, Prometheus: viewer")],
    days: Annotated[int, typer.Option(min=1, max=366, help="有效天数 / days until it expires")] = 366,
) -> None:
    """为程序签发令牌，只显示一次，旧令牌随即吊销 / a program's token, shown once; the ones before are revoked."""
    try:
        with _sessions() as sessions:
            token = fresh_token(sessions, username, role, days)
    except Refusal as refusal:
        _give_up(refusal.detail)
    typer.echo(token)


@app.command("create-master-key")
def create_master_key() -> None:
    """建立加密凭据的主密钥 / make the key that encrypts credentials; one that is there stays."""
    path = Settings().master_key_path
    try:
        MasterKey.create(path)
    except FileExistsError:
        typer.echo(f"已有主密钥，未改动 / the key is there already, untouched: {path}")
    except OSError as error:
        _give_up(f"无法写入主密钥 / the master key cannot be written: {error}")
    else:
        typer.echo(f"请立即离线备份，丢失则凭据无法解密 / back it up now, without it no credential opens: {path}")


@contextmanager
def _sessions() -> Iterator[Sessions]:
    settings = Settings()
    url = settings.database_url or running_url(settings.state_dir.resolve() / "postgres")
    if not url:
        _give_up("数据库未运行 / the database is not running", code=3)
    engine = connect(url, pool_size=1)
    try:
        yield sessions_of(engine)
    finally:
        engine.dispose()


def _give_up(words: str, code: int = 1) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(code)
