"""`yunwang serve`: the whole product on one machine, and how it is put together."""

import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy import Engine

from inventory import divisions, indicators, network_domains, policies
from inventory.accounts import Role
from inventory.changes import attribute
from inventory.errors import Conflict
from provisioning.credentials import MasterKey
from service.db import Sessions, connect, sessions_of
from service.embedded_postgres import EmbeddedPostgres
from service.program_tokens import fresh_token
from service.schema import upgrade
from service.settings import Settings
from service.supervisor import Program, Supervisor

COLLECTOR = "collector"


@dataclass(frozen=True)
class Visitor:
    """A demo user: what it may do, and why one would log in as it."""

    username: str
    zh: str
    en: str


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The database's URL: the one that is set, or an embedded PostgreSQL that lives as long as this block."""
    if settings.database_url:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.state_dir.resolve() / "postgres") as url:
        yield url


def prepare(engine: Engine) -> Sessions:
    """Bring schema and reference data up to date."""
    upgrade(engine)
    sessions = sessions_of(engine)
    with sessions.begin() as session:
        attribute(session, actor="system", reason="reference data")
        divisions.load_province(session)
        network_domains.load_domains(session)
        policies.load_clauses(session)
        indicators.load_indicators(session)
    return sessions


def programs(settings: Settings, database: str, token: str) -> list[Program]:
    """API, worker and collector as programs of this installation."""
    yunwang = [sys.executable, "-m", "service.cli"]
    env = {"YUNWANG_DATABASE_URL": database, "YUNWANG_STATE_DIR": str(settings.state_dir.resolve())}
    address = f"http://{settings.host}:{settings.port}"

    def ready() -> bool:
        try:
            return httpx.get(f"{address}/healthz", timeout=1, trust_env=False).is_success
        except httpx.TransportError:
            return False

    return [
        Program("api", [*yunwang, "api"], env, ready),
        Program("worker", [*yunwang, "worker"], env),
        Program("collector", [*yunwang, "collector", "--targets", f"{address}/api/v1/collector/targets"],
                {"YUNWANG_COLLECTOR_TOKEN": token}),
    ]  # fmt: skip


def refuse_taken(host: str, port: int, variable: str) -> None:
    """Two services on one port: the newcomer would take the other's answers for its own."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        raise Conflict(
            f"{host}:{port} 无法监听，请停止占用它的程序，或用 {variable} 换一个端口 / cannot listen there: "
            f"stop what uses it, or choose another with {variable} ({error.strerror})"
        ) from None


def serve(settings: Settings, *, demo: bool) -> int:
    """Run everything until a signal; returns the exit code."""
    from service.demo import load_demo, renew_visitors

    refuse_taken(settings.host, settings.port, "YUNWANG_PORT")
    refuse_taken(settings.collector_host, settings.collector_port, "YUNWANG_COLLECTOR_PORT")
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    if not settings.master_key_path.exists():
        MasterKey.create(settings.master_key_path)
    with database_of(settings) as url:
        engine = connect(url, pool_size=2)
        sessions = prepare(engine)
        greeting = ""
        if demo:
            load_demo(sessions, f"http://{settings.host}:{settings.port}/healthz")
            password = secrets.token_urlsafe(9)
            greeting = _greeting(settings, renew_visitors(sessions, password), password)
        token = fresh_token(sessions, COLLECTOR, Role.ENGINEER)
        engine.dispose()
        supervisor = Supervisor(programs(settings, url, token))
        return supervisor.run(lambda: print(greeting or f"http://{settings.host}:{settings.port}/", flush=True))


def _greeting(settings: Settings, visitors: list[Visitor], password: str) -> str:
    address = f"http://{settings.host}:{settings.port}"
    lines = [
        "", "=" * 78, f"  云网 Yunwang  {address}/", "",
        "  示例用户（示例数据，口令每次启动都会更换）/ demo users (a new password at each start):",
        *(f"    {visitor.username:<14}{password}   {visitor.zh} / {visitor.en}" for visitor in visitors), "",
        "  接下来可以 / try next:",
        f"    {address}/rate           上云率与未上云清单 / cloud rate and gap list",
        f"    {address}/surveys        下载模板、导入普查表 / survey template and import",
        f"    export YUNWANG_URL={address}",
        "    export YUNWANG_TOKEN=$(.venv/bin/yunwang login planner)",
        "    .venv/bin/yunwang report cloud-rate --as-of 2018-12-31",
        "    .venv/bin/yunwang migrate --help", "",
        "  按 Ctrl-C 停止 / press Ctrl-C to stop", "=" * 78, "",
    ]  # fmt: skip
    return "\n".join(lines)
