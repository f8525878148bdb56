"""A government cloud in one network domain."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, labelled


class CloudPlatform(Recorded, Base):
    """A cloud run by a provider for a division's government; recognised (认定) on a half-open range of days."""

    __tablename__ = "cloud_platforms"
    __table_args__ = (
        UniqueConstraint("name", info={"zh": "云平台名称已存在", "en": "this platform exists", "field": "name"}),
        UniqueConstraint("id", "domain_id"),
        CheckConstraint(
            "recognised_to > recognised_from",
            name="recognised_range",
            info={
                "zh": "认定终止必须晚于认定开始",
                "en": "recognition must end after it begins",
                "field": "recognised_to",
            },
        ),
    )

    name: Mapped[str] = labelled("名称")
    domain_id: Mapped[int] = labelled("网络域", ForeignKey("network_domains.id"), index=True)
    owner_division_id: Mapped[int] = labelled("所属区划", ForeignKey("divisions.id"), index=True)
    agency_id: Mapped[int | None] = labelled("主管单位", ForeignKey("agencies.id"))
    provider: Mapped[str | None] = labelled("云服务商")
    recognised_from: Mapped[date | None] = labelled("认定为政务云自")
    recognised_to: Mapped[date | None] = labelled("认定终止")
