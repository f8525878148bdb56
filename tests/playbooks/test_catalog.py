"""The catalogue and the collection tell the same story."""

import re
from pathlib import Path

import pytest
import yaml

from playbooks import catalog

COLLECTION = catalog.collections_path() / "ansible_collections" / "yunwang" / "migrate"
NAMES = [entry.name for entry in catalog.entries()]
INTERNAL = {"probe", "job"}


def test_unknown_playbook_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(KeyError, match="no playbook 'format_disk'; there are precheck, "):
        catalog.entry("format_disk")


def test_every_role_but_the_two_internal_ones_has_an_entry_and_a_playbook() -> None:
    roles = {path.name for path in (COLLECTION / "roles").iterdir()}

    assert roles - INTERNAL == set(NAMES)
    assert {path.stem for path in (COLLECTION / "playbooks").glob("*.yml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_describes_each_of_its_arguments(name: str) -> None:
    found = catalog.entry(name)

    assert found.role == f"yunwang.migrate.{name}"
    assert found.argument_specs[f"{name}_run_id"]["required"] is True
    assert all(option.startswith(f"{name}_") and spec["description"] for option, spec in found.argument_specs.items())
    assert re.search("[一-鿿]", found.title_zh)


@pytest.mark.parametrize("name", NAMES)
def test_every_playbook_hands_over_each_argument_of_its_role_and_no_other(name: str) -> None:
    (play,) = yaml.safe_load(catalog.entry(name).playbook.read_text())
    (role,) = play["roles"]

    assert play["hosts"] == "target"
    assert set(role["vars"]) == set(catalog.entry(name).argument_specs)


@pytest.mark.parametrize("name", NAMES)
def test_every_role_records_its_evidence(name: str) -> None:
    tasks = "".join(path.read_text() for path in (COLLECTION / "roles" / name / "tasks").glob("*.yml"))

    assert f"yunwang_{name}:" in tasks


def test_only_builtin_modules_and_our_own_roles_are_used() -> None:
    for path in COLLECTION.glob("roles/*/tasks/*.yml"):
        modules = re.findall(r"^\s+((?:\w+\.){2}\w+):", path.read_text(), re.MULTILINE)
        assert modules, path
        assert all(module.startswith("ansible.builtin.") for module in modules), path


def test_revision_is_the_same_twice_and_twelve_digits_long() -> None:
    assert re.fullmatch("[0-9a-f]{12}", catalog.revision())
    assert Path(str(catalog.collections_path())).is_dir()
