"""The product as an operator runs it: database, API, workers and command line, with the lab's hosts registered."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from inventory import accounts
from inventory.accounts import Grant, Role
from inventory.addresses import Address
from inventory.hosts import HostKind
from inventory.routing_spaces import RoutingSpace
from provisioning.credentials import MasterKey
from provisioning.runs import logbook
from provisioning.runs.model import Run
from service.db import sessions_of
from tests import factories
from tests.lab.migration import MigrationLab

ROOT = Path(__file__).resolve().parents[2]
YUNWANG = [sys.executable, "-m", "service.cli"]
OURS = {"run_id", "source_address", "target_address", "front_address", "source_user"}  # the register knows these


class Site:
    """One installation; everything that it starts ends with `close`."""

    def __init__(self, engine: Engine, directory: Path, lab: MigrationLab) -> None:
        self.lab, self.directory = lab, directory
        self.sessions = sessions_of(engine)
        MasterKey.create(directory / "master.key")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        database = engine.url.render_as_string(hide_password=False)
        own = {"YUNWANG_DATABASE_URL": database, "YUNWANG_STATE_DIR": str(directory), "YUNWANG_PORT": str(port)}
        self._environment = {**os.environ, **own, "YUNWANG_URL": self.url, "YUNWANG_SECURE_COOKIES": "false"}
        self._processes: list[subprocess.Popen[bytes]] = []
        with self.sessions.begin() as session:
            self.hosts = self._register(session)
            self.tokens = {name: _token(session, name, role) for name, role in PEOPLE.items()}
        self._start("api")
        self.wait_for(self._answers, 60)

    def yunwang(self, person: str, *arguments: str, stdin: str = "") -> str:
        """What the command line prints; it must succeed."""
        environment = {**self._environment, "YUNWANG_TOKEN": self.tokens[person]}
        command = [*YUNWANG, *arguments]
        said = subprocess.run(
            command, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, check=False, timeout=120
        )
        assert said.returncode == 0, said.stdout + said.stderr
        return said.stdout

    def ask(self, path: str, person: str = "engineer", **asked: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[person]}"}
        answer = httpx.get(f"{self.url}/api/v1{path}", headers=headers, params=asked, timeout=30, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json()

    def hire(self) -> "subprocess.Popen[bytes]":
        return self._start("worker")

    def replace(self, worker: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
        """kill -9, and another worker."""
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        return self.hire()

    def plan(self) -> int:
        """The plan file of the documentation, recorded by the engineer; its number."""
        spec = {key: value for key, value in self.lab.migration("-").items() if key not in OURS}
        plan = {
            "system": "SYS-WIKI", "source": "old", "target": "new", "front": "edge",
            "migration": spec | {"credentials": {"database_password": "wiki-database"}},
        }  # fmt: skip
        path = self.directory / "plan.yaml"
        path.write_text(yaml.safe_dump(plan, allow_unicode=True))
        return int(self.yunwang("engineer", "migrate", "plan", str(path)).split()[0])

    def state(self, number: int) -> str:
        return str(self.ask(f"/migrations/{number}")["state"])

    def step(self, number: int, name: str) -> dict[str, Any]:
        steps = self.ask(f"/migrations/{number}")["runs"][-1]["steps"]
        return next(step for step in steps if step["name"] == name)

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.diagnosis()
            time.sleep(0.2)

    def reach(self, number: int, state: str, seconds: float = 300) -> None:
        """Wait for a state; a failure ends the waiting with what was said."""
        self.wait_for(lambda: self.state(number) in {state, "failed"}, seconds)
        assert self.state(number) == state, self.diagnosis()

    def tag(self, number: int) -> str:
        with self.sessions.begin() as session:
            query = select(Run.tag).where(Run.migration_id == number).order_by(Run.id.desc())
            return str(session.scalars(query).first())

    def tasks_of(self, number: int, step: str) -> int:
        """How many tasks of a step the newest run has begun."""
        run = self.ask(f"/migrations/{number}")["runs"][-1]["id"]
        with self.sessions.begin() as session:
            events = logbook.after(session, run, 0, 10_000)
        return sum(event.step == step and event.body.get("event") == "playbook_on_task_start" for event in events)

    def diagnosis(self) -> str:
        try:
            shown = self.ask("/migrations")["items"]
        except httpx.TransportError:
            return "the API does not answer"
        told = [(item["id"], item["state"], item["why"], item["runs"]) for item in shown]
        return json.dumps(told, ensure_ascii=False, indent=1)[-6000:]

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, part: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([*YUNWANG, part], cwd=ROOT, env=self._environment)
        self._processes.append(process)
        return process

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _register(self, session: Session) -> dict[str, int]:
        agency = factories.an_agency(session)
        space = RoutingSpace(domain_id=factories.a_domain(session).id, name="示例空间")
        session.add(space)
        session.flush()
        tenant = factories.a_tenant(session, agency)
        rows = {}
        for name in ("old", "new", "edge"):
            cloud = {"kind": HostKind.CLOUD_HOST, "tenant_id": tenant.id} if name == "new" else {}
            host = factories.a_host(
                session,
                agency,
                name=name,
                routing_space_id=space.id,
                ssh_user="deploy",
                ssh_credential="fleet",
                **cloud,
            )
            address = self.lab.address(name)
            session.add(Address(routing_space_id=space.id, address=address, host_id=host.id, management=True))
            rows[name] = host.id
        component = factories.a_component(session, factories.a_system(session, agency, code="SYS-WIKI"))
        factories.a_deployment(session, component, host_id=rows["old"])
        return rows


PEOPLE = {"engineer": Role.ENGINEER, "approver": Role.APPROVER, "accepter": Role.APPROVER}


def _token(session: Session, name: str, role: Role) -> str:
    user = accounts.create_user(session, name, "示例人员", None)
    accounts.grant(session, user, Grant(role))
    return accounts.issue_token(session, user, "live", timedelta(days=1))[0]
