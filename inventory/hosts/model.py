"""A server in a room or a cloud host in a tenant; it stands in exactly one domain."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled


class HostKind(StrEnum):
    """物理服务器, 虚拟机(自建), 云主机."""

    SERVER = "server"
    VIRTUAL = "virtual"
    CLOUD_HOST = "cloud_host"


class Host(Recorded, Base):
    """A machine; its routing space and its tenant are in its own domain by composite key."""

    __tablename__ = "hosts"
    __table_args__ = (
        UniqueConstraint(
            "agency_id",
            "name",
            info={"zh": "该单位已有同名主机", "en": "this agency has a host of that name", "field": "name"},
        ),
        UniqueConstraint("id", "domain_id"),
        UniqueConstraint("id", "routing_space_id"),
        ForeignKeyConstraint(
            ["routing_space_id", "domain_id"],
            ["routing_spaces.id", "routing_spaces.domain_id"],
            info={"zh": "主机与其VPN实例必须同域", "en": "host and routing space stand in one domain"},
        ),
        ForeignKeyConstraint(
            ["tenant_id", "domain_id"],
            ["cloud_tenants.id", "cloud_tenants.domain_id"],
            info={"zh": "主机与其云租户必须同域", "en": "host and tenant stand in one domain"},
        ),
        CheckConstraint(
            "(kind = 'cloud_host') = (tenant_id IS NOT NULL)",
            name="tenant_of_cloud_host",
            info={
                "zh": "云主机必须属于租户，其他主机不得属于租户",
                "en": "cloud hosts, and only they, have a tenant",
                "field": "tenant_id",
            },
        ),
        CheckConstraint("ssh_port BETWEEN 1 AND 65535", name="ssh_port", info={"zh": "端口无效", "en": "bad port"}),
    )

    name: Mapped[str] = labelled("主机名")
    kind: Mapped[HostKind] = labelled("类别", choice(HostKind))
    agency_id: Mapped[int] = labelled("使用单位", ForeignKey("agencies.id"), index=True)
    domain_id: Mapped[int] = labelled("网络域", ForeignKey("network_domains.id"), index=True)
    routing_space_id: Mapped[int | None] = labelled("VPN实例", index=True)
    site_id: Mapped[int | None] = labelled("机房", ForeignKey("sites.id"), index=True)
    tenant_id: Mapped[int | None] = labelled("云租户", index=True)
    operating_system: Mapped[str | None] = labelled("操作系统")
    cpu_cores: Mapped[int | None] = labelled("CPU核", Integer)
    memory_gib: Mapped[int | None] = labelled("内存GB", Integer)
    ssh_user: Mapped[str | None] = labelled("SSH 用户")
    ssh_port: Mapped[int] = labelled("SSH 端口", Integer, server_default=text("22"))
    ssh_host_key: Mapped[str | None] = labelled("SSH 主机公钥")
    ssh_credential: Mapped[str | None] = labelled("SSH 凭据名")
    snmp_port: Mapped[int | None] = labelled("SNMP 端口", Integer)
    snmp_credential: Mapped[str | None] = labelled("SNMP 凭据名")
