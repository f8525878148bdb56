"""Printed percentages and the integers that decide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.indicators import Ratio

COUNTS = st.integers(0, 10**6)


def test_97_96_percent_is_not_printed_as_98() -> None:
    ratio = Ratio(9796, 10_000)

    assert ratio.percent == "97.96"
    assert ratio.reaches(98, 100) is False
    assert ratio.shortfall(98, 100) == 4


def test_just_below_a_hundred_never_rounds_up_to_it() -> None:
    assert Ratio(999_999, 1_000_000).percent == "99.99"


@pytest.mark.parametrize(("n", "total"), [(98, 100), (49, 50), (980, 1000)])
def test_exactly_98_percent_reaches_the_target(n: int, total: int) -> None:
    ratio = Ratio(n, total)

    assert (ratio.percent, ratio.reaches(98, 100), ratio.shortfall(98, 100)) == ("98.00", True, 0)


def test_nothing_of_nothing_has_no_percent_and_meets_nothing() -> None:
    ratio = Ratio(0, 0)

    assert (ratio.percent, ratio.reaches(98, 100), ratio.shortfall(98, 100)) == (None, None, 0)


@pytest.mark.parametrize(("n", "percent", "gap"), [(0, "0.00", 1), (1, "100.00", 0)])
def test_a_single_system_counts_whole(n: int, percent: str, gap: int) -> None:
    assert (Ratio(n, 1).percent, Ratio(n, 1).shortfall(98, 100)) == (percent, gap)


@given(COUNTS, COUNTS, st.integers(0, 1000), st.integers(1, 1000))
def test_the_shortfall_is_the_least_number_that_reaches_the_target(a: int, b: int, c: int, d: int) -> None:
    (n, total), (numerator, denominator) = sorted((a, b)), (min(c, d), d)
    gap = Ratio(n, total).shortfall(numerator, denominator)

    assert Ratio(n + gap, total).reaches(numerator, denominator) is not False
    assert gap == 0 or Ratio(n + gap - 1, total).reaches(numerator, denominator) is False
