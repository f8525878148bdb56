"""net-snmp's own agent on a port of loopback, with files and identity of its own."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SNMPD = "/usr/sbin/snmpd"


def free_udp_port() -> int:
    """A port that nobody holds at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_snmpd(
    folder: Path, community: str = "public", prefix: tuple[str, ...] = (), address: str = "127.0.0.1"
) -> Iterator[int]:
    """Run snmpd until the block ends; yields its port. `prefix` puts it elsewhere, such as into a network namespace.

    Whoever says `{community}-write` may set values too.
    """
    port = free_udp_port()
    config = folder / "snmpd.conf"
    config.write_text(
        f"rocommunity {community} default\nrwcommunity {community}-write default\n"
        "sysDescr Agent under test\nsysContact noc@example.invalid\nsysName lab-agent\nsysLocation 示例机房\n"
    )
    environment = {"MIBS": "", "SNMP_PERSISTENT_DIR": str(folder), "SNMPCONFPATH": str(folder), "PATH": "/usr/bin:/bin"}
    log, pid = folder / "snmpd.log", folder / "pid"
    command = [SNMPD, "-f", "-C", "-c", str(config), "-Lf", str(log), "-p", str(pid), f"udp:{address}:{port}"]
    with subprocess.Popen([*prefix, *command], env=environment) as process:
        try:
            _wait_until_ready(process, log)
            yield port
        finally:
            process.terminate()


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"snmpd ended at once: {log.read_text()}")
        if log.exists() and "NET-SNMP version" in log.read_text():
            return
        time.sleep(0.02)
    raise RuntimeError("snmpd did not become ready within 10 s")
