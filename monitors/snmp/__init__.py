"""SNMP v2c by our own strict codec: no answer that breaks the rules becomes a reading."""

from monitors.snmp.errors import AgentRefused, BadPacket, NoAnswer, NotIncreasing, SnmpError, TooBig, Unreachable
from monitors.snmp.poller import Device
from monitors.snmp.transport import Access, Transport

__all__ = [
    "Access",
    "AgentRefused",
    "BadPacket",
    "Device",
    "NoAnswer",
    "NotIncreasing",
    "SnmpError",
    "TooBig",
    "Transport",
    "Unreachable",
]
