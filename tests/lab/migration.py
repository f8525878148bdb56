"""The migration lab: an old host with a real web system, an empty new host, and an edge that sends the users on."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab.images import build
from tests.lab.machines import Lab
from tests.lab.needs import needs, needs_root

SITE = "wiki.example.test"
DATABASE_PASSWORD = "example-wiki-password"
PAGE = "/mediawiki/index.php/%E5%8A%9E%E4%BA%8B%E6%8C%87%E5%8D%975"
PROGRAMS = ("ip", "mmdebstrap", "unshare", "setpriv", "systemd-nspawn", "ssh", "ssh-keygen", "dpkg-deb", "tc")
HAPROXY = """
frontend entry
  bind :80
  mode http
  default_backend wiki
backend wiki
  mode http
  server app {address}:80
"""


@dataclass(frozen=True)
class MigrationLab:
    """Hosts `old`, `new` and `edge`; MediaWiki on PostgreSQL with Chinese pages and uploads runs on `old`."""

    machines: Lab

    @property
    def key(self) -> Path:
        """Private key that opens root and deploy (sudo without password) on every host."""
        return self.machines.key

    @property
    def known_hosts(self) -> Path:
        return self.machines.known_hosts

    def address(self, host: str) -> str:
        return self.machines.machines[host].address

    def host_key(self, host: str) -> str:
        """The host's public key as `ssh-ed25519 AAAA...`."""
        return self.machines.machines[host].host_key

    def run(self, host: str, command: str, *, check: bool = True) -> str:
        """What a shell command prints as root on a host."""
        return self.machines.run(host, command, check=check).stdout

    def throttle(self, host: str, rate: str = "8mbit") -> None:
        """Slow down what a host sends, so that a copy lasts long enough to be interrupted."""
        device = [
            "ip",
            "netns",
            "exec",
            self.machines.machines[host].namespace,
            "tc",
            "qdisc",
            "replace",
            "dev",
            "eth0",
        ]
        subprocess.run([*device, "root", "tbf", "rate", rate, "burst", "32k", "latency", "50ms"], check=True)

    def unthrottle(self, host: str) -> None:
        device = ["ip", "netns", "exec", self.machines.machines[host].namespace, "tc", "qdisc", "del", "dev", "eth0"]
        subprocess.run([*device, "root"], check=True)

    def inventory(self, user: str = "deploy") -> dict[str, Any]:
        """The three groups of the playbooks, as the product's own inventories write them."""
        options = f"-o UserKnownHostsFile={self.known_hosts} -o StrictHostKeyChecking=yes"
        groups = {"source": "old", "target": "new", "front": "edge"}
        hosts = {group: {name: {"ansible_host": self.address(name)}} for group, name in groups.items()}
        common = {
            "ansible_user": user,
            "ansible_ssh_private_key_file": str(self.key),
            "ansible_ssh_common_args": options,
            "ansible_python_interpreter": "/usr/bin/python3",
        }
        return {"all": {"vars": common, "children": {group: {"hosts": host} for group, host in hosts.items()}}}

    def migration(self, run_id: str) -> dict[str, Any]:
        """The one extra variable that moves this wiki."""
        old, new = self.address("old"), self.address("new")
        return {
            "run_id": run_id,
            "source_address": old,
            "target_address": new,
            "front_address": self.address("edge"),
            "source_user": "deploy",
            "packages": (Path(__file__).parent / "packages.web").read_text().split(),
            "files": [
                {"path": "/etc/mediawiki"},
                {"path": "/var/lib/mediawiki/LocalSettings.php"},
                {"path": "/var/lib/mediawiki/images", "exclude": ["cache/*"]},
                {"path": "/etc/apache2/conf-enabled/mediawiki.conf"},
                {"path": "/etc/cron.d/wiki-jobs"},
            ],
            "database": {"name": "wiki", "owner": "wiki"},
            "services": ["apache2"],
            "background_services": ["cron"],
            "switch": {
                "kind": "haproxy",
                "files": ["/etc/haproxy/haproxy.cfg"],
                "old": f"{old}:80",
                "new": f"{new}:80",
            },
            "probes": [
                {
                    "name": "办事指南5",
                    "url": f"http://{{address}}{PAGE}",
                    "host_header": SITE,
                    "contains": "第5号办事指南",
                }
            ],
        }

    def secrets(self) -> dict[str, str]:
        return {"database_password": DATABASE_PASSWORD}


@contextmanager
def started(*new_layers: str) -> Iterator[MigrationLab]:
    """Build what is missing, boot the three hosts, and take them down whatever happens.

    The new host has its packages, except one that the lab's repository must give; `started("base")` boots
    a bare one instead, whose installation takes a minute or more.
    """
    machines = Lab(build("base", "web", "wiki", "front"))
    try:
        machines.boot("old", 11, "wiki", "web", "base")
        machines.boot("new", 21, *(new_layers or ("web", "base")))
        machines.boot("edge", 5, "front", "base")
        machines.wait()
        machines.run("new", "dpkg --purge php-apcu php8.2-apcu", check=not new_layers)
        reload = "cat >> /etc/haproxy/haproxy.cfg && systemctl reload-or-restart haproxy"
        machines.run("edge", reload, stdin=HAPROXY.format(address=machines.machines["old"].address))
        yield MigrationLab(machines)
    finally:
        machines.close()


@pytest.fixture(scope="session")
def migration_lab() -> Iterator[MigrationLab]:
    """Import this name in a conftest.py to use it; it skips (fails in CI) where the machine lacks something."""
    needs_root()
    needs(*PROGRAMS)
    with started() as lab:
        yield lab
