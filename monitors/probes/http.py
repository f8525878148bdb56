"""Does the page answer, and say what it should?"""

import asyncio
import ssl
import time
from pathlib import Path
from typing import Any

import httpx

from monitors.probes.result import Result, failure_word
from monitors.probes.tls import untrusted_expiry
from monitors.probes.trust import client_context, expiry
from monitors.targets import HttpTarget

BODY_LIMIT = 1 << 20  # bytes looked at; what follows is not fetched
ENCODINGS = ("utf-8", "gb18030")  # many an older Chinese page is still written in the second
# identity: a compressed answer of a few kilobytes may unfold to gigabytes
HEADERS = {"User-Agent": "yunwang-probe", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}

_PHASES = {
    "connection.connect_tcp": "connect",  # with the look-up of the name
    "connection.start_tls": "tls",
    "http11.receive_response_headers": "processing",
    "http11.receive_response_body": "transfer",
}


async def probe(target: HttpTarget, ca_file: Path | None = None) -> Result:
    """Fetch the page by GET, following a limited number of redirects, each time with a new connection."""
    result, started = Result(), time.perf_counter()
    try:
        async with asyncio.timeout(target.timeout_seconds):
            await _fetch(target, client_context(target.verify, ca_file), result)
    except (OSError, ValueError, httpx.HTTPError, httpx.InvalidURL) as problem:
        result.fail(_word(problem), str(problem) or f"no answer within {target.timeout_seconds} s")
        await _look_at_refused_certificate(target, result)
    result.duration_seconds = time.perf_counter() - started
    return result


async def _fetch(target: HttpTarget, context: ssl.SSLContext, result: Result) -> None:
    async with (
        httpx.AsyncClient(
            verify=context,
            trust_env=False,  # a proxy would answer for the target
            timeout=None,  # noqa: S113  the whole probe has one
            follow_redirects=True,
            max_redirects=target.max_redirects,
        ) as client,
        client.stream("GET", str(target.url), headers=HEADERS, extensions={"trace": _stopwatch(result)}) as answer,
    ):
        result.status_code, result.redirects = answer.status_code, len(answer.history)
        connection = answer.extensions["network_stream"].get_extra_info("ssl_object")
        if connection is not None:
            result.certificate_expires = expiry(connection)
            result.certificate_trusted = True if target.verify else None
        _judge(target, answer.status_code, await _beginning(answer), result)


async def _beginning(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) >= BODY_LIMIT:
            break
    return bytes(body[:BODY_LIMIT])


def _judge(target: HttpTarget, status: int, body: bytes, result: Result) -> None:
    expected = target.expect
    if status not in expected.status if expected.status else not 200 <= status < 300:  # noqa: PLR2004
        result.fail("status", f"answered {status}, expected {', '.join(map(str, expected.status)) or '2xx'}")
    elif expected.contains and not any(expected.contains.encode(name, "replace") in body for name in ENCODINGS):
        result.fail("content", f"the first {len(body)} bytes do not contain the expected text")
    else:
        result.success = True


def _stopwatch(result: Result) -> Any:
    begun: dict[str, float] = {}

    async def trace(event: str, _info: dict[str, Any]) -> None:
        name, _, what = event.rpartition(".")
        if name not in _PHASES:
            return
        if what == "started":
            begun[name] = time.perf_counter()
        elif what == "complete":
            phase = _PHASES[name]
            result.phases[phase] = result.phases.get(phase, 0) + time.perf_counter() - begun[name]

    return trace


def _word(problem: Exception) -> str:
    return "redirects" if isinstance(problem, httpx.TooManyRedirects) else failure_word(problem)


async def _look_at_refused_certificate(target: HttpTarget, result: Result) -> None:
    if result.failure != "certificate" or target.url.scheme != "https":
        return
    host = str(target.url.host).strip("[]")
    result.certificate_trusted = False
    result.certificate_expires = await untrusted_expiry(host, target.url.port or 443, host, target.timeout_seconds)
