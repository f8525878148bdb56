"""Finding routing spaces."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.errors import NotFound
from inventory.routing_spaces.model import RoutingSpace


def by_name(session: Session, domain_id: int, name: str) -> RoutingSpace:
    """The routing space of that name in one domain."""
    query = select(RoutingSpace).where(RoutingSpace.domain_id == domain_id, RoutingSpace.name == name)
    if space := session.scalar(query):
        return space
    raise NotFound("该网络域没有这个VPN实例 / no such routing space in this domain", routing_space=name)
