"""One call of ansible-playbook, made from a play's private directory."""

import secrets
import shlex
from collections.abc import Callable
from pathlib import Path

import ansible_runner

from inventory.errors import Refusal
from provisioning.runs import layout, ssh_agent, vault
from provisioning.runs.events import Digest, Raw
from provisioning.runs.redaction import Redaction
from provisioning.runs.runner import Event, Outcome, Play


def perform(play: Play, directory: Path, manner: layout.Manner, tell: Callable[[Event], None]) -> Outcome:
    """Carry the play out in this process and answer when ansible-playbook has ended."""
    key, prompt = vault.new_key(), secrets.token_hex(8)
    digest = Digest(Redaction([play.secrets, play.ssh_keys, key]), diff=play.diff)
    layout.lay_out(play, directory, manner, key)
    try:
        surroundings = _surroundings(play, directory)
    except Refusal as refusal:
        return Outcome("failed", failure=refusal.detail)

    def hear(raw: Raw) -> bool:
        if prompt not in str(raw.get("stdout")):  # our own question for the vault's key
            tell(digest.event(raw))
        return False  # the runner's copy of the event stays off the disk

    ended = ansible_runner.run(
        private_data_dir=str(directory),
        playbook=str(play.playbook.absolute()),
        inventory=str(directory / "hosts.yml"),
        cmdline=_arguments(play, directory, prompt),
        envvars=surroundings,
        passwords={rf"Vault password \({prompt}\):": key},
        fact_cache_type="memory",
        suppress_env_files=True,
        quiet=True,
        event_handler=hear,
        cancel_callback=lambda: False,  # cancelling is the guard's work: the runner's leaves processes behind
    )
    return digest.outcome(str(ended.status))


def _arguments(play: Play, directory: Path, prompt: str) -> str:
    arguments = ["--vault-id", f"{prompt}@prompt"]
    arguments += ["-e", f"@{directory / 'variables.yml'}", "-e", f"@{directory / 'vault.yml'}"]
    arguments += ["--check"] if play.check else []
    arguments += ["--diff"] if play.diff else []
    return shlex.join(arguments)


def _surroundings(play: Play, directory: Path) -> dict[str, str]:
    agent = {"SSH_AUTH_SOCK": str(ssh_agent.start(directory, play.ssh_keys))} if play.ssh_keys else {}
    return agent | {
        "ANSIBLE_CONFIG": str(directory / "ansible.cfg"),
        "ANSIBLE_HOME": str(directory / "home"),
        "ANSIBLE_HOST_KEY_CHECKING": "True",  # the runner would switch it off
        "HOME": str(directory / "home"),
    }
