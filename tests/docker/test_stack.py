"""The whole stack from the committed Compose file, under a real Docker engine."""

import json
import time
from typing import Any

import pytest

from tests.docker.conftest import STARTED, Stack

pytestmark = pytest.mark.live
API = "http://127.0.0.1:8000"
PROMETHEUS = "http://127.0.0.1:9090/api/v1"


def ask(stack: Stack, path: str) -> Any:
    return json.loads(stack.engine.curl(f"{PROMETHEUS}/{path}"))["data"]


def until(holds: Any, seconds: float) -> None:
    """Wait for a condition; the last try tells why not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.5)
    assert holds()


def test_every_part_runs_and_is_healthy(stack: Stack) -> None:
    print(f"stack: healthy {stack.seconds:.0f} s after nothing")
    states = {name: stack.state(name)["State"] for name in ("db", *STARTED)}

    assert {name: state["Health"]["Status"] for name, state in states.items()} == dict.fromkeys(states, "healthy")
    assert stack.state("migrate")["State"]["ExitCode"] == 0
    assert "http://127.0.0.1:8000/" in stack.said


def test_the_api_answers_through_its_published_port(stack: Stack) -> None:
    assert stack.engine.curl(f"{API}/healthz") == "ok\n"
    assert "<form" in stack.engine.curl(f"{API}/login")


def test_the_first_administrator_may_log_in(stack: Stack) -> None:
    body = json.dumps({"username": "admin", "password": stack.secrets["administrator"]})
    answer = json.loads(stack.engine.curl(f"{API}/api/v1/login", "--json", body))

    agencies = stack.engine.curl(f"{API}/api/v1/agencies", "--header", f"Authorization: Bearer {answer['token']}")
    assert json.loads(agencies)["items"] == []


def test_the_worker_has_told_the_database_that_it_lives(stack: Stack) -> None:
    count = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '6 s'"
    psql = ("psql", "--username=yunwang", "--no-align", "--tuples-only")

    assert stack.compose("exec", "-T", "db", *psql, f"--command={count}") == "1"


def test_prometheus_reaches_service_and_collector_with_its_token(stack: Stack) -> None:
    def health() -> dict[str, str]:
        return {each["labels"]["job"]: each["health"] for each in ask(stack, "targets?state=active")["activeTargets"]}

    wanted = {"prometheus": "up", "yunwang-service": "up", "yunwang-collector": "up"}
    until(lambda: health() == wanted, 45)
    failures = ask(stack, "query?query=prometheus_sd_http_failures_total")["result"]
    assert [each["value"][1] for each in failures] == ["0"]


def test_prometheus_has_its_rules_and_its_alertmanager(stack: Stack) -> None:
    assert [group for group in ask(stack, "rules")["groups"] if group["rules"]]
    assert [each["url"] for each in ask(stack, "alertmanagers")["activeAlertmanagers"]] == [
        "http://alertmanager:9093/api/v2/alerts"
    ]
    stack.compose("exec", "-T", "prometheus", "promtool", "check", "config", "/etc/prometheus/prometheus.yml")


def test_no_secret_is_told_by_inspection_or_log(stack: Stack) -> None:
    containers = stack.compose("ps", "--all", "--quiet").split()
    told = stack.engine.docker("inspect", *containers) + stack.compose("logs", "--no-color")
    told += stack.said + stack.compose("config")

    assert len(stack.secrets) == 6
    assert [name for name, secret in stack.secrets.items() if secret in told] == []


@pytest.mark.parametrize("service", ["api", "worker", "collector", "prometheus", "alertmanager"])
def test_a_container_cannot_write_to_its_own_root(stack: Stack, service: str) -> None:
    assert stack.state(service)["HostConfig"]["ReadonlyRootfs"]
    refused = stack.compose("exec", "-T", service, "sh", "-c", "! touch /written 2>/dev/null && id -u")

    assert refused != "0"


def test_what_a_play_leaves_behind_does_not_stay_as_a_zombie(stack: Stack) -> None:
    stack.compose("exec", "-T", "worker", "sh", "-c", "(sleep 0.3 &) ; exit 0")
    time.sleep(1)

    states = stack.compose("exec", "-T", "worker", "sh", "-c", "cut -d' ' -f2,3 /proc/[0-9]*/stat")
    assert "(tini) S" in states
    assert ") Z" not in states


def test_the_database_is_published_nowhere(stack: Stack) -> None:
    assert not any(stack.state("db")["NetworkSettings"]["Ports"].values())


def test_renewed_tokens_work_and_the_old_ones_do_not(stack: Stack) -> None:
    header = "Authorization: Bearer "
    before = stack.secrets["yunwang_prometheus_token"]
    stack.engine.curl(f"{API}/metrics", "--header", header + before)

    stack.script("renew-tokens")

    shown = ("--no-fail", "--output", "/dev/null", "--write-out", "%{http_code}")
    assert stack.engine.curl(f"{API}/metrics", *shown, "--header", header + before) == "401"
    after = stack.read_secrets()["yunwang_prometheus_token"]
    assert "yunwang_register_rows" in stack.engine.curl(f"{API}/metrics", "--header", header + after)
    until(lambda: stack.state("collector")["State"]["Health"]["Status"] == "healthy", 30)


def test_the_parts_stop_by_themselves_within_ten_seconds_and_start_again(stack: Stack) -> None:
    begun = time.monotonic()
    stack.compose("stop", "--timeout=30", "api", "worker", "collector")
    taken = time.monotonic() - begun
    codes = {name: stack.state(name)["State"]["ExitCode"] for name in ("api", "worker", "collector")}
    print(f"stopped in {taken:.1f} s: {codes}")

    assert taken < 10
    assert codes == {"api": 0, "worker": 0, "collector": 0}
    stack.compose("up", "--detach", "--wait", "api", "worker", "collector")
    assert stack.engine.curl(f"{API}/healthz") == "ok\n"
