"""Probes against real sockets and real certificates."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitors.probes import http, tcp, tls
from monitors.probes.result import Result
from monitors.targets import HttpTarget, TcpTarget, TlsTarget
from tests.monitors.web_site import make_certificate, running_site

DAY = 86400


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with running_site() as url:
        yield url


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"), days=30)


@pytest.fixture(scope="module")
def secure_site(certificate: Path) -> Iterator[str]:
    with running_site(certificate) as url:
        yield url


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(url: str, ca_file: Path | None = None, **more: Any) -> Result:
    target = HttpTarget.model_validate({"asset": "s1", "kind": "http", "url": url, **more})
    return asyncio.run(http.probe(target, ca_file))


def greet(url: str, ca_file: Path | None = None, **more: Any) -> Result:
    port = int(url.rsplit(":", 1)[1])
    target = TlsTarget.model_validate({"asset": "s1", "kind": "tls", "address": "127.0.0.1", "port": port, **more})
    return asyncio.run(tls.probe(target, ca_file))


def test_closed_port_is_refused(closed_port: int) -> None:
    result = asyncio.run(tcp.probe(TcpTarget(asset="s1", kind="tcp", address="127.0.0.1", port=closed_port)))

    assert (result.success, result.failure) == (False, "refused")


def test_open_port_is_connected(site: str) -> None:
    port = int(site.rsplit(":", 1)[1])
    result = asyncio.run(tcp.probe(TcpTarget(asset="s1", kind="tcp", address="127.0.0.1", port=port)))

    assert (result.success, result.failure) == (True, "")


@pytest.mark.parametrize(
    ("path", "more", "failure"),
    [
        ("/broken", {}, "status"),
        ("/", {"expect": {"status": [204]}}, "status"),
        ("/", {"expect": {"contains": "no such words"}}, "content"),
        ("/round", {}, "redirects"),
        ("/moved", {"max_redirects": 0}, "redirects"),
        ("/slow", {"timeout_seconds": 0.3}, "timeout"),
    ],
)
def test_page_that_is_not_as_expected_fails_with_its_word(
    site: str, path: str, more: dict[str, Any], failure: str
) -> None:
    result = fetch(site + path, **more)

    assert (result.success, result.failure) == (False, failure)
    assert result.detail


def test_web_server_that_is_down_is_refused(closed_port: int) -> None:
    assert fetch(f"http://127.0.0.1:{closed_port}/").failure == "refused"


def test_name_that_does_not_exist_fails_to_resolve() -> None:
    assert fetch("http://no-such-host.invalid/").failure == "resolve"


def test_page_is_judged_by_status_and_content(site: str) -> None:
    result = fetch(site + "/moved", expect={"status": [200], "contains": "示例门户"})

    assert (result.success, result.status_code, result.redirects) == (True, 200, 1)
    assert {"connect", "processing"} <= set(result.phases)
    assert sum(result.phases.values()) <= result.duration_seconds


def test_text_is_found_in_a_page_of_the_older_chinese_encoding(site: str) -> None:
    assert fetch(site + "/gbk", expect={"contains": "示例门户"}).success


def test_endless_page_is_read_only_up_to_the_limit(site: str) -> None:
    started = time.monotonic()
    result = fetch(site + "/endless", expect={"contains": "not there"})

    assert result.failure == "content"
    assert str(http.BODY_LIMIT) in result.detail
    assert time.monotonic() - started < 3


def test_unknown_authority_is_refused_but_the_expiry_is_told(secure_site: str) -> None:
    for result in (fetch(secure_site + "/"), greet(secure_site)):
        assert (result.success, result.failure, result.certificate_trusted) == (False, "certificate", False)
        assert result.certificate_expires == pytest.approx(time.time() + 30 * DAY, abs=60)


def test_expired_certificate_fails_and_tells_when_it_expired(tmp_path: Path) -> None:
    expired = make_certificate(tmp_path, days=-2)
    with running_site(expired) as url:
        result = greet(url, ca_file=expired)

    assert result.failure == "certificate"
    assert "expired" in result.detail
    assert result.certificate_expires == pytest.approx(time.time() - 2 * DAY, abs=60)


def test_own_authority_is_trusted(secure_site: str, certificate: Path) -> None:
    for result in (fetch(secure_site + "/", ca_file=certificate), greet(secure_site, ca_file=certificate)):
        assert (result.success, result.certificate_trusted) == (True, True)
        assert result.certificate_expires == pytest.approx(time.time() + 30 * DAY, abs=60)
        assert {"connect", "tls"} <= set(result.phases)


def test_certificate_of_another_name_is_refused(secure_site: str, certificate: Path) -> None:
    assert greet(secure_site, ca_file=certificate, server_name="portal.example.invalid").failure == "certificate"


def test_without_verification_any_certificate_will_do(secure_site: str) -> None:
    for result in (fetch(secure_site + "/", verify=False), greet(secure_site, verify=False)):
        assert (result.success, result.certificate_trusted) == (True, None)


def test_port_that_speaks_no_tls_fails(site: str) -> None:
    assert greet(site).failure == "tls"
