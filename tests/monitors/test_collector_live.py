"""The collector against net-snmp's own agent and a TLS site, judged by Prometheus' own linter."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.needs import needs, needs_root
from tests.monitors.real_agent import running_snmpd
from tests.monitors.running import RunningCollector, eventually, running_collector, write_targets
from tests.monitors.web_site import make_certificate, running_site

pytestmark = pytest.mark.live


def snmp_target(port: int) -> dict[str, Any]:
    auth = {"version": "2c", "community": "public"}
    often = {"interval_seconds": 1, "timeout_seconds": 1}
    return {"asset": "host-1", "kind": "snmp", "address": "127.0.0.1", "port": port, "auth": auth, **often}


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    needs("snmpd", "promtool")
    folder = tmp_path_factory.mktemp("collector")
    certificate = make_certificate(folder)
    with running_snmpd(folder) as port, running_site(certificate) as url:
        tls_port = int(url.rsplit(":", 1)[1])
        often = {"interval_seconds": 1, "timeout_seconds": 1}
        targets = write_targets(
            folder / "targets.json",
            snmp_target(port),
            {"asset": "system-1", "kind": "http", "url": url, **often},
            {"asset": "system-1", "kind": "tls", "address": "127.0.0.1", "port": tls_port, **often},
            {"asset": "system-1", "kind": "tcp", "address": "127.0.0.1", "port": 1, **often},
        )
        with running_collector(targets, ca_file=certificate) as running:
            yield running


def lint(text: str) -> str:
    promtool = str(shutil.which("promtool"))
    checked = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True, check=False)
    return checked.stdout + checked.stderr


def test_real_interfaces_are_counted(collector: RunningCollector) -> None:
    text = collector.wait_for("host-1", "yunwang_interface_up")
    counters = [line for line in text.splitlines() if line.startswith("yunwang_interface_receive_bytes_total{")]
    names = {line.split('interface="')[1].split('"')[0] for line in counters}

    assert names == {path.name for path in Path("/sys/class/net").iterdir() if path.is_dir()}
    assert 'yunwang_interface_up{interface="lo",alias=""} 1' in text
    assert 'yunwang_device_info{sys_name="lab-agent"' in text
    assert lint(text) == ""


def test_web_series_please_promtool_too(collector: RunningCollector) -> None:
    for probe in ("http", "tls"):
        collector.wait_for("system-1", f'yunwang_probe_certificate_trusted{{protocol="{probe}",probe="{probe}"}} 1')
    text = collector.wait_for("system-1", 'yunwang_probe_failure_info{protocol="tcp",probe="tcp",reason="refused"} 1')

    assert lint(text) == ""


def test_own_metrics_please_promtool(collector: RunningCollector) -> None:
    collector.wait_for("host-1", "yunwang_interface_up")
    text = collector.get("/metrics").text

    assert 'yunwang_collector_targets{protocol="snmp"} 1.0' in text
    assert 'yunwang_collector_snmp_packets_total{fate="received"}' in text
    assert lint(text) == ""


def test_interface_that_goes_down_is_seen(tmp_path: Path) -> None:
    """In a namespace of its own, so the collector's numbers leave by files."""
    needs("snmpd", "ip")
    needs_root()
    name = f"yw-mon-{tmp_path.stat().st_ino}"
    inside = ("ip", "netns", "exec", name)
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        for command in ("link set lo up", "link add uplink1 type ifb", "link set uplink1 up"):
            subprocess.run(["ip", "-n", name, *command.split()], check=True)
        with running_snmpd(tmp_path, prefix=inside) as port:
            watch_the_uplink_go_down(tmp_path, name, port)
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def watch_the_uplink_go_down(folder: Path, name: str, port: int) -> None:
    targets, outbox = write_targets(folder / "targets.json", snmp_target(port)), folder / "outbox"
    program = (
        "from pathlib import Path; from monitors.collector import CollectorSettings, run_collector;"
        f"run_collector(CollectorSettings({str(targets)!r}, deliver=Path({str(outbox)!r}), deliver_seconds=0.2))"
    )
    with subprocess.Popen(["ip", "netns", "exec", name, sys.executable, "-c", program]) as process:
        try:
            eventually(lambda: uplink_is(1, outbox), "the uplink up")
            subprocess.run(["ip", "-n", name, "link", "set", "uplink1", "down"], check=True)
            # net-snmp looks at its interfaces anew every 15 seconds
            eventually(lambda: uplink_is(0, outbox), "the uplink down", seconds=25)
        finally:
            process.terminate()


def uplink_is(state: int, outbox: Path) -> str | None:
    for file in sorted(outbox.glob("*.json"))[-1:]:
        for series in json.loads(file.read_text())["readings"][-1]["series"]:
            if series["name"] == "yunwang_interface_up" and series["labels"]["interface"] == "uplink1":
                return str(state) if series["value"] == state else None
    return None
