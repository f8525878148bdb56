"""One bridge in a namespace of its own, a leg of it in each machine and one in the namespace of the tests."""

import ipaddress
import json
import random
import subprocess


def ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True).stdout


def free_network() -> ipaddress.IPv4Network:
    """A /24 out of the benchmark range 198.18.0.0/15 that no interface or route of this machine uses."""
    routes = json.loads(ip("-json", "-4", "route", "show", "table", "all"))
    taken = [ipaddress.IPv4Network(route["dst"], strict=False) for route in routes if route["dst"] != "default"]
    candidates = list(ipaddress.IPv4Network("198.18.0.0/15").subnets(new_prefix=24))
    random.shuffle(candidates)
    return next(network for network in candidates if not any(network.overlaps(other) for other in taken))


class Bridge:
    """The lab's only wire; `prefix` names everything it makes (at most 11 characters)."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.network = free_network()
        self.gateway = str(self.network[1])
        self.namespaces = [f"{prefix}-sw"]
        ip("netns", "add", self.namespaces[0])
        ip("-n", self.namespaces[0], "link", "add", "br0", "type", "bridge")
        ip("-n", self.namespaces[0], "link", "set", "br0", "up")
        ip("link", "add", prefix, "type", "veth", "peer", "name", "p-tests", "netns", self.namespaces[0])
        ip("addr", "add", f"{self.gateway}/24", "dev", prefix)
        ip("link", "set", prefix, "up")
        self._plug("p-tests")

    def _plug(self, port: str) -> None:
        ip("-n", self.namespaces[0], "link", "set", port, "master", "br0")
        ip("-n", self.namespaces[0], "link", "set", port, "up")

    def attach(self, name: str, number: int) -> tuple[str, str]:
        """A namespace with one interface on the bridge: its name and its address."""
        namespace, address = f"{self.prefix}-{name}", str(self.network[number])
        ip("netns", "add", namespace)
        self.namespaces.append(namespace)
        ip("-n", namespace, "link", "set", "lo", "up")
        ip(
            "-n",
            namespace,
            "link",
            "add",
            "eth0",
            "type",
            "veth",
            "peer",
            "name",
            f"p-{name}",
            "netns",
            self.namespaces[0],
        )
        ip("-n", namespace, "link", "set", "eth0", "up")
        ip("-n", namespace, "addr", "add", f"{address}/24", "dev", "eth0")
        self._plug(f"p-{name}")
        return namespace, address

    def close(self) -> None:
        remove(self.prefix)


def remove(prefix: str) -> None:
    """Delete every namespace of a lab; its wires go with them."""
    subprocess.run(["ip", "link", "del", prefix], capture_output=True, check=False)
    for line in ip("netns", "list").splitlines():
        namespace = line.split()[0]
        if namespace.startswith(f"{prefix}-"):
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)
