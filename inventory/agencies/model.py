"""A government body."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from inventory.agencies.uscc import check_uscc
from inventory.base import Base, Recorded, choice, labelled, ordered_range
from inventory.levels import Level


class Agency(Recorded, Base):
    """A body at one level in one division; reforms end it and name its successor."""

    __tablename__ = "agencies"
    __table_args__ = (
        UniqueConstraint(
            "division_id",
            "name",
            info={"zh": "该区划下已有同名单位", "en": "this division has an agency of that name", "field": "name"},
        ),
        UniqueConstraint(
            "uscc",
            info={"zh": "统一社会信用代码已被占用", "en": "another agency has this credit code", "field": "uscc"},
        ),
        CheckConstraint(
            "uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'",
            name="uscc",
            info={
                "zh": "统一社会信用代码应为18位",
                "en": "a unified social credit code has 18 characters",
                "field": "uscc",
            },
        ),
        ordered_range(),
    )

    name: Mapped[str] = labelled("单位名称")
    short_name: Mapped[str | None] = labelled("简称")
    uscc: Mapped[str | None] = labelled("统一社会信用代码", String(18))
    level: Mapped[Level] = labelled("层级", choice(Level))
    division_id: Mapped[int] = labelled("行政区划", ForeignKey("divisions.id"), index=True)
    parent_id: Mapped[int | None] = labelled("上级单位", ForeignKey("agencies.id"), index=True)
    valid_from: Mapped[date | None] = labelled("设立日期")
    valid_to: Mapped[date | None] = labelled("撤销日期")
    successor_id: Mapped[int | None] = labelled("承继单位", ForeignKey("agencies.id"))

    @validates("uscc")
    def _check_digit(self, _: str, value: str | None) -> str | None:
        return None if value is None else check_uscc(value)
