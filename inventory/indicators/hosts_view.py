"""主机口径: the hosts under the systems of N, each with whether it is a cloud host on a recognised platform."""

from sqlalchemy import Subquery, and_, func, select

from inventory.base import in_force
from inventory.cloud_platforms import CloudPlatform
from inventory.cloud_tenants import CloudTenant
from inventory.components import Component
from inventory.deployments import Deployment
from inventory.hosts import Host, HostKind
from inventory.indicators.classification import COUNTED, NO, classified, recognised
from inventory.indicators.question import Question


def carrying(question: Question) -> Subquery:
    """SQL: (host_id, on_cloud, system_id, owner, city): one row per host and system it carries."""
    systems, day = classified(question), question.as_of
    on_cloud = func.coalesce(and_(Host.kind == HostKind.CLOUD_HOST, recognised(day)), NO)
    query = select(
        Host.id.label("host_id"), Host.name.label("host_name"), Host.kind, Host.agency_id, on_cloud.label("on_cloud"),
        CloudPlatform.name.label("platform_name"), systems.c.system_id, systems.c.code, systems.c.name,
        systems.c.owner_id, systems.c.owner_name, systems.c.city_id,
    ).select_from(systems)  # fmt: skip
    query = query.join(Component, and_(Component.system_id == systems.c.system_id, Component.production))
    query = query.join(Deployment, and_(Deployment.component_id == Component.id, in_force(Deployment, day)))
    query = query.join(Host, Host.id == Deployment.host_id)
    query = query.outerjoin(CloudTenant, CloudTenant.id == Host.tenant_id)
    query = query.outerjoin(CloudPlatform, CloudPlatform.id == CloudTenant.platform_id)
    query = query.where(in_force(Component, day), systems.c.status.in_([status.value for status in COUNTED]))
    return query.distinct().subquery("carrying")
