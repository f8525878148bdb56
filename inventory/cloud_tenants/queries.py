"""Finding tenants."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.cloud_tenants.model import CloudTenant
from inventory.errors import NotFound


def by_name(session: Session, platform_id: int, name: str) -> CloudTenant:
    """The tenant of that name on one platform."""
    query = select(CloudTenant).where(CloudTenant.platform_id == platform_id, CloudTenant.name == name)
    if tenant := session.scalar(query):
        return tenant
    raise NotFound("该云平台没有登记这个租户 / no such tenant on this platform", cloud_tenant=name)
