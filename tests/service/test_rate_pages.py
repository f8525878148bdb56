"""The console's pages of the cloud rate: every number leads to exactly its rows."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from inventory.accounts import Role
from service.console.tiles import band, tiles
from tests.service.rate_province import a_small_province

PAGE = "/rate?as_of=2018-12-31"
LINK = re.compile(r'<a href="(/rate/systems[^"]*)">([\d,]+)</a>')


def rows_of(client: TestClient, path: str) -> int:
    text = client.get(path.replace("&amp;", "&")).text
    return text.count('href="/register/business-systems/')


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rate?as_of=soon", 422), ("/rate?view=rosy", 422), ("/rate?scope=999999", 404), ("/rate?levels=x", 422),
        ("/rate/systems?status=rich", 422), ("/rate/systems?cursor=abc", 400), ("/rate/systems?city=999999", 404),
        ("/rate/hosts?after=-1", 422),
    ],
)  # fmt: skip
def test_a_mistyped_address_is_refused(client: TestClient, session: Session, path: str, status: int) -> None:
    a_small_province(session)

    assert client.get(path).status_code == status


def test_an_empty_form_asks_the_usual_question(client: TestClient, session: Session) -> None:
    a_small_province(session)

    answer = client.get("/rate?scope=&as_of=&view=")

    assert answer.status_code == 200
    assert "山东省" in answer.text


def test_the_page_shows_the_figure_its_target_and_what_is_missing(client: TestClient, session: Session) -> None:
    a_small_province(session)

    text = client.get(PAGE).text

    assert "50.00%" in text
    assert "鲁政办发〔2015〕59号" in text
    assert "示意图、非地图" in text
    assert "@示例系统" in text


@pytest.mark.parametrize("more", ["", "&view=full&scope=370100", "&merge_successors=true"])
def test_every_number_leads_to_exactly_its_rows(client: TestClient, session: Session, more: str) -> None:
    a_small_province(session)

    links = sorted(set(LINK.findall(client.get(PAGE + more).text)))

    assert links
    for path, number in links[:: max(1, len(links) // 8)]:
        assert rows_of(client, path) == int(number.replace(",", "")), path


@pytest.mark.parametrize(("day", "count"), [("2019-01-08", 18), ("2019-01-09", 17)])
def test_laiwu_leaves_the_tile_grid_with_its_code(client: TestClient, session: Session, day: str, count: int) -> None:
    a_small_province(session)

    assert client.get(f"/rate?as_of={day}").text.count('role="listitem"') == count


def test_nothing_to_count_is_no_success(client: TestClient, session: Session) -> None:
    a_small_province(session)

    text = client.get(f"{PAGE}&scope=370200").text

    assert "100.00%" not in text
    assert "✓ 达标" not in text
    assert "没有应上云系统" in text


def test_a_department_finds_only_its_own_systems_on_every_page(
    session: Session, client_as: Callable[..., TestClient]
) -> None:
    agencies = a_small_province(session)
    own = client_as(Role.VIEWER, agency_id=agencies["jinan"].id)

    for path in (PAGE, "/rate/systems?as_of=2018-12-31", f"{PAGE}&scope=agency:{agencies['bureau'].id}"):
        text = own.get(path).text
        assert f"/rate/systems?scope=agency%3A{agencies['bureau'].id}" not in text.replace("&amp;", "&")
        assert "示例莱芜局" not in text


def test_no_page_needs_inline_style_or_script(client: TestClient, session: Session) -> None:
    a_small_province(session)

    for path in (PAGE, "/rate/systems", "/rate/hosts"):
        text = client.get(path).text
        assert not re.search(r"\sstyle=|<style|<script>|\son\w+=", text)


@pytest.mark.parametrize(
    ("n", "total", "met", "colour"),
    [
        (0, 0, None, "none"),
        (98, 100, True, "met"),
        (97, 100, False, "from90"),
        (1, 2, False, "from50"),
        (1, 3, None, "low"),
    ],
)
def test_a_tile_is_coloured_by_its_distance(n: int, total: int, met: bool | None, colour: str) -> None:
    assert band(n, total, met) == colour


def test_no_two_cities_share_a_tile_and_the_corner_is_free() -> None:
    places = [(tile.row, tile.column) for tile in tiles().values()]

    assert len(places) == len(set(places)) == 17
    assert (0, 0) not in places
