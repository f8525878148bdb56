"""A component on a host or a cloud during [valid_from, valid_to)."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled, no_overlap, ordered_range


class DeploymentMode(StrEnum):
    """云, 托管, 自建机房, 部委集中, 公有云."""

    CLOUD = "cloud"
    HOSTING = "hosting"
    OWN_ROOM = "own_room"
    MINISTRY = "ministry"
    PUBLIC_CLOUD = "public_cloud"


class Deployment(Recorded, Base):
    """One slot of a component holds one deployment at any day; `accepted_on` is the day of 割接验收."""

    __tablename__ = "deployments"
    __table_args__ = (
        no_overlap(
            "ex_deployments_slot",
            "component_id",
            "slot",
            zh="该组件的这个部署位在这段时间已有部署",
            en="this slot of the component holds a deployment in that period",
        ),
        ordered_range(),
        CheckConstraint(
            "(mode = 'cloud') = (platform_id IS NOT NULL)",
            name="platform_of_cloud",
            info={
                "zh": "云部署必须指明云平台，其他方式不得指明",
                "en": "cloud deployments, and only they, name a platform",
                "field": "platform_id",
            },
        ),
        ForeignKeyConstraint(
            ["tenant_id", "platform_id"],
            ["cloud_tenants.id", "cloud_tenants.platform_id"],
            info={"zh": "租户不属于该云平台", "en": "the tenant is not on that platform", "field": "tenant_id"},
        ),
        CheckConstraint(
            "tenant_id IS NULL OR platform_id IS NOT NULL",
            name="tenant_on_platform",
            info={"zh": "有租户必须有云平台", "en": "a tenant needs its platform", "field": "tenant_id"},
        ),
        Index("ix_deployments_open", "component_id", postgresql_where=text("valid_to IS NULL")),
    )

    component_id: Mapped[int] = labelled("组件", ForeignKey("components.id"), index=True)
    slot: Mapped[int] = labelled("部署位", server_default=text("1"))
    mode: Mapped[DeploymentMode] = labelled("部署方式", choice(DeploymentMode))
    host_id: Mapped[int | None] = labelled("主机", ForeignKey("hosts.id"), index=True)
    platform_id: Mapped[int | None] = labelled("云平台", ForeignKey("cloud_platforms.id"), index=True)
    tenant_id: Mapped[int | None] = labelled("云租户")
    valid_from: Mapped[date] = labelled("起始日期")
    valid_to: Mapped[date | None] = labelled("终止日期")
    accepted_on: Mapped[date | None] = labelled("割接验收日期")
