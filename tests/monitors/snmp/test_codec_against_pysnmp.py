"""Our codec and pysnmp's on the same packets: what both read they read alike, and ours reads no more than pysnmp."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder

from monitors.snmp import ber, codec
from monitors.snmp.codec import Answer, VarBind
from monitors.snmp.errors import BadPacket
from tests.monitors.snmp import oracle

subidentifier = st.one_of(
    st.integers(0, 300), st.sampled_from([16383, 16384, 2**31, 2**32 - 1]), st.integers(0, 2**32 - 1)
)
oids = st.builds(
    lambda top, second, rest: ber.oid_from_text(".".join(map(str, (top, second, *rest)))),
    st.integers(0, 2),
    st.integers(0, 39),
    st.lists(subidentifier, max_size=30),
)
# pyasn1 writes these with a byte too many (0xff80 for -128), which X.690 8.3.2 forbids and our codec refuses
PYASN1_PADS = {-(2**7), -(2**15), -(2**23), -(2**31)}
integers = st.integers(-(2**31), 2**31 - 1).filter(lambda number: number not in PYASN1_PADS)
unsigned32 = st.one_of(st.sampled_from([0, 127, 128, 255, 256, 2**31, 2**32 - 1]), st.integers(0, 2**32 - 1))
varbinds = st.one_of(
    st.tuples(oids, st.just(ber.INTEGER), integers),
    st.tuples(oids, st.sampled_from([ber.OCTETS, ber.OPAQUE]), st.binary(max_size=300)),
    st.tuples(oids, st.just(ber.OID), oids),
    st.tuples(oids, st.just(ber.IP_ADDRESS), st.binary(min_size=4, max_size=4)),
    st.tuples(oids, st.sampled_from([ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS]), unsigned32),
    st.tuples(oids, st.just(ber.COUNTER64), st.integers(0, 2**64 - 1)),
    st.tuples(oids, st.sampled_from([ber.NULL, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_VIEW]), st.none()),
).map(lambda parts: VarBind(*parts))
answers = st.lists(varbinds, max_size=8).flatmap(
    lambda bound: st.builds(
        Answer,
        st.binary(max_size=40),
        integers,
        st.integers(0, 18),
        st.integers(0, len(bound)),
        st.just(bound),
    )
)


@settings(max_examples=200, deadline=None)
@given(answers)
def test_every_answer_that_pysnmp_writes_is_read_as_it_was_meant(answer: Answer) -> None:
    assert codec.decode_answer(oracle.encode(answer)) == answer


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([codec.GET, codec.GET_NEXT, codec.GET_BULK]),
    st.binary(max_size=40),
    st.integers(0, 2**31 - 1),
    st.lists(oids, min_size=1, max_size=60),
    st.integers(0, 200),
)
def test_every_request_of_ours_is_read_by_pysnmp(
    pdu: int, community: bytes, request_id: int, asked: list[bytes], repetitions: int
) -> None:
    packet = codec.encode_request(pdu, community, request_id, asked, repetitions if pdu == codec.GET_BULK else 0)
    message, rest = decoder.decode(packet, asn1Spec=oracle.protocol.Message())
    read = oracle.protocol.apiMessage.get_pdu(message)

    assert not rest
    assert read.tagSet.superTags[-1].tagId == pdu & 0x1F
    assert bytes(oracle.protocol.apiMessage.get_community(message)) == community
    assert int(read[0]) == request_id
    assert [ber.oid_from_text(str(oid)) for oid, _ in oracle.protocol.apiPDU.get_varbinds(read)] == asked


@st.composite
def damaged_packets(draw: st.DrawFn) -> bytes:
    packet = bytearray(oracle.encode(draw(answers)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(packet) - 1))
        packet[place : place + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
        if not packet:
            break
    return bytes(packet)


def check_damaged(packet: bytes) -> bool:
    """True if we read it, and then pysnmp must read the same."""
    try:
        ours = codec.decode_answer(packet)
    except BadPacket:
        return False
    assert oracle.decode(packet) == ours
    return True


@settings(max_examples=300, deadline=None)
@given(damaged_packets())
def test_damaged_packet_is_refused_or_read_as_pysnmp_reads_it(packet: bytes) -> None:
    check_damaged(packet)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_refused_by_name_and_never_crashes(noise: bytes) -> None:
    with pytest.raises(BadPacket):
        codec.decode_answer(noise)


def test_two_seconds_of_seeded_damage_raise_nothing_but_bad_packet() -> None:
    chance = random.Random(20151)
    whole = oracle.encode(
        Answer(b"public", 1, 0, 0, [VarBind(ber.oid_from_text(f"1.3.6.1.2.1.{n}.0"), 0x46, 2**n) for n in range(40)])
    )
    deadline, tried, read = time.monotonic() + 2, 0, 0
    while time.monotonic() < deadline:
        packet = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            packet[chance.randrange(len(packet))] = chance.randrange(256)
        tried += 1
        read += check_damaged(bytes(packet)) if tried % 50 == 0 else refused_or_read(bytes(packet))

    assert tried > 1000
    assert 0 < read < tried


def refused_or_read(packet: bytes) -> bool:
    try:
        codec.decode_answer(packet)
    except BadPacket:
        return False
    return True
