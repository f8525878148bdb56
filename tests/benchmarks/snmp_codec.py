"""CPU per 1,000 variables: our codec and pysnmp's, on the same packets in the same run.

The figures depend on the machine, so the ratio is what counts: `python tests/benchmarks/snmp_codec.py`.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api
from pysnmp.proto.api import v2c

from monitors.snmp import ber, codec

protocol: Any = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
ROUNDS, VARBINDS = 5, 50


def packet() -> bytes:
    """An answer like those of an interface table: counters, names, states."""
    pdu, message = protocol.GetResponsePDU(), protocol.Message()
    protocol.apiPDU.set_defaults(pdu)
    values = [v2c.Counter64(2**40), v2c.OctetString("GigabitEthernet1/0/1"), v2c.Integer32(1), v2c.Gauge32(10**9)]
    columns = ["1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.8", "1.3.6.1.2.1.2.2.1.5"]
    bound = [(tuple(map(int, f"{columns[n % 4]}.{n}".split("."))), values[n % 4]) for n in range(VARBINDS)]
    protocol.apiPDU.set_varbinds(pdu, bound)
    protocol.apiMessage.set_defaults(message)
    protocol.apiMessage.set_community(message, "public")
    protocol.apiMessage.set_pdu(message, pdu)
    encoded: bytes = encoder.encode(message)
    return encoded


def milliseconds(action: Callable[[], object], seconds: float = 0.5) -> float:
    """CPU milliseconds per 1,000 variables."""
    started, times = time.process_time(), 0
    while time.process_time() - started < seconds:
        action()
        times += 1
    return (time.process_time() - started) / times / VARBINDS * 1e6


def pysnmp_decode(encoded: bytes) -> object:
    """What pysnmp does with an answer before anybody sees a value."""
    message, _ = decoder.decode(encoded, asn1Spec=protocol.Message())
    return [(tuple(oid), value) for oid, value in protocol.apiPDU.get_varbinds(protocol.apiMessage.get_pdu(message))]


def pysnmp_encode(oids: list[tuple[int, ...]]) -> object:
    """A request as pysnmp writes it."""
    pdu, message = protocol.GetRequestPDU(), protocol.Message()
    protocol.apiPDU.set_defaults(pdu)
    protocol.apiPDU.set_varbinds(pdu, [(oid, protocol.Null("")) for oid in oids])
    protocol.apiMessage.set_defaults(message)
    protocol.apiMessage.set_community(message, "public")
    protocol.apiMessage.set_pdu(message, pdu)
    return encoder.encode(message)


def compare(what: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    """Interleaved rounds, because other programs disturb the machine."""
    rounds = [(milliseconds(ours), milliseconds(theirs)) for _ in range(ROUNDS)]
    own, other = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratios = sorted(slow / fast for fast, slow in rounds)
    print(
        f"{what:8} ours {own:7.2f} ms, pysnmp {other:8.2f} ms CPU per 1,000 variables; "
        f"ratio {statistics.median(ratios):.0f} ({ratios[0]:.0f}-{ratios[-1]:.0f})"
    )


def main() -> None:
    """Print both comparisons."""
    encoded = packet()
    oids = [found.oid for found in codec.decode_answer(encoded).varbinds]
    arcs = [tuple(map(int, ber.oid_to_text(oid).split("."))) for oid in oids]
    compare("decode", lambda: codec.decode_answer(encoded), lambda: pysnmp_decode(encoded))
    compare("encode", lambda: codec.encode_request(codec.GET, b"public", 1, oids), lambda: pysnmp_encode(arcs))


if __name__ == "__main__":
    main()
