"""Short words for tests of single rules: a question about the province, and a system that is wholly on the cloud."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from inventory.agencies import Agency
from inventory.business_systems import BusinessSystem
from inventory.deployments import DeploymentMode
from inventory.indicators import LEVELS_OF_POLICY, Question, Status, View, figure, members, scopes
from inventory.levels import Level
from tests.factories import a_component, a_deployment, a_province, a_system

DAY = date(2018, 12, 31)


def ask(
    session: Session, scope: str = "370000", day: date = DAY, *, levels: tuple[Level, ...] = LEVELS_OF_POLICY,
    view: View = View.POLICY, geography: date | None = None,
) -> Question:  # fmt: skip
    a_province(session)
    return Question(scopes.find(session, scope), day, geography, levels, view)


def rate(session: Session, scope: str = "370000", day: date = DAY, **more: Any) -> tuple[int, int]:
    """n and N."""
    counted = figure(session, ask(session, scope, day, **more)).ratio
    return counted.n, counted.total


def status_of(session: Session, system: BusinessSystem, day: date = DAY, **more: Any) -> str:
    listed = members(session, ask(session, day=day, **more), list(Status), limit=1000)
    return next(str(row.status) for row in listed if row.system_id == system.id)


def a_moved_system(session: Session, agency: Agency | None = None, **over: Any) -> BusinessSystem:
    """One component on a recognised cloud since 2017-05-01, accepted on 2017-06-01; `over` goes to the deployment."""
    system = a_system(session, agency)
    values: dict[str, Any] = {
        "mode": DeploymentMode.CLOUD, "valid_from": date(2017, 5, 1), "accepted_on": date(2017, 6, 1),
    } | over  # fmt: skip
    a_deployment(session, a_component(session, system), **values)
    return system


def an_old_system(session: Session, agency: Agency | None = None, **over: Any) -> BusinessSystem:
    """One component in the agency's own room."""
    system = a_system(session, agency, **over)
    a_deployment(session, a_component(session, system))
    return system
