"""What a live test needs from the machine, and the clear words when it is not there."""

import os
import shutil
from typing import NoReturn

import pytest

PACKAGES = {
    "chromium": "chromium fonts-noto-cjk",
    "dpkg-deb": "dpkg",
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "nsenter": "util-linux",
    "promtool": "prometheus",
    "rsync": "rsync",
    "setpriv": "util-linux",
    "snmpd": "snmpd",
    "snmpset": "snmp",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "sshd": "openssh-server",
    "tc": "iproute2",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
}


def needs(*programs: str) -> None:
    """Skip the calling test when a program is missing; in CI that is a failure, not a skip."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in programs if shutil.which(name, path=path) is None]
    if missing:
        packages = " ".join(sorted({PACKAGES.get(name, name) for name in missing}))
        unmet(f"programs missing: {', '.join(missing)}; install them with: apt-get install {packages}")


def needs_root() -> None:
    """Namespaces, overlays and machines are root's business."""
    if os.geteuid() != 0:
        unmet("this live test builds machines in namespaces and must run as root")


def unmet(reason: str) -> NoReturn:
    """Say why a live test cannot run here."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
