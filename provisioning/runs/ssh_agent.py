"""An ssh-agent that lives and dies with one play: keys enter through stdin and touch no disk."""

import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from inventory.errors import Invalid, Unavailable
from provisioning.runs.redaction import Redaction

STARTING = 5.0  # seconds until its socket must be there


def start(directory: Path, keys: Iterable[str]) -> Path:
    """The agent's socket, once it holds the keys; Invalid for a damaged or encrypted one.

    The caller ends the agent with the play's other processes.
    """
    socket = directory / "agent"
    agent = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(socket)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + STARTING
    while not socket.exists():
        if agent.poll() is not None or time.monotonic() > deadline:
            raise Unavailable("ssh-agent 未能启动 / ssh-agent did not start")
        time.sleep(0.01)
    for number, key in enumerate(keys, start=1):
        _add(socket, key, number)
    return socket


def _add(socket: Path, key: str, number: int) -> None:
    added = subprocess.run(
        ["ssh-add", "-q", "-"],
        input=key if key.endswith("\n") else key + "\n",  # a key without its last line break is "invalid format"
        env=os.environ | {"SSH_AUTH_SOCK": str(socket), "SSH_ASKPASS_REQUIRE": "never"},
        capture_output=True,
        text=True,
        check=False,
    )
    if added.returncode:
        why = Redaction([key]).text(added.stderr.strip())
        raise Invalid(f"第 {number} 个 SSH 私钥不可用 / private key no. {number} was refused: {why}")
