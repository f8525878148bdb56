"""Migrations by API: plan, decide, start, cancel, take back; every decision answers with the migration as it is now."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, HTTPException, Path, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.accounts import Caller, Reach, Role
from inventory.business_systems import BusinessSystem
from inventory.changes import give_reason
from inventory.hosts import Host
from inventory.migrations import (
    STATE_ZH,
    AcceptanceIn,
    ApprovalIn,
    DecisionIn,
    Migration,
    MigrationIn,
    MigrationOut,
)
from provisioning.runs import actions, queries
from service.api.manner.shapes import Identifier, Strict
from service.api.runs import RunOut
from service.db import Db
from service.identity import Approver, Engineer, Reader, may, reach_of
from service.people import names_of
from service.problems import PreconditionFailed

router = APIRouter(tags=["migrations"])

ENGINEERS = (Role.ENGINEER, Role.ADMINISTRATOR)
DECIDERS = Annotated[Caller, may(Role.ENGINEER, Role.ADMINISTRATOR, Role.APPROVER)]
GATE_ROLES: dict[str, tuple[Role, ...]] = {
    "cutover": (Role.APPROVER,),
    "unfreeze": (Role.ENGINEER, Role.ADMINISTRATOR, Role.APPROVER),
}
Id = Annotated[Identifier, Path(description="迁移编号 / migration id")]


class MigrationView(MigrationOut):
    """A migration with the words for its ids, and its runs."""

    state_zh: str
    system_code: str
    system_name: str
    agency_id: int
    source_name: str
    target_name: str
    front_name: str | None
    people: dict[str, str]
    runs: list[RunOut]


class MigrationPage(BaseModel):
    """Migrations, newest first; `next` is the cursor of the following page."""

    items: list[MigrationView]
    next: str | None


class Paging(BaseModel):
    """Which page."""

    model_config = Strict

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$")] | None = None


def view(db: Session, migration: Migration) -> MigrationView:
    """The migration as the API shows it."""
    db.refresh(migration)
    system = db.get_one(BusinessSystem, migration.system_id)
    ids = [migration.source_host_id, migration.target_host_id, migration.front_host_id]
    names = [db.get_one(Host, host).name if host is not None else None for host in ids]
    roles = ("requested_by", "specified_by", "approved_by", "executed_by", "cutover_by", "accepted_by", "unfreeze_by")
    held = {role: user for role in roles if (user := getattr(migration, f"{role}_id")) is not None}
    words = names_of(db, set(held.values()))
    shown: dict[str, Any] = {name: getattr(migration, name) for name in MigrationOut.model_fields}
    return MigrationView(
        **shown | {"moves": list(migration.moves)},
        state_zh=STATE_ZH[migration.state], system_code=system.code, system_name=system.name,
        agency_id=system.agency_id, source_name=str(names[0]), target_name=str(names[1]), front_name=names[2],
        people={role: words[user] for role, user in held.items()},
        runs=[RunOut.model_validate(run) for run in queries.of_migration(db, migration.id)],
    )  # fmt: skip


def mine(db: Session, caller: Caller, migration_id: int, roles: Sequence[Role], reason: str = "") -> Migration:
    """The migration for a change: 404 outside what the caller sees, 403 outside what these roles cover."""
    if reason:
        give_reason(db, reason)
    migration = migrations.get(db, migration_id, reach_of(db, caller), lock=True)
    reach_of(db, caller, *roles).require(migrations.agency_of(db, migration))
    return migration


def _planning_reach(db: Session, caller: Caller) -> Reach:
    return reach_of(db, caller, *ENGINEERS)


@router.get("/migrations", operation_id="list_migrations", summary="迁移清单", response_model=MigrationPage)
def list_migrations(db: Db, caller: Reader, paging: Annotated[Paging, Query()]) -> Any:
    """Migrations of the caller's part of the register, newest first."""
    before = int(paging.cursor) if paging.cursor else None
    rows = migrations.within(db, reach_of(db, caller), before=before, limit=paging.limit + 1)
    items = rows[: paging.limit]
    following = str(items[-1].id) if len(rows) > len(items) else None
    return MigrationPage(items=[view(db, row) for row in items], next=following)


@router.post("/migrations", operation_id="plan_migration", summary="编制迁移方案", status_code=201,
             response_model=MigrationView)  # fmt: skip
def plan_migration(wanted: MigrationIn, db: Db, caller: Engineer, response: Response) -> Any:
    """Record a plan; nothing runs before another person has approved it."""
    migration = migrations.plan(db, wanted, caller, _planning_reach(db, caller))
    return _answered(response, view(db, migration))


@router.get("/migrations/{migration_id}", operation_id="get_migration", summary="迁移", response_model=MigrationView)
def get_migration(migration_id: Id, db: Db, caller: Reader, response: Response) -> Any:
    """One migration with its decisions and runs."""
    return _answered(response, view(db, migrations.get(db, migration_id, reach_of(db, caller))))


@router.put("/migrations/{migration_id}", operation_id="change_migration", summary="修改迁移方案",
            response_model=MigrationView)  # fmt: skip
def change_migration(
    migration_id: Id, wanted: MigrationIn, db: Db, caller: Engineer, response: Response,
    if_match: Annotated[str | None, Header(description="ETag of the version that the change is based on")] = None,
) -> Any:  # fmt: skip
    """Replace the plan; its approval is void then."""
    migration = mine(db, caller, migration_id, ENGINEERS)
    if if_match is None:
        raise HTTPException(428, "修改须带 If-Match / a change needs If-Match with the ETag you read")
    if if_match not in ("*", _etag(migration.id, migration.version)):
        raise PreconditionFailed(_etag(migration.id, migration.version))
    migrations.change_plan(db, migration, wanted, caller, _planning_reach(db, caller))
    return _answered(response, view(db, migration))


@router.put("/migrations/{migration_id}/approval", operation_id="approve_migration", summary="批准迁移方案",
            response_model=MigrationView)  # fmt: skip
def approve_migration(migration_id: Id, decision: ApprovalIn, db: Db, caller: Approver) -> Any:
    """Approve the plan as it stands; a later change of it voids the approval."""
    migration = mine(db, caller, migration_id, (Role.APPROVER,), decision.reason)
    actions.approve(db, migration, caller, decision.reason, decision.spec_hash)
    return view(db, migration)


@router.post("/migrations/{migration_id}/runs", operation_id="start_migration", summary="执行或继续迁移",
             status_code=202, response_model=RunOut)  # fmt: skip
def start_migration(migration_id: Id, db: Db, caller: Engineer) -> Any:
    """Start the run, or resume it after the last step that is done."""
    return actions.start(db, mine(db, caller, migration_id, ENGINEERS), caller)


@router.put("/migrations/{migration_id}/gates/{gate}", operation_id="release_gate", summary="放行关口",
            response_model=MigrationView)  # fmt: skip
def release_gate(
    migration_id: Id, gate: Literal["cutover", "unfreeze"], decision: DecisionIn, db: Db, caller: DECIDERS
) -> Any:
    """Let the cutover begin (an approver), or open the target for writing (the point of no return)."""
    migration = mine(db, caller, migration_id, GATE_ROLES[gate], decision.reason)
    actions.release(db, migration, gate, caller)
    return view(db, migration)


@router.put("/migrations/{migration_id}/acceptance", operation_id="accept_migration", summary="割接验收",
            response_model=MigrationView)  # fmt: skip
def accept_migration(migration_id: Id, acceptance: AcceptanceIn, db: Db, caller: Approver) -> Any:
    """Accept: the old deployments end and the new ones begin on that day, and the cloud rate moves."""
    migration = mine(db, caller, migration_id, (Role.APPROVER,), acceptance.reason)
    actions.accept(db, migration, caller, acceptance.on, acceptance.reason)
    return view(db, migration)


@router.post("/migrations/{migration_id}/cancellation", operation_id="cancel_migration", summary="取消",
             status_code=202, response_model=MigrationView)  # fmt: skip
def cancel_migration(migration_id: Id, decision: DecisionIn, db: Db, caller: Engineer) -> Any:
    """Stop the run under way within seconds, or give the plan up; it can be resumed or rolled back."""
    migration = mine(db, caller, migration_id, ENGINEERS, decision.reason)
    actions.cancel(db, migration, caller)
    return view(db, migration)


@router.post("/migrations/{migration_id}/rollback", operation_id="roll_back_migration", summary="回退",
             status_code=202, response_model=RunOut)  # fmt: skip
def roll_back_migration(migration_id: Id, decision: DecisionIn, db: Db, caller: Engineer) -> Any:
    """Give the users the old system back; refused once the target was opened for writing."""
    migration = mine(db, caller, migration_id, ENGINEERS, decision.reason)
    return actions.roll_back(db, migration, caller, decision.reason)


def _etag(migration_id: int, version: int) -> str:
    return f'"migrations-{migration_id}-{version}"'


def _answered(response: Response, shown: MigrationView) -> MigrationView:
    response.headers["ETag"] = _etag(shown.id, shown.version)
    return shown
