"""What passes between a worker and its guard: one order, then words; lines of JSON back."""

import json
import os
import select
from dataclasses import asdict, dataclass
from pathlib import Path

from provisioning.runs.layout import Manner
from provisioning.runs.runner import Play

RENEW = "renew"
CANCEL = "cancel"

# how a guard ends that could not tell an outcome
BROKEN = 2
CANCELED = 3
ORPHANED = 4
LEASE_LOST = 5


@dataclass(frozen=True)
class Order:
    """All that a guard is told; it travels through a pipe, because it holds secrets."""

    play: Play
    play_id: str
    directory: Path  # private, and the guard's to remove if the worker cannot
    lease: float  # seconds that the play may go on without a "renew"
    manner: Manner

    def line(self) -> str:
        return json.dumps(asdict(self), default=str) + "\n"


def read(line: str) -> Order:
    told = json.loads(line)
    play = told["play"]
    return Order(
        play=Play(**play | {"playbook": Path(play["playbook"]), "ssh_keys": tuple(play["ssh_keys"])}),
        play_id=told["play_id"],
        directory=Path(told["directory"]),
        lease=told["lease"],
        manner=Manner(**told["manner"] | {"collections": tuple(told["manner"]["collections"])}),
    )


class Lines:
    """Lines out of a pipe, with a limit on how long to wait for one."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._pending = b""

    def next(self, within: float | None = None) -> str | None:
        """The next line without its end, "" when the pipe is closed, None when nothing came within so many seconds."""
        while b"\n" not in self._pending:
            if not select.select([self._pipe], [], [], within)[0]:
                return None
            if not (chunk := os.read(self._pipe, 65536)):
                return ""
            self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        return line.decode()
