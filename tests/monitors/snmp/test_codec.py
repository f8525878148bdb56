"""Packets that the codec must refuse, and why."""

import pytest

from monitors.snmp import ber, codec
from monitors.snmp.errors import BadPacket

OID = bytes.fromhex("06062b0601020105")
VALUE = ber.element(ber.OCTETS, b"name")


def answer(binding: bytes = OID + VALUE, *, status: bytes = b"\x02\x01\x00", pdu: int = codec.RESPONSE) -> bytes:
    """A packet that is right unless a part of it is replaced."""
    bindings = ber.element(ber.SEQUENCE, ber.element(ber.SEQUENCE, binding))
    body = ber.integer(7) + status + ber.integer(0) + bindings
    return ber.element(ber.SEQUENCE, ber.integer(1) + ber.element(ber.OCTETS, b"public") + ber.element(pdu, body))


def test_right_packet_is_read() -> None:
    assert codec.decode_answer(answer()) == codec.Answer(
        b"public", 7, 0, 0, [codec.VarBind(OID[2:], ber.OCTETS, b"name")]
    )


@pytest.mark.parametrize("length", range(len(answer())))
def test_packet_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BadPacket):
        codec.decode_answer(answer()[:length])


def test_trailing_bytes_are_refused() -> None:
    with pytest.raises(BadPacket, match="1 trailing bytes after the message"):
        codec.decode_answer(answer() + b"\x00")


def test_request_is_not_an_answer() -> None:
    with pytest.raises(BadPacket, match="tag 0xa0"):
        codec.decode_answer(answer(pdu=codec.GET))


def test_other_version_is_refused() -> None:
    with pytest.raises(BadPacket, match="version 0"):
        codec.decode_answer(answer().replace(b"\x02\x01\x01\x04\x06public", b"\x02\x01\x00\x04\x06public"))


@pytest.mark.parametrize(
    ("status", "reason"),
    [("020113", "does not exist"), ("0201ff", "does not exist"), ("0200", "0 bytes"), ("040100", "expected 0x02")],
)
def test_impossible_error_status_is_refused(status: str, reason: str) -> None:
    with pytest.raises(BadPacket, match=reason):
        codec.decode_answer(answer(status=bytes.fromhex(status)))


def test_error_index_beyond_the_variables_is_refused() -> None:
    status, wrong_index = ber.integer(5), ber.integer(2)
    error_at_the_second = answer(status=status).replace(status + ber.integer(0), status + wrong_index)

    with pytest.raises(BadPacket, match="error-index 2 of 1 variables"):
        codec.decode_answer(error_at_the_second)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("02020001", "not minimal"),
        ("0202ff80", "not minimal"),
        ("0200", "0 bytes"),
        ("02050100000000", "outside"),
        ("4101ff", "outside"),
        ("42050100000000", "outside"),
        ("4304ff000000", "outside"),
        ("4609010000000000000000", "outside"),
        ("460a00ffffffffffffffffff", "10 bytes"),
        ("4003010203", "IpAddress of 3 bytes"),
        ("050100", "carries bytes"),
        ("820100", "carries bytes"),
        ("0600", "malformed object identifier"),
        ("06022b80", "malformed object identifier"),
        ("06032b8001", "malformed object identifier"),
        ("06062b9080808000", "malformed object identifier"),
        ("470101", "unknown type 0x47"),
        ("3000", "unknown type 0x30"),
        ("04810141", "length at byte .* is not minimal"),
        ("0482000141", "length at byte .* is not minimal"),
        ("0480410000", "indefinite"),
        ("04850000000041", "longer than 4 bytes"),
        ("040241", "truncated"),
        ("04014100", "trailing bytes after the value"),
    ],
)
def test_malformed_value_is_refused(value: str, reason: str) -> None:
    with pytest.raises(BadPacket, match=reason):
        codec.decode_answer(answer(OID + bytes.fromhex(value)))


def test_oid_with_more_than_128_arcs_is_refused() -> None:
    with pytest.raises(BadPacket, match="malformed object identifier"):
        codec.decode_answer(answer(ber.element(ber.OID, b"\x2b" * 128) + VALUE))


@pytest.mark.parametrize("text", ["", "1", "1.a", "3.1", "1.40", "1.3.-1", "1.3.4294967296", "1.3..1", "2.4294967216"])
def test_text_that_is_no_oid_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"object identifier|invalid literal|negative"):
        ber.oid_from_text(text)


@pytest.mark.parametrize("text", ["0.0", "1.3.6.1", "2.999.1", "1.3.4294967295", "2.4294967215"])
def test_oid_text_survives_the_round(text: str) -> None:
    assert ber.oid_to_text(ber.oid_from_text(text)) == text


def test_oids_are_ordered_by_their_numbers_not_their_bytes() -> None:
    small, large = ber.oid_from_text("1.3.16256"), ber.oid_from_text("1.3.16384")

    assert small > large
    assert ber.subidentifiers(small) < ber.subidentifiers(large)
