"""Debian's Prometheus with the committed rules, made to look every second and to wait for nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.watch.processes import free_port, running

RULES = Path(__file__).parents[2] / "docker/prometheus/rules"


def hurried_rules(folder: Path) -> list[str]:
    """Copies of the committed rules that are evaluated every second and fire after one."""
    copies = []
    for committed in sorted(RULES.glob("*.yml")):
        document = yaml.safe_load(committed.read_text("utf-8"))
        for group in document["groups"]:
            group["interval"] = "1s"
            for rule in group["rules"]:
                rule |= {"for": "1s"} if "for" in rule else {}
        copy = folder / committed.name
        copy.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        copies.append(str(copy))
    return copies


def scrape_config(service: str, collector: str, token: str, own: str) -> list[dict[str, Any]]:
    """The four jobs that the rules speak of; addresses are host:port."""
    def authorized() -> dict[str, Any]:
        # Prometheus 2.42 sends no "Bearer" to http_sd unless it is told to
        return {"authorization": {"type": "Bearer", "credentials": token}}

    return [
        {"job_name": "prometheus", "static_configs": [{"targets": [own]}]},
        {"job_name": "yunwang-service", "static_configs": [{"targets": [service]}], **authorized()},
        {"job_name": "yunwang-collector", "static_configs": [{"targets": [collector]}]},
        {
            "job_name": "yunwang-readings",
            "http_sd_configs": [
                {"url": f"http://{service}/api/v1/prometheus/targets", "refresh_interval": "1s", **authorized()}
            ],
        },
    ]


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
        found = [target for target in self.ask("targets", state="active")["activeTargets"] if "asset" in target["labels"]]
        return {target["labels"]["asset"]: target for target in found}


@contextmanager
def running_prometheus(folder: Path, service: str, collector: str, token: str) -> Iterator[Prometheus]:
    """Run Prometheus until the block ends."""
    own, config = f"127.0.0.1:{free_port()}", folder / "prometheus.yml"
    content = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": hurried_rules(folder),
        "scrape_configs": scrape_config(service, collector, token, own),
    }
    config.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    command = [
        "prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={own}", "--log.level=warn",
    ]  # fmt: skip
    with running(command, folder / "prometheus.log", f"http://{own}/-/ready"):
        yield Prometheus(f"http://{own}")
