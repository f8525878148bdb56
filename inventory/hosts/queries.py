"""Finding hosts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.errors import NotFound
from inventory.hosts.model import Host


def by_name(session: Session, agency_id: int, name: str) -> Host:
    """The host of that name of one agency."""
    if host := session.scalar(select(Host).where(Host.agency_id == agency_id, Host.name == name)):
        return host
    raise NotFound("没有登记这台主机 / no such host of this agency", host=name)
