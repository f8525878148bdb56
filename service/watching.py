"""What is to be watched, from the register: the collector's target list, and Prometheus's list of series to scrape."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.accounts import Reach
from inventory.addresses import Address
from inventory.agencies import Agency
from inventory.business_systems import BusinessSystem
from inventory.divisions import Division
from inventory.errors import Refusal
from inventory.hosts import Host
from inventory.network_domains import NetworkDomain
from monitors.targets import HttpTarget, SnmpAuth, SnmpTarget, Target, TargetList
from provisioning import credentials
from provisioning.credentials import CredentialKind, MasterKey
from provisioning.runs.inventory_document import require_credential

log = structlog.get_logger()
COMMUNITY = "community"


@dataclass(frozen=True)
class Watched:
    """An asset with an address to ask, and the labels that identify it to readers of alerts."""

    asset: str
    labels: dict[str, str]
    row: Any
    address: str = ""


def watched_hosts(session: Session, reach: Reach) -> Iterator[Watched]:
    """Hosts with an SNMP credential and a management address; the classified domain holds none."""
    query = (
        select(Host, Address.address, Agency.name, NetworkDomain.code, Division.code)
        .join(Address, (Address.host_id == Host.id) & Address.management)
        .join(Agency, Agency.id == Host.agency_id)
        .join(NetworkDomain, NetworkDomain.id == Host.domain_id)
        .join(Division, Division.id == Agency.division_id)
        .where(Host.snmp_credential.is_not(None), ~NetworkDomain.classified)
        .order_by(Host.id)
    )
    for host, address, *identity in _inside(session, query, Host.agency_id, reach):
        yield Watched(f"host-{host.id}", _labels("host", host.name, *identity), host, str(address))


def watched_systems(session: Session, reach: Reach) -> Iterator[Watched]:
    """Systems in service with an http(s) address; classified ones have none."""
    query = (
        select(BusinessSystem, Agency.name, NetworkDomain.code, Division.code)
        .join(Agency, Agency.id == BusinessSystem.agency_id)
        .join(NetworkDomain, NetworkDomain.id == BusinessSystem.domain_id)
        .join(Division, Division.id == Agency.division_id)
        .where(BusinessSystem.url.regexp_match("^https?://"), ~BusinessSystem.classified, ~NetworkDomain.classified)
        .where(BusinessSystem.offline_on.is_(None))
        .order_by(BusinessSystem.id)
    )
    for system, *identity in _inside(session, query, BusinessSystem.agency_id, reach):
        yield Watched(f"system-{system.id}", _labels("system", system.name, *identity), system)


def _inside(session: Session, query: Any, owner: Any, reach: Reach) -> Iterator[tuple[Any, ...]]:
    return iter(session.execute(query if reach.agency_ids is None else query.where(owner.in_(reach.agency_ids))))


def _labels(kind: str, name: str, agency: str, domain: str, division: str) -> dict[str, str]:
    return {"kind": kind, "name": name, "agency": agency, "domain": str(domain), "division": division}


def target_list(session: Session, reach: Reach, master_key: Path, collector: str) -> TargetList:
    """The document for one collector; what cannot be asked is left out and logged, never the whole list lost."""
    hosts = list(watched_hosts(session, reach))
    key = MasterKey.read(master_key) if hosts else None
    asked: list[Target | None] = [_snmp(session, watched, key) for watched in hosts if key is not None]
    asked += [_http(watched) for watched in watched_systems(session, reach)]
    targets = tuple(target for target in asked if target is not None)
    return TargetList(version=1, collector=collector, generated_at=datetime.now(UTC), targets=targets)


def document_with_secrets(document: TargetList) -> str:
    """The document as JSON with its communities in clear: for the collector's eyes only."""
    content = document.model_dump(mode="json")
    for target, shown in zip(document.targets, content["targets"], strict=True):
        if isinstance(target, SnmpTarget):
            shown["auth"]["community"] = target.auth.community.get_secret_value()
    return json.dumps(content, ensure_ascii=False)


def _snmp(session: Session, watched: Watched, key: MasterKey) -> SnmpTarget | None:
    try:
        name = watched.row.snmp_credential
        require_credential(session, name, CredentialKind.VARIABLES, watched.row.agency_id)  # not another agency's
        secret = credentials.reveal(session, name, key).variables.get(COMMUNITY)
        auth = SnmpAuth(version="2c", community=SecretStr(str(secret or "")))
        port = watched.row.snmp_port or 161
        return SnmpTarget(kind="snmp", asset=watched.asset, address=ip_address(watched.address), port=port, auth=auth)
    except (Refusal, ValueError) as reason:
        log.warning("target_left_out", asset=watched.asset, reason=type(reason).__name__)
        return None


def _http(watched: Watched) -> HttpTarget | None:
    try:
        return HttpTarget(kind="http", asset=watched.asset, url=watched.row.url)
    except ValueError as reason:
        log.warning("target_left_out", asset=watched.asset, reason=type(reason).__name__)
        return None


def scrape_groups(session: Session, reach: Reach, collector_address: str) -> list[dict[str, Any]]:
    """Prometheus http_sd: one group per asset; maintenance="true" while a migration works on it."""
    resting = migrations.in_maintenance(session)
    groups = []
    for watched in [*watched_hosts(session, reach), *watched_systems(session, reach)]:
        ids = resting.host_ids if watched.labels["kind"] == "host" else resting.system_ids
        state = {"maintenance": "true"} if watched.row.id in ids else {}
        scrape = {"__metrics_path__": "/readings", "__param_asset": watched.asset}
        groups.append(
            {"targets": [collector_address], "labels": {**scrape, "asset": watched.asset, **watched.labels, **state}}
        )
    return groups
