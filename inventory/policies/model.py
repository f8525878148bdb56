"""A document and its obligations."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled


class ClauseKind(StrEnum):
    """How an obligation is answered: computed, by evidence, or both."""

    AUTOMATIC = "A"
    MILESTONE = "M"
    MIXED = "A+M"


class Policy(Recorded, Base):
    """A document with its number (文号)."""

    __tablename__ = "policies"
    __table_args__ = (
        UniqueConstraint("number", info={"zh": "文号已存在", "en": "this number exists", "field": "number"}),
    )

    number: Mapped[str] = labelled("文号")
    title: Mapped[str] = labelled("标题")
    issuer: Mapped[str | None] = labelled("发文机关")
    issued_on: Mapped[date | None] = labelled("成文日期")


class PolicyClause(Recorded, Base):
    """One obligation; a deadline is a day, or only the words of the text (`due_words`)."""

    __tablename__ = "policy_clauses"
    __table_args__ = (
        UniqueConstraint(
            "policy_id", "code", info={"zh": "条款编号已存在", "en": "this clause exists", "field": "code"}
        ),
    )

    policy_id: Mapped[int] = labelled("文件", ForeignKey("policies.id"), index=True)
    code: Mapped[str] = labelled("编号")
    position: Mapped[str] = labelled("条款位置")
    title_zh: Mapped[str] = labelled("任务")
    title_en: Mapped[str] = labelled("英文")
    agencies: Mapped[str] = labelled("责任单位")
    due_words: Mapped[str | None] = labelled("时限(原文)")
    due_on: Mapped[date | None] = labelled("时限")
    indicator_words: Mapped[str] = labelled("指标")
    kind: Mapped[ClauseKind] = labelled("类别", choice(ClauseKind))
