"""The steps of each kind of run, in order, and what each means for its migration."""

from dataclasses import dataclass

from inventory.errors import Conflict
from inventory.migrations import Migration, MigrationState
from provisioning.runs.model import RunKind, StepKind

GATE = "gate:"
POINT_OF_NO_RETURN = "unfreeze"
S = MigrationState


@dataclass(frozen=True)
class Planned:
    """A step: the migration's state while it runs (for a gate: while it waits there), and once it is done."""

    name: str
    during: MigrationState
    after: MigrationState | None = None

    @property
    def kind(self) -> StepKind:
        return StepKind.GATE if self.name.startswith(GATE) else StepKind.PLAY


STEPS = {
    RunKind.MIGRATE: (
        Planned("precheck", S.REPLICATING),
        Planned("prepare_target", S.REPLICATING),
        Planned("replicate_files", S.REPLICATING),
        Planned("replicate_postgresql", S.REPLICATING),
        Planned("gate:cutover", S.SYNCED),
        Planned("freeze", S.CUTTING_OVER),
        Planned("final_sync", S.CUTTING_OVER),
        Planned("switch_traffic", S.CUTTING_OVER),
        Planned("verify", S.CUTTING_OVER),
        Planned("gate:acceptance", S.VERIFIED),
        Planned("gate:unfreeze", S.ACCEPTED),
        Planned(POINT_OF_NO_RETURN, S.ACCEPTED, S.FINISHED),
    ),
    RunKind.ROLLBACK: (Planned("rollback", S.ROLLING_BACK, S.ROLLED_BACK),),
}


def steps_for(kind: RunKind, migration: Migration) -> list[Planned]:
    """The plan of a new run: what the migration does not need is left out."""
    needless = set() if migration.spec.get("database") else {"replicate_postgresql"}
    return [step for step in STEPS[kind] if step.name not in needless]


def planned(kind: RunKind, name: str) -> Planned:
    """What this step means; a step of an older release may be gone, then the run must be rolled back."""
    for step in STEPS[kind]:
        if step.name == name:
            return step
    raise Conflict(f"本版本没有步骤 {name}，只能回退 / this release has no step {name}: roll the migration back")


def is_released(gate: str, migration: Migration) -> bool:
    """Whether the register holds the decision that this gate waits for."""
    decided = {
        "gate:cutover": migration.cutover_at,
        "gate:acceptance": migration.accepted_on,
        "gate:unfreeze": migration.unfreeze_by_id,
    }
    return decided[gate] is not None
