"""From recorded agents to series."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from monitors import plans
from monitors.exposition import Exposition, Family
from monitors.snmp.survey import survey
from tests.lab.needs import needs
from tests.monitors.fake_agent import RECORDINGS, FakeAgent
from tests.monitors.snmp.asking import ask

SWITCH = RECORDINGS / "lab_switch.snmprec"


def survey_of(recording: Path) -> dict[str, Family]:
    plan = plans.load("if_mib")
    with FakeAgent(recording) as agent:
        found = ask(agent.port, lambda device: survey(device, plan))
    return {family.name: family for family in found}


def edited(tmp_path: Path, edit: dict[str, str | None]) -> Path:
    """The switch's recording with lines replaced (by OID prefix) or, where None, removed."""
    lines = []
    for line in SWITCH.read_text().splitlines():
        replaced = [new for old, new in edit.items() if line.startswith(old)]
        lines += [line] if not replaced else [new for new in replaced if new is not None]
    target = tmp_path / "edited.snmprec"
    target.write_text("\n".join(lines))
    return target


def test_interface_series_carry_the_interface_name() -> None:
    families = survey_of(SWITCH)

    up = {dict(labels)["interface"]: value for labels, value in families["yunwang_interface_up"].samples}
    assert len(up) == 25
    assert (up["lo"], up["ge1"], up["ge4"]) == (1, 1, 0)
    assert {name for name, family in families.items() if not family.samples} == set()


def test_uptime_is_in_seconds() -> None:
    [(labels, seconds)] = survey_of(SWITCH)["yunwang_device_uptime_seconds"].samples

    assert labels == ()
    assert 0 <= seconds < 60


def test_device_without_64_bit_counters_is_read_by_the_old_ones(tmp_path: Path) -> None:
    families = survey_of(edited(tmp_path, {"1.3.6.1.2.1.31.": None}))

    assert len(families["yunwang_interface_receive_bytes_total"].samples) == 25
    assert dict(families["yunwang_interface_up"].samples[0][0]) == {"interface": "lo", "alias": ""}


def test_two_interfaces_of_one_name_stay_apart(tmp_path: Path) -> None:
    same = edited(tmp_path, {"1.3.6.1.2.1.31.1.1.1.1.3|": "1.3.6.1.2.1.31.1.1.1.1.3|4|ge1"})
    up = [dict(labels)["interface"] for labels, _ in survey_of(same)["yunwang_interface_up"].samples]

    assert {"ge1#2", "ge1#3"} <= set(up)
    assert len(set(up)) == 25


def test_alias_in_a_chinese_encoding_is_readable(tmp_path: Path) -> None:
    alias = "上联核心".encode("gb18030").hex()
    recording = edited(tmp_path, {"1.3.6.1.2.1.31.1.1.1.18.2|": f"1.3.6.1.2.1.31.1.1.1.18.2|4x|{alias}"})
    up = {dict(labels)["interface"]: dict(labels) for labels, _ in survey_of(recording)["yunwang_interface_up"].samples}

    assert up["ge1"]["alias"] == "上联核心"


def test_plan_that_calls_a_gauge_total_is_refused() -> None:
    with pytest.raises(ValidationError, match="ends in _total"):
        plans.Variable.model_validate({"oid": "1.3.6", "metric": "yunwang_x_total", "kind": "gauge", "help": "x"})


def test_plan_with_a_misspelt_key_or_oid_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        plans.Source.model_validate({"oid": "1.3.6", "scael": 2})
    with pytest.raises(ValidationError, match="not an object identifier"):
        plans.Source.model_validate({"oid": "1.99"})


def test_series_please_promtool() -> None:
    needs("promtool")
    text = Exposition().render(survey_of(SWITCH).values())
    promtool = str(shutil.which("promtool"))

    checked = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
