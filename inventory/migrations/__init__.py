"""Migrations (上云迁移): planned, approved by a second person, carried out, accepted."""

from inventory.migrations.acceptance import accept, annul
from inventory.migrations.actions import (
    approve,
    change_plan,
    move_to,
    plan,
    refuse_open,
    release_cutover,
    release_unfreeze,
    require_approval,
    require_way_back,
    take_up,
)
from inventory.migrations.model import Migration, MigrationMove
from inventory.migrations.queries import Maintenance, agency_of, get, in_maintenance, within
from inventory.migrations.schema import (
    AcceptanceIn,
    ApprovalIn,
    DecisionIn,
    MigrationIn,
    MigrationOut,
)
from inventory.migrations.spec import MigrationSpec, fingerprint
from inventory.migrations.states import STATE_ZH, TRANSITIONS, MigrationState

__all__ = [
    "STATE_ZH",
    "TRANSITIONS",
    "AcceptanceIn",
    "ApprovalIn",
    "DecisionIn",
    "Maintenance",
    "Migration",
    "MigrationIn",
    "MigrationMove",
    "MigrationOut",
    "MigrationSpec",
    "MigrationState",
    "accept",
    "agency_of",
    "annul",
    "approve",
    "change_plan",
    "fingerprint",
    "get",
    "in_maintenance",
    "move_to",
    "plan",
    "refuse_open",
    "release_cutover",
    "release_unfreeze",
    "require_approval",
    "require_way_back",
    "take_up",
    "within",
]
