"""The seam between a run's step and whatever carries out its playbook."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Event = dict[str, object]
Status = Literal["successful", "failed", "canceled", "lost"]


@dataclass(frozen=True)
class Play:
    """What one step asks of Ansible."""

    run_id: str  # tag that every process of the run carries in its environment
    playbook: Path
    inventory: dict[str, object]  # an Ansible inventory document, generated from the register
    variables: dict[str, object] = field(default_factory=dict)  # not secret: they may stand in events and logs
    secrets: dict[str, object] = field(default_factory=dict, repr=False)  # travel only in a one-time vault
    ssh_keys: tuple[str, ...] = field(default=(), repr=False)  # private keys (PEM), only ever into an ssh-agent
    known_hosts: str = ""  # strict host key checking against exactly these lines
    check: bool = False
    diff: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a play ended, with what the ledger keeps of it."""

    status: Status
    hosts: dict[str, dict[str, int]] = field(default_factory=dict)  # ok/changed/failed/unreachable/skipped/rescued
    artifacts: dict[str, object] = field(default_factory=dict)  # what the play said with set_stats
    failure: str = ""  # failing task, host and message, redacted


class Runner(Protocol):
    """Carries out one play and returns when nothing of it is left running on this machine."""

    def run(self, play: Play, on_event: Callable[[Event], None], keep_going: Callable[[], bool]) -> Outcome:
        """Hand each redacted event over in order; ask keep_going about every 0.2 s and cancel when it says no."""
        ...
