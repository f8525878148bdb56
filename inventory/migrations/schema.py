"""Migrations on the wire."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inventory.migrations.spec import LINE, MigrationSpec
from inventory.migrations.states import MigrationState

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=LINE)]
HostReference = Annotated[int, Field(ge=1, lt=2**63)] | Name
Reason = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]


class MigrationIn(BaseModel):
    """A plan: which system (its code), which components (left out: all in production), from where to where, how."""

    model_config = ConfigDict(extra="forbid")

    system: Name
    components: list[Name] = Field(default=[], max_length=100)
    source: HostReference
    target: HostReference
    front: HostReference | None = None
    migration: MigrationSpec


class DecisionIn(BaseModel):
    """A decision and why it was taken."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""


class ApprovalIn(DecisionIn):
    """An approval; with `spec_hash` it holds only if the plan is still the one that was read."""

    spec_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class AcceptanceIn(DecisionIn):
    """割接验收: the day from which the components stand on the target (today if left out)."""

    on: date | None = None


class MoveOut(BaseModel):
    """One component of a migration, with the deployments that acceptance closed (as they were) and opened."""

    model_config = ConfigDict(from_attributes=True)

    component_id: int
    closed: list[dict[str, Any]]
    opened: list[int]


class MigrationOut(BaseModel):
    """A migration, its decisions and its plan."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    system_id: int
    source_host_id: int
    target_host_id: int
    front_host_id: int | None
    spec: dict[str, Any]
    spec_hash: str
    state: MigrationState
    why: str | None
    requested_by_id: int
    specified_by_id: int
    approved_by_id: int | None
    approved_at: datetime | None
    approved_hash: str | None
    executed_by_id: int | None
    cutover_by_id: int | None
    cutover_at: datetime | None
    accepted_by_id: int | None
    accepted_on: date | None
    unfreeze_by_id: int | None
    write_opened_at: datetime | None
    moves: list[MoveOut]
    version: int
    updated_at: datetime
