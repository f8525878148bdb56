"""A small province for tests of the rate's doors: two cities, one provincial body, one county."""

from datetime import date

from sqlalchemy.orm import Session

from inventory.agencies import Agency
from inventory.indicators import load_indicators
from inventory.levels import Level
from tests.factories import a_component, a_deployment, a_system, an_agency
from tests.inventory.indicators.province_day import a_moved_system, an_old_system
from tests.inventory.indicators.provinces import an_exemption


def a_small_province(session: Session) -> dict[str, Agency]:
    """省直 2/3 on the cloud (one partly), 济南 1/2, 莱芜 0/1, a county outside, one exempt: 3/6 at the end of 2018."""
    load_indicators(session)
    bureau = an_agency(session, name="示例省厅")
    jinan = an_agency(session, "370100", level=Level.CITY, name="示例济南局")
    laiwu = an_agency(session, "371200", level=Level.CITY, name="示例莱芜局")
    county = an_agency(session, "370102", level=Level.COUNTY, name="示例历下局")
    for owner in (bureau, bureau, jinan):
        a_moved_system(session, owner)
    partly = a_moved_system(session, bureau)
    a_deployment(session, a_component(session, partly))
    an_old_system(session, jinan, not_on_cloud_reason="=1+1", name="@示例系统", planned_cloud_on=date(2019, 6, 1))
    an_old_system(session, laiwu)
    an_old_system(session, county)
    an_exemption(session, a_system(session, jinan), date(2018, 1, 1))
    session.flush()
    return {"bureau": bureau, "jinan": jinan, "laiwu": laiwu, "county": county}
