"""Plays over real SSH: in with a key from the play's agent, and only to the host key that the register knows."""

import getpass
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.runs import processes
from provisioning.runs.guarded import GuardedAnsible
from provisioning.runs.layout import Manner
from provisioning.runs.runner import Event, Outcome, Play
from tests.lab.needs import needs

pytestmark = pytest.mark.live

KNOCK = Path(__file__).parent / "plays" / "knock.yml"
RUNNER = GuardedAnsible(Manner(timeout=5))


@dataclass(frozen=True)
class Door:
    """An sshd on loopback that lets one key in."""

    port: int
    host_key: str  # as a known_hosts line
    user_key: str  # private

    def inventory(self) -> dict[str, object]:
        host = {
            "ansible_host": "127.0.0.1",
            "ansible_port": self.port,
            "ansible_user": getpass.getuser(),
            "ansible_python_interpreter": sys.executable,
        }
        return {"all": {"hosts": {"door": host}}}


def new_key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "示例", "-f", str(path)], check=True)
    return path.read_text()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    needs("sshd", "ssh-keygen", "ssh-agent", "ssh")
    place = tmp_path_factory.mktemp("sshd")
    new_key(place / "host")
    user_key = new_key(place / "user")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd's own separation directory, which init makes elsewhere
    options = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": place / "host",
        "AuthorizedKeysFile": place / "user.pub",
        "StrictModes": "no",
        "PidFile": "none",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
    }
    given = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    with subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", "/dev/null", *given], stderr=subprocess.DEVNULL) as sshd:
        wait_for(port)
        host_key = " ".join((place / "host.pub").read_text().split()[:2])
        yield Door(port, f"[127.0.0.1]:{port} {host_key}", user_key)
        sshd.terminate()


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("sshd did not open its port")


def knock(door: Door, told: list[Event], **more: object) -> Outcome:
    given = {"ssh_keys": (door.user_key,), "known_hosts": door.host_key} | more
    play = Play(f"knock-{time.monotonic_ns()}", KNOCK, door.inventory(), **given)  # type: ignore[arg-type]
    outcome = RUNNER.run(play, told.append, lambda: True)
    assert processes.carriers(processes.run_mark(play.run_id)) == set()
    return outcome


@pytest.mark.parametrize("known", ["nothing", "another key"])
def test_a_host_whose_key_is_not_the_registers_is_not_entered(door: Door, known: str, tmp_path: Path) -> None:
    new_key(tmp_path / "other")
    other = (tmp_path / "other.pub").read_text()
    lines = "" if known == "nothing" else f"[127.0.0.1]:{door.port} {other}"

    outcome = knock(door, [], known_hosts=lines)

    assert outcome.status == "failed"
    assert outcome.hosts["door"]["unreachable"] == 1
    assert "Host key verification failed" in outcome.failure


def test_without_the_key_the_door_stays_shut(door: Door) -> None:
    told: list[Event] = []

    outcome = knock(door, told, ssh_keys=())

    assert "Permission denied" in outcome.failure
    assert [event["status"] for event in told if event["host"]] == ["started", "unreachable"]


def test_the_plays_key_and_the_known_host_let_it_in(door: Door) -> None:
    outcome = knock(door, [])

    assert (outcome.status, outcome.failure) == ("successful", "")
    assert outcome.artifacts["who"] == getpass.getuser()
