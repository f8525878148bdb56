"""The trend as a drawing."""

from datetime import date
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from inventory.indicators.schema import PointOut
from service.reports.rate_trend import a_year_before, rows, svg
from tests.service.rate_province import a_small_province


def a_point(n: int, total: int, percent: str | None) -> PointOut:
    return PointOut(day=date(2018, 12, 31), n=n, N=total, percent=percent, delta_n=None, delta_N=None)


def test_a_day_without_systems_is_no_point_at_zero() -> None:
    assert rows([a_point(0, 0, None)], Fraction(98, 100)) == []


def test_97_96_percent_is_marked_as_not_met() -> None:
    drawn = rows([a_point(9796, 10_000, "97.96"), a_point(98, 100, "98.00")], Fraction(98, 100))

    assert [(row["words"], row["met"]) for row in drawn] == [("97.96%", False), ("98.00%", True)]


def test_the_drawing_is_a_picture_without_script_that_prints_the_numbers() -> None:
    drawn = svg([a_point(1, 3, "33.33")], None)

    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 -- our own drawing
    assert "33.33%" in drawn
    assert "1/3" in drawn
    assert "<script" not in drawn


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2018, 12, 31), date(2018, 1, 1)),
        (date(2019, 1, 5), date(2018, 2, 1)),
        (date(2020, 11, 30), date(2019, 12, 1)),
    ],
)
def test_the_trend_begins_eleven_months_before(day: date, first: date) -> None:
    assert a_year_before(day) == first


def test_the_page_draws_the_trend_of_its_question(client: TestClient, session: Session) -> None:
    a_small_province(session)

    answer = client.get("/rate/trend.svg?as_of=2018-12-31&scope=370100")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "1/2" in answer.text
