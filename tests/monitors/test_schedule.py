"""When targets get their turn."""

import asyncio
from collections import Counter

import pytest

from monitors.schedule import Look, Schedule, moment, until_next
from monitors.snmp.pacing import Pace
from monitors.targets import Target, TcpTarget


def target(asset: str, interval: float = 1) -> TcpTarget:
    return TcpTarget(
        asset=asset, kind="tcp", address="192.0.2.1", port=22, interval_seconds=interval, timeout_seconds=1
    )


def test_targets_are_spread_evenly_over_the_interval() -> None:
    tenths = Counter(int(moment(target(f"host-{number}")) * 10) for number in range(1000))

    assert set(tenths) == set(range(10))
    assert max(tenths.values()) < 2 * min(tenths.values())


@pytest.mark.parametrize(
    ("now", "share", "wait"), [(0, 0.5, 15), (15, 0.5, 30), (44, 0.5, 1), (46, 0.5, 29), (300, 0, 30)]
)
def test_next_turn_is_at_the_targets_own_moment(now: float, share: float, wait: float) -> None:
    assert until_next(now, share, 30) == pytest.approx(wait)


def test_only_what_changed_is_stopped_and_started() -> None:
    async def change() -> tuple[list[Target], list[Target]]:
        schedule = Schedule(lambda _: never, at_once=1)
        schedule.apply([target("same"), target("changed"), target("gone")])
        try:
            return schedule.apply([target("same"), target("changed", interval=2), target("new")])
        finally:
            await schedule.stop()

    dropped, added = asyncio.run(change())
    assert {one.asset for one in dropped} == {"changed", "gone"}
    assert {one.asset for one in added} == {"changed", "new"}


async def never() -> None:
    await asyncio.Event().wait()


def test_no_more_looks_at_once_than_allowed() -> None:
    busy, most = 0, 0

    def look_at(_: Target) -> Look:
        async def look() -> None:
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0.02)
            busy -= 1

        return look

    async def watch() -> None:
        schedule = Schedule(look_at, at_once=3)
        schedule.apply([target(f"host-{number}") for number in range(100)])
        await asyncio.sleep(1.2)
        await schedule.stop()

    asyncio.run(watch())
    assert most == 3


def test_waiting_time_follows_the_device_within_bounds() -> None:
    pace = Pace()
    for _ in range(20):
        pace.learn(0.01)
    quick = pace.timeout
    for _ in range(20):
        pace.learn(0.8)
    slow = pace.timeout
    for _ in range(10):
        pace.back_off()

    assert quick == 0.5
    assert 0.8 < slow < 2.5
    assert pace.timeout == 5
