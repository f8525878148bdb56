"""The whole watch on real parts: register, service, collector, SNMP agent, web sites and Prometheus."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from inventory import accounts, indicators
from inventory.accounts import Grant, Role
from inventory.addresses import Address
from inventory.changes import attribute
from inventory.routing_spaces import RoutingSpace
from provisioning import credentials
from provisioning.credentials import CredentialIn, MasterKey
from service.db import sessions_of
from tests.factories import a_domain, a_host, a_system, an_agency
from tests.monitors.web_site import make_certificate, running_site
from tests.watch.network_host import NetworkHost, running_host
from tests.watch.processes import free_port, running, stop, yunwang
from tests.watch.prometheus import Alertmanager, Prometheus, running_alertmanager, running_prometheus


@dataclass
class Assets:
    """Ids of what the register holds: a watched host, three systems, and a second host that nothing watches."""

    host: int = 0
    target_host: int = 0
    healthy: int = 0
    broken: int = 0
    moving: int = 0
    untrusted: int = 0


@dataclass
class Stack:
    """Handles on the running parts."""

    engine: Engine
    folder: Path
    assets: Assets
    token: str
    service: str = ""
    collector: str = ""
    host: NetworkHost = field(init=False)
    prometheus: Prometheus = field(init=False)
    alertmanager: Alertmanager = field(init=False)
    collector_process: subprocess.Popen[bytes] = field(init=False)
    parts: ExitStack = field(default_factory=ExitStack)

    def get(self, path: str) -> httpx.Response:
        """The service's answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.get(f"http://{self.service}{path}", headers=headers, trust_env=False, timeout=10)

    def start_collector(self) -> None:
        """Collect what the service's target list names, but every second."""
        document = self.get("/api/v1/collector/targets").raise_for_status().json()
        for target in document["targets"]:
            target |= {"interval_seconds": 1, "timeout_seconds": 1}
        targets = self.folder / "targets.json"
        targets.write_text(json.dumps(document))
        port = self.collector.rpartition(":")[2]
        self.collector_process = self.parts.enter_context(
            running(
                yunwang("collector", "--targets", str(targets)), self.folder / "collector.log",
                f"http://{self.collector}/healthz", YUNWANG_COLLECTOR_PORT=port,
            )
        )  # fmt: skip

    def stop_collector(self) -> None:
        """End it as an operator would."""
        stop(self.collector_process)


def register(session: Session, folder: Path, host: NetworkHost, plain: str, secure: str) -> tuple[Assets, str]:
    """Write the assets, and a program's token that may read all and fetch target lists."""
    attribute(session, actor="test", reason="live watch")
    user = accounts.create_user(session, "watcher", "监视", None)
    for role in (Role.VIEWER, Role.ENGINEER):
        accounts.grant(session, user, Grant(role))
    token, _ = accounts.issue_token(session, user, "watch", timedelta(days=1))
    indicators.load_indicators(session)
    key = MasterKey.create(folder / "master.key")
    secret: dict[str, Any] = {"kind": "variables", "variables": {"community": "public"}}
    wanted = CredentialIn.model_validate({"name": "示例团体字", "secret": secret})
    credentials.store(session, wanted, key, by="test")
    agency, place = an_agency(session, name="示例单位"), a_domain(session)
    space = RoutingSpace(domain_id=place.id, name="示例空间")
    session.add(space)
    session.flush()
    watched = a_host(session, agency, name="示例交换机", routing_space_id=space.id, snmp_credential="示例团体字",
                     snmp_port=host.port)  # fmt: skip
    session.add(Address(routing_space_id=space.id, address=host.address, host_id=watched.id, management=True))
    ids = Assets(
        host=watched.id,
        target_host=a_host(session, agency, name="示例云主机").id,
        healthy=a_system(session, agency, name="示例门户", url=f"{plain}/").id,
        broken=a_system(session, agency, name="示例平台", url=f"{plain}/broken").id,
        moving=a_system(session, agency, name="示例迁移系统", url=f"{plain}/broken").id,
        untrusted=a_system(session, agency, name="示例自签系统", url=f"{secure}/").id,
    )
    return ids, token


@contextmanager
def running_stack(engine: Engine, folder: Path) -> Iterator[Stack]:
    """Everything up, in the order in which each needs the one before."""
    with ExitStack() as parts:
        host = parts.enter_context(running_host(folder))
        host.describe("uplink1", "至核心")
        plain = parts.enter_context(running_site())
        secure = parts.enter_context(running_site(make_certificate(folder, days=3)))
        with sessions_of(engine).begin() as session:
            assets, token = register(session, folder, host, plain, secure)
        stack = Stack(engine, folder, assets, token, parts=parts)
        stack.host = host
        stack.service, stack.collector = (f"127.0.0.1:{free_port()}" for _ in range(2))
        ports = {"YUNWANG_PORT": stack.service.rpartition(":")[2],
                 "YUNWANG_COLLECTOR_PORT": stack.collector.rpartition(":")[2]}  # fmt: skip
        settings = {"YUNWANG_DATABASE_URL": engine.url.render_as_string(hide_password=False),
                    "YUNWANG_STATE_DIR": str(folder)}  # fmt: skip
        parts.enter_context(
            running(yunwang("api"), folder / "service.log", f"http://{stack.service}/healthz", **settings, **ports)
        )
        stack.start_collector()
        stack.alertmanager = parts.enter_context(running_alertmanager(folder))
        addresses = {"service": stack.service, "collector": stack.collector, "alertmanager": stack.alertmanager.address}
        stack.prometheus = parts.enter_context(running_prometheus(folder, token, **addresses))
        yield stack
