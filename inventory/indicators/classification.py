"""One row per system in scope with its status on the day: every count and every list is a reading of these rows."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, case, false, func, literal, not_, or_, select

from inventory.agencies.queries import below
from inventory.base import in_force
from inventory.business_systems import BusinessSystem, Origin, SystemMode
from inventory.cloud_platforms import CloudPlatform
from inventory.components import Component
from inventory.deployments import Deployment, DeploymentMode
from inventory.exemptions import Exemption
from inventory.indicators.geography import bodies, lineage
from inventory.indicators.question import Question, View


class Status(StrEnum):
    """What a system is to the rate; the first four make up N."""

    ON_CLOUD = "on_cloud"
    PARTLY = "partly"
    NOT_ON_CLOUD = "not_on_cloud"
    NO_DEPLOYMENT = "no_deployment"
    EXEMPT = "exempt"
    MINISTRY = "ministry"
    CLASSIFIED = "classified"
    NOT_IN_SERVICE = "not_in_service"
    OTHER_LEVEL = "other_level"


STATUS_ZH = {
    Status.ON_CLOUD: "已上云",
    Status.PARTLY: "部分上云",
    Status.NOT_ON_CLOUD: "未上云",
    Status.NO_DEPLOYMENT: "未填报部署",
    Status.EXEMPT: "豁免",
    Status.MINISTRY: "部委集中部署",
    Status.CLASSIFIED: "涉密",
    Status.NOT_IN_SERVICE: "不在运行",
    Status.OTHER_LEVEL: "不在所选层级",
}
STATUS_EN = {
    Status.ON_CLOUD: "on the cloud",
    Status.PARTLY: "partly moved",
    Status.NOT_ON_CLOUD: "not on the cloud",
    Status.NO_DEPLOYMENT: "no deployment reported",
    Status.EXEMPT: "exempt",
    Status.MINISTRY: "run by a ministry",
    Status.CLASSIFIED: "classified",
    Status.NOT_IN_SERVICE: "not in service",
    Status.OTHER_LEVEL: "of another level",
}
COUNTED = (Status.ON_CLOUD, Status.PARTLY, Status.NOT_ON_CLOUD, Status.NO_DEPLOYMENT)
MISSING = COUNTED[1:]


YES, NO = literal(True), literal(False)  # noqa: FBT003 -- constants of SQL


def recognised(day: date) -> ColumnElement[bool]:
    """SQL: the platform is a recognised government cloud on the day."""
    ends = CloudPlatform.recognised_to
    return and_(CloudPlatform.recognised_from <= day, or_(ends.is_(None), ends > day))


def _in_scope(question: Question) -> CTE:
    """SQL: the systems of the scope, each with the body that answers for it."""
    scope, walk = question.scope, lineage(question.geography)
    body = bodies(question.as_of, question.geography, walk)
    inside: ColumnElement[bool]
    if scope.gone(question.geography):
        inside = false()
    elif scope.noun == "division":
        inside = body.c.owner_division_id.in_(select(walk.c.division_id).where(walk.c.at_id == scope.id))
    else:
        inside = body.c.owner_id.in_(below(scope.id))
    query = select(BusinessSystem.id.label("system_id"), *body.c).where(inside)
    query = query.join(body, body.c.agency_id == BusinessSystem.agency_id)
    if question.agency_ids is not None:
        query = query.where(BusinessSystem.agency_id.in_(question.agency_ids))
    return query.cte("in_scope")


def _clouds(scope: CTE, day: date) -> CTE:
    """SQL: per system, what its production components valid on the day say about where it stands."""
    on_cloud = and_(Deployment.mode == DeploymentMode.CLOUD, recognised(day), Deployment.accepted_on <= day)
    counts = func.coalesce(on_cloud, NO)
    cloud = Deployment.mode == DeploymentMode.CLOUD
    query = select(
        Component.system_id,
        func.bool_and(counts).label("entirely"),
        func.bool_or(counts).label("somewhat"),
        func.bool_and(Deployment.id.is_(None)).label("nowhere"),
        func.bool_and(Deployment.mode == DeploymentMode.MINISTRY).label("at_ministry"),
        func.bool_or(Deployment.id.is_(None)).label("has_gap"),
        func.bool_or(Deployment.mode != DeploymentMode.CLOUD).label("has_old_place"),
        func.bool_or(and_(cloud, not_(func.coalesce(recognised(day), NO)))).label("has_unrecognised"),
        func.bool_or(and_(cloud, func.coalesce(Deployment.accepted_on > day, YES))).label("has_unaccepted"),
    ).select_from(Component).join(scope, scope.c.system_id == Component.system_id)  # fmt: skip
    query = query.outerjoin(Deployment, and_(Deployment.component_id == Component.id, in_force(Deployment, day)))
    query = query.outerjoin(CloudPlatform, CloudPlatform.id == Deployment.platform_id)
    query = query.where(Component.production, in_force(Component, day))
    return query.group_by(Component.system_id).cte("clouds")


def _exclusion(question: Question, scope: CTE, clouds: CTE) -> list[tuple[ColumnElement[bool], Status]]:
    """SQL: why a system stays outside N, the reason that is named first coming first."""
    day, system = question.as_of, BusinessSystem
    serving = and_(system.online_on <= day, or_(system.offline_on.is_(None), system.offline_on > day))
    by_sheet = and_(func.coalesce(clouds.c.nowhere, YES), system.deployment_mode == SystemMode.MINISTRY)
    ministry = and_(system.origin == Origin.MINISTRY, or_(clouds.c.at_ministry, by_sheet))
    reasons: list[tuple[ColumnElement[bool], Status]] = [
        (system.classified.is_(True), Status.CLASSIFIED),
        (scope.c.level.not_in(question.levels), Status.OTHER_LEVEL),
        (not_(func.coalesce(serving, NO)), Status.NOT_IN_SERVICE),
        (ministry, Status.MINISTRY),
    ]
    if question.view is not View.FULL:
        reasons.append((Exemption.id.is_not(None), Status.EXEMPT))
    return reasons


def _standing(clouds: CTE) -> list[tuple[ColumnElement[bool], Status]]:
    """SQL: where a system of N stands; one without components or without any deployment stands nowhere."""
    return [
        (func.coalesce(clouds.c.nowhere, YES), Status.NO_DEPLOYMENT),
        (clouds.c.entirely, Status.ON_CLOUD),
        (clouds.c.somewhat, Status.PARTLY),
    ]


def classified(question: Question) -> Subquery:
    """SQL: (system_id, status, body and reasons) of every system in scope."""
    scope = _in_scope(question)
    clouds = _clouds(scope, question.as_of)
    ranked = [*_exclusion(question, scope, clouds), *_standing(clouds)]
    status = case(*((when, literal(then.value)) for when, then in ranked), else_=literal(Status.NOT_ON_CLOUD.value))
    query: Select[Any] = select(
        *scope.c, status.label("status"), BusinessSystem.code, BusinessSystem.name,
        BusinessSystem.online_on, BusinessSystem.offline_on, BusinessSystem.planned_cloud_on,
        BusinessSystem.not_on_cloud_reason, Exemption.document_number, Exemption.reason.label("exemption_reason"),
        clouds.c.has_gap, clouds.c.has_old_place, clouds.c.has_unrecognised, clouds.c.has_unaccepted,
    )  # fmt: skip
    query = query.select_from(scope).join(BusinessSystem, BusinessSystem.id == scope.c.system_id)
    query = query.outerjoin(clouds, clouds.c.system_id == scope.c.system_id)
    on_file = and_(Exemption.system_id == scope.c.system_id, in_force(Exemption, question.as_of))
    return query.outerjoin(Exemption, on_file).subquery("classified")
