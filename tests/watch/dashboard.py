"""The committed dashboard, as tests read it."""

import json
import re
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "docker/grafana/dashboards/noc.json"
# what Grafana puts in place of its variables
VARIABLES = {"$domain": ".*", "$__rate_interval": "10s"}


def document() -> dict[str, Any]:
    """The whole dashboard."""
    content: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return content


def panels() -> list[dict[str, Any]]:
    """Panels that ask for something; rows only divide the page."""
    return [panel for panel in document()["panels"] if panel["type"] != "row"]


def expressions(panel: dict[str, Any]) -> list[str]:
    """What the panel asks Prometheus, variables filled in."""
    return [filled(target["expr"]) for target in panel["targets"]]


def filled(expression: str) -> str:
    """The expression with values in place of variables; fails if one is not known."""
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    assert "$" not in expression, expression
    return expression


def may_be_empty(panel: dict[str, Any]) -> bool:
    """A panel that lists faults says itself what it shows when there are none."""
    return "noValue" in panel["fieldConfig"]["defaults"]


def titled(start: str) -> dict[str, Any]:
    """The panel whose title begins so."""
    return next(panel for panel in panels() if panel["title"].startswith(start))


def metrics(expression: str) -> set[str]:
    """Names of metrics and recorded series in an expression."""
    return set(re.findall(r"\b(?:[a-z_]+:)?yunwang_[a-z0-9_]+(?::[a-z0-9_]+)?", expression))
