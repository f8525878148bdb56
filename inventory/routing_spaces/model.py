"""A VRF of a domain; private networks may overlap, so the key of an address is (routing space, address)."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled
from inventory.network_domains.model import Zone


class RoutingSpace(Recorded, Base):
    """Where addresses are unique."""

    __tablename__ = "routing_spaces"
    __table_args__ = (
        UniqueConstraint(
            "domain_id",
            "name",
            info={
                "zh": "该网络域已有同名VPN实例",
                "en": "this domain has a routing space of that name",
                "field": "name",
            },
        ),
        UniqueConstraint("id", "domain_id"),
    )

    domain_id: Mapped[int] = labelled("网络域", ForeignKey("network_domains.id"), index=True)
    name: Mapped[str] = labelled("名称")
    zone: Mapped[Zone | None] = labelled("国家分区", choice(Zone))
    route_distinguisher: Mapped[str | None] = labelled("RD")
