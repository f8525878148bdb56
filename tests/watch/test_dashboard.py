"""The dashboard's form: what a linter of dashboards asks, without Grafana."""

import re
from itertools import combinations
from typing import Any

import pytest

from tests.watch.dashboard import document, expressions, panels

PANELS = panels()
each_panel = pytest.mark.parametrize("panel", PANELS, ids=[panel["title"].split(" ")[0] for panel in PANELS])
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def test_the_dashboard_is_one_that_grafana_provisions_and_nobody_edits_by_hand() -> None:
    dashboard = document()

    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", dashboard["uid"])
    assert dashboard["schemaVersion"] >= 39
    assert dashboard["editable"] is False
    assert "id" not in dashboard
    assert dashboard["timezone"] == "Asia/Shanghai"


def test_the_data_source_is_chosen_by_a_variable_and_named_nowhere_else() -> None:
    variables = {variable["name"]: variable for variable in document()["templating"]["list"]}

    assert variables["datasource"]["query"] == "prometheus"
    assert all(variable["datasource"] == SOURCE for variable in variables.values() if variable["type"] == "query")


@each_panel
def test_panel_says_what_it_shows_in_chinese_and_english_with_a_unit(panel: dict[str, Any]) -> None:
    for words in (panel["title"], panel["description"]):
        assert re.search(r"[\u4e00-\u9fff]", words)
        assert re.search(r"[A-Za-z]{2}", words)
    assert panel["fieldConfig"]["defaults"]["unit"]


@each_panel
def test_panel_and_its_queries_use_the_variable_source(panel: dict[str, Any]) -> None:
    assert panel["datasource"] == SOURCE
    assert panel["targets"]
    assert all(target["datasource"] == SOURCE for target in panel["targets"])
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


@each_panel
def test_panel_asks_for_now_or_for_a_range_as_its_kind_needs(panel: dict[str, Any]) -> None:
    over_time = panel["type"] == "timeseries"

    assert all((target["range"], target["instant"]) == (over_time, not over_time) for target in panel["targets"])


@each_panel
def test_counters_are_asked_for_their_rate_over_the_panels_own_interval(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        counters = re.findall(r"\w+_total\b", target["expr"])
        assert len(counters) == len(re.findall(r"rate\(\w+_total(?:\{[^}]*\})?\[\$__rate_interval\]\)", target["expr"]))
    assert expressions(panel)


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    every = document()["panels"]
    places = [panel["gridPos"] for panel in every]

    assert len({panel["id"] for panel in every}) == len(every)
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert not [(one, other) for one, other in combinations(places, 2) if overlap(one, other)]


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return (
        one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]
    )  # fmt: skip
