"""SNMP v2c messages: requests out, answers in."""

from collections.abc import Sequence
from typing import NamedTuple

from monitors.snmp import ber
from monitors.snmp.errors import BadPacket

GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
VERSION_2C = 1
ERROR_STATUS = (
    "noError",
    "tooBig",
    "noSuchName",
    "badValue",
    "readOnly",
    "genErr",
    "noAccess",
    "wrongType",
    "wrongLength",
    "wrongEncoding",
    "wrongValue",
    "noCreation",
    "inconsistentValue",
    "resourceUnavailable",
    "commitFailed",
    "undoFailed",
    "authorizationError",
    "notWritable",
    "inconsistentName",
)


class VarBind(NamedTuple):
    """One variable: raw OID content, BER tag, and the value (None for null and the three exceptions)."""

    oid: bytes
    tag: int
    value: ber.Value


class Answer(NamedTuple):
    """A decoded response."""

    community: bytes
    request_id: int
    error_status: int
    error_index: int
    varbinds: list[VarBind]


def encode_request(
    pdu: int,
    community: bytes,
    request_id: int,
    oids: Sequence[bytes],
    max_repetitions: int = 0,
) -> bytes:
    """A GET, GETNEXT or GETBULK; in GETBULK every OID repeats."""
    bindings = b"".join(ber.element(ber.SEQUENCE, ber.element(ber.OID, oid) + b"\x05\x00") for oid in oids)
    body = ber.integer(request_id) + ber.integer(0) + ber.integer(max_repetitions) + ber.element(ber.SEQUENCE, bindings)
    head = ber.integer(VERSION_2C) + ber.element(ber.OCTETS, community)
    return ber.element(ber.SEQUENCE, head + ber.element(pdu, body))


def decode_answer(packet: bytes, *, padded_lengths: bool = False) -> Answer:
    """The answer in a datagram; BadPacket if a single byte of it is not as it should be."""
    pos, end = ber.read_expected(packet, 0, len(packet), ber.SEQUENCE, padded=padded_lengths)
    _nothing_after(end, len(packet), "the message")
    version, pos = _read_int(packet, pos, end, padded=padded_lengths)
    if version != VERSION_2C:
        raise BadPacket(f"version {version}, expected {VERSION_2C} (v2c)")
    start, pos = ber.read_expected(packet, pos, end, ber.OCTETS, padded=padded_lengths)
    community = packet[start:pos]
    pos, stop = ber.read_expected(packet, pos, end, RESPONSE, padded=padded_lengths)
    _nothing_after(stop, end, "the PDU")
    return _read_response(packet, pos, stop, community, padded=padded_lengths)


def _read_response(packet: bytes, pos: int, end: int, community: bytes, *, padded: bool) -> Answer:
    request_id, pos = _read_int(packet, pos, end, padded=padded)
    status, pos = _read_int(packet, pos, end, padded=padded)
    if not 0 <= status < len(ERROR_STATUS):
        raise BadPacket(f"error-status {status} does not exist")
    index, pos = _read_int(packet, pos, end, padded=padded)
    pos, stop = ber.read_expected(packet, pos, end, ber.SEQUENCE, padded=padded)
    _nothing_after(stop, end, "the variable bindings")
    varbinds = _read_varbinds(packet, pos, stop, padded=padded)
    if not 0 <= index <= len(varbinds):
        raise BadPacket(f"error-index {index} of {len(varbinds)} variables")
    return Answer(community, request_id, status, index, varbinds)


def _read_varbinds(packet: bytes, pos: int, end: int, *, padded: bool) -> list[VarBind]:
    found = []
    while pos < end:
        inner, stop = ber.read_expected(packet, pos, end, ber.SEQUENCE, padded=padded)
        start, inner = ber.read_expected(packet, inner, stop, ber.OID, padded=padded)
        oid = ber.checked_oid(packet[start:inner])
        tag, start, inner = ber.read_header(packet, inner, stop, padded=padded)
        _nothing_after(inner, stop, "the value")
        reader = ber.READERS.get(tag)
        if reader is None:
            raise BadPacket(f"value of unknown type 0x{tag:02x}")
        found.append(VarBind(oid, tag, reader(packet[start:inner])))
        pos = stop
    return found


def _read_int(packet: bytes, pos: int, end: int, *, padded: bool) -> tuple[int, int]:
    start, stop = ber.read_expected(packet, pos, end, ber.INTEGER, padded=padded)
    return ber.read_int32(packet[start:stop]), stop


def _nothing_after(stop: int, end: int, what: str) -> None:
    if stop != end:
        raise BadPacket(f"{end - stop} trailing bytes after {what}")
