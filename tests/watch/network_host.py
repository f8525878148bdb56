"""A host with a real SNMP agent and two uplinks, in a network namespace that a wire joins to ours."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.network import free_network, ip
from tests.monitors.real_agent import running_snmpd

IF_ALIAS, IF_NAME = "1.3.6.1.2.1.31.1.1.1.18", "1.3.6.1.2.1.31.1.1.1.1"
SECONDS_OF_IF_TABLE = "1.3.6.1.4.1.8072.1.5.3.1.2.1.3.6.1.2.1.2.2"  # nsCacheTimeout: 15 s unless told otherwise
UPLINKS = {"uplink1": "core1", "uplink2": "core2"}


@dataclass(frozen=True)
class NetworkHost:
    """Where it answers; an uplink is a wire inside, so that pulling its far end leaves it enabled but down."""

    namespace: str
    address: str
    port: int

    def pull(self, uplink: str) -> None:
        """The far end goes away."""
        ip("-n", self.namespace, "link", "set", UPLINKS[uplink], "down")

    def plug(self, uplink: str) -> None:
        """The far end comes back."""
        ip("-n", self.namespace, "link", "set", UPLINKS[uplink], "up")

    def switch(self, uplink: str, state: str) -> None:
        """Enable or disable the uplink itself: "up" or "down"."""
        ip("-n", self.namespace, "link", "set", uplink, state)

    def write(self, oid: str, kind: str, value: str) -> None:
        """Set a value by SNMP."""
        agent = f"{self.address}:{self.port}"
        command = ["snmpset", "-v2c", "-c", "public-write", "-m", "", agent, oid, kind, value]
        subprocess.run(command, check=True, capture_output=True)

    def describe(self, uplink: str, alias: str) -> None:
        """Write the interface's description."""
        index = ip("-n", self.namespace, "-o", "link", "show", uplink).split(":")[0]
        self.write(f"{IF_ALIAS}.{index}", "s", alias)


@contextmanager
def running_host(folder: Path) -> Iterator[NetworkHost]:
    """Build it, and take it away when the block ends; needs root."""
    namespace, wire = f"yww{folder.stat().st_ino}", f"yww{folder.stat().st_ino}"[-15:]
    network = free_network()
    ip("netns", "add", namespace)
    try:
        ip("link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        ip("addr", "add", f"{network[1]}/30", "dev", wire)
        ip("link", "set", wire, "up")
        ip("-n", namespace, "addr", "add", f"{network[2]}/30", "dev", "eth0")
        for near, far in UPLINKS.items():
            ip("-n", namespace, "link", "add", near, "type", "veth", "peer", "name", far)
        for name in ("lo", "eth0", *UPLINKS, *UPLINKS.values()):
            ip("-n", namespace, "link", "set", name, "up")
        address, inside = str(network[2]), ("ip", "netns", "exec", namespace)
        with running_snmpd(folder, prefix=inside, address=address) as port:
            host = NetworkHost(namespace, address, port)
            host.write(SECONDS_OF_IF_TABLE, "i", "1")
            yield host
    finally:
        ip("netns", "del", namespace)  # its wires go with it
