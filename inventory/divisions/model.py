"""A dated code of GB/T 2260."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled, ordered_range
from inventory.levels import Level


class Division(Recorded, Base):
    """A province, city or county under one code; the code is valid on [valid_from, valid_to).

    `successor_id` says where its bodies belong afterwards. `bodies_become` is set only where a division was absorbed
    by one of its own rank (莱芜市 by 济南市): its bodies stand at that lower level from then on.
    """

    __tablename__ = "divisions"
    __table_args__ = (
        UniqueConstraint("code", info={"zh": "行政区划代码已存在", "en": "this division code exists", "field": "code"}),
        CheckConstraint("code ~ '^[0-9]{6}$'", name="code", info={"zh": "区划代码应为六位数字", "en": "six digits"}),
        ordered_range(),
    )

    code: Mapped[str] = labelled("区划代码", String(6))
    name: Mapped[str] = labelled("名称")
    level: Mapped[Level] = labelled("层级", choice(Level))
    division_type: Mapped[str] = labelled("类型")
    parent_id: Mapped[int | None] = labelled("上级区划", ForeignKey("divisions.id"), index=True)
    valid_from: Mapped[date | None] = labelled("启用日期")
    valid_to: Mapped[date | None] = labelled("停用日期")
    successor_id: Mapped[int | None] = labelled("承继区划", ForeignKey("divisions.id"), index=True)
    bodies_become: Mapped[Level | None] = labelled("所属单位改为层级", choice(Level, "bodies_become"))
    date_precision: Mapped[str | None] = labelled("日期精度")
    evidence: Mapped[str | None] = labelled("依据")
