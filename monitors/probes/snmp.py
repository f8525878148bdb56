"""What does the device's agent say?"""

import asyncio
import time

from monitors.plans import load
from monitors.probes.result import Result
from monitors.snmp import Access, Device, SnmpError, Transport
from monitors.snmp.survey import survey
from monitors.targets import SnmpTarget


def device(target: SnmpTarget, transport: Transport) -> Device:
    """The device behind the target; kept between probes, because it learns how fast and how much it can answer."""
    community = target.auth.community.get_secret_value().encode()
    # all attempts fit into the interval, so that a dead device is always a "timeout" and never a "deadline"
    longest_wait = min(target.timeout_seconds, target.interval_seconds / (target.retries + 2))
    access = Access(community, target.retries, longest_wait, target.padded_lengths)
    return Device(transport, str(target.address), target.port, access)


async def probe(target: SnmpTarget, agent: Device) -> Result:
    """Ask for all that the plan wants, within the interval: a big device is slow but not dead."""
    result, started = Result(), time.perf_counter()
    try:
        async with asyncio.timeout(target.interval_seconds):
            result.families = await survey(agent, load("if_mib"))
        result.success = True
    except SnmpError as problem:
        result.fail(problem.kind, str(problem))
    except TimeoutError:
        result.fail("deadline", f"not finished within {target.interval_seconds} s")
    result.duration_seconds = time.perf_counter() - started
    return result
