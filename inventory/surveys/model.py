"""One survey workbook that somebody handed in, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred

from inventory.base import Base, choice, labelled


class ImportState(StrEnum):
    """排队, 处理中, 完成, 未能处理."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SurveyImport(Base):
    """A job row; not Recorded, because the file must leave no copy in history. `content` is emptied when it ends."""

    __tablename__ = "survey_imports"

    user_id: Mapped[int] = labelled("提交人", ForeignKey("users.id"), index=True)
    file_name: Mapped[str] = labelled("文件名")
    content: Mapped[bytes | None] = deferred(labelled("文件", LargeBinary))
    options: Mapped[dict[str, Any]] = labelled("选项")
    state: Mapped[ImportState] = labelled("状态", choice(ImportState), server_default=text("'queued'"))
    rows_done: Mapped[int] = labelled("已处理行数", Integer, server_default=text("0"))
    rows_total: Mapped[int] = labelled("总行数", Integer, server_default=text("0"))
    report: Mapped[dict[str, Any] | None] = deferred(labelled("结果", JSONB))
    problem: Mapped[str | None] = labelled("未能处理的原因")
    created_at: Mapped[datetime] = labelled("提交时间", server_default=text("now()"))
    started_at: Mapped[datetime | None] = labelled("开始时间")
    finished_at: Mapped[datetime | None] = labelled("结束时间")
