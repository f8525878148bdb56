"""The statement and the brute-force oracle agree on every question about random provinces."""

from datetime import date
from random import Random

import pytest
from sqlalchemy.orm import Session

from inventory import divisions
from inventory.agencies import Agency
from inventory.indicators import Question, Scope, Status, View, figure, members, scopes
from inventory.levels import Level
from tests.inventory.indicators.oracle import Oracle
from tests.inventory.indicators.provinces import a_random_province, any_day

LEVELS = ((Level.PROVINCE, Level.CITY), (Level.CITY,), (Level.PROVINCE,), (Level.COUNTY,), tuple(Level))
CODES = ("370000", "370100", "371200", "370116", "370114", "370200", "371202")


def any_scope(session: Session, random: Random, agencies: list[Agency]) -> Scope:
    if random.random() < 0.6:
        return scopes.of_division(session, divisions.by_code(session, random.choice(CODES)))
    return scopes.of_agency(session, random.choice(agencies))


def any_question(session: Session, random: Random, agencies: list[Agency]) -> Question:
    day = any_day(random)
    return Question(
        scope=any_scope(session, random, agencies), as_of=day, merged_on=random.choice([None, None, date(2021, 1, 1)]),
        levels=random.choice(LEVELS), view=random.choice(list(View)),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_every_figure_equals_the_hand_count(session: Session, seed: int) -> None:
    agencies, random = a_random_province(session, seed, 60), Random(seed)
    oracle, total = Oracle(session), 0

    for _ in range(40):
        asked = any_question(session, random, agencies)
        counted = figure(session, asked).ratio

        assert (counted.n, counted.total) == oracle.rate(asked), asked
        total += counted.n
    assert total > 0


@pytest.mark.parametrize("seed", range(100, 103))
def test_every_system_has_the_status_of_the_hand_count(session: Session, seed: int) -> None:
    agencies, random = a_random_province(session, seed, 80), Random(seed)
    oracle = Oracle(session)

    for _ in range(15):
        asked = any_question(session, random, agencies)
        levels = tuple(level.value for level in asked.levels)
        listed = {row.code: row.status for row in members(session, asked, list(Status), limit=1000)}

        expected = {
            system.code: oracle.status(system, asked.as_of, levels, asked.view.value)
            for system in oracle.systems
            if oracle.inside(system, asked.scope.noun, asked.scope.id, asked.geography)
        }
        assert listed == expected, asked


def test_the_random_provinces_hold_every_status(session: Session) -> None:
    a_random_province(session, 1, 200)
    oracle, day = Oracle(session), date(2018, 12, 31)

    seen = {oracle.status(system, day, ("province", "city"), "policy") for system in oracle.systems}

    assert seen == {status.value for status in Status}
