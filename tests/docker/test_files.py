"""What can be said of docker/ without starting anything."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.needs import needs

DOCKER = Path(__file__).resolve().parents[2] / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CONTAINERFILE = (DOCKER / "Containerfile").read_text("utf-8")
SECRET_NAME = re.compile(r"password|secret|token|key|url", re.IGNORECASE)


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions: name and the rest, continued lines joined, comments dropped."""
    lines = [line for line in CONTAINERFILE.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    pairs = [line.partition(" ") for line in joined.splitlines() if line]
    return [(name, rest) for name, _, rest in pairs]


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned_by_a_tag(name: str) -> None:
    image = SERVICES[name]["image"]

    tag = re.fullmatch(r"[a-z/]+:(.+)", image)
    assert tag, image
    assert re.match(r"v?\d+\.\d+|\$\{YUNWANG_VERSION:-\d+\.\d+\.\d+\}", tag[1])


def test_the_default_tag_is_the_version_of_the_project() -> None:
    version = re.search(r'^version = "(.+)"$', (DOCKER.parent / "pyproject.toml").read_text(), re.MULTILINE)

    assert version
    assert SERVICES["api"]["image"] == f"yunwang:${{YUNWANG_VERSION:-{version[1]}}}"


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_bounded_and_hardened(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert service["healthcheck"] if name != "api" else "healthcheck" not in service  # the image brings it
    assert name == "db" or service["read_only"]


def test_ports_are_published_on_the_loopback_address_and_the_database_nowhere() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert set(published) == {"api", "prometheus", "alertmanager", "grafana"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert SERVICES["db"]["networks"] == ["database"]
    assert COMPOSE["networks"]["database"]["internal"]


def test_only_those_who_need_a_secret_see_it_and_always_as_a_file() -> None:
    def readers(secret: str) -> set[str]:
        return {name for name, service in SERVICES.items() if secret in service.get("secrets", ())}

    assert {secret: readers(secret) for secret in COMPOSE["secrets"]} == {
        "postgres_password": {"db"},
        "yunwang_database_url": {"migrate", "api", "worker"},
        "yunwang_collector_token": {"collector"},
        "yunwang_prometheus_token": {"prometheus"},
        "grafana_password": {"grafana"},
    }
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    given = [(k, v) for service in SERVICES.values() for k, v in service.get("environment", {}).items()]
    assert all(str(v).startswith("/run/secrets/") for k, v in given if re.search("PASSWORD|TOKEN|SECRET|URL$", k))


def test_secrets_are_ignored_by_git_and_by_the_builder() -> None:
    ignored = subprocess.run(["git", "check-ignore", "-q", "docker/secrets/x"], cwd=DOCKER.parent, check=False)
    first_rule = next(line for line in (DOCKER.parent / ".dockerignore").read_text().splitlines() if line[:1] != "#")

    assert ignored.returncode == 0
    assert first_rule == "*"


def test_the_image_is_built_as_a_careful_reader_would_want() -> None:
    found = instructions()
    runs = " ".join(rest for name, rest in found if name == "RUN")
    final = found[max(i for i, (name, _) in enumerate(found) if name == "FROM") :]

    assert [rest for name, rest in final if name == "USER"] == ["10001:10001"]
    assert not [name for name, _ in found if name in {"ADD", "MAINTAINER"}]
    assert not [rest for name, rest in found if name in {"ARG", "ENV"} and SECRET_NAME.search(rest.partition("=")[0])]
    assert all(json.loads(rest) for name, rest in final if name in {"ENTRYPOINT", "CMD"})
    assert "--require-hashes" in runs
    assert runs.count("apt-get install") == runs.count("--no-install-recommends") == runs.count("/var/lib/apt/lists/*")
    assert not re.search(r"\bsudo\b|curl|apt-get (dist-)?upgrade|https?://", runs)


def test_promtool_and_amtool_accept_the_configurations() -> None:
    needs("promtool", "amtool")

    for command in (
        ["promtool", "check", "config", "--syntax-only", "prometheus/prometheus.yml"],
        ["amtool", "check-config", "alertmanager/alertmanager.yml"],
    ):
        done = subprocess.run(command, cwd=DOCKER, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_critical_alert_of_no_asset_silences_nothing() -> None:
    rules = yaml.safe_load((DOCKER / "alertmanager/alertmanager.yml").read_text())["inhibit_rules"]

    # labels that both alerts lack count as equal
    assert all(rule["equal"] != ["asset"] or 'asset!=""' in rule["source_matchers"] for rule in rules)


def test_grafana_finds_prometheus_and_the_dashboards() -> None:
    provisioning = DOCKER / "grafana/provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources/prometheus.yaml").read_text())["datasources"]
    (provider,) = yaml.safe_load((provisioning / "dashboards/yunwang.yaml").read_text())["providers"]
    mounts = dict(volume.split(":")[:2] for volume in SERVICES["grafana"]["volumes"])

    assert (source["type"], source["access"], source["url"]) == ("prometheus", "proxy", "http://prometheus:9090")
    assert mounts["./grafana/dashboards"] == provider["options"]["path"]
    assert mounts["./grafana/provisioning"] == "/etc/grafana/provisioning"


def test_every_dashboard_asks_the_datasource_that_is_provisioned() -> None:
    for path in (DOCKER / "grafana/dashboards").glob("*.json"):
        asked = set(re.findall(r'"type":\s*"prometheus",\s*"uid":\s*"([^"]+)"', path.read_text("utf-8")))
        asked |= set(re.findall(r'"uid":\s*"([^"]+)",\s*"type":\s*"prometheus"', path.read_text("utf-8")))
        assert all(uid == "prometheus" or uid.startswith("$") for uid in asked), path.name
