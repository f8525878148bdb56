"""Ask one question of an agent on loopback, with a transport of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from monitors.snmp import Access, Device, Transport
from monitors.snmp.transport import Line

Found = TypeVar("Found")


def ask(
    port: int,
    question: Callable[[Device], Awaitable[Found]],
    *,
    community: bytes = b"public",
    retries: int = 2,
    padded_lengths: bool = False,
    counts: dict[str, int] | None = None,
) -> Found:
    """The answer; `counts` is filled with what the transport counted."""

    async def _ask() -> Found:
        transport = Transport()
        line: Line = transport.line(("127.0.0.1", port))
        line.pace.timeout = 0.3  # loopback answers at once; the tests should not wait a second for silence
        try:
            return await question(Device(transport, "127.0.0.1", port, Access(community, retries, padded_lengths)))
        finally:
            if counts is not None:
                counts.update(transport.counts)
            transport.close()

    return asyncio.run(_ask())
