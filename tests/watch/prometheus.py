"""Debian's Prometheus and Alertmanager with the committed configuration, made to look every second."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.watch.processes import free_port, running

DOCKER = Path(__file__).parents[2] / "docker"


def hurry(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule, but an alert fires after one second."""
    return rule | {"for": "1s"} if "for" in rule else rule


def hurried_rules(folder: Path) -> Path:
    """Copies of the committed rules that are evaluated every second."""
    copies = folder / "rules"
    copies.mkdir()
    for committed in sorted((DOCKER / "prometheus/rules").glob("*.yml")):
        document = yaml.safe_load(committed.read_text("utf-8"))
        groups = [group | {"interval": "1s", "rules": list(map(hurry, group["rules"]))} for group in document["groups"]]
        (copies / committed.name).write_text(yaml.safe_dump({"groups": groups}, allow_unicode=True), "utf-8")
    return copies


def hurried_config(folder: Path, token: str, **addresses: str) -> Path:
    """The committed configuration with addresses of this test, looking every second."""
    secret = folder / "token"
    secret.write_text(token)
    content = (DOCKER / "prometheus/prometheus.yml").read_text("utf-8")
    for there, here in {
        "api:8000": addresses["service"], "collector:9780": addresses["collector"],
        "alertmanager:9093": addresses["alertmanager"], "localhost:9090": addresses["own"],
        "/run/secrets/yunwang_prometheus_token": str(secret), "/etc/prometheus/rules": str(hurried_rules(folder)),
        "30s": "1s", "10s": "1s",
    }.items():  # fmt: skip
        assert there in content, there
        content = content.replace(there, here)
    config = folder / "prometheus.yml"
    config.write_text(content, "utf-8")
    return config


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus, asked by its own API."""

    url: str

    def ask(self, path: str, **query: str) -> Any:
        """The data of an answer; fails on an error or a warning."""
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=query, trust_env=False, timeout=10).json()
        assert answer["status"] == "success", answer
        assert not answer.get("warnings"), answer
        return answer["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series of an expression now."""
        found: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        return found

    def firing(self, name: str) -> set[str]:
        """Assets, or instances where there is no asset, for which this alert fires."""
        labels = [alert["labels"] for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"]
        return {each.get("asset") or each["instance"] for each in labels if each["alertname"] == name}

    def targets(self) -> dict[str, dict[str, Any]]:
        """Labels and health of the assets that are scraped, by asset."""
        found = self.ask("targets", state="active")["activeTargets"]
        return {target["labels"]["asset"]: target for target in found if "asset" in target["labels"]}

    def scraped(self) -> set[str]:
        """Assets whose last scrape went well."""
        return {asset for asset, target in self.targets().items() if target["health"] == "up"}


@contextmanager
def running_prometheus(folder: Path, token: str, **addresses: str) -> Iterator[Prometheus]:
    """Run Prometheus until the block ends; addresses (host:port) are service, collector and alertmanager."""
    own = f"127.0.0.1:{free_port()}"
    command = [
        "prometheus", f"--config.file={hurried_config(folder, token, own=own, **addresses)}",
        f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={own}", "--log.level=warn",
    ]  # fmt: skip
    with running(command, folder / "prometheus.log", f"http://{own}/-/ready"):
        yield Prometheus(f"http://{own}")


@dataclass(frozen=True)
class Alertmanager:
    """A running Alertmanager, asked by its own API."""

    address: str

    def holding(self, **labels: str) -> list[dict[str, Any]]:
        """The alerts with these labels, and whether each is inhibited."""
        found: list[dict[str, Any]] = httpx.get(f"http://{self.address}/api/v2/alerts", trust_env=False).json()
        return [alert for alert in found if labels.items() <= alert["labels"].items()]

    def post(self, labels: dict[str, str]) -> None:
        """Tell it of an alert, as Prometheus would."""
        url = f"http://{self.address}/api/v2/alerts"
        httpx.post(url, json=[{"labels": labels}], trust_env=False).raise_for_status()


@contextmanager
def running_alertmanager(folder: Path) -> Iterator[Alertmanager]:
    """Run Debian's Alertmanager with the committed configuration until the block ends."""
    own = f"127.0.0.1:{free_port()}"
    command = [
        "prometheus-alertmanager", f"--config.file={DOCKER / 'alertmanager/alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}", f"--web.listen-address={own}", "--cluster.listen-address=",
    ]  # fmt: skip
    with running(command, folder / "alertmanager.log", f"http://{own}/-/ready"):
        yield Alertmanager(own)
