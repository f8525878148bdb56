"""The one manner of the API, tried on a few nouns."""

import base64

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from inventory.accounts import Role
from inventory.network_domains import DomainCode
from tests.factories import a_component, a_division, a_domain, a_host, a_platform, a_system, an_agency
from tests.service.conftest import ClientAs

SITE = "/api/v1/sites"


def test_a_site_is_registered_read_back_and_changed_under_its_etag(client: TestClient, session: Session) -> None:
    agency = an_agency(session)
    wanted = {"code": "JF-1", "name": "示例机房", "division_id": agency.division_id, "agency_id": agency.id}

    made = client.post(SITE, json=wanted)
    place, tag = made.headers["Location"], made.headers["ETag"]
    changed = client.patch(place, json={"name": "示例机房二"}, headers={"If-Match": tag})

    assert made.status_code == 201
    assert changed.status_code == 200
    assert client.get(place).json()["name"] == "示例机房二"


def test_a_change_based_on_an_old_version_is_refused_with_the_current_tag(client: TestClient, session: Session) -> None:
    host = a_host(session)
    place = f"/api/v1/hosts/{host.id}"
    old = client.get(place).headers["ETag"]
    client.patch(place, json={"cpu_cores": 4}, headers={"If-Match": old})

    late = client.patch(place, json={"cpu_cores": 8}, headers={"If-Match": old})

    assert late.status_code == 412
    assert late.headers["ETag"] != old
    assert client.get(place).json()["cpu_cores"] == 4


def test_a_change_without_if_match_is_refused_and_says_what_is_needed(client: TestClient, session: Session) -> None:
    host = a_host(session)

    answer = client.patch(f"/api/v1/hosts/{host.id}", json={"cpu_cores": 8})

    assert answer.status_code == 428
    assert "If-Match" in answer.json()["detail"]


def test_an_unchanged_row_answers_304(client: TestClient, session: Session) -> None:
    place = f"/api/v1/hosts/{a_host(session).id}"
    tag = client.get(place).headers["ETag"]

    assert client.get(place, headers={"If-None-Match": tag}).status_code == 304


def test_an_unknown_filter_is_a_400_that_names_it(client: TestClient) -> None:
    answer = client.get(SITE, params={"colour": "red"})

    assert answer.status_code == 400
    assert "colour" in answer.json()["detail"]


def test_a_list_is_read_page_by_page_without_gaps_in_any_order(client: TestClient, session: Session) -> None:
    agency = an_agency(session)
    cores = [4, None, 2, 8, 2, None, 4]
    made = {a_host(session, agency, cpu_cores=number).id for number in cores}

    for sort in ("cpu_cores", "-cpu_cores", "name", None):
        seen: list[int] = []
        asked = {"limit": 2, "agency_id": agency.id} | ({"sort": sort} if sort else {})
        page = client.get("/api/v1/hosts", params=asked).json()
        seen += [item["id"] for item in page["items"]]
        while page["next"]:
            page = client.get("/api/v1/hosts", params=asked | {"cursor": page["next"]}).json()
            seen += [item["id"] for item in page["items"]]
        assert len(seen) == len(cores)
        assert set(seen) == made


def test_a_broken_cursor_and_a_cursor_of_another_order_are_refused(client: TestClient, session: Session) -> None:
    agency = an_agency(session)
    for _ in range(3):
        a_host(session, agency)
    cursor = client.get("/api/v1/hosts", params={"limit": 1, "sort": "name"}).json()["next"]

    nested = base64.urlsafe_b64encode(b"[" * 1400).decode()
    for wrong in ({"cursor": "zzzz"}, {"cursor": nested}, {"cursor": cursor, "sort": "id"}):
        assert client.get("/api/v1/hosts", params=wrong).status_code == 400


def test_filters_narrow_the_list_and_count_tells_how_many(client: TestClient, session: Session) -> None:
    agency = an_agency(session)
    for number in (1, 2, 3):
        a_host(session, agency, cpu_cores=number)

    page = client.get(
        "/api/v1/hosts", params={"agency_id": agency.id, "cpu_cores__gte": 2, "count": True, "name__ic": "HOST"}
    ).json()

    assert page["count"] == 2
    assert {item["cpu_cores"] for item in page["items"]} == {2, 3}


def test_a_row_of_another_agency_is_not_found_and_not_listed(client_as: ClientAs, session: Session) -> None:
    mine, theirs = an_agency(session), an_agency(session)
    a_system(session, mine, code="MINE")
    hidden = a_system(session, theirs, code="THEIRS")
    department = client_as(Role.VIEWER, agency_id=mine.id)

    listed = department.get("/api/v1/business-systems").json()["items"]

    assert [item["code"] for item in listed] == ["MINE"]
    assert department.get(f"/api/v1/business-systems/{hidden.id}").status_code == 404


def test_a_planner_cannot_write_for_another_agency_nor_give_a_row_away(client_as: ClientAs, session: Session) -> None:
    mine, theirs = an_agency(session), an_agency(session)
    own = a_system(session, mine)
    department = client_as(Role.PLANNER, agency_id=mine.id)
    place = f"/api/v1/business-systems/{own.id}"
    wanted = {
        "code": "X-1",
        "name": "示例",
        "agency_id": theirs.id,
        "division_id": theirs.division_id,
        "level": "province",
    }

    assert department.post("/api/v1/business-systems", json=wanted).status_code == 403
    tag = department.get(place).headers["ETag"]
    assert department.patch(place, json={"agency_id": theirs.id}, headers={"If-Match": tag}).status_code == 403
    assert department.get(place).json()["agency_id"] == mine.id


def test_a_viewer_may_read_but_not_write(client_as: ClientAs, session: Session) -> None:
    agency = an_agency(session)
    viewer = client_as(Role.VIEWER)

    answer = viewer.post(
        SITE, json={"code": "A", "name": "示例", "division_id": agency.division_id, "agency_id": agency.id}
    )

    assert answer.status_code == 403
    assert viewer.get(SITE).json()["items"] == []


def test_a_host_cannot_stand_in_a_tenant_of_another_domain(client: TestClient, session: Session) -> None:
    agency = an_agency(session)
    platform = a_platform(session)
    tenant = client.post(
        "/api/v1/cloud-tenants",
        json={"platform_id": platform.id, "domain_id": platform.domain_id, "agency_id": agency.id, "name": "示例租户"},
    ).json()
    other = a_domain(session, DomainCode.ADMINISTRATIVE)

    answer = client.post(
        "/api/v1/hosts",
        json={
            "name": "vm-1",
            "kind": "cloud_host",
            "agency_id": agency.id,
            "domain_id": other.id,
            "tenant_id": tenant["id"],
        },
    )

    assert answer.status_code == 422
    assert "同域" in answer.json()["detail"]


def test_a_second_host_of_the_same_name_is_a_conflict_in_words(client: TestClient, session: Session) -> None:
    host = a_host(session)

    answer = client.post(
        "/api/v1/hosts",
        json={"name": host.name, "kind": "server", "agency_id": host.agency_id, "domain_id": host.domain_id},
    )

    assert answer.status_code == 409
    assert answer.json()["field"] == "name"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_upsert_by_key_creates_once_and_then_changes_nothing(client: TestClient, session: Session) -> None:
    division = a_division(session)
    wanted = {"name": "示例单位甲", "level": "city", "division_id": division.id}

    first = client.put("/api/v1/agencies/by-key", json=wanted)
    second = client.put("/api/v1/agencies/by-key", json=wanted)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["ETag"] == second.headers["ETag"]


def test_a_wrong_credit_code_is_refused_with_the_right_check_character(client: TestClient, session: Session) -> None:
    division = a_division(session)
    wanted = {"name": "示例单位乙", "level": "city", "division_id": division.id, "uscc": "11370000004500000X"}

    answer = client.post("/api/v1/agencies", json=wanted)

    assert answer.status_code == 422
    assert answer.json()["field"] == "uscc"


def test_without_a_token_nothing_is_answered(app: FastAPI) -> None:
    with TestClient(app) as nobody:
        answer = nobody.get(SITE)

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_every_write_leaves_a_change_event_with_actor_and_reason(client: TestClient, session: Session) -> None:
    host = a_host(session)
    place = f"/api/v1/hosts/{host.id}"
    tag = client.get(place).headers["ETag"]

    client.patch(place, json={"memory_gib": 64}, headers={"If-Match": tag, "X-Reason": "expansion"})
    story = client.get(f"/api/v1/changes/hosts/{host.id}").json()

    assert story[-1]["reason"] == "expansion"
    assert story[-1]["actor"].startswith("user")
    assert (story[-1]["before"]["memory_gib"], story[-1]["after"]["memory_gib"]) == (None, 64)


def test_a_planner_cannot_point_at_another_agencys_host(client_as: ClientAs, session: Session) -> None:
    mine, theirs = an_agency(session), an_agency(session)
    part = a_component(session, a_system(session, mine))
    hidden = a_host(session, theirs)
    wanted = {"component_id": part.id, "slot": 1, "mode": "own_room", "host_id": hidden.id, "valid_from": "2017-01-01"}

    answer = client_as(Role.PLANNER, agency_id=mine.id).post("/api/v1/deployments", json=wanted)

    assert answer.status_code == 404
