"""Debian's Prometheus over the real service, a real collector and a real SNMP agent: what fires, and what must not."""

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from inventory.accounts import by_username
from inventory.changes import attribute
from inventory.migrations import Migration, MigrationState
from service.db import connect, sessions_of
from tests.conftest import create_database
from tests.lab.needs import needs, needs_root
from tests.watch import dashboard
from tests.watch.processes import eventually
from tests.watch.stack import Stack, running_stack

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def stack(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    needs("prometheus", "prometheus-alertmanager", "promtool", "snmpd", "snmpset", "ip")
    needs_root()
    folder = tmp_path_factory.mktemp("watch")
    name = f"watch_{folder.stat().st_ino}"
    engine = connect(create_database(postgres, name, template))
    with running_stack(engine, folder) as stack:
        yield stack
    engine.dispose()
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


def system(number: int) -> str:
    return f"system-{number}"


def shown(stack: Stack, title: str) -> set[str]:
    """Interfaces, or names where there is no interface, in a table of the dashboard."""
    (expression,) = dashboard.expressions(dashboard.titled(title))
    rows = [row["metric"] for row in stack.prometheus.query(expression)]
    return {row.get("interface") or row["name"] for row in rows}


def test_prometheus_scrapes_every_asset_of_the_register(stack: Stack) -> None:
    watched = stack.assets
    systems = (watched.healthy, watched.broken, watched.moving, watched.untrusted)

    eventually(lambda: stack.prometheus.scraped() == {f"host-{watched.host}", *map(system, systems)}, "all up")

    labels = stack.prometheus.targets()[system(watched.healthy)]["labels"]
    assert (labels["name"], labels["agency"], labels["domain"]) == ("示例门户", "示例单位", "public_service")


def test_only_what_is_broken_is_called_broken(stack: Stack) -> None:
    watched, prometheus = stack.assets, stack.prometheus

    eventually(
        lambda: prometheus.firing("SystemNotAnswering") == {system(watched.broken), system(watched.moving)}, "two down"
    )

    eventually(lambda: prometheus.firing("CertificateRefused") == {system(watched.untrusted)}, "untrusted")
    eventually(lambda: prometheus.firing("CertificateExpiringSoon") == {system(watched.untrusted)}, "three days left")
    assert not prometheus.firing("HostUnreachable")


def test_an_interface_that_loses_its_far_end_fires_and_comes_back(stack: Stack) -> None:
    host, here = stack.host, f"host-{stack.assets.host}"
    eventually(lambda: stack.prometheus.query('yunwang_interface_up{interface=~"uplink.", alias="至核心"} == 1'), "up")
    assert not stack.prometheus.firing("InterfaceDown")

    host.pull("uplink1")
    host.pull("uplink2")
    eventually(lambda: stack.prometheus.firing("InterfaceDown") == {here}, "described interface fires")
    eventually(lambda: stack.prometheus.firing("UndescribedInterfaceDown") == {here}, "the other fires lower")
    assert shown(stack, "中断的接口") == {"uplink1", "uplink2"}

    host.plug("uplink1")
    host.switch("uplink2", "down")  # on purpose: no fault any more
    eventually(lambda: not stack.prometheus.firing("InterfaceDown"), "it ends when plugged in")
    eventually(lambda: not stack.prometheus.firing("UndescribedInterfaceDown"), "it ends when disabled")


@pytest.mark.parametrize("panel", dashboard.panels(), ids=[panel["title"] for panel in dashboard.panels()])
def test_every_query_of_the_dashboard_has_an_answer(stack: Stack, panel: dict[str, Any]) -> None:
    def answered() -> bool:
        found = [stack.prometheus.query(expression) for expression in dashboard.expressions(panel)]
        return all(found) or dashboard.may_be_empty(panel)

    eventually(answered, panel["title"])


def test_every_series_that_rules_and_dashboard_name_is_one_that_we_expose(stack: Stack) -> None:
    rules = [rule["query"] for group in stack.prometheus.ask("rules")["groups"] for rule in group["rules"]]
    shown = [expression for panel in dashboard.panels() for expression in dashboard.expressions(panel)]
    named = set().union(*map(dashboard.metrics, [*rules, *shown]))

    assert len(named) > 20
    assert named - set(stack.prometheus.ask("label/__name__/values")) == set()


def move_to(stack: Stack, state: MigrationState) -> None:
    with sessions_of(stack.engine).begin() as session:
        attribute(session, actor="test", reason="live watch")
        migration = session.query(Migration).one_or_none()
        if migration is None:
            person = by_username(session, "watcher").id
            migration = Migration(
                system_id=stack.assets.moving, source_host_id=stack.assets.host,
                target_host_id=stack.assets.target_host, spec={}, spec_hash="-", requested_by_id=person,
                specified_by_id=person,
            )  # fmt: skip
            session.add(migration)
        migration.state = state


def test_a_migration_silences_its_own_targets_and_no_others(stack: Stack) -> None:
    watched, prometheus = stack.assets, stack.prometheus
    both = {system(watched.broken), system(watched.moving)}
    eventually(lambda: prometheus.firing("SystemNotAnswering") == both, "both fire before")

    move_to(stack, MigrationState.CUTTING_OVER)
    eventually(lambda: prometheus.firing("SystemNotAnswering") == {system(watched.broken)}, "only the other fires")
    resting = {asset for asset, target in prometheus.targets().items() if "maintenance" in target["labels"]}
    assert resting == {system(watched.moving), f"host-{watched.host}"}
    assert shown(stack, "维护中的资产") == {"示例迁移系统", "示例交换机"}
    stack.host.pull("uplink1")
    eventually(lambda: prometheus.query('min_over_time(yunwang_interface_up{interface="uplink1"}[3s]) == 0'), "down")
    assert not prometheus.firing("InterfaceDown")

    move_to(stack, MigrationState.ROLLED_BACK)
    eventually(lambda: prometheus.firing("SystemNotAnswering") == both, "they fire again afterwards")
    eventually(lambda: prometheus.firing("InterfaceDown") == {f"host-{watched.host}"}, "so does the interface")
    stack.host.plug("uplink1")


def test_a_silent_collector_is_one_alert_and_no_system_is_called_down(stack: Stack) -> None:
    prometheus = stack.prometheus

    stack.stop_collector()
    eventually(lambda: prometheus.firing("CollectorSilent") == {stack.collector}, "one alert")
    eventually(lambda: not prometheus.firing("SystemNotAnswering"), "nothing is called down")
    assert not prometheus.firing("HostUnreachable") | prometheus.firing("AssetNotWatched")
    assert not prometheus.query("domain_kind:yunwang_availability:ratio")

    stack.start_collector()
    eventually(lambda: not prometheus.firing("CollectorSilent"), "it ends")
    eventually(lambda: prometheus.firing("SystemNotAnswering"), "and the systems are known again")


def allow_connections(stack: Stack, *, allowed: bool) -> None:
    """Shut the service's database, and throw out whoever is connected; or open it."""
    name = stack.engine.url.database
    stack.engine.dispose()
    server = create_engine(stack.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}'))
        if not allowed:
            guests = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(guests), {"name": name})
    server.dispose()


def test_without_its_database_discovery_fails_loudly_and_targets_stay(stack: Stack) -> None:
    prometheus, before = stack.prometheus, set(stack.prometheus.targets())
    assert before

    allow_connections(stack, allowed=False)
    try:
        eventually(lambda: stack.get("/api/v1/prometheus/targets").status_code == 503, "503")
        eventually(lambda: prometheus.firing("ServiceNotAnswering") == {stack.service}, "the service's own alert")
        eventually(lambda: prometheus.firing("DiscoveryFailing"), "discovery's alert")
        assert set(prometheus.targets()) == before
        assert prometheus.query("sum(yunwang_probe_success)")
    finally:
        allow_connections(stack, allowed=True)

    eventually(lambda: not prometheus.firing("ServiceNotAnswering"), "it ends")


def test_every_rule_was_evaluated_without_a_fault(stack: Stack) -> None:
    rules = [rule for group in stack.prometheus.ask("rules")["groups"] for rule in group["rules"]]

    assert len(rules) > 20
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}


def test_alerts_reach_alertmanager(stack: Stack) -> None:
    eventually(lambda: stack.alertmanager.holding(asset=system(stack.assets.broken)), "the broken system's alert")

    (arrived,) = stack.alertmanager.holding(asset=system(stack.assets.broken))
    assert arrived["labels"]["alert_level"] == "紧急"
    assert arrived["annotations"]["summary"].startswith("业务系统 示例平台（示例单位）无应答")
    assert arrived["annotations"]["description"].endswith("status")


def test_a_silent_domain_is_one_message_and_not_one_per_asset(stack: Stack) -> None:
    beside = {"domain": "lab", "severity": "critical"}
    stack.alertmanager.post({"alertname": "DomainSilent", **beside})
    for name, domain in (("SystemNotAnswering", "lab"), ("CertificateExpired", "lab"), ("SystemNotAnswering", "other")):
        stack.alertmanager.post({"alertname": name, "domain": domain, "name": "posted"})

    posted = stack.alertmanager.holding(name="posted")
    muted = [each["labels"] for each in posted if each["status"]["inhibitedBy"]]
    assert len(posted) == 3
    assert [(labels["alertname"], labels["domain"]) for labels in muted] == [("SystemNotAnswering", "lab")]


def test_promtool_finds_no_fault_in_the_metrics_of_the_service(stack: Stack) -> None:
    body = stack.get("/metrics").raise_for_status().text

    checked = subprocess.run(["promtool", "check", "metrics"], input=body, text=True, capture_output=True, check=False)

    assert checked.stdout + checked.stderr == ""
    assert "yunwang_register_rows{" in body
