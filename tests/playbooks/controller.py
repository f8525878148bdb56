"""Plain ansible-playbook as an engineer would call it, and what it said."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbooks.catalog import collections_path, entry

ANSIBLE = Path(sys.executable).parent / "ansible-playbook"


@dataclass(frozen=True)
class Outcome:
    """Exit code, text, number of changes over all hosts, and the statistics a role set."""

    code: int
    text: str

    @property
    def changed(self) -> int:
        return sum(int(number) for number in re.findall(r"changed=(\d+)", self.text))

    @property
    def evidence(self) -> dict[str, Any]:
        found = re.search(r"^\s*RUN: (\{.*\})$", self.text, re.MULTILINE)
        stats: dict[str, Any] = json.loads(found[1]) if found else {}
        return stats


@dataclass(frozen=True)
class Controller:
    """A directory with an inventory and variables from which playbooks are run."""

    directory: Path

    def write(self, inventory: dict[str, Any], **variables: Any) -> None:
        (self.directory / "ansible.cfg").touch()  # so that nobody's own settings take part
        (self.directory / "hosts.json").write_text(json.dumps(inventory))
        (self.directory / "variables.json").write_text(json.dumps(variables))

    def command(self, name: str, *options: str) -> list[str]:
        files = ["-i", str(self.directory / "hosts.json"), "-e", f"@{self.directory / 'variables.json'}"]
        return [str(ANSIBLE), *files, str(entry(name).playbook), *options]

    def environment(self) -> dict[str, str]:
        ours = {
            "ANSIBLE_COLLECTIONS_PATH": str(collections_path()),
            "ANSIBLE_CONFIG": str(self.directory / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.directory / "home"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_SHOW_CUSTOM_STATS": "1",
            "LC_ALL": "C.UTF-8",
        }
        return {**os.environ, **ours}

    def play(self, name: str, *options: str) -> Outcome:
        command = self.command(name, *options)
        done = subprocess.run(
            command, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return Outcome(done.returncode, done.stdout)

    def start(self, name: str) -> "subprocess.Popen[bytes]":
        """A run of its own process group, to be killed half-way with `kill`."""
        return subprocess.Popen(
            self.command(name),
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """As a power cut would: no part of it may tidy up."""
    for child in _descendants(process.pid):
        os.kill(child, signal.SIGKILL)
    process.kill()
    process.wait()


def _descendants(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(child) for child in path.read_text().split()] if path.exists() else []
    return children + [grandchild for child in children for grandchild in _descendants(child)]
