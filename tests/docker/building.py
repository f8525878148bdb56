"""Builds the committed image with what this machine needs to reach packages lent to the builder, never stored."""

import os
import subprocess
import sys
from pathlib import Path

from tests.docker.engine import Engine

CANARY = "lent-to-the-builder-only"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
PROXIES = ("http_proxy", "https_proxy", "no_proxy")


def build_image(engine: Engine, work: Path) -> str:
    """Run docker/build.sh in the engine; `work` is seen there as /handed. Returns what it printed."""
    (work / "pip.conf").write_text(_pip_settings())
    lent = ["--secret", "id=pip_conf,src=/handed/pip.conf"]
    if AUTHORITIES.exists():
        (work / "ca.crt").write_bytes(AUTHORITIES.read_bytes())
        lent += ["--secret", "id=build_ca,src=/handed/ca.crt"]
    for name in PROXIES:
        if value := os.environ.get(name):
            lent += ["--build-arg", f"{name}={value}"]
    done = engine.run("sh", "docker/build.sh", "--network", "host", "--progress", "plain", *lent)
    return done.stdout + done.stderr


def _pip_settings() -> str:
    lines = ["[global]", f"# {CANARY}"]
    if AUTHORITIES.exists():
        lines.append("cert = /run/secrets/build_ca")
    if index := _index():
        lines.append(f"index-url = {index}")
    return "\n".join(lines) + "\n"


def _index() -> str:
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
