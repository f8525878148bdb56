"""A move of a system's components from an old host to a cloud host, and who decided what about it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, relationship

from inventory.base import Base, Recorded, choice, labelled
from inventory.migrations.states import ENDED, MigrationState

# One that was cancelled after somebody ran it may have frozen or half moved its system: it goes on or is taken back.
OPEN = "state NOT IN ({}) AND (state <> '{}' OR executed_by_id IS NOT NULL)".format(
    ", ".join(f"'{state.value}'" for state in sorted(ENDED)), MigrationState.CANCELLED.value
)


def _two_people(first: str, second: str, zh: str, en: str) -> CheckConstraint:
    return CheckConstraint(f"{first}_id <> {second}_id", name=f"{second}_is_not_{first}", info={"zh": zh, "en": en})


class Migration(Recorded, Base):
    """One move (上云迁移), planned or carried out; from `write_opened_at` on the target takes writes: no way back."""

    __tablename__ = "migrations"
    __table_args__ = (
        Index("uq_migrations_open_system", "system_id", unique=True, postgresql_where=text(OPEN)),
        CheckConstraint(
            "source_host_id <> target_host_id", name="two_hosts",
            info={"zh": "源主机与目标主机不能相同", "en": "source and target are two hosts", "field": "target_host_id"},
        ),
        _two_people("requested_by", "approved_by", "批准人不能是申请人", "the approver is not the requester"),
        _two_people("specified_by", "approved_by", "批准人不能是方案编制人", "the approver did not write the plan"),
        _two_people("executed_by", "approved_by", "批准人不能是执行人", "the approver is not the executor"),
        _two_people("requested_by", "accepted_by", "验收人不能是申请人", "the accepter is not the requester"),
        _two_people("executed_by", "accepted_by", "验收人不能是执行人", "the accepter is not the executor"),
        _two_people("specified_by", "accepted_by", "验收人不能是方案编制人", "the accepter did not write the plan"),
        CheckConstraint(
            "num_nonnulls(approved_by_id, approved_at, approved_hash) IN (0, 3)", name="approval_is_whole",
            info={"zh": "批准信息不完整", "en": "an approval has its person, time and hash"},
        ),
        CheckConstraint(
            "num_nonnulls(accepted_by_id, accepted_on) IN (0, 2)", name="acceptance_is_whole",
            info={"zh": "验收信息不完整", "en": "an acceptance has its person and day"},
        ),
    )  # fmt: skip

    system_id: Mapped[int] = labelled("业务系统", ForeignKey("business_systems.id"), index=True)
    source_host_id: Mapped[int] = labelled("源主机", ForeignKey("hosts.id"), index=True)
    target_host_id: Mapped[int] = labelled("目标主机", ForeignKey("hosts.id"), index=True)
    front_host_id: Mapped[int | None] = labelled("入口主机", ForeignKey("hosts.id"), index=True)
    spec: Mapped[dict[str, Any]] = labelled("迁移方案", JSONB)
    spec_hash: Mapped[str] = labelled("方案摘要")
    state: Mapped[MigrationState] = labelled("状态", choice(MigrationState), server_default=text("'planned'"))
    why: Mapped[str | None] = labelled("状态说明")
    requested_by_id: Mapped[int] = labelled("申请人", ForeignKey("users.id"))
    specified_by_id: Mapped[int] = labelled("方案编制人", ForeignKey("users.id"))
    approved_by_id: Mapped[int | None] = labelled("批准人", ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = labelled("批准时间")
    approved_hash: Mapped[str | None] = labelled("所批准的方案摘要")
    executed_by_id: Mapped[int | None] = labelled("执行人", ForeignKey("users.id"))
    cutover_by_id: Mapped[int | None] = labelled("割接批准人", ForeignKey("users.id"))
    cutover_at: Mapped[datetime | None] = labelled("割接批准时间")
    accepted_by_id: Mapped[int | None] = labelled("验收人", ForeignKey("users.id"))
    accepted_on: Mapped[date | None] = labelled("割接验收日期")
    unfreeze_by_id: Mapped[int | None] = labelled("解冻人", ForeignKey("users.id"))
    write_opened_at: Mapped[datetime | None] = labelled("目标开放写入时间")
    moves: Mapped[list["MigrationMove"]] = relationship(
        back_populates="migration", lazy="selectin", order_by="MigrationMove.id", cascade="all, delete-orphan"
    )


class MigrationMove(Recorded, Base):
    """One component that moves; after acceptance, per slot, what was closed (as it was) and what was opened."""

    __tablename__ = "migration_moves"
    __table_args__ = (
        UniqueConstraint(
            "migration_id", "component_id",
            info={"zh": "该组件已在此迁移中", "en": "this component is in the migration", "field": "components"},
        ),
    )  # fmt: skip

    migration_id: Mapped[int] = labelled("迁移", ForeignKey("migrations.id"))
    component_id: Mapped[int] = labelled("组件", ForeignKey("components.id"), index=True)
    closed: Mapped[list[Any]] = labelled("所关闭的部署", JSONB, server_default=text("'[]'"))
    opened: Mapped[list[Any]] = labelled("所开启的部署", JSONB, server_default=text("'[]'"))
    migration: Mapped[Migration] = relationship(back_populates="moves")
