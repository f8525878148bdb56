"""The cloud rate by API."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from inventory import divisions
from inventory.accounts import Role
from tests.service.rate_province import a_small_province

RATE = "/api/v1/indicators/cloud-rate"
DAY = "as_of=2018-12-31"
ClientAs = Callable[..., TestClient]


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("as_of=yesterday", 422), ("as_of=0001-01-01", 422), ("as_of=9999-12-31", 422), ("scope=999999", 404),
        ("scope=nobody", 404), ("levels=国家", 422), ("view=rosy", 422), ("color=red", 400),
        ("scope=" + "9" * 300, 422),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_meant_is_refused(
    client: TestClient, session: Session, query: str, status: int
) -> None:
    a_small_province(session)

    assert client.get(f"{RATE}?{query}").status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "members?status=rich", "members?city=37", "hosts?cursor=-1", "ranking?by=beauty",
        "trend?from=2019-01-01&to=2018-01-01", "trend?from=2000-01-01&to=2018-01-01",
        "trend?from=9999-12-01&to=9999-12-31",
        "report?format=exe",
    ],
)  # fmt: skip
def test_bad_parameters_of_the_lists_are_refused(client: TestClient, session: Session, path: str) -> None:
    a_small_province(session)

    assert client.get(f"{RATE}/{path}").status_code == 422


def test_a_broken_cursor_is_refused(client: TestClient, session: Session) -> None:
    a_small_province(session)

    assert client.get(f"{RATE}/members?cursor=abc").status_code == 400


def test_nobody_reads_the_rate_without_a_token(app: Any) -> None:
    assert TestClient(app).get(RATE).status_code == 401


def test_the_rate_comes_with_its_target_its_rule_and_its_rows(client: TestClient, session: Session) -> None:
    a_small_province(session)

    rate = get(client, f"{RATE}?scope=370000&{DAY}&levels=省,市")

    assert (rate["n"], rate["N"], rate["percent"], rate["gap"], rate["met"]) == (3, 6, "50.00", 3, False)
    assert (rate["target"]["policy_number"], rate["target"]["clause"]) == ("鲁政办发〔2015〕59号", "C7")
    assert (rate["rule"]["version"], rate["standing"]) == (1, "assessed")
    assert len(get(client, rate["links"]["gap"])["items"]) == rate["N"] - rate["n"]


def test_conflicting_targets_stand_side_by_side(client: TestClient, session: Session) -> None:
    a_small_province(session)

    targets = get(client, f"{RATE}?as_of=2019-12-31")["targets"]

    assert [(aim["percent"], aim["policy_number"]) for aim in targets] == [
        ("98", "鲁政办发〔2015〕59号"), ("95", "鲁政办发〔2019〕8号"),
    ]  # fmt: skip


def test_nothing_to_count_has_no_percent(client: TestClient, session: Session) -> None:
    a_small_province(session)

    rate = get(client, f"{RATE}?scope=370200&{DAY}")

    assert (rate["n"], rate["N"], rate["percent"], rate["met"]) == (0, 0, None, None)


def test_an_ended_city_names_its_successor(client: TestClient, session: Session) -> None:
    a_small_province(session)

    rate = get(client, f"{RATE}?scope=371200&as_of=2019-01-09")

    assert rate["N"] == 0
    assert "370100" in rate["notes"][0]


def test_members_page_through_every_system_once(client: TestClient, session: Session) -> None:
    a_small_province(session)
    seen, cursor = [], ""
    while cursor is not None:
        page = get(client, f"{RATE}/members?{DAY}&limit=2" + (f"&cursor={cursor}" if cursor else ""))
        seen += [item["code"] for item in page["items"]]
        cursor = page["next"]

    assert len(seen) == len(set(seen)) == 8


def test_members_of_one_city_are_the_rows_behind_its_tile(client: TestClient, session: Session) -> None:
    a_small_province(session)
    lines = {line["code"]: line for line in get(client, f"{RATE}/ranking?{DAY}&by=city")}

    for code in ("370000", "370100", "371200", "370200"):
        statuses = "on_cloud,partly,not_on_cloud,no_deployment"
        listed = get(client, f"{RATE}/members?{DAY}&city={code}&status={statuses}")["items"]
        assert len(listed) == lines[code]["N"]


def test_cities_are_ranked_and_the_provinces_own_bodies_are_not(client: TestClient, session: Session) -> None:
    a_small_province(session)

    lines = get(client, f"{RATE}/ranking?{DAY}&by=city")

    assert [(line["name"], line["rank"], line["percent"]) for line in lines[:3]] == [
        ("省直", None, "66.66"), ("济南市", 1, "50.00"), ("莱芜市", 2, "0.00"),
    ]  # fmt: skip
    assert len(lines) == 18
    assert len(get(client, f"{RATE}/ranking?as_of=2019-01-09&by=city")) == 17


def test_the_merged_map_counts_laiwu_in_jinan(client: TestClient, session: Session) -> None:
    a_small_province(session)

    lines = get(client, f"{RATE}/ranking?{DAY}&merge_successors=true")

    assert {line["code"]: line["N"] for line in lines if line["N"]} == {"370000": 3, "370100": 3}


def test_a_trend_tells_the_changes_of_n_and_of_total_apart(client: TestClient, session: Session) -> None:
    a_small_province(session)

    points = get(client, f"{RATE}/trend?from=2018-11-05&to=2019-01-15")

    assert [(point["day"], point["n"], point["N"], point["delta_N"]) for point in points] == [
        ("2018-11-30", 3, 6, None), ("2018-12-31", 3, 6, 0), ("2019-01-15", 3, 5, -1),
    ]  # fmt: skip


def test_a_department_sees_only_its_own_systems(session: Session, client_as: ClientAs) -> None:
    agencies = a_small_province(session)
    own = client_as(Role.VIEWER, agency_id=agencies["jinan"].id)

    rate = get(own, f"{RATE}?{DAY}")
    members = get(own, f"{RATE}/members?{DAY}")["items"]

    assert (rate["n"], rate["N"], rate["limited"]) == (1, 2, True)
    assert any("授权范围" in note for note in rate["notes"])
    assert {member["owner_name"] for member in members} == {"示例济南局"}


def test_a_city_planner_reaches_what_lies_in_the_city(session: Session, client_as: ClientAs) -> None:
    a_small_province(session)
    planner = client_as(Role.PLANNER, division_id=divisions.by_code(session, "370100").id)

    assert get(planner, f"{RATE}?{DAY}&scope=示例省厅")["N"] == 0
    assert get(planner, f"{RATE}?{DAY}&levels=省,市,县")["N"] == 4


def test_hosts_behind_the_hosts_view_are_listed(client: TestClient, session: Session) -> None:
    a_small_province(session)

    rate = get(client, f"{RATE}?{DAY}&view=hosts")

    assert (rate["N"], rate["standing"]) == (0, "monitored")
    assert get(client, rate["links"]["hosts"])["items"] == []


def test_indicators_say_which_of_them_a_policy_sets(client: TestClient, session: Session) -> None:
    a_small_province(session)

    listed = {row["code"]: row["standing"] for row in get(client, "/api/v1/indicators")}

    assert listed == {
        "cloud_rate": "assessed", "cloud_rate_full": "monitored", "cloud_rate_hosts": "monitored",
        "it_coverage": "assessed",
    }  # fmt: skip
