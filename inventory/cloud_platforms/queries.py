"""Finding platforms."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.cloud_platforms.model import CloudPlatform
from inventory.errors import NotFound


def by_name(session: Session, name: str) -> CloudPlatform:
    """The platform of that name."""
    if platform := session.scalar(select(CloudPlatform).where(CloudPlatform.name == name)):
        return platform
    raise NotFound("没有登记这个云平台 / no such cloud platform", cloud_platform=name)
