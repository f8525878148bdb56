"""The classified network leaves stubs only, and refusals repeat nothing."""

from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.network_domains import DomainCode
from tests.factories import a_domain, a_system, an_agency

SECRET = "10.66.77.88"


def test_a_stub_with_an_address_is_refused_without_repeating_it_and_leaves_nothing(
    client: TestClient, session: Session
) -> None:
    agency = an_agency(session)
    wanted = {"code": "S-1", "name": "代称一", "agency_id": agency.id, "division_id": agency.division_id,
              "level": "province", "classified": True, "ipv4": SECRET}  # fmt: skip

    answer = client.post("/api/v1/business-systems", json=wanted)

    assert answer.status_code == 422
    assert SECRET not in answer.text
    kept = session.scalar(text("SELECT count(*) FROM change_events WHERE after::text LIKE '%10.66.77.88%'"))
    assert kept == 0


def test_a_bare_stub_is_registered(client: TestClient, session: Session) -> None:
    agency = an_agency(session)
    wanted = {"code": "S-2", "name": "代称二", "agency_id": agency.id, "division_id": agency.division_id,
              "level": "province", "classified": True}  # fmt: skip

    assert client.post("/api/v1/business-systems", json=wanted).status_code == 201


def test_a_known_system_cannot_become_classified_with_its_details(client: TestClient, session: Session) -> None:
    system = a_system(session, url="https://service.example.invalid/")
    place = f"/api/v1/business-systems/{system.id}"
    tag = client.get(place).headers["ETag"]

    assert client.patch(place, json={"classified": True}, headers={"If-Match": tag}).status_code == 422


def test_no_host_and_no_component_is_registered_for_the_classified_network(
    client: TestClient, session: Session
) -> None:
    agency = an_agency(session)
    inside = a_domain(session, DomainCode.INTRANET)
    stub = a_system(session, agency, classified=True, domain_id=None)

    host = {"name": "h", "kind": "server", "agency_id": agency.id, "domain_id": inside.id}
    assert client.post("/api/v1/hosts", json=host).status_code == 422
    assert client.post("/api/v1/components", json={"system_id": stub.id, "name": "组件"}).status_code == 422
