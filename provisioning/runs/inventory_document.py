"""What Ansible is told about the hosts of a migration: written from the register, never from a file."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.addresses import Address
from inventory.errors import Invalid, NotFound, Refusal
from inventory.hosts import Host
from inventory.migrations import Migration
from provisioning import credentials
from provisioning.credentials import CredentialKind

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
TAKEN = frozenset({"all", "ungrouped", "localhost", "source", "target", "front"})


@dataclass(frozen=True)
class Reached:
    """The hosts of a migration as a play reaches them."""

    document: dict[str, object]
    addresses: dict[str, str]  # group -> address
    known_hosts: str
    credentials: tuple[str, ...]  # names of the stored SSH keys
    source_user: str
    source_port: int


def of(session: Session, migration: Migration) -> Reached:
    """Groups source, target and front; a host that cannot be reached safely is refused with the remedy."""
    ids = {"source": migration.source_host_id, "target": migration.target_host_id, "front": migration.front_host_id}
    hosts = {group: session.get_one(Host, host) for group, host in ids.items() if host is not None}
    addresses = {group: management_address(session, host) for group, host in hosts.items()}
    for host in hosts.values():
        _require_trust(host)
        require_credential(session, str(host.ssh_credential), CredentialKind.SSH_KEY, host.agency_id)
    names = _names(hosts)
    groups = {group: {"hosts": {names[group]: _told(host, addresses[group])}} for group, host in hosts.items()}
    return Reached(
        document={"all": {"children": groups}},
        addresses=addresses,
        known_hosts="\n".join(dict.fromkeys(_known(host, addresses[group]) for group, host in hosts.items())),
        credentials=tuple(dict.fromkeys(str(host.ssh_credential) for host in hosts.values())),
        source_user=str(hosts["source"].ssh_user),
        source_port=hosts["source"].ssh_port,
    )


def management_address(session: Session, host: Host) -> str:
    """The host's management address, or its only one."""
    rows = session.scalars(select(Address).where(Address.host_id == host.id).order_by(Address.id)).all()
    marked = [row for row in rows if row.management]
    if marked or len(rows) == 1:
        return str((marked or rows)[0].address)
    raise Invalid(
        f"主机 {host.name} 没有管理地址 / host {host.name} has no management address",
        host=host.id, remedy=f"POST /api/v1/addresses {{host_id: {host.id}, management: true, ...}}",
    )  # fmt: skip


def require_credential(session: Session, name: str, kind: CredentialKind, agency_id: int) -> None:
    """Refuse a credential that is missing, of another kind, or another agency's."""
    try:
        found = credentials.get(session, name)
    except NotFound:
        found = None
    if found is None or found.kind is not kind or found.agency_id not in {None, agency_id}:
        remedy = f"yunwang credentials add {name} --kind {kind} FILE"
        raise Invalid(
            f"没有可用的凭据 {name} / no usable credential {name}: {remedy}", credential=name, kind=kind, remedy=remedy
        )


def _require_trust(host: Host) -> None:
    missing: list[tuple[object, Refusal]] = [
        (host.ssh_user, _without(host, "SSH 用户", "SSH user", f"PATCH /api/v1/hosts/{host.id} {{ssh_user: ...}}")),
        (host.ssh_host_key, _without(host, "SSH 主机公钥", "SSH host key", f"yunwang hosts trust {host.id}")),
        (host.ssh_credential, _without(host, "SSH 凭据", "SSH credential",
                                       "yunwang credentials add NAME --kind ssh_key FILE; "
                                       f"PATCH /api/v1/hosts/{host.id} {{ssh_credential: NAME}}")),
    ]  # fmt: skip
    for value, refusal in missing:
        if not value:
            raise refusal


def _without(host: Host, zh: str, en: str, remedy: str) -> Invalid:
    return Invalid(
        f"主机 {host.name} 没有登记{zh} / host {host.name} has no {en}: {remedy}", host=host.id, remedy=remedy
    )


def _names(hosts: dict[str, Host]) -> dict[str, str]:
    """Group -> a name that Ansible can carry: the register's, unless it is ambiguous or means something else there."""
    known = [host.name for host in hosts.values()]
    return {
        group: host.name
        if PLAIN.fullmatch(host.name) and host.name not in TAKEN and known.count(host.name) == 1
        else f"host-{host.id}"
        for group, host in hosts.items()
    }


def _told(host: Host, address: str) -> dict[str, Any]:
    return {"ansible_host": address, "ansible_port": host.ssh_port, "ansible_user": host.ssh_user}


def _known(host: Host, address: str) -> str:
    place = address if host.ssh_port == 22 else f"[{address}]:{host.ssh_port}"  # noqa: PLR2004 -- SSH's own default
    return "\n".join(f"{place} {line.strip()}" for line in str(host.ssh_host_key).splitlines() if line.strip())
