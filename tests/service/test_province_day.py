"""Which day it is depends on the database's session, never on the clock of the machine that asks."""

from datetime import date
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.accounts import Caller, Grant, Role, reach
from inventory.base import today
from tests.factories import a_division, an_agency

WEST, EAST = "Etc/GMT+12", "Etc/GMT-14"  # 26 hours apart: never the same day


def day_in(session: Session, zone: str) -> date:
    session.execute(select(text(f"set_config('timezone', '{zone}', true)")))
    return today(session)


@pytest.mark.parametrize("zone", [WEST, EAST])
def test_an_export_carries_the_day_of_the_province(client: TestClient, session: Session, zone: str) -> None:
    day = day_in(session, zone)

    answer = client.get("/api/v1/surveys/export")

    assert f"{day}.xlsx" in answer.headers["Content-Disposition"]
    cells = [cell for row in load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows() for cell in row]
    assert any(str(day) in str(cell.value) for cell in cells)


def test_a_division_leaves_a_callers_reach_on_the_day_of_the_province(session: Session) -> None:
    city, district = a_division(session, "370100"), a_division(session, "370102")
    agency = an_agency(session, "370102")
    district.valid_to, district.successor_id = day_in(session, EAST), a_division(session, "370200").id
    session.flush()
    caller = Caller(0, "planner", (Grant(Role.PLANNER, division_id=city.id),))

    assert not reach(session, caller).covers(agency.id)
    day_in(session, WEST)
    assert reach(session, caller).covers(agency.id)
