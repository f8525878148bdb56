"""The part of BER that SNMP uses, read strictly: what is not exactly right is refused.

RFC 3417 section 8 lets an agent pad its lengths (0x82 0x00 0x05). Few do, and padding is how malformed packets hide,
so it is refused unless the caller says that this agent is known to pad.
"""
# ruff: noqa: PLR2004  the numbers here are those of X.690: 0x80 is the top bit, 4 the octets of an address

import re
from collections.abc import Callable
from functools import lru_cache

from monitors.snmp.errors import BadPacket

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_VIEW = 0x80, 0x81, 0x82

Value = int | bytes | None

# sub-identifiers without leading zeros, each at most 2^32-1, at most 127 of them (the first stands for two arcs)
_OID_CONTENT = re.compile(
    rb"(?:[\x00-\x7f]|[\x81-\xff][\x80-\xff]{0,2}[\x00-\x7f]|[\x81-\x8f][\x80-\xff]{3}[\x00-\x7f]){1,127}"
)


def read_header(data: bytes, pos: int, end: int, *, padded: bool = False) -> tuple[int, int, int]:
    """Tag, start and stop of the content of the element at pos."""
    if pos + 2 > end:
        raise BadPacket(f"truncated: an element should start at byte {pos}")
    length = data[pos + 1]
    start = pos + 2
    if length > 0x7F:
        length, start = _long_length(data, pos + 1, end, padded=padded)
    stop = start + length
    if stop > end:
        raise BadPacket(f"truncated: the element at byte {pos} claims {length} bytes, {end - start} are left")
    return data[pos], start, stop


def _long_length(data: bytes, pos: int, end: int, *, padded: bool) -> tuple[int, int]:
    size = data[pos] & 0x7F
    if not 1 <= size <= 4:
        raise BadPacket(f"length at byte {pos} is indefinite or longer than 4 bytes")
    start = pos + 1 + size
    if start > end:
        raise BadPacket(f"truncated: the length at byte {pos} is cut off")
    length = int.from_bytes(data[pos + 1 : start], "big")
    if not padded and (length < 0x80 or length >> 8 * (size - 1) == 0):
        raise BadPacket(f"length at byte {pos} is not minimal (if this agent pads lengths, set padded_lengths)")
    return length, start


def read_expected(data: bytes, pos: int, end: int, tag: int, *, padded: bool = False) -> tuple[int, int]:
    """Start and stop of the content at pos, which must carry this tag."""
    found, start, stop = read_header(data, pos, end, padded=padded)
    if found != tag:
        raise BadPacket(f"tag 0x{found:02x} at byte {pos}, expected 0x{tag:02x}")
    return start, stop


def _integer(low: int, high: int) -> Callable[[bytes], int]:
    def read(content: bytes) -> int:
        if not content or len(content) > 9:
            raise BadPacket(f"integer of {len(content)} bytes")
        if len(content) > 1 and content[0] in (0x00, 0xFF) and (content[0] ^ content[1]) < 0x80:
            raise BadPacket("integer is not minimal")
        number = int.from_bytes(content, "big", signed=True)
        if not low <= number <= high:
            raise BadPacket(f"integer {number} is outside {low}..{high}")
        return number

    return read


def _empty(content: bytes) -> None:
    if content:
        raise BadPacket("a null or exception value carries bytes")


def _address(content: bytes) -> bytes:
    if len(content) != 4:
        raise BadPacket(f"IpAddress of {len(content)} bytes")
    return content


def checked_oid(content: bytes) -> bytes:
    """The content itself, if it is a well-formed object identifier."""
    if not _OID_CONTENT.fullmatch(content):
        raise BadPacket("malformed object identifier")
    return content


read_int32 = _integer(-(2**31), 2**31 - 1)
_read_unsigned32 = _integer(0, 2**32 - 1)

READERS: dict[int, Callable[[bytes], Value]] = {
    INTEGER: read_int32,
    OCTETS: bytes,
    NULL: _empty,
    OID: checked_oid,
    IP_ADDRESS: _address,
    COUNTER32: _read_unsigned32,
    GAUGE32: _read_unsigned32,
    TIME_TICKS: _read_unsigned32,
    OPAQUE: bytes,
    COUNTER64: _integer(0, 2**64 - 1),
    NO_SUCH_OBJECT: _empty,
    NO_SUCH_INSTANCE: _empty,
    END_OF_VIEW: _empty,
}


def element(tag: int, content: bytes) -> bytes:
    """One encoded element, with the shortest length."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def integer(number: int) -> bytes:
    """One encoded INTEGER."""
    return element(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def oid_from_text(text: str) -> bytes:
    """Content bytes of a dotted OID; ValueError if it is none."""
    arcs = [int(part) for part in text.split(".")]
    if len(arcs) < 2 or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] > 39):
        raise ValueError(f"not an object identifier: {text}")
    content = b"".join(_subidentifier(number) for number in (arcs[0] * 40 + arcs[1], *arcs[2:]))
    try:
        return checked_oid(content)
    except BadPacket as bad:
        raise ValueError(f"not an object identifier: {text}") from bad


def _subidentifier(number: int) -> bytes:
    if number < 0:
        raise ValueError(f"negative arc {number}")
    septets = [number & 0x7F]
    while number := number >> 7:
        septets.append(number & 0x7F | 0x80)
    return bytes(reversed(septets))


@lru_cache(maxsize=65536)  # every column of a table repeats the same indexes
def subidentifiers(content: bytes) -> tuple[int, ...]:
    """The numbers in OID content: this, not the bytes, is what orders OIDs."""
    numbers, number = [], 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            numbers.append(number)
            number = 0
    return tuple(numbers)


def oid_to_text(content: bytes) -> str:
    """Dotted form of whole OID content."""
    first, *rest = subidentifiers(content)
    top = min(first // 40, 2)
    return ".".join(str(number) for number in (top, first - 40 * top, *rest))
