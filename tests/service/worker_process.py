"""A real worker process whose plays are scripted: it notes each play in a file and takes as long as it is told."""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provisioning.runs.runner import Event, Outcome, Play
from service.settings import Settings
from service.worker import run_worker
from tests.migrating import fake_tools


@dataclass(frozen=True)
class NotingRunner:
    """Carries nothing out; `seconds` says how long each step takes."""

    notes: Path
    seconds: dict[str, float]

    def run(self, play: Play, on_event: Callable[[Event], None], keep_going: Callable[[], bool]) -> Outcome:
        step = play.playbook.stem
        with self.notes.open("a") as notes:
            notes.write(f"{os.getpid()} {step}\n")
        on_event({"event": "noted", "counter": 1})
        end = time.monotonic() + self.seconds.get(step, 0)
        while time.monotonic() < end:
            if not keep_going():
                return Outcome("canceled")
            time.sleep(0.05)
        return Outcome("successful")


def main() -> None:
    url, notes, seconds = sys.argv[1:]
    run_worker(Settings(database_url=url), fake_tools(NotingRunner(Path(notes), json.loads(seconds))))


if __name__ == "__main__":
    main()
