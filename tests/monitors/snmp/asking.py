"""Ask one question of an agent on loopback, with a transport of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from monitors.snmp import Access, Device, Transport

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
        # loopback answers at once: the tests need not wait a second for silence
        access = Access(community, retries, longest_wait=0.3, padded_lengths=padded_lengths)
        try:
            return await question(Device(transport, "127.0.0.1", port, access))
        finally:
            if counts is not None:
                counts.update(transport.counts)
            transport.close()

    return asyncio.run(_ask())
