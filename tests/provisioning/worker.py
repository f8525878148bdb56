"""A worker of its own process, for tests that kill or freeze one: says "begun" when the playbook sleeps."""

import json
import sys
from pathlib import Path

from provisioning.runs.guarded import GuardedAnsible
from provisioning.runs.runner import Event, Play


def main() -> None:
    told = json.loads(sys.argv[1])
    runner = GuardedAnsible(lease=told.pop("lease"))
    outcome = runner.run(Play(**told | {"playbook": Path(told["playbook"])}), _say, lambda: True)
    print(json.dumps([outcome.status, outcome.failure]), flush=True)


def _say(event: Event) -> None:
    if event["event"] == "runner_on_start" and "Sleep" in str(event["task"]):
        print("begun", flush=True)


if __name__ == "__main__":
    main()
