"""The cloud rate counted a second time, system by system in plain Python, knowing none of the SQL."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from inventory.agencies import Agency
from inventory.business_systems import BusinessSystem
from inventory.cloud_platforms import CloudPlatform
from inventory.cloud_tenants import CloudTenant
from inventory.components import Component
from inventory.deployments import Deployment
from inventory.divisions import Division
from inventory.exemptions import Exemption
from inventory.hosts import Host
from inventory.indicators import Question
from tests.factories import all_of

COUNTED = ("on_cloud", "partly", "not_on_cloud", "no_deployment")


def holds(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day < end)


class Oracle:
    """Everything in the register, asked by loops."""

    def __init__(self, session: Session) -> None:
        self.divisions = {row.id: row for row in all_of(session, Division)}
        self.agencies = {row.id: row for row in all_of(session, Agency)}
        self.systems = all_of(session, BusinessSystem)
        self.components: dict[int, list[Component]] = defaultdict(list)
        self.deployments: dict[int, list[Deployment]] = defaultdict(list)
        for component in all_of(session, Component):
            self.components[component.system_id].append(component)
        for deployment in all_of(session, Deployment):
            self.deployments[deployment.component_id].append(deployment)
        self.exemptions = all_of(session, Exemption)
        self.platforms = {row.id: row for row in all_of(session, CloudPlatform)}
        self.tenants = {row.id: row for row in all_of(session, CloudTenant)}
        self.hosts = {row.id: row for row in all_of(session, Host)}

    def succeeded(self, table: dict[int, Any], row: Any, day: date) -> Any:
        while row.valid_to is not None and row.valid_to <= day and row.successor_id is not None:
            row = table[row.successor_id]
        return row

    def level(self, agency: Agency, day: date) -> str:
        body = self.succeeded(self.agencies, agency, day)
        level, seat = body.level, self.divisions[body.division_id]
        while seat.valid_to is not None and seat.valid_to <= day and seat.successor_id is not None:
            if level == seat.level and seat.bodies_become is not None:
                level = seat.bodies_become
            seat = self.divisions[seat.successor_id]
        return str(level.value)

    def chain(self, division: Division, day: date) -> list[int]:
        found: list[int] = []
        seat: Division | None = division
        while seat is not None:
            seat = self.succeeded(self.divisions, seat, day)
            found.append(seat.id)
            seat = self.divisions[seat.parent_id] if seat.parent_id else None
        return found

    def inside(self, system: BusinessSystem, noun: str, root: int, day: date) -> bool:
        body = self.succeeded(self.agencies, self.agencies[system.agency_id], day)
        if noun == "division":
            return root in self.chain(self.divisions[body.division_id], day)
        root_row = self.agencies[root]
        if self.succeeded(self.agencies, root_row, day) is not root_row:
            return False
        above: Agency | None = body
        while above is not None:
            if above.id == root:
                return True
            above = self.agencies[above.parent_id] if above.parent_id else None
        return False

    def in_use(self, component: Component, day: date) -> list[Deployment]:
        return [d for d in self.deployments[component.id] if holds(d.valid_from, d.valid_to, day)]

    def parts(self, system: BusinessSystem, day: date) -> list[Component]:
        return [c for c in self.components[system.id] if c.production and holds(c.valid_from, c.valid_to, day)]

    def recognised(self, platform_id: int | None, day: date) -> bool:
        cloud = self.platforms[platform_id] if platform_id else None
        return (
            cloud is not None and cloud.recognised_from is not None and cloud.recognised_from <= day
            and (cloud.recognised_to is None or day < cloud.recognised_to)
        )  # fmt: skip

    def moved(self, deployment: Deployment, day: date) -> bool:
        accepted = deployment.accepted_on is not None and deployment.accepted_on <= day
        return deployment.mode.value == "cloud" and accepted and self.recognised(deployment.platform_id, day)

    def ministry(self, system: BusinessSystem, day: date) -> bool:
        if system.origin is None or system.origin.value != "ministry":
            return False
        modes = {d.mode.value for c in self.parts(system, day) for d in self.in_use(c, day)}
        return modes == {"ministry"} if modes else system.deployment_mode == "ministry"

    def status(self, system: BusinessSystem, day: date, levels: tuple[str, ...], view: str) -> str:
        if system.classified:
            return "classified"
        if self.level(self.agencies[system.agency_id], day) not in levels:
            return "other_level"
        serving = system.online_on is not None and system.online_on <= day
        if not serving or (system.offline_on is not None and system.offline_on <= day):
            return "not_in_service"
        if self.ministry(system, day):
            return "ministry"
        exempt = [e for e in self.exemptions if e.system_id == system.id and holds(e.valid_from, e.valid_to, day)]
        return "exempt" if exempt and view != "full" else self.standing(system, day)

    def standing(self, system: BusinessSystem, day: date) -> str:
        places = [self.in_use(component, day) for component in self.parts(system, day)]
        if not any(places):
            return "no_deployment"
        if all(here and all(self.moved(d, day) for d in here) for here in places):
            return "on_cloud"
        return "partly" if any(self.moved(d, day) for here in places for d in here) else "not_on_cloud"

    def host_is_cloud(self, host: Host, day: date) -> bool:
        tenant = self.tenants[host.tenant_id] if host.tenant_id else None
        return host.kind.value == "cloud_host" and tenant is not None and self.recognised(tenant.platform_id, day)

    def rate(self, question: Question) -> tuple[int, int]:
        day, view, levels = question.as_of, question.view.value, tuple(level.value for level in question.levels)
        asked = [s for s in self.systems if self.inside(s, question.scope.noun, question.scope.id, question.geography)]
        statuses = {s.id: self.status(s, day, levels, view) for s in asked}
        within = [s for s in asked if statuses[s.id] in COUNTED]
        if view != "hosts":
            return sum(statuses[s.id] == "on_cloud" for s in within), len(within)
        used = {d.host_id for s in within for c in self.parts(s, day) for d in self.in_use(c, day) if d.host_id}
        return sum(self.host_is_cloud(self.hosts[i], day) for i in used), len(used)
