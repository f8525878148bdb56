"""Agencies that rows name, and the credit codes that rows give them."""

from datetime import date

import pytest

from inventory.accounts.reach import Reach
from inventory.agencies.model import Agency
from inventory.divisions.model import Division
from inventory.levels import Level
from inventory.surveys.bodies import Bodies
from inventory.surveys.faults import Unfit
from inventory.surveys.places import Places

CODE = "11370000MB2849034X"


def test_one_credit_code_is_not_given_to_two_agencies_nor_two_codes_to_one() -> None:
    place = Division(id=1, code="370000", name="示例省", level=Level.PROVINCE)
    bodies = Bodies(Places([place], date(2018, 6, 30)), Reach(None), may_create=False)
    first, second = (Agency(id=n, name=f"示例单位{n}", division_id=1, level=Level.PROVINCE) for n in (1, 2))
    bodies.load([first, second])

    bodies.check_code(first, CODE)
    bodies.check_code(first, CODE)

    with pytest.raises(Unfit):
        bodies.check_code(second, CODE)
    with pytest.raises(Unfit):
        bodies.check_code(first, "113700000045030271")
