"""A machine room."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, labelled


class Site(Recorded, Base):
    """A machine room of one agency in one division."""

    __tablename__ = "sites"
    __table_args__ = (
        UniqueConstraint("code", info={"zh": "机房编码已存在", "en": "this site code exists", "field": "code"}),
    )

    code: Mapped[str] = labelled("机房编码")
    name: Mapped[str] = labelled("机房名称")
    division_id: Mapped[int] = labelled("行政区划", ForeignKey("divisions.id"), index=True)
    agency_id: Mapped[int] = labelled("管理单位", ForeignKey("agencies.id"), index=True)
