"""What can go wrong between us and an SNMP agent; `kind` is the word that counters and readings use."""


class SnmpError(Exception):
    """A poll that did not give what it should have."""

    kind = "snmp"


class BadPacket(SnmpError):
    """Bytes that are not a well-formed SNMP v2c answer."""

    kind = "bad_packet"


class NoAnswer(SnmpError):
    """The agent stayed silent through all attempts."""

    kind = "timeout"


class Unreachable(SnmpError):
    """The request could not even leave this machine."""

    kind = "unreachable"


class NotIncreasing(SnmpError):
    """The agent walks in circles: an OID did not grow, or a table has no end."""

    kind = "not_increasing"


class TooBig(SnmpError):
    """The agent cannot fit its answer into a packet."""

    kind = "too_big"


class AgentRefused(SnmpError):
    """The agent answered with an error status."""

    kind = "agent_error"
