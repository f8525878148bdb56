"""What ansible finds in a play's private directory: settings, inventory, variables and the one-time vault."""

import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from provisioning.runs import vault
from provisioning.runs.runner import Play

SETTINGS = """\
[defaults]
collections_path = {collections}
deprecation_warnings = False
fact_caching = memory
forks = {forks}
gathering = explicit
host_key_checking = True
interpreter_python = auto_silent
local_tmp = {directory}/tmp
nocolor = True
nocows = True
pipelining = True
retry_files_enabled = False
timeout = {timeout}

[inventory]
any_unparsed_is_failed = True
enable_plugins = yaml

[ssh_connection]
control_path_dir = {directory}/cp
ssh_args = -F /dev/null -o ControlMaster=auto -o ControlPersist=60s -o StrictHostKeyChecking=yes \
-o ServerAliveInterval=15 -o ServerAliveCountMax=4 \
-o UserKnownHostsFile={directory}/known_hosts -o GlobalKnownHostsFile=/dev/null
"""
RUNNER_SETTINGS = {"suppress_output_file": True, "suppress_ansible_output": True, "pexpect_timeout": 1}


@dataclass(frozen=True)
class Manner:
    """How plays are carried out here; nothing of it belongs to one play."""

    collections: tuple[str, ...] = ()
    forks: int = 10
    timeout: int = 20  # seconds to wait for a connection


def lay_out(play: Play, directory: Path, manner: Manner, key: str) -> None:
    for folder in ("env", "home", "tmp"):
        (directory / folder).mkdir()
    files = {
        "ansible.cfg": SETTINGS.format(
            collections=":".join(manner.collections), directory=directory, forks=manner.forks, timeout=manner.timeout
        ),
        "env/settings": json.dumps(RUNNER_SETTINGS),
        "known_hosts": play.known_hosts + "\n",
        "hosts.yml": literal(play.inventory),
        "variables.yml": literal(play.variables),
        "vault.yml": vault.seal(literal(play.secrets), key),
    }
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")


def literal(document: object) -> str:
    """YAML in which no string is a template: a register entry named "{{ ... }}" stays a name."""
    if isinstance(document, dict):
        return "{" + ", ".join(f"{_quoted(str(key))}: {literal(value)}" for key, value in document.items()) + "}"
    if isinstance(document, list | tuple):
        return "[" + ", ".join(literal(item) for item in document) + "]"
    return f"!unsafe {_quoted(document)}" if isinstance(document, str) else json.dumps(document)


def _quoted(text: str) -> str:
    # not json.dumps: YAML does not read a pair of surrogates as one character
    return yaml.safe_dump(text, default_style='"', width=float("inf")).strip()
