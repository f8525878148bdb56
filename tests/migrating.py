"""A small world in which a system can be moved: an old host, a cloud host, people, and rows for the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from inventory import accounts, migrations
from inventory.accounts import Caller, Grant, Reach, Role
from inventory.addresses import Address
from inventory.agencies import Agency
from inventory.business_systems import BusinessSystem
from inventory.components import Component
from inventory.deployments import Deployment
from inventory.hosts import Host, HostKind
from inventory.migrations import Migration, MigrationIn
from inventory.routing_spaces import RoutingSpace
from provisioning.credentials import Credential, CredentialKind, Revealed
from provisioning.runs.plays import Tools
from provisioning.runs.runner import Runner
from tests import factories
from tests.provisioning.fake_runner import FakeRunner

_serial = count(1)
EVERYWHERE = Reach(None)
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXA"
SPEC: dict[str, Any] = {
    "packages": ["nginx"],
    "files": [{"path": "/srv/example"}],
    "database": {"name": "example", "owner": "example"},
    "services": ["nginx"],
    "switch": {"kind": "none"},
    "probes": [{"name": "首页", "url": "http://{address}/", "contains": "示例"}],
}


@dataclass
class World:
    """Rows that a migration needs, and the people who decide."""

    agency: Agency
    system: BusinessSystem
    component: Component
    deployment: Deployment
    source: Host
    target: Host
    engineer: Caller
    approver: Caller
    accepter: Caller
    wanted: MigrationIn = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = MigrationIn(
            system=self.system.code, source=self.source.id, target=self.target.id, migration=SPEC,  # type: ignore[arg-type]
        )  # fmt: skip


def a_person(session: Session, *roles: Role, agency_id: int | None = None) -> Caller:
    user = accounts.create_user(session, f"person{next(_serial)}", "示例人员", None)
    for role in roles:
        accounts.grant(session, user, Grant(role, agency_id=agency_id))
    return Caller(user.id, user.username, tuple(Grant(role, agency_id=agency_id) for role in roles))


def a_reachable_host(session: Session, agency: Agency, space: RoutingSpace, **over: Any) -> Host:
    """A host with management address, host key and credential."""
    if not session.query(Credential).filter_by(name="fleet").first():
        sealed = {"kind": CredentialKind.SSH_KEY, "ciphertext": b"", "fingerprint": "SHA256:x"}
        session.add(Credential(name="fleet", created_by="x", **sealed))
    values = {"routing_space_id": space.id, "ssh_user": "deploy", "ssh_host_key": HOST_KEY, "ssh_credential": "fleet"}
    host = factories.a_host(session, agency, **(values | over))
    number = next(_serial)
    address = f"198.18.{number // 250}.{number % 250 + 1}"
    session.add(Address(routing_space_id=space.id, address=address, host_id=host.id, management=True))
    session.flush()
    return host


def a_world(session: Session, **system: Any) -> World:
    agency = factories.an_agency(session)
    domain = factories.a_domain(session)
    space = RoutingSpace(domain_id=domain.id, name=f"示例空间{next(_serial)}")
    session.add(space)
    session.flush()
    source = a_reachable_host(session, agency, space)
    tenant = factories.a_tenant(session, agency)
    target = a_reachable_host(session, agency, space, kind=HostKind.CLOUD_HOST, tenant_id=tenant.id)
    moved = factories.a_system(session, agency, **system)
    component = factories.a_component(session, moved)
    deployment = factories.a_deployment(session, component, host_id=source.id, valid_from=date(2016, 1, 1))
    people = [a_person(session, Role.ENGINEER), a_person(session, Role.APPROVER), a_person(session, Role.APPROVER)]
    return World(agency, moved, component, deployment, source, target, *people)


def a_planned(session: Session, world: World) -> Migration:
    return migrations.plan(session, world.wanted, world.engineer, EVERYWHERE)


def an_approved(session: Session, world: World) -> Migration:
    return migrations.approve(session, a_planned(session, world), world.approver)


def fake_tools(runner: Runner | None = None) -> Tools:
    """A scripted runner, and a key store in which every name opens."""
    reveal: Callable[[Session, str], Revealed] = lambda _session, _name: Revealed(ssh_keys=("key",))  # noqa: E731
    return Tools(runner or FakeRunner(), reveal)
