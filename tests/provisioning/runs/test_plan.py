"""The steps of a run and the playbooks that carry them out are one list."""

from itertools import pairwise

from inventory.migrations import TRANSITIONS
from playbooks import catalog
from provisioning.runs.model import StepKind
from provisioning.runs.plan import STEPS


def test_every_step_has_its_playbook_in_the_order_of_the_catalog() -> None:
    plays = [step.name for steps in STEPS.values() for step in steps if step.kind is StepKind.PLAY]

    assert plays == [entry.name for entry in catalog.entries()]
    assert all(entry.playbook.is_file() for entry in catalog.entries())


def test_a_run_never_asks_for_a_change_of_state_that_the_table_refuses() -> None:
    for steps in STEPS.values():
        states = [state for step in steps for state in (step.during, step.after) if state is not None]
        moves = [(before, after) for before, after in pairwise(states) if before is not after]
        person_decides = {"accepted"}  # acceptance itself moves the state
        assert all(after in TRANSITIONS[before] for before, after in moves if after not in person_decides)
