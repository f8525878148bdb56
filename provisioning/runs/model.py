"""The run ledger: what was asked, how far it came, who holds which target, and the proof of every step."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.base import Base, choice


class RunKind(StrEnum):
    """What a run does: carries a migration out, or takes it back."""

    MIGRATE = "migrate"
    ROLLBACK = "rollback"


class RunState(StrEnum):
    """Where a run stands; waiting means at a gate, with no lock and no worker."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepKind(StrEnum):
    """A playbook, or a decision of a person."""

    PLAY = "play"
    GATE = "gate"


class StepState(StrEnum):
    """Where a step stands; a step that is done never runs again."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ACTIVE = (RunState.QUEUED, RunState.RUNNING, RunState.WAITING, RunState.CANCELLING)
ENDED = (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED)
STILL = "state IN ({})".format(", ".join(f"'{state.value}'" for state in ACTIVE))


class Run(Base):
    """One execution; whoever advances it holds `epoch` and a lease by the database's clock.

    `tag` marks its processes and its papers on the hosts: unlike the id it is unique beyond this database.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index("uq_runs_active", "migration_id", unique=True, postgresql_where=text(STILL)),
        Index("ix_runs_state", "state"),
    )

    tag: Mapped[str] = mapped_column(server_default=text("gen_random_uuid()::text"))
    kind: Mapped[RunKind] = mapped_column(choice(RunKind))
    migration_id: Mapped[int] = mapped_column(ForeignKey("migrations.id"), index=True)
    state: Mapped[RunState] = mapped_column(choice(RunState), server_default=text("'queued'"))
    epoch: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    cancel_requested_by: Mapped[str | None]
    blocked_by: Mapped[list[Any] | None] = mapped_column(JSONB)
    plan: Mapped[list[Any]]
    requested_by: Mapped[str]
    playbook_revision: Mapped[str | None]
    inventory_hash: Mapped[str | None]
    variables_hash: Mapped[str | None]
    failure: Mapped[str | None]
    last_event: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    steps: Mapped[list["RunStep"]] = relationship(back_populates="run", order_by="RunStep.ordinal", lazy="selectin")


class RunStep(Base):
    """One step of a run's plan, fixed when the run was created."""

    __tablename__ = "run_steps"
    __table_args__ = (UniqueConstraint("run_id", "ordinal"), UniqueConstraint("run_id", "name"))

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    ordinal: Mapped[int] = mapped_column(Integer)
    name: Mapped[str]
    kind: Mapped[StepKind] = mapped_column(choice(StepKind))
    state: Mapped[StepState] = mapped_column(choice(StepState), server_default=text("'pending'"))
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    epoch: Mapped[int | None] = mapped_column(Integer)
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    run: Mapped[Run] = relationship(back_populates="steps")


class TargetLock(Base):
    """A target (`host:12`) that one run has for itself while it acts."""

    __tablename__ = "target_locks"
    __table_args__ = (UniqueConstraint("key"),)

    key: Mapped[str]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    epoch: Mapped[int] = mapped_column(Integer)
    taken_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Evidence(Base):
    """What proves a step, written in the transaction that records it done; sha256 of the canonical JSON of `body`."""

    __tablename__ = "evidence"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("run_steps.id"), index=True)
    kind: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class RunEvent(Base):
    """One line of a run's log; `seq` counts from 1 without gaps and becomes visible in order."""

    __tablename__ = "run_events"
    __table_args__ = (UniqueConstraint("run_id", "seq"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    step: Mapped[str | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
