"""Parts that the tests of the playbooks share."""

from pathlib import Path

import pytest

from tests.lab.migration import migration_lab
from tests.playbooks.controller import Controller

__all__ = ["controller", "migration_lab"]


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    """An inventory of three hosts that do not exist, for what must be refused before any host is asked."""
    made = Controller(tmp_path)
    hosts = {name: {"hosts": {f"{name}-host": {"ansible_host": "192.0.2.1"}}} for name in ("source", "target", "front")}
    made.write({"all": {"children": hosts}}, migration={})
    return made
