"""The image, built once, and the stack, started once, for the live tests of this folder."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docker.building import build_image
from tests.docker.engine import Engine, cache_directory, running_engine
from tests.docker.stand_ins import STAND_INS, prepare, provide
from tests.lab.needs import needs, needs_root

DOCKER = Path(__file__).resolve().parents[2] / "docker"
IMAGE = "yunwang:0.1.0"
SECRETS = "/handed/secrets"
# Grafana's image cannot be made of Debian's packages.
STARTED = ("api", "worker", "collector", "prometheus", "alertmanager")


@dataclass(frozen=True)
class Image:
    """What was found in the image; the engine that built it has no network to start the stack in."""

    history: str
    facts: dict[str, Any]
    seconds: float
    found: dict[str, str]


@dataclass(frozen=True)
class Stack:
    """The running stack and its secrets."""

    engine: Engine
    seconds: float = 0.0
    said: str = ""
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def script(self, *arguments: str) -> str:
        """Run docker/first-start.sh."""
        return self.engine.run("sh", "docker/first-start.sh", *arguments, env={"YUNWANG_SECRETS": SECRETS}).stdout

    def compose(self, *arguments: str) -> str:
        """Run `docker compose` on the committed file."""
        command = ("compose", "--file", "docker/compose.yaml", *arguments)
        return self.engine.docker(*command, env={"YUNWANG_SECRETS": SECRETS})

    def read_secrets(self) -> dict[str, str]:
        """Each secret by its file's name."""
        folder = self.engine.work / "secrets"
        return {path.name: path.read_text() for path in folder.iterdir()}

    def state(self, service: str) -> dict[str, Any]:
        """`docker inspect` of a service's container."""
        found = self.engine.docker("inspect", self.compose("ps", "--all", "--quiet", service))
        return dict(json.loads(found)[0])


LOOKS = {  # asked inside the image; each must end well
    "user": "id -u; id -g",
    "python": "python --version",
    "builders": "for each in gcc cc make git pip pip3 hatch hatchling curl wget; do command -v $each || true; done",
    "installers": "python -m pip --version || python -m hatchling --version || echo none",
    "ansible": "ansible-playbook --version | head -1; ssh -V 2>&1",
    "lent": "grep -rsl lent-to-the-builder-only /etc /opt /root /run /usr /var /tmp || true",
    "writable": "find / -xdev -writable -type d 2>/dev/null || true",
}


@pytest.fixture(scope="session")
def image() -> Image:
    """The committed image, built on stand-ins by a real Docker engine."""
    needs("mmdebstrap", "nsenter", "unshare", "setpriv", "ip", "curl")
    needs_root()
    cache = cache_directory()
    prepare(cache)
    with running_engine(cache, shared_network=True) as engine:
        clear(engine)
        provide(engine, cache, official_names())
        begun = time.monotonic()
        build_image(engine, engine.work)
        seconds = time.monotonic() - begun
        look = ("run", "--rm", "--network=none", "--read-only", "--entrypoint=sh", IMAGE, "-c")
        found = {name: engine.docker(*look, command) for name, command in LOOKS.items()}
        history = engine.docker("history", "--no-trunc", "--format={{.CreatedBy}}", IMAGE)
        return Image(history, json.loads(engine.docker("image", "inspect", IMAGE))[0], seconds, found)


@pytest.fixture(scope="session")
def stack(image: Image) -> Iterator[Stack]:
    """The stack as docker/README.md starts it, without Grafana."""
    with running_engine(cache_directory(), shared_network=False) as engine:
        clear(engine)
        stack = Stack(engine)
        begun = time.monotonic()
        try:
            said = stack.script(*STARTED)
            yield Stack(engine, time.monotonic() - begun, said, stack.read_secrets())
        except AssertionError as failure:
            told = stack.compose("ps", "--all"), stack.compose("logs", "--tail=15")
            raise AssertionError("\n".join([str(failure), *told])) from failure
        finally:
            clear(engine)


def official_names() -> list[str]:
    """The images that the committed files ask for and that stand-ins exist for."""
    compose = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
    lines = (DOCKER / "Containerfile").read_text().splitlines()
    base = next(line.partition("=")[2] for line in lines if line.startswith("ARG BASE"))
    named = [base, *(service["image"] for service in compose["services"].values())]
    return [name for name in named if name.partition(":")[0].split("library/")[-1] in STAND_INS]


def clear(engine: Engine) -> None:
    """Remove containers, volumes and secrets, also those of a run that was killed; images stay."""
    if containers := engine.docker("ps", "--all", "--quiet").split():
        engine.docker("rm", "--force", "--volumes", *containers)
    engine.docker("volume", "prune", "--all", "--force")
    engine.docker("network", "prune", "--force")
    for path in sorted(engine.work.glob("**/*"), key=lambda each: len(each.parts), reverse=True):
        path.rmdir() if path.is_dir() else os.unlink(path)  # noqa: PTH108
