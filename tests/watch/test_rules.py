"""The committed rules: form, words, and that each alert is tested; promtool judges and runs them."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.needs import needs

PROMETHEUS = Path(__file__).parents[2] / "docker/prometheus"
LEVELS = {"critical": "紧急", "major": "重要", "minor": "次要", "info": "提示"}
NOT_OF_AN_ASSET = {  # about the watch itself, the policy, or what is recorded without assets under maintenance
    "CollectorSilent", "CollectorIdle", "TargetListStale", "DiscoveryFailing", "ServiceNotAnswering", "DomainSilent",
    "CloudRateBelowTarget",
}  # fmt: skip


def read(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(file.read_text("utf-8")) for file in sorted((PROMETHEUS / folder).glob("*.yml"))]


ALERTS = [
    rule for document in read("rules") for group in document["groups"] for rule in group["rules"] if "alert" in rule
]
CHECKS = [
    check for document in read("tests") for test in document["tests"] for check in test.get("alert_rule_test", [])
]
each_alert = pytest.mark.parametrize("alert", ALERTS, ids=[alert["alert"] for alert in ALERTS])


@each_alert
def test_alert_has_a_level_that_both_languages_agree_on(alert: dict[str, Any]) -> None:
    severity = alert["labels"]["severity"]

    assert alert["labels"] == {"severity": severity, "alert_level": LEVELS[severity]}


@each_alert
def test_alert_speaks_chinese_and_english(alert: dict[str, Any]) -> None:
    for words in ("summary", "description"):
        spoken = re.sub(r"\{\{.*?\}\}", "", alert["annotations"][words])
        assert re.search(r"[\u4e00-\u9fff].* / .*[a-z]{3}", spoken, re.DOTALL), words


@each_alert
def test_alert_of_an_asset_leaves_out_what_is_under_maintenance(alert: dict[str, Any]) -> None:
    assert ('maintenance!="true"' in alert["expr"]) == (alert["alert"] not in NOT_OF_AN_ASSET)


@each_alert
def test_alert_is_seen_to_fire_and_to_be_quiet(alert: dict[str, Any]) -> None:
    checks = [check for check in CHECKS if check["alertname"] == alert["alert"]]
    fired = [check["eval_time"] for check in checks if check["exp_alerts"]]

    assert fired
    assert len(checks) - len(fired) >= 2, "quiet before it and after it"


@pytest.mark.live
def test_promtool_accepts_the_rules() -> None:
    needs("promtool")

    for file in sorted((PROMETHEUS / "rules").glob("*.yml")):
        checked = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr


@pytest.mark.live
@pytest.mark.parametrize("file", sorted((PROMETHEUS / "tests").glob("*.yml")), ids=lambda file: file.stem)
def test_promtool_sees_each_alert_fire_and_end(file: Path) -> None:
    needs("promtool")

    ran = subprocess.run(
        ["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False,
        env=os.environ | {"GOMEMLIMIT": "1GiB"},
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout + ran.stderr
