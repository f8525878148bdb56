"""What is measured, by which rule, and what is to be reached."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled, ordered_range


class IndicatorStanding(StrEnum):
    """考核目标: set by a policy's text. 监测指标: ours."""

    ASSESSED = "assessed"
    MONITORED = "monitored"


class Indicator(Recorded, Base):
    """A named figure n/N."""

    __tablename__ = "indicators"
    __table_args__ = (
        UniqueConstraint("code", info={"zh": "指标已存在", "en": "this indicator exists", "field": "code"}),
    )

    code: Mapped[str] = labelled("代码")
    name_zh: Mapped[str] = labelled("名称")
    name_en: Mapped[str] = labelled("英文")
    standing: Mapped[IndicatorStanding] = labelled("性质", choice(IndicatorStanding))
    clause_id: Mapped[int | None] = labelled("条款", ForeignKey("policy_clauses.id"))


class IndicatorRule(Recorded, Base):
    """One version of how n and N are counted, in words; the code of that version carries the same number."""

    __tablename__ = "indicator_rules"
    __table_args__ = (UniqueConstraint("indicator_id", "number"), ordered_range())

    indicator_id: Mapped[int] = labelled("指标", ForeignKey("indicators.id"))
    number: Mapped[int] = labelled("版本", Integer)
    numerator_zh: Mapped[str] = labelled("分子")
    denominator_zh: Mapped[str] = labelled("分母")
    exclusions_zh: Mapped[str] = labelled("剔除")
    text_en: Mapped[str] = labelled("英文说明")
    source: Mapped[str] = labelled("依据")
    valid_from: Mapped[date | None] = labelled("启用日期")
    valid_to: Mapped[date | None] = labelled("停用日期")


class Target(Recorded, Base):
    """At least numerator/denominator, set by a policy for a division's bodies of the levels it names (`levels`)."""

    __tablename__ = "targets"
    __table_args__ = (
        UniqueConstraint("indicator_id", "policy_id", "division_id", "levels"),
        CheckConstraint("numerator BETWEEN 0 AND denominator AND denominator > 0", name="ratio"),
        ordered_range(),
    )

    indicator_id: Mapped[int] = labelled("指标", ForeignKey("indicators.id"))
    policy_id: Mapped[int] = labelled("依据文件", ForeignKey("policies.id"))
    clause_id: Mapped[int | None] = labelled("条款", ForeignKey("policy_clauses.id"))
    division_id: Mapped[int] = labelled("适用区划", ForeignKey("divisions.id"))
    levels: Mapped[str] = labelled("适用层级")
    numerator: Mapped[int] = labelled("目标分子", Integer)
    denominator: Mapped[int] = labelled("目标分母", Integer)
    due_on: Mapped[date | None] = labelled("时限")
    due_words: Mapped[str | None] = labelled("时限(原文)")
    valid_from: Mapped[date | None] = labelled("生效日期")
    valid_to: Mapped[date | None] = labelled("失效日期")
