"""One address in one routing space."""

from ipaddress import IPv4Address, IPv6Address

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, labelled


class Address(Recorded, Base):
    """The key is (routing space, address); the host that holds it belongs to the same routing space."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint(
            "routing_space_id",
            "address",
            info={"zh": "该VPN实例内此地址已被占用", "en": "this routing space has that address", "field": "address"},
        ),
        ForeignKeyConstraint(
            ["host_id", "routing_space_id"],
            ["hosts.id", "hosts.routing_space_id"],
            info={"zh": "地址与主机必须在同一VPN实例", "en": "address and host share a routing space"},
        ),
        CheckConstraint(
            "masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END",
            name="single",
            info={"zh": "应为单个地址", "en": "a single address, not a prefix", "field": "address"},
        ),
        Index("uq_addresses_management", "host_id", unique=True, postgresql_where=text("management")),
    )

    routing_space_id: Mapped[int] = labelled("VPN实例", ForeignKey("routing_spaces.id"), index=True)
    address: Mapped[IPv4Address | IPv6Address] = labelled("地址", INET())
    host_id: Mapped[int | None] = labelled("主机", index=True)
    management: Mapped[bool] = labelled("管理地址", Boolean, server_default=text("false"))
