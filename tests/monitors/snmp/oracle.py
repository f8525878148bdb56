"""What pysnmp makes of a packet, in the form of our own codec."""

from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pysnmp.proto import api
from pysnmp.proto.api import v2c

from monitors.snmp import ber
from monitors.snmp.codec import Answer, VarBind

protocol: Any = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]

TYPES: dict[int, Any] = {
    ber.INTEGER: v2c.Integer32,
    ber.OCTETS: v2c.OctetString,
    ber.NULL: v2c.Null,
    ber.OID: v2c.ObjectIdentifier,
    ber.IP_ADDRESS: v2c.IpAddress,
    ber.COUNTER32: v2c.Counter32,
    ber.GAUGE32: v2c.Gauge32,
    ber.TIME_TICKS: v2c.TimeTicks,
    ber.OPAQUE: v2c.Opaque,
    ber.COUNTER64: v2c.Counter64,
    ber.NO_SUCH_OBJECT: v2c.NoSuchObject,
    ber.NO_SUCH_INSTANCE: v2c.NoSuchInstance,
    ber.END_OF_VIEW: v2c.EndOfMibView,
}
_NUMBERS = {ber.INTEGER, ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64}
_ABSENT = {ber.NULL, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_VIEW}


def encode(answer: Answer) -> bytes:
    """The answer as pysnmp writes it."""
    pdu, message = protocol.GetResponsePDU(), protocol.Message()
    protocol.apiPDU.set_defaults(pdu)
    protocol.apiPDU.set_request_id(pdu, answer.request_id)
    protocol.apiPDU.set_error_status(pdu, answer.error_status)
    protocol.apiPDU.set_error_index(pdu, answer.error_index)
    protocol.apiPDU.set_varbinds(pdu, [(_oid(bound.oid), _value(bound)) for bound in answer.varbinds])
    protocol.apiMessage.set_defaults(message)
    protocol.apiMessage.set_community(message, answer.community)
    protocol.apiMessage.set_pdu(message, pdu)
    packet: bytes = encoder.encode(message)
    return packet


def decode(packet: bytes) -> Answer:
    """The answer as pysnmp reads it; ValueError if it refuses."""
    try:
        message, rest = decoder.decode(packet, asn1Spec=protocol.Message())
        if rest:
            raise ValueError("trailing bytes")
        pdu = protocol.apiMessage.get_pdu(message)
        return Answer(
            bytes(protocol.apiMessage.get_community(message)),
            int(protocol.apiPDU.get_request_id(pdu)),
            int(protocol.apiPDU.get_error_status(pdu)),
            int(protocol.apiPDU.get_error_index(pdu)),
            [_bound(oid, value) for oid, value in protocol.apiPDU.get_varbinds(pdu)],
        )
    except PyAsn1Error as refused:
        raise ValueError(str(refused)) from refused


def _oid(content: bytes) -> tuple[int, ...]:
    return tuple(map(int, ber.oid_to_text(content).split(".")))


def _value(bound: VarBind) -> Any:
    if bound.tag in _ABSENT:
        return TYPES[bound.tag]("")
    if bound.tag == ber.OID and isinstance(bound.value, bytes):
        return TYPES[bound.tag](_oid(bound.value))
    return TYPES[bound.tag](bound.value)


def _bound(oid: Any, value: Any) -> VarBind:
    tag = next(tag for tag, made in TYPES.items() if value.tagSet == made.tagSet)
    if tag in _ABSENT:
        plain: Any = None
    elif tag == ber.OID:
        plain = ber.oid_from_text(str(value))
    else:
        plain = int(value) if tag in _NUMBERS else bytes(value)
    return VarBind(ber.oid_from_text(str(oid)), tag, plain)
