"""莱芜市 (371200) ended on 2019-01-09: its bodies, its figures, and the merged map."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from inventory.indicators import aims, by_city, load_indicators
from inventory.levels import Level
from tests.factories import a_division, an_agency
from tests.inventory.indicators.province_day import a_moved_system, an_old_system, ask, rate

LAST, FIRST = date(2019, 1, 8), date(2019, 1, 9)
TODAY = date(2026, 1, 1)


def test_city_bodies_of_laiwu_leave_the_rate_with_their_city(session: Session) -> None:
    an_old_system(session, an_agency(session, "371200", level=Level.CITY))

    assert (rate(session, day=LAST), rate(session, day=FIRST)) == ((0, 1), (0, 0))


def test_they_count_as_county_bodies_of_jinan_from_then_on(session: Session) -> None:
    an_old_system(session, an_agency(session, "371200", level=Level.CITY))

    county = (Level.COUNTY,)
    assert rate(session, "370100", FIRST, levels=county) == (0, 1)
    assert rate(session, "370100", LAST, levels=county) == (0, 0)


def test_an_ended_scope_answers_nothing_of_nothing(session: Session) -> None:
    an_old_system(session, an_agency(session, "371200", level=Level.CITY))

    assert (rate(session, "371200", LAST), rate(session, "371200", FIRST, levels=tuple(Level))) == ((0, 1), (0, 0))


def test_the_merged_map_puts_past_laiwu_into_jinan_and_leaves_the_province_alone(session: Session) -> None:
    an_old_system(session, an_agency(session, "371200", level=Level.CITY))
    a_moved_system(session, an_agency(session, "370100", level=Level.CITY))

    assert rate(session, "370100", LAST) == (1, 1)
    assert rate(session, "370100", LAST, geography=TODAY) == (1, 2)
    assert rate(session, "371200", LAST, geography=TODAY) == (0, 0)
    assert rate(session, day=LAST) == rate(session, day=LAST, geography=TODAY) == (1, 2)


def test_the_ranking_by_city_follows_the_map_asked_for(session: Session) -> None:
    an_old_system(session, an_agency(session, "371200", level=Level.CITY))
    jinan, laiwu = a_division(session, "370100").id, a_division(session, "371200").id

    then = {place.id: place.figure.ratio.total for place in by_city(session, ask(session, day=LAST))}
    merged = {place.id: place.figure.ratio.total for place in by_city(session, ask(session, day=LAST, geography=TODAY))}

    assert (then, merged) == ({laiwu: 1}, {jinan: 1})


def test_systems_of_an_ended_body_are_its_successors(session: Session) -> None:
    heir = an_agency(session)
    gone = an_agency(session, valid_to=date(2018, 10, 1), successor_id=heir.id)
    an_old_system(session, gone)
    before, after = date(2018, 9, 30), date(2018, 10, 1)

    old, new = f"agency:{gone.id}", f"agency:{heir.id}"
    assert (rate(session, old, before), rate(session, new, before)) == ((0, 1), (0, 0))
    assert (rate(session, old, after), rate(session, new, after)) == ((0, 0), (0, 1))
    assert rate(session, new, before, geography=TODAY) == (0, 1)


def test_targets_hold_from_the_day_of_their_document_and_the_strictest_comes_first(session: Session) -> None:
    load_indicators(session)

    def targets(scope: str, day: date, **more: Any) -> list[tuple[str, str]]:
        return [(aim.percent, aim.policy_number[:4]) for aim in aims(session, ask(session, scope, day, **more))]

    assert targets("370000", date(2015, 12, 30)) == []
    assert targets("370000", date(2015, 12, 31)) == [("98", "鲁政办发")]
    assert targets("370000", date(2019, 3, 13)) == [("98", "鲁政办发"), ("95", "鲁政办发")]
    assert targets("371000", date(2018, 1, 1), levels=(Level.CITY,)) == [("98", "鲁政办发"), ("95", "威海市实")]
    assert targets("370000", date(2019, 3, 13), levels=(Level.COUNTY,)) == []


def test_loading_the_indicators_twice_adds_nothing(session: Session) -> None:
    assert load_indicators(session) > 0
    assert load_indicators(session) == 0
