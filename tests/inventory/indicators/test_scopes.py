"""Naming a scope."""

import pytest
from sqlalchemy.orm import Session

from inventory.errors import Invalid, NotFound
from inventory.indicators import read_levels, scopes
from inventory.levels import Level
from tests.factories import a_province, an_agency


@pytest.mark.parametrize("words", ["", "999999", "agency:999999", "agency:x", "不存在的单位", "37000０"])
def test_an_unknown_scope_is_refused(session: Session, words: str) -> None:
    a_province(session)

    with pytest.raises(NotFound):
        scopes.find(session, words)


def test_a_name_that_two_agencies_share_asks_for_the_code(session: Session) -> None:
    for division in ("370100", "370200"):
        an_agency(session, division, name="市示例局")

    with pytest.raises(NotFound) as refused:
        scopes.find(session, "市示例局")

    assert len(refused.value.facts["codes"]) == 2  # type: ignore[arg-type]


def test_a_city_is_found_by_name_and_an_agency_by_id(session: Session) -> None:
    agency = an_agency(session, "370100")

    assert scopes.find(session, "济南市").code == "370100"
    assert scopes.find(session, f"agency:{agency.id}").name == agency.name


@pytest.mark.parametrize("words", ["", "国家", "省,镇", ","])
def test_unknown_levels_are_refused(words: str) -> None:
    with pytest.raises(Invalid):
        read_levels(words)


def test_levels_are_read_in_both_languages_in_order_of_rank() -> None:
    assert read_levels("市、province, 省") == (Level.PROVINCE, Level.CITY)
