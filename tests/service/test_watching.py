"""The collector's target list and Prometheus's service discovery, from the register."""

import json
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from inventory.accounts import Reach, Role
from inventory.addresses import Address
from inventory.hosts import Host
from inventory.network_domains import DomainCode
from inventory.routing_spaces import RoutingSpace
from monitors.targets import parse
from provisioning import credentials
from provisioning.credentials import MasterKey
from service.watching import document_with_secrets, target_list
from tests.factories import a_domain, a_host, a_system, an_agency
from tests.service.conftest import ClientAs


def a_watched_host(session: Session, address: str = "198.18.0.9", domain: str = "public_service") -> Host:
    place = a_domain(session, DomainCode(domain))
    space = RoutingSpace(domain_id=place.id, name="示例空间")
    session.add(space)
    session.flush()
    host = a_host(session, domain_id=place.id, routing_space_id=space.id, snmp_credential="示例团体字", snmp_port=1161)
    session.add(Address(routing_space_id=space.id, address=address, host_id=host.id, management=True))
    session.flush()
    return host


def a_key(session: Session, path: Path) -> MasterKey:
    key = MasterKey.create(path)
    secret = {"kind": "variables", "variables": {"community": "示例-not-public"}}
    credentials.store(
        session, credentials.CredentialIn.model_validate({"name": "示例团体字", "secret": secret}), key, by="x"
    )
    return key


def test_the_target_list_carries_its_secrets_and_the_collector_understands_it(session: Session, tmp_path: Path) -> None:
    a_key(session, tmp_path / "master.key")
    host = a_watched_host(session)
    system = a_system(session, url="https://service.example.invalid/login")

    document = target_list(session, Reach(None), tmp_path / "master.key", "local")
    read = parse(document_with_secrets(document).encode())

    assert {target.asset for target in read.targets} == {f"host-{host.id}", f"system-{system.id}"}
    snmp = next(target for target in read.targets if target.kind == "snmp")
    assert (str(snmp.address), snmp.port, snmp.auth.community.get_secret_value()) == (
        "198.18.0.9",
        1161,
        "示例-not-public",
    )


def test_a_viewer_gets_no_target_list(client_as: ClientAs) -> None:
    assert client_as(Role.VIEWER).get("/api/v1/collector/targets").status_code == 403


def test_a_missing_credential_leaves_out_its_host_and_keeps_the_rest(session: Session, tmp_path: Path) -> None:
    MasterKey.create(tmp_path / "master.key")
    a_watched_host(session)
    system = a_system(session, url="http://service.example.invalid/")

    document = target_list(session, Reach(None), tmp_path / "master.key", "local")

    assert [target.asset for target in document.targets] == [f"system-{system.id}"]


def test_another_agencys_community_is_never_sent_to_a_host(session: Session, tmp_path: Path) -> None:
    a_key(session, tmp_path / "master.key")
    a_watched_host(session)
    credentials.get(session, "示例团体字").agency_id = an_agency(session).id
    session.flush()

    assert target_list(session, Reach(None), tmp_path / "master.key", "local").targets == ()


def test_discovery_labels_each_asset_with_its_owner_and_place(client: TestClient, session: Session) -> None:
    host = a_watched_host(session)

    groups = client.get("/api/v1/prometheus/targets").json()

    labels = groups[0]["labels"]
    assert labels["__param_asset"] == f"host-{host.id}"
    assert labels["domain"] == "public_service"
    assert labels["division"] == "370000"
    assert "maintenance" not in labels


def test_nothing_of_the_classified_domain_is_ever_a_target(client: TestClient, session: Session) -> None:
    a_watched_host(session, domain="intranet")

    assert client.get("/api/v1/prometheus/targets").json() == []


def test_discovery_shows_only_what_its_token_may_see(client_as: ClientAs, session: Session) -> None:
    a_system(session, an_agency(session), url="http://one.example.invalid/")
    mine = an_agency(session)
    own = a_system(session, mine, url="http://two.example.invalid/")

    groups = client_as(Role.VIEWER, agency_id=mine.id).get("/api/v1/prometheus/targets").json()

    assert [group["labels"]["asset"] for group in groups] == [f"system-{own.id}"]


def test_without_a_database_discovery_answers_503_and_never_an_empty_list(app: FastAPI, client: TestClient) -> None:
    gone = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", connect_args={"connect_timeout": 1})
    app.state.sessions = sessionmaker(gone)

    answer = client.get("/api/v1/prometheus/targets")

    assert answer.status_code == 503
    assert json.loads(answer.text)["type"].endswith("unavailable")


def test_a_scoped_engineer_gets_no_target_list(client_as: ClientAs, session: Session) -> None:
    engineer = client_as(Role.ENGINEER, agency_id=an_agency(session).id)

    assert engineer.get("/api/v1/collector/targets").status_code == 403
