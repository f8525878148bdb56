"""An agency on a platform; its domain travels with it, so nothing below it can stand in another domain."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, labelled, no_overlap, ordered_range


class CloudTenant(Recorded, Base):
    """A project on a cloud, owned by one agency."""

    __tablename__ = "cloud_tenants"
    __table_args__ = (
        UniqueConstraint(
            "platform_id",
            "name",
            info={"zh": "该云平台已有同名租户", "en": "this platform has a tenant of that name", "field": "name"},
        ),
        UniqueConstraint("id", "domain_id"),
        UniqueConstraint("id", "platform_id"),
        ForeignKeyConstraint(
            ["platform_id", "domain_id"],
            ["cloud_platforms.id", "cloud_platforms.domain_id"],
            info={"zh": "租户必须与云平台同在一个网络域", "en": "a tenant stands in its platform's domain"},
        ),
    )

    platform_id: Mapped[int] = labelled("云平台", index=True)
    domain_id: Mapped[int] = labelled("网络域")
    agency_id: Mapped[int] = labelled("使用单位", ForeignKey("agencies.id"), index=True)
    name: Mapped[str] = labelled("名称")


class TenantQuota(Recorded, Base):
    """What a tenant was granted on [valid_from, valid_to): virtual CPUs, memory and storage in GiB."""

    __tablename__ = "tenant_quotas"
    __table_args__ = (
        CheckConstraint(
            "least(vcpu, memory_gib, storage_gib) >= 0",
            name="amounts",
            info={"zh": "配额不能为负", "en": "a quota is not negative", "field": "vcpu"},
        ),
        ordered_range(),
        no_overlap(
            "ex_tenant_quotas_period",
            "tenant_id",
            zh="该租户在这段时间已有配额",
            en="this tenant has a quota in that period",
        ),
    )

    tenant_id: Mapped[int] = labelled("云租户", ForeignKey("cloud_tenants.id"), index=True)
    vcpu: Mapped[int] = labelled("虚拟CPU(个)", Integer)
    memory_gib: Mapped[int] = labelled("内存(GiB)", Integer)
    storage_gib: Mapped[int] = labelled("存储(GiB)", Integer)
    valid_from: Mapped[date] = labelled("起始日期")
    valid_to: Mapped[date | None] = labelled("终止日期")
