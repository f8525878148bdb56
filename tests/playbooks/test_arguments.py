"""Wrong variables stop a run before it touches any host, with words that name them."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from playbooks import catalog
from tests.playbooks.controller import Controller

GOOD: dict[str, Any] = {"run_id": "r1", "source_address": "192.0.2.1", "target_address": "192.0.2.2"}
BAD = [
    ("precheck", {"run_id": "r1"}, "source_address"),
    (
        "precheck",
        {**GOOD, "files": [{"exclude": ["tmp/*"]}]},
        "missing required arguments: path found in precheck_files",
    ),
    ("precheck", {**GOOD, "files": "/srv/data"}, "precheck_files"),
    ("precheck", {**GOOD, "database": {"name": "app"}}, "missing required arguments: owner found in precheck_database"),
    ("precheck", {**GOOD, "run_id": "../../etc"}, "run_id may hold letters"),
    ("precheck", {**GOOD, "files": [{"path": "/srv/a b"}]}, "paths must be absolute"),
    ("precheck", {**GOOD, "files": [{"path": "/srv/*"}]}, "paths must be absolute"),
    ("prepare_target", {**GOOD, "source_port": "many"}, "prepare_target_source_port"),
    (
        "prepare_target",
        {**GOOD, "database": {"engine": "oracle", "name": "a", "owner": "b"}},
        "must be one of: postgresql",
    ),
    (
        "switch_traffic",
        {**GOOD, "switch": {"kind": "f5"}},
        "must be one of: nginx, haproxy, file, hosts, command, none",
    ),
    ("verify", {**GOOD, "probes": [{"status": 200}]}, "missing required arguments: url found in verify_probes"),
]


@pytest.mark.parametrize(("name", "migration", "words"), BAD)
def test_wrong_variable_stops_the_run_before_any_host_is_asked(
    controller: Controller, name: str, migration: dict[str, Any], words: str
) -> None:
    (controller.directory / "variables.json").write_text(json.dumps({"migration": migration}))

    outcome = controller.play(name)

    assert outcome.code != 0
    assert words in outcome.text
    assert "unreachable=0" in outcome.text
    assert "UNREACHABLE" not in outcome.text


def test_every_playbook_passes_the_syntax_check(controller: Controller) -> None:
    names = [entry.name for entry in catalog.entries()]

    with ThreadPoolExecutor(2) as pool:
        outcomes = dict(zip(names, pool.map(lambda name: controller.play(name, "--syntax-check"), names), strict=True))

    assert {name: outcome.text for name, outcome in outcomes.items() if outcome.code} == {}
