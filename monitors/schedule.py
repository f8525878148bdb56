"""When to look at which target: each at its own moment of the interval, so that load is even."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterable

from monitors.targets import Target, probe_name

FIRST_ROUND_SECONDS = 2.0  # a collector that has just started should not stay blind for an interval

Key = tuple[str, str]
Look = Callable[[], Awaitable[None]]


class Schedule:
    """One task per target; a target that takes longer than its interval skips turns instead of queueing up."""

    def __init__(self, look_at: Callable[[Target], Look], at_once: int) -> None:
        self._look_at = look_at
        self._slots = asyncio.Semaphore(at_once)
        self._running: dict[Key, tuple[Target, asyncio.Task[None]]] = {}

    def apply(self, targets: Iterable[Target]) -> tuple[list[Target], list[Target]]:
        """Watch these and no others; returns those that were dropped and those that are new. Changed ones are both."""
        wanted = {(target.asset, probe_name(target)): target for target in targets}
        dropped = [target for key, (target, _) in self._running.items() if wanted.get(key) != target]
        for target in dropped:
            self._running.pop((target.asset, probe_name(target)))[1].cancel()
        added = [target for key, target in wanted.items() if key not in self._running]
        for target in added:
            task = asyncio.create_task(self._watch(target, self._look_at(target)))
            self._running[target.asset, probe_name(target)] = (target, task)
        return dropped, added

    async def stop(self) -> None:
        """Break off whatever is under way."""
        tasks = [task for _, task in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._running.clear()

    async def _watch(self, target: Target, look: Look) -> None:
        clock = asyncio.get_running_loop().time
        share, interval = moment(target), target.interval_seconds
        await asyncio.sleep(share * min(interval, FIRST_ROUND_SECONDS))
        while True:
            async with self._slots:
                await look()
            await asyncio.sleep(until_next(clock(), share, interval))


def moment(target: Target) -> float:
    """The target's place in its interval, 0 to 1: always the same, also after a restart and on another machine."""
    return zlib.crc32(f"{target.asset}/{probe_name(target)}".encode()) / 2**32


def until_next(now: float, share: float, interval: float) -> float:
    """Seconds until the next moment at this share of an interval."""
    return interval - (now - share * interval) % interval
