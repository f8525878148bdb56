"""Does the port accept connections?"""

import asyncio
import time

from monitors.probes.result import Result, failure_word
from monitors.targets import TcpTarget


async def probe(target: TcpTarget) -> Result:
    """Connect, and hang up."""
    result, started = Result(), time.perf_counter()
    try:
        async with asyncio.timeout(target.timeout_seconds):
            _, writer = await asyncio.open_connection(target.address, target.port)
        writer.transport.abort()
        result.success = True
    except OSError as problem:
        result.fail(failure_word(problem), str(problem) or f"no connection within {target.timeout_seconds} s")
    result.duration_seconds = result.phases["connect"] = time.perf_counter() - started
    return result
