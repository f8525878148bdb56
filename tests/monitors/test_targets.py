"""Target lists, mostly broken ones."""

import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from monitors.target_source import TargetSource
from monitors.targets import BadTargets, TargetList, parse
from tests.monitors.web_site import running_site

SNMP = {"asset": "h1", "kind": "snmp", "address": "192.0.2.1", "auth": {"version": "2c", "community": "not-for-logs"}}
HTTP = {"asset": "h1", "kind": "http", "url": "https://portal.example/"}


def document(*targets: dict[str, Any], **more: Any) -> bytes:
    head = {"version": 1, "collector": "c1", "generated_at": "2026-01-01T00:00:00+08:00"}
    return json.dumps({**head, "targets": targets, **more}).encode()


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"PK\x03\x04", "document: Invalid JSON"),
        (b"[]", "document: Input should be an object"),
        (document(version=2), "version"),
        (document(surprise=1), "surprise: Extra inputs"),
        (document({**SNMP, "community": "x"}), r"targets\.0\.snmp\.community: Extra inputs"),
        (document({**SNMP, "address": "core-switch"}), "address"),
        (document({**SNMP, "port": 0}), "port"),
        (document({**SNMP, "auth": {"version": "3", "community": "x"}}), "version"),
        (document({**SNMP, "asset": "../etc"}), "asset"),
        (document({**SNMP, "interval_seconds": 3}), "timeout_seconds 5.0 exceeds interval_seconds 3.0"),
        (document({**HTTP, "url": "file:///etc/passwd"}), "URL scheme"),
        (document({**HTTP, "kind": "ping"}), "does not match any of the expected tags"),
        (document(HTTP, HTTP), "two targets named h1/http"),
        (document(SNMP, {**SNMP, "name": "second"}), "two SNMP targets of h1"),
    ],
)
def test_broken_list_is_refused_with_the_place_of_the_fault(broken: bytes, reason: str) -> None:
    with pytest.raises(BadTargets, match=reason):
        parse(broken)


def test_refusal_and_repr_do_not_show_the_community() -> None:
    with pytest.raises(BadTargets) as refused:
        parse(document({**SNMP, "surprise": 1}))

    assert "not-for-logs" not in str(refused.value)
    assert "not-for-logs" not in repr(parse(document(SNMP)))


def test_good_list_is_read_with_its_defaults() -> None:
    [snmp, http] = parse(document(SNMP, {**HTTP, "name": "front"})).targets

    assert (snmp.interval_seconds, snmp.timeout_seconds, snmp.kind) == (30, 5, "snmp")
    assert (http.name, http.kind) == ("front", "http")


def refresh_all(source: TargetSource, *documents: tuple[Path, bytes]) -> list[tuple[bool, TargetList | None]]:
    async def _refresh() -> list[tuple[bool, TargetList | None]]:
        states = []
        for file, content in documents:
            file.write_bytes(content)
            states.append((await source.refresh(), source.last_good))
        return states

    return asyncio.run(_refresh())


def source_of(place: str, token: str | None = None) -> TargetSource:
    return TargetSource(place, token, ssl.create_default_context())


def test_broken_list_keeps_the_last_good_one_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "targets.json"
    source = source_of(str(file))

    (first, good), (second, kept) = refresh_all(source, (file, document(SNMP)), (file, b"{"))
    assert (first, second) == (True, False)
    assert good is kept is not None
    assert "targets.json" in str(source.problem)
    assert "Invalid JSON" in str(source.problem)


def test_file_that_is_not_there_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    source = source_of(str(tmp_path / "missing.json"))

    assert asyncio.run(source.refresh()) is False
    assert "No such file" in str(source.problem)


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:1/targets", "http://[::1/targets", "https://no-such-host.invalid/"]
)
def test_url_that_does_not_answer_is_a_problem_not_a_crash(place: str) -> None:
    source = source_of(place)

    assert asyncio.run(source.refresh()) is False
    assert place in str(source.problem)


def test_list_is_fetched_with_the_token_and_refused_without() -> None:
    with running_site() as url:
        without, with_token = source_of(f"{url}/targets"), source_of(f"{url}/targets", "secret-token")

        assert asyncio.run(without.refresh()) is False
        assert "answered 401" in str(without.problem)
        assert asyncio.run(with_token.refresh()) is True
        assert with_token.last_good is not None
