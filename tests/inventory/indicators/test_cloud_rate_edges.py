"""Each clause of the rule by itself, on the days before, at and after the change."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from inventory.business_systems import Origin, SystemMode
from inventory.deployments import DeploymentMode
from inventory.indicators import View
from inventory.levels import Level
from tests.factories import a_component, a_deployment, a_platform, a_system, an_agency
from tests.inventory.indicators.province_day import DAY, a_moved_system, an_old_system, rate, status_of
from tests.inventory.indicators.provinces import an_exemption


def test_an_empty_province_is_nothing_of_nothing(session: Session) -> None:
    assert rate(session) == (0, 0)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2017, 4, 30), "no_deployment"), (date(2017, 5, 31), "not_on_cloud"), (date(2017, 6, 1), "on_cloud")],
)
def test_a_system_counts_from_the_day_of_acceptance(session: Session, day: date, expected: str) -> None:
    assert status_of(session, a_moved_system(session), day) == expected


def test_a_cutover_never_accepted_does_not_count(session: Session) -> None:
    assert status_of(session, a_moved_system(session, accepted_on=None)) == "not_on_cloud"


def test_a_deployment_of_the_future_does_not_count_today(session: Session) -> None:
    system = a_moved_system(session, valid_from=date(2019, 1, 1), accepted_on=date(2018, 1, 1))

    assert status_of(session, system) == "no_deployment"
    assert status_of(session, system, date(2019, 1, 1)) == "on_cloud"


def test_a_system_without_components_is_listed_as_unreported_and_counts_zero(session: Session) -> None:
    system = a_system(session)

    assert status_of(session, system) == "no_deployment"
    assert rate(session) == (0, 1)


def test_a_test_environment_on_the_cloud_moves_nothing(session: Session) -> None:
    system = a_system(session)
    spare = a_component(session, system, production=False)
    a_deployment(session, spare, mode=DeploymentMode.CLOUD, accepted_on=date(2016, 1, 1))

    assert status_of(session, system) == "no_deployment"


def test_a_partly_moved_system_counts_zero(session: Session) -> None:
    system = a_moved_system(session)
    a_deployment(session, a_component(session, system))

    assert status_of(session, system) == "partly"
    assert rate(session) == (0, 1)


def test_one_old_slot_beside_a_cloud_slot_keeps_the_component_partly_moved(session: Session) -> None:
    system = a_system(session)
    component = a_component(session, system)
    a_deployment(session, component, mode=DeploymentMode.CLOUD, accepted_on=date(2016, 1, 1))
    a_deployment(session, component, slot=2)

    assert status_of(session, system) == "partly"


def test_a_component_whose_deployment_ended_without_another_leaves_the_system_partly_moved(session: Session) -> None:
    system = a_moved_system(session)
    late = a_component(session, system)
    a_deployment(session, late, mode=DeploymentMode.CLOUD, accepted_on=date(2016, 1, 1), valid_to=DAY)

    assert status_of(session, system, date(2018, 12, 30)) == "on_cloud"
    assert status_of(session, system, DAY) == "partly"


def test_a_component_counts_only_while_it_is_valid(session: Session) -> None:
    system = a_moved_system(session)
    a_deployment(session, a_component(session, system, valid_to=DAY))

    assert status_of(session, system, date(2018, 12, 30)) == "partly"
    assert status_of(session, system, DAY) == "on_cloud"


@pytest.mark.parametrize(
    ("recognised", "expected"),
    [
        ({"recognised_from": None}, "not_on_cloud"),
        ({"recognised_from": date(2019, 1, 1)}, "not_on_cloud"),
        ({"recognised_from": DAY}, "on_cloud"),
        ({"recognised_from": date(2016, 1, 1), "recognised_to": DAY}, "not_on_cloud"),
        ({"recognised_from": date(2016, 1, 1), "recognised_to": date(2019, 1, 1)}, "on_cloud"),
    ],
)
def test_only_a_platform_recognised_that_day_counts(
    session: Session, recognised: dict[str, date | None], expected: str
) -> None:
    system = a_moved_system(session, platform_id=a_platform(session, **recognised).id)

    assert status_of(session, system) == expected


@pytest.mark.parametrize("mode", [DeploymentMode.HOSTING, DeploymentMode.PUBLIC_CLOUD, DeploymentMode.OWN_ROOM])
def test_hosting_and_public_clouds_are_not_the_government_cloud(session: Session, mode: DeploymentMode) -> None:
    assert status_of(session, a_moved_system(session, mode=mode)) == "not_on_cloud"


@pytest.mark.parametrize(
    ("online", "offline", "expected"),
    [
        (None, None, "not_in_service"), (date(2019, 1, 1), None, "not_in_service"), (DAY, None, "not_on_cloud"),
        (date(2016, 1, 1), DAY, "not_in_service"), (date(2016, 1, 1), date(2019, 1, 1), "not_on_cloud"),
    ],
)  # fmt: skip
def test_a_system_is_in_n_from_going_live_until_it_is_switched_off(
    session: Session, online: date | None, offline: date | None, expected: str
) -> None:
    assert status_of(session, an_old_system(session, online_on=online, offline_on=offline)) == expected


@pytest.mark.parametrize(("until", "expected"), [(None, "exempt"), (date(2019, 1, 1), "exempt"), (DAY, "not_on_cloud")])
def test_an_exemption_shelters_until_the_day_it_ends(session: Session, until: date | None, expected: str) -> None:
    system = an_old_system(session)
    an_exemption(session, system, date(2017, 1, 1), until)

    assert status_of(session, system) == expected


def test_the_full_view_keeps_exempt_systems_in_n(session: Session) -> None:
    for system in (an_old_system(session), a_moved_system(session)):
        an_exemption(session, system, DAY)

    assert rate(session) == (0, 0)
    assert rate(session, view=View.FULL) == (1, 2)


@pytest.mark.parametrize(
    ("origin", "sheet", "deployed", "expected"),
    [
        (Origin.MINISTRY, None, [DeploymentMode.MINISTRY], "ministry"),
        (Origin.MINISTRY, None, [DeploymentMode.MINISTRY, DeploymentMode.OWN_ROOM], "not_on_cloud"),
        (Origin.MINISTRY, SystemMode.MINISTRY, [], "ministry"),
        (Origin.MINISTRY, SystemMode.MINISTRY, [DeploymentMode.OWN_ROOM], "not_on_cloud"),
        (Origin.MINISTRY, None, [], "no_deployment"),
        (Origin.EXISTING, SystemMode.MINISTRY, [DeploymentMode.MINISTRY], "not_on_cloud"),
    ],
)
def test_only_what_a_ministry_runs_for_its_own_line_stays_outside(
    session: Session, origin: Origin, sheet: SystemMode | None, deployed: list[DeploymentMode], expected: str
) -> None:
    system = a_system(session, origin=origin, deployment_mode=sheet)
    for mode in deployed:
        a_deployment(session, a_component(session, system), mode=mode)

    assert status_of(session, system) == expected


def test_a_classified_system_is_outside_n_in_every_view(session: Session) -> None:
    a_system(session, classified=True, domain_id=None)

    assert [rate(session, view=view) for view in View] == [(0, 0)] * 3


def test_county_systems_are_counted_only_when_asked_for(session: Session) -> None:
    an_old_system(session, an_agency(session, "370102", level=Level.COUNTY))

    assert rate(session) == (0, 0)
    assert rate(session, levels=(Level.COUNTY,)) == (0, 1)
