"""A collector at work: what it answers, what it survives, how it ends."""

import json
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.monitors.fake_agent import RECORDINGS, FakeAgent
from tests.monitors.running import eventually, running_collector, write_targets
from tests.monitors.web_site import running_site

SWITCH = RECORDINGS / "lab_switch.snmprec"


def snmp_target(port: int, **more: object) -> dict[str, object]:
    auth = {"version": "2c", "community": "public"}
    often = {"interval_seconds": 1, "timeout_seconds": 0.3, "retries": 0}
    return {"asset": "sw1", "kind": "snmp", "address": "127.0.0.1", "port": port, "auth": auth, **often, **more}


def http_target(url: str, **more: object) -> dict[str, object]:
    return {"asset": "portal", "kind": "http", "url": url, "interval_seconds": 1, "timeout_seconds": 1, **more}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/readings?asset=nobody", 404),
        ("/readings", 400),
        ("/readings?asset=x&target=y", 400),
        ("/readings?asset", 400),
        ("/nowhere", 404),
        ("/metrics", 200),
    ],
)
def test_wrong_questions_are_answered_clearly(tmp_path: Path, path: str, status: int) -> None:
    with running_collector(write_targets(tmp_path / "targets.json")) as collector:
        answer = collector.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"POST /metrics HTTP/1.1\r\n\r\n", b"405"),
        (b"\x16\x03\x01\r\n\r\n", b"400"),
        (b"GET /metrics\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20000, b"400"),
    ],
)
def test_requests_that_are_no_get_are_refused(tmp_path: Path, request_bytes: bytes, status: bytes) -> None:
    with running_collector(write_targets(tmp_path / "targets.json")) as collector:
        host, port = collector.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(request_bytes)
            assert connection.recv(100).split(b" ")[1] == status


def test_without_a_target_list_the_collector_waits_and_says_so(tmp_path: Path) -> None:
    with running_collector(tmp_path / "missing.json") as collector:
        health = eventually(lambda: text if "No such file" in (text := collector.get("/healthz").text) else None, "why")
        assert collector.get("/healthz").status_code == 503
        assert json.loads(health)["status"] == "waiting for a target list"
        write_targets(tmp_path / "missing.json")
        eventually(lambda: "ok" if collector.get("/healthz").status_code == 200 else None, "a healthy collector")


def test_silent_device_reads_as_failing_with_its_reason_and_a_growing_age(tmp_path: Path) -> None:
    with FakeAgent(SWITCH, ignore=10**6) as agent:
        targets = write_targets(tmp_path / "targets.json", snmp_target(agent.port))
        with running_collector(targets) as collector:
            never = eventually(
                lambda: collector.reading("sw1") if "yunwang" in collector.reading("sw1") else None, "text"
            )
            text = collector.wait_for("sw1", 'reason="timeout"')
            metrics = collector.get("/metrics").text

    assert 'yunwang_probe_success{protocol="snmp",probe="snmp"} 0' in never
    assert 'yunwang_probe_success{protocol="snmp",probe="snmp"} 0' in text
    assert float(text.rsplit(" ", 1)[1]) > 0
    assert "yunwang_interface" not in text
    assert 'yunwang_collector_failures_total{protocol="snmp",reason="timeout"}' in metrics


def test_dead_device_is_a_timeout_even_where_all_waits_exceed_the_interval(tmp_path: Path) -> None:
    with FakeAgent(SWITCH, ignore=10**6) as agent:
        patient = snmp_target(agent.port, timeout_seconds=1, retries=3)
        with running_collector(write_targets(tmp_path / "targets.json", patient)) as collector:
            collector.wait_for("sw1", 'reason="timeout"')
            assert "deadline" not in collector.get("/metrics").text


def test_device_that_falls_silent_leaves_no_old_numbers(tmp_path: Path) -> None:
    with running_collector(tmp_path / "targets.json") as collector:
        with FakeAgent(SWITCH) as agent:
            write_targets(tmp_path / "targets.json", snmp_target(agent.port))
            collector.wait_for("sw1", 'yunwang_interface_up{interface="ge1",alias=""} 1')
        text = collector.wait_for("sw1", 'yunwang_probe_success{protocol="snmp",probe="snmp"} 0')

    assert "yunwang_interface" not in text


def test_several_targets_of_one_asset_share_one_page(tmp_path: Path) -> None:
    with running_site() as url:
        down = http_target(f"{url}/broken", name="admin")
        with running_collector(write_targets(tmp_path / "targets.json", http_target(url), down)) as collector:
            collector.wait_for("portal", 'reason="status"')
            text = collector.wait_for("portal", 'yunwang_probe_success{protocol="http",probe="http"} 1')

    assert 'yunwang_probe_success{protocol="http",probe="admin"} 0' in text
    assert 'yunwang_probe_http_status_code{protocol="http",probe="admin"} 500' in text
    assert text.count("# TYPE yunwang_probe_success gauge") == 1


def test_broken_list_keeps_the_old_targets_watched(tmp_path: Path) -> None:
    with running_site() as url:
        targets = write_targets(tmp_path / "targets.json", http_target(url))
        with running_collector(targets) as collector:
            collector.wait_for("portal", 'success{protocol="http",probe="http"} 1')
            targets.write_text('{"version": 1, "targets": "none"}')
            eventually(lambda: text if "faults" in (text := collector.get("/healthz").text) else None, "why")
            assert collector.get("/readings?asset=portal").status_code == 200
            write_targets(targets)
            eventually(lambda: "gone" if collector.get("/readings?asset=portal").status_code == 404 else None, "404")


def test_documents_are_numbered_on_from_the_last_one(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    (outbox / ".sequence").write_text("41")
    with FakeAgent(SWITCH) as agent, running_site() as url:
        labelled = http_target(url, labels={"department": "示例厅"})
        targets = write_targets(tmp_path / "targets.json", snmp_target(agent.port), labelled)
        with running_collector(targets, deliver=outbox, deliver_seconds=0.5) as collector:
            collector.wait_for("sw1", "yunwang_interface_up")
            eventually(lambda: str(files) if len(files := list(outbox.glob("*.json"))) > 2 else None, "three documents")
    documents = [json.loads(file.read_text()) for file in sorted(outbox.glob("*.json"))]
    readings = [reading for document in documents for reading in document["readings"]]
    observed = [fact for document in documents for seen in document["observations"] for fact in seen["facts"]]

    assert [document["sequence"] for document in documents] == list(range(42, 42 + len(documents)))
    assert {(reading["asset"], reading["success"]) for reading in readings} == {("sw1", True), ("portal", True)}
    assert {"about": "interface", "interface": "ge1", "index": "2", "alias": "", "description": "ge1"} in observed
    assert len(observed) == 26  # the device and its 25 interfaces, once
    assert next(reading["labels"] for reading in readings if reading["asset"] == "portal") == {"department": "示例厅"}
    assert not list(outbox.glob("*.new"))


def test_directory_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    outbox.write_text("a file where the directory should be")
    with running_site() as url:
        targets = write_targets(tmp_path / "targets.json", http_target(url))
        with running_collector(targets, deliver=outbox, deliver_seconds=0.2) as collector:
            collector.wait_for("portal", 'success{protocol="http",probe="http"} 1')
            failure = 'deliveries_total{outcome="failure"}'
            eventually(lambda: text if failure in (text := collector.get("/metrics").text) else None, failure)
            writable_from = datetime.now(UTC)
            outbox.unlink()
            eventually(lambda: "written" if list(outbox.glob("*.json")) else None, "a document")

    first = json.loads((outbox / "000000000001.json").read_text())["readings"][0]
    assert datetime.fromisoformat(first["at"]) < writable_from


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_process_within_two_seconds(tmp_path: Path, number: signal.Signals) -> None:
    with FakeAgent(SWITCH, ignore=10**6) as agent, running_site() as url:
        slow = http_target(f"{url}/slow", timeout_seconds=5, interval_seconds=5)
        targets = write_targets(tmp_path / "targets.json", snmp_target(agent.port, timeout_seconds=1), slow)
        program = (
            "from pathlib import Path; from monitors.collector import CollectorSettings, run_collector;"
            f"run_collector(CollectorSettings({str(targets)!r}, port=0, deliver=Path({str(tmp_path / 'outbox')!r})))"
        )
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path.cwd()) as process:
            eventually(lambda: "asked" if agent.requests else None, "a first request")
            asked = time.monotonic()
            process.send_signal(number)
            assert process.wait(5) == 0

    assert time.monotonic() - asked < 2
