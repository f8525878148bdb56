"""Agents and networks that do not play by the rules."""

import asyncio
from collections.abc import Coroutine

import pytest

from monitors.snmp import Access, Device, Transport, ber
from monitors.snmp.errors import BadPacket, NoAnswer, NotIncreasing, TooBig, Unreachable
from tests.monitors.fake_agent import GET_BULK, GET_NEXT, RECORDINGS, FakeAgent
from tests.monitors.snmp.asking import ask

SWITCH = RECORDINGS / "lab_switch.snmprec"
SYS_NAME = ber.oid_from_text("1.3.6.1.2.1.1.5.0")
IF_NAME, IF_ALIAS = ber.oid_from_text("1.3.6.1.2.1.31.1.1.1.1"), ber.oid_from_text("1.3.6.1.2.1.31.1.1.1.18")
IF_COUNTERS = [ber.oid_from_text(f"1.3.6.1.2.1.31.1.1.1.{column}") for column in (6, 7, 10)]
EVERYTHING = ber.oid_from_text("1.3")


def pad_lengths(packet: bytes) -> list[bytes]:
    """The outer length in the long form, as RFC 3417 lets an agent write it."""
    _, start, _ = ber.read_header(packet, 0, len(packet))
    return [b"\x30\x84" + len(packet[start:]).to_bytes(4, "big") + packet[start:]]


def test_walk_in_circles_is_noticed() -> None:
    with FakeAgent(SWITCH, loop=True) as agent, pytest.raises(NotIncreasing, match="came after"):
        ask(agent.port, lambda device: device.columns([EVERYTHING]))


def test_truncated_answers_are_malformed_and_counted() -> None:
    counts: dict[str, int] = {}
    with FakeAgent(SWITCH, spoil=lambda packet: [packet[:-1]]) as agent, pytest.raises(BadPacket, match="truncated"):
        ask(agent.port, lambda device: device.get([SYS_NAME]), retries=1, counts=counts)

    assert counts == {"sent": 1, "retried": 1, "received": 2, "malformed": 2}


def test_malformed_packet_before_the_right_one_does_no_harm() -> None:
    with FakeAgent(SWITCH, spoil=lambda packet: [b"junk", packet + b"\x00", packet]) as agent:
        found = ask(agent.port, lambda device: device.get([SYS_NAME]))

    assert found[SYS_NAME].value == b"lab-agent"


def test_answer_to_another_request_is_not_taken() -> None:
    counts: dict[str, int] = {}
    late: list[bytes] = []

    def previous_answer_instead(packet: bytes) -> list[bytes]:
        late.append(packet)
        return late[-2:-1]

    with FakeAgent(SWITCH, spoil=previous_answer_instead) as agent, pytest.raises(NoAnswer):
        ask(agent.port, twice, retries=0, counts=counts)

    assert counts["unexpected"] == 1


async def twice(device: Device) -> None:
    try:
        await device.get([SYS_NAME])
    except NoAnswer:
        await device.get([SYS_NAME])


def test_answer_from_another_address_is_not_taken() -> None:
    async def ask_a_silent_port_while_another_answers(silent: int, talking: int) -> None:
        transport = Transport()
        try:
            other = Device(transport, "127.0.0.1", talking, Access(b"public"))
            device = Device(transport, "127.0.0.1", silent, Access(b"public", retries=0, longest_wait=0.3))
            await asyncio.gather(device.get([SYS_NAME]), other.get([SYS_NAME]))
        finally:
            transport.close()

    with FakeAgent(SWITCH, ignore=99) as silent, FakeAgent(SWITCH) as talking, pytest.raises(NoAnswer):
        asyncio.run(ask_a_silent_port_while_another_answers(silent.port, talking.port))


def test_lost_packets_are_asked_again() -> None:
    counts: dict[str, int] = {}
    with FakeAgent(SWITCH, ignore=2) as agent:
        found = ask(agent.port, lambda device: device.get([SYS_NAME]), counts=counts)

    assert found[SYS_NAME].value == b"lab-agent"
    assert (counts["sent"], counts["retried"]) == (1, 2)


def test_one_request_at_a_time_per_device() -> None:
    async def ask_three_times(device: Device) -> None:
        await asyncio.gather(*[device.get([SYS_NAME]) for _ in range(3)], return_exceptions=True)

    with FakeAgent(SWITCH, ignore=99) as agent:
        heard = ask(agent.port, lambda device: heard_after(0.2, ask_three_times(device), agent))

    assert heard == 1


async def heard_after(seconds: float, asking: Coroutine[None, None, None], agent: FakeAgent) -> int:
    task = asyncio.create_task(asking)
    await asyncio.sleep(seconds)
    task.cancel()
    return len(agent.requests)


@pytest.mark.parametrize("fits", [1, 2, 7])
def test_agent_with_small_packets_is_read_wholly_by_smaller_requests(fits: int) -> None:
    with FakeAgent(SWITCH, fits=fits, too_big=True) as agent:
        found = ask(agent.port, lambda device: device.columns([IF_NAME, *IF_COUNTERS]))

    assert {len(rows) for rows in found.values()} == {25}
    assert agent.requests[0] == (GET_BULK, 4)
    assert fits > 4 or agent.requests[-1][0] == GET_NEXT  # a single repetition needs no GETBULK


def test_answers_cut_short_in_the_middle_of_a_row_are_continued() -> None:
    with FakeAgent(SWITCH, fits=6) as agent:
        found = ask(agent.port, lambda device: device.columns([IF_NAME, *IF_COUNTERS]))

    assert {len(rows) for rows in found.values()} == {25}


def test_agent_that_can_answer_nothing_is_too_big() -> None:
    with FakeAgent(SWITCH, fits=0) as agent, pytest.raises(TooBig):
        ask(agent.port, lambda device: device.columns([IF_NAME, IF_ALIAS]))


def test_padded_lengths_are_refused_with_the_remedy_and_read_where_allowed() -> None:
    with FakeAgent(SWITCH, spoil=pad_lengths) as agent:
        with pytest.raises(BadPacket, match="set padded_lengths"):
            ask(agent.port, lambda device: device.get([SYS_NAME]), retries=0)
        found = ask(agent.port, lambda device: device.get([SYS_NAME]), padded_lengths=True)

    assert found[SYS_NAME].value == b"lab-agent"


def test_address_without_a_route_is_unreachable() -> None:
    async def ask_the_unreachable() -> None:
        transport = Transport()
        try:
            await Device(transport, "255.255.255.255", 161, Access(b"public")).get([SYS_NAME])
        finally:
            transport.close()

    with pytest.raises(Unreachable, match=r"255\.255\.255\.255"):
        asyncio.run(ask_the_unreachable())
