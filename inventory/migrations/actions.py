"""Planning and deciding; each decision of a second person is checked here and again by the database."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.accounts import Caller, Reach
from inventory.errors import Conflict, NotAllowed
from inventory.migrations.model import Migration, MigrationMove
from inventory.migrations.planning import resolve
from inventory.migrations.queries import open_of_system
from inventory.migrations.schema import MigrationIn
from inventory.migrations.spec import fingerprint
from inventory.migrations.states import CHANGEABLE, STATE_ZH, MigrationState, require_transition


def plan(session: Session, wanted: MigrationIn, caller: Caller, reach: Reach) -> Migration:
    """Record a plan; one system has one open migration."""
    parts = resolve(session, wanted, reach)
    refuse_open(session, parts.system.id)
    migration = Migration(
        system_id=parts.system.id, requested_by_id=caller.user_id, specified_by_id=caller.user_id,
        state=MigrationState.PLANNED,
    )  # fmt: skip
    _write(migration, wanted, parts)
    session.add(migration)
    session.flush()
    return migration


def refuse_open(session: Session, system_id: int, but: int | None = None) -> None:
    """One system has one open migration; also when a cancelled one (`but`) is to go on."""
    other = open_of_system(session, system_id)
    if other is not None and other.id != but:
        raise Conflict(
            f"该系统已有未结束的迁移 {other.id} / this system has an open migration",
            migration=other.id,
            state=other.state,
        )


def change_plan(session: Session, migration: Migration, wanted: MigrationIn, caller: Caller, reach: Reach) -> Migration:
    """Replace the plan before its cutover is released, while nothing runs; an approval does not survive it."""
    if migration.state not in CHANGEABLE or migration.cutover_at is not None:
        raise Conflict(
            f"迁移现为“{STATE_ZH[migration.state]}”，方案不能再改 / the plan cannot change now", state=migration.state
        )
    parts = resolve(session, wanted, reach)
    if parts.system.id != migration.system_id:
        raise Conflict("迁移所属系统不能更换 / a migration stays with its system", field="system")
    begun = migration.state in {MigrationState.FAILED, MigrationState.CANCELLED}
    hosts = (parts.source.id, parts.target.id, parts.front.id if parts.front else None)
    if begun and hosts != (migration.source_host_id, migration.target_host_id, migration.front_host_id):
        raise Conflict("已经开始的迁移不能更换主机 / a migration that has begun keeps its hosts", field="target")
    _write(migration, wanted, parts)
    migration.specified_by_id = caller.user_id
    migration.approved_by_id = migration.approved_at = migration.approved_hash = None
    if migration.state is MigrationState.APPROVED:
        move_to(migration, MigrationState.PLANNED, "方案已修改，须重新批准 / the plan changed, approve it again")
    session.flush()
    return migration


def approve(
    session: Session, migration: Migration, caller: Caller, reason: str = "", spec_hash: str | None = None
) -> Migration:
    """Approve the plan as it stands now; who asked for it, wrote it or runs it may not."""
    refuse_same_person(migration, caller, "批准", "approve", ("requested_by", "specified_by", "executed_by"))
    if spec_hash is not None and spec_hash != migration.spec_hash:
        raise Conflict("方案已被修改，请重新阅读 / the plan is not the one you read", spec_hash=migration.spec_hash)
    if migration.state not in CHANGEABLE:
        raise Conflict(
            f"迁移现为“{STATE_ZH[migration.state]}”，无须批准 / nothing to approve now", state=migration.state
        )
    now = _now(session)
    migration.approved_by_id, migration.approved_at, migration.approved_hash = caller.user_id, now, migration.spec_hash
    if migration.state is MigrationState.PLANNED:
        move_to(migration, MigrationState.APPROVED, reason)
    session.flush()
    return migration


def require_approval(migration: Migration) -> None:
    """Refuse to act on a plan that nobody approved, or that changed since."""
    if migration.approved_hash is None:
        raise Conflict("方案尚未批准 / the plan is not approved", remedy=f"yunwang migrate approve {migration.id}")
    if migration.approved_hash != migration.spec_hash:
        raise Conflict(
            "方案在批准后有改动，须重新批准 / the plan changed after its approval, approve it again",
            remedy=f"yunwang migrate approve {migration.id}",
        )


def take_up(session: Session, migration: Migration, caller: Caller) -> None:
    """Note who carries the migration out; the approver may not."""
    require_approval(migration)
    refuse_same_person(migration, caller, "执行", "carry out", ("approved_by", "cutover_by", "accepted_by"))
    migration.executed_by_id = caller.user_id
    session.flush()


def release_cutover(session: Session, migration: Migration, caller: Caller) -> None:
    """Let the cutover begin."""
    require_state(migration, MigrationState.SYNCED)
    require_approval(migration)
    people = ("requested_by", "specified_by", "executed_by")
    refuse_same_person(migration, caller, "批准割接", "release the cutover", people)
    if migration.cutover_at is not None:
        raise Conflict("割接已经批准 / the cutover is released already", cutover_at=migration.cutover_at.isoformat())
    now = _now(session)
    migration.cutover_by_id, migration.cutover_at = caller.user_id, now
    session.flush()


def release_unfreeze(session: Session, migration: Migration, caller: Caller) -> None:
    """Let the target be opened for writing: after that step begins there is no way back."""
    require_state(migration, MigrationState.ACCEPTED)
    if migration.unfreeze_by_id is not None:
        raise Conflict("已经批准解冻 / the unfreeze is released already")
    migration.unfreeze_by_id = caller.user_id
    session.flush()


def require_way_back(migration: Migration) -> None:
    """Refuse a rollback after the target took writes."""
    if migration.write_opened_at is not None:
        raise Conflict(
            "目标已开放写入，不能再回退：会丢失数据 / the target has been open for writing: a rollback would lose data",
            write_opened_at=migration.write_opened_at.isoformat(),
        )


def move_to(migration: Migration, state: MigrationState, why: str = "") -> None:
    """Change the state as the table of transitions allows; history keeps who, when and why."""
    if migration.state is state:
        return
    require_transition(migration.state, state)
    migration.state, migration.why = state, why or None


def require_state(migration: Migration, state: MigrationState) -> None:
    if migration.state is not state:
        raise Conflict(
            f"迁移现为“{STATE_ZH[migration.state]}”，应为“{STATE_ZH[state]}” / "
            f"the migration is {migration.state}, it must be {state}",
            state=migration.state,
        )


def refuse_same_person(migration: Migration, caller: Caller, zh: str, en: str, roles: tuple[str, ...]) -> None:
    words = {"requested_by": "申请人", "specified_by": "方案编制人", "executed_by": "执行人", "approved_by": "批准人",
             "cutover_by": "割接批准人", "accepted_by": "验收人"}  # fmt: skip
    for role in roles:
        if getattr(migration, f"{role}_id") == caller.user_id:
            raise NotAllowed(
                f"您是本迁移的{words[role]}，不能{zh}：须由第二人 / "
                f"you are its {role.replace('_', ' ')}: a second person must {en} it",
                rule="four-eyes",
            )


def _write(migration: Migration, wanted: MigrationIn, parts: Any) -> None:
    migration.source_host_id, migration.target_host_id = parts.source.id, parts.target.id
    migration.front_host_id = parts.front.id if parts.front else None
    migration.spec = wanted.migration.canonical()
    kept = {move.component_id: move for move in migration.moves}
    migration.moves = [kept.get(part.id) or MigrationMove(component_id=part.id) for part in parts.components]
    hosts = [migration.source_host_id, migration.target_host_id, migration.front_host_id]
    migration.spec_hash = fingerprint([migration.spec, hosts, sorted(part.id for part in parts.components)])


def _now(session: Session) -> Any:
    return session.execute(select(func.now())).scalar_one()
