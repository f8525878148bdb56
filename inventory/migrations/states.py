"""How a migration's state may change: this one table, and nothing else, says so."""

from enum import StrEnum

from inventory.errors import Conflict


class MigrationState(StrEnum):
    """Where a migration stands (迁移状态)."""

    PLANNED = "planned"
    APPROVED = "approved"
    REPLICATING = "replicating"
    SYNCED = "synced"
    CUTTING_OVER = "cutting_over"
    VERIFIED = "verified"
    ACCEPTED = "accepted"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


S = MigrationState

STATE_ZH = {
    S.PLANNED: "已计划",
    S.APPROVED: "已批准",
    S.REPLICATING: "复制中",
    S.SYNCED: "已同步，待割接",
    S.CUTTING_OVER: "割接中",
    S.VERIFIED: "已验证，待验收",
    S.ACCEPTED: "已验收，待解冻",
    S.FINISHED: "已完成",
    S.FAILED: "失败",
    S.CANCELLED: "已取消",
    S.ROLLING_BACK: "回退中",
    S.ROLLED_BACK: "已回退",
}

TRANSITIONS: dict[MigrationState, frozenset[MigrationState]] = {
    S.PLANNED: frozenset({S.APPROVED, S.FAILED, S.CANCELLED}),
    S.APPROVED: frozenset({S.PLANNED, S.REPLICATING, S.FAILED, S.CANCELLED}),
    S.REPLICATING: frozenset({S.SYNCED, S.FAILED, S.CANCELLED}),
    S.SYNCED: frozenset({S.CUTTING_OVER, S.ROLLING_BACK, S.FAILED, S.CANCELLED}),
    S.CUTTING_OVER: frozenset({S.VERIFIED, S.FAILED, S.CANCELLED}),
    S.VERIFIED: frozenset({S.ACCEPTED, S.ROLLING_BACK, S.FAILED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.FINISHED, S.ROLLING_BACK, S.FAILED, S.CANCELLED}),
    S.FAILED: frozenset({S.REPLICATING, S.SYNCED, S.CUTTING_OVER, S.VERIFIED, S.ACCEPTED, S.ROLLING_BACK, S.CANCELLED}),
    S.CANCELLED: frozenset({S.REPLICATING, S.SYNCED, S.CUTTING_OVER, S.VERIFIED, S.ACCEPTED, S.ROLLING_BACK, S.FAILED}),
    S.ROLLING_BACK: frozenset({S.ROLLED_BACK, S.FAILED, S.CANCELLED}),
    S.FINISHED: frozenset(),
    S.ROLLED_BACK: frozenset(),
}

ENDED = frozenset({S.FINISHED, S.ROLLED_BACK})
IN_MAINTENANCE = frozenset({S.REPLICATING, S.CUTTING_OVER, S.ROLLING_BACK})
CHANGEABLE = frozenset({S.PLANNED, S.APPROVED, S.FAILED, S.CANCELLED})


def require_transition(before: MigrationState, after: MigrationState) -> None:
    """Refuse a change of state that the table does not hold."""
    if after not in TRANSITIONS[before]:
        raise Conflict(
            f"迁移现为“{STATE_ZH[before]}”，不能变为“{STATE_ZH[after]}” / "
            f"a migration that is {before} cannot become {after}",
            state=before,
            wanted=after,
        )
