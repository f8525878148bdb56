"""Pages of migrations: the list, and one page each with steps, decisions, locks, buttons and the live log."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from inventory import migrations
from inventory.accounts import Caller, Role
from inventory.migrations import STATE_ZH, MigrationState
from provisioning.runs import locks
from provisioning.runs.model import RunState, StepState
from service.api.manner.shapes import Identifier
from service.api.migrations import MigrationView, view
from service.console.layout import PageReader, page
from service.db import Db
from service.identity import reach_of

router = APIRouter(prefix="/migrations", include_in_schema=False)
LISTED = 50
S = MigrationState

STEP_ZH = {
    "precheck": "预检", "prepare_target": "准备目标主机", "replicate_files": "复制文件",
    "replicate_postgresql": "复制数据库",
    "gate:cutover": "关口：批准割接", "freeze": "冻结源系统", "final_sync": "最终同步", "switch_traffic": "切换访问",
    "verify": "验证", "gate:acceptance": "关口：割接验收", "gate:unfreeze": "关口：批准解冻",
    "unfreeze": "解冻（不可回退点）", "rollback": "回退",
}  # fmt: skip
RUN_ZH = {
    RunState.QUEUED: "排队中", RunState.RUNNING: "执行中", RunState.WAITING: "等待放行", RunState.CANCELLING: "取消中",
    RunState.SUCCEEDED: "成功", RunState.FAILED: "失败", RunState.CANCELLED: "已取消",
}  # fmt: skip
DONE_ZH = {
    StepState.PENDING: "未开始", StepState.RUNNING: "执行中", StepState.DONE: "完成", StepState.FAILED: "失败",
}  # fmt: skip
ROLE_ZH = {
    "requested_by": "申请", "specified_by": "编制方案", "approved_by": "批准方案", "executed_by": "执行",
    "cutover_by": "批准割接", "accepted_by": "割接验收", "unfreeze_by": "批准解冻",
}  # fmt: skip
TONE = {
    S.FAILED: "bad", S.CANCELLED: "warn", S.ROLLED_BACK: "warn", S.FINISHED: "good", S.ACCEPTED: "good",
    S.SYNCED: "warn", S.VERIFIED: "warn",
}  # fmt: skip
WORDS: dict[str, Any] = {
    "step_zh": STEP_ZH, "run_zh": RUN_ZH, "done_zh": DONE_ZH, "role_zh": ROLE_ZH, "tone": TONE, "state_zh": STATE_ZH,
}  # fmt: skip

RUNNERS = (Role.ENGINEER, Role.ADMINISTRATOR)
DECIDERS = (Role.APPROVER,)


@dataclass(frozen=True)
class Deed:
    """A button: what it sends, who sees it, in which states it makes sense, and what is asked first."""

    zh: str
    en: str
    method: str
    path: str
    roles: tuple[Role, ...]
    states: frozenset[MigrationState]
    ask: str = ""
    danger: bool = False


DEEDS = (
    Deed("批准方案", "Approve", "PUT", "approval", DECIDERS, frozenset({S.PLANNED, S.FAILED, S.CANCELLED})),
    Deed("执行 / 继续", "Run", "POST", "runs", RUNNERS, frozenset({S.APPROVED, S.FAILED, S.CANCELLED})),
    Deed("批准割接", "Release cutover", "PUT", "gates/cutover", DECIDERS, frozenset({S.SYNCED}), "现在开始割接？"),
    Deed("割接验收", "Accept", "PUT", "acceptance", DECIDERS, frozenset({S.VERIFIED}), "确认验收？部署将切换到云上。"),
    Deed("批准解冻", "Unfreeze", "PUT", "gates/unfreeze", (*RUNNERS, *DECIDERS), frozenset({S.ACCEPTED}),
         "目标开放写入后不能再回退，继续？", danger=True),
    Deed("取消", "Cancel", "POST", "cancellation", RUNNERS,
         frozenset({S.PLANNED, S.APPROVED, S.REPLICATING, S.SYNCED, S.CUTTING_OVER, S.ROLLING_BACK}), "取消？",
         danger=True),
    Deed("回退", "Roll back", "POST", "rollback", RUNNERS,
         frozenset({S.SYNCED, S.VERIFIED, S.ACCEPTED, S.FAILED, S.CANCELLED}), "把用户送回旧系统？", danger=True),
)  # fmt: skip


def deeds_for(shown: MigrationView, caller: Caller) -> list[Deed]:
    """The buttons that this caller's roles and the migration's state leave."""
    possible = [deed for deed in DEEDS if shown.state in deed.states and caller.has(*deed.roles)]
    if shown.write_opened_at is not None:
        possible = [deed for deed in possible if deed.path != "rollback"]
    if not shown.runs:
        possible = [deed for deed in possible if deed.path != "rollback"]
    if shown.approved_hash == shown.spec_hash:
        possible = [deed for deed in possible if deed.path != "approval"]
    return possible


@router.get("")
def show_migrations(
    request: Request, db: Db, caller: PageReader, before: Annotated[Identifier | None, Query()] = None
) -> Response:
    """Migrations of the caller's part of the register, newest first."""
    rows = migrations.within(db, reach_of(db, caller), before=before, limit=LISTED + 1)
    items = [view(db, row) for row in rows[:LISTED]]
    following = items[-1].id if len(rows) > LISTED else None
    return page(request, "migrations.html", items=items, following=following, **WORDS)


@router.get("/{migration_id}")
def show_migration(
    request: Request, db: Db, caller: PageReader, migration_id: Annotated[Identifier, Path()]
) -> Response:
    """One migration."""
    migration = migrations.get(db, migration_id, reach_of(db, caller))
    shown = view(db, migration)
    held = [lock for lock in locks.all_held(db, reach_of(db, caller)) if lock["migration"] == migration_id]
    return page(
        request, "migration.html", item=shown, deeds=deeds_for(shown, caller), held=held,
        run=shown.runs[-1] if shown.runs else None, **WORDS,
    )  # fmt: skip
