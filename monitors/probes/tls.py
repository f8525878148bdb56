"""Does the port show a certificate that can be trusted, and until when?"""

import asyncio
import contextlib
import ssl
import time
from pathlib import Path

from monitors.probes.result import Result, failure_word
from monitors.probes.trust import client_context, expiry
from monitors.targets import TlsTarget


async def probe(target: TlsTarget, ca_file: Path | None = None) -> Result:
    """Shake hands; of a certificate that is not trusted the expiry is still told."""
    result, started = Result(), time.perf_counter()
    name = target.server_name or target.address
    try:
        async with asyncio.timeout(target.timeout_seconds):
            context = client_context(target.verify, ca_file)
            result.certificate_expires = await handshake(target.address, target.port, name, context, result.phases)
        result.success = True
        result.certificate_trusted = True if target.verify else None
    except (OSError, ValueError) as problem:
        result.fail(failure_word(problem), str(problem) or f"no handshake within {target.timeout_seconds} s")
        if result.failure == "certificate":
            result.certificate_trusted = False
            result.certificate_expires = await untrusted_expiry(
                target.address, target.port, name, target.timeout_seconds
            )
    result.duration_seconds = time.perf_counter() - started
    return result


async def handshake(
    address: str, port: int, name: str, context: ssl.SSLContext, phases: dict[str, float]
) -> float | None:
    """When the certificate expires; `phases` is told how long connecting and the handshake took."""
    started = time.perf_counter()
    _, writer = await asyncio.open_connection(address, port)
    phases["connect"] = time.perf_counter() - started
    try:
        await writer.start_tls(context, server_hostname=name)
        phases["tls"] = time.perf_counter() - started - phases["connect"]
        return expiry(writer.get_extra_info("ssl_object"))
    finally:
        writer.transport.abort()


async def untrusted_expiry(address: str, port: int, name: str, timeout_seconds: float) -> float | None:
    """When a certificate that was just refused expires; None if it cannot be read now."""
    anybody = client_context(False, None)  # noqa: FBT003
    with contextlib.suppress(OSError, ValueError):
        async with asyncio.timeout(timeout_seconds):
            return await handshake(address, port, name, anybody, {})
    return None
