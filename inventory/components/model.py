"""A part of a system that stands somewhere of its own."""

from datetime import date

from sqlalchemy import Boolean, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, labelled, ordered_range


class Component(Recorded, Base):
    """A production component counts for the rate from valid_from (open: as long as its system) until valid_to."""

    __tablename__ = "components"
    __table_args__ = (
        UniqueConstraint(
            "system_id",
            "name",
            info={"zh": "该系统已有同名组件", "en": "this system has a component of that name", "field": "name"},
        ),
        ordered_range(),
    )

    system_id: Mapped[int] = labelled("业务系统", ForeignKey("business_systems.id"), index=True)
    name: Mapped[str] = labelled("组件名称")
    production: Mapped[bool] = labelled("生产", Boolean, server_default=text("true"))
    valid_from: Mapped[date | None] = labelled("启用日期")
    valid_to: Mapped[date | None] = labelled("停用日期")
