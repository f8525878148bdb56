"""A scripted SNMP agent on loopback: serves a recording, and misbehaves on request.

It reads and writes packets with pysnmp, so that it shares no mistake with the codec under test.
"""

import bisect
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api
from pysnmp.proto.api import v2c

RECORDINGS = Path(__file__).parents[1] / "recordings/snmp"
protocol: Any = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
Oid = tuple[int, ...]
GET, GET_NEXT, GET_BULK = 0, 1, 5

_TYPES: dict[int, Callable[[Any], Any]] = {
    2: v2c.Integer32,
    4: v2c.OctetString,
    6: v2c.ObjectIdentifier,
    64: v2c.IpAddress,
    65: v2c.Counter32,
    66: v2c.Gauge32,
    67: v2c.TimeTicks,
    70: v2c.Counter64,
}


def read_recording(path: Path) -> dict[Oid, Any]:
    """Lines of `OID|BER tag|value`, the tag followed by x where the value is in hexadecimal."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        oid, tag, text = line.split("|", 2)
        value: Any = bytes.fromhex(text) if tag.endswith("x") else text
        found[tuple(map(int, oid.split(".")))] = _TYPES[int(tag.rstrip("x"))](value)
    return found


class FakeAgent:
    """Answers GET, GETNEXT and GETBULK on 127.0.0.1, from a thread of its own.

    The first `ignore` requests are left unanswered; an answer holds at most `fits` variables (above that it is cut
    short, or an error if `too_big`); `spoil` turns each packet into those that leave; with `loop` the last OID leads
    back to the first.
    """

    def __init__(
        self,
        recording: Path,
        *,
        community: str = "public",
        ignore: int = 0,
        fits: int = 1000,
        too_big: bool = False,
        loop: bool = False,
        spoil: Callable[[bytes], list[bytes]] = lambda packet: [packet],
    ) -> None:
        self.requests: list[tuple[int, int]] = []  # PDU type and number of variables of each request heard
        self._values = read_recording(recording)
        self._order = sorted(self._values)
        self._community = community.encode()
        self._ignore, self._fits, self._too_big, self._loop, self._spoil = ignore, fits, too_big, loop, spoil
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.port: int = self._socket.getsockname()[1]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                packet, peer = self._socket.recvfrom(65535)
            except TimeoutError:
                continue
            for answer in self._answer(packet):
                self._socket.sendto(answer, peer)

    def _answer(self, packet: bytes) -> list[bytes]:
        message, _ = decoder.decode(packet, asn1Spec=protocol.Message())
        if bytes(protocol.apiMessage.get_community(message)) != self._community:
            return []
        request = protocol.apiMessage.get_pdu(message)
        kind = request.tagSet.superTags[-1].tagId
        oids = [tuple(oid) for oid, _ in protocol.apiPDU.get_varbinds(request)]
        self.requests.append((kind, len(oids)))
        if len(self.requests) <= self._ignore:
            return []
        reply = protocol.apiMessage.get_response(message)
        self._fill(protocol.apiMessage.get_pdu(reply), kind, request, oids)
        return self._spoil(encoder.encode(reply))

    def _fill(self, pdu: Any, kind: int, request: Any, oids: list[Oid]) -> None:
        repetitions = int(protocol.apiBulkPDU.get_max_repetitions(request)) if kind == GET_BULK else 1
        found = [self._get(oid) for oid in oids] if kind == GET else self._follow(oids, repetitions)
        if len(found) > self._fits and self._too_big:
            protocol.apiPDU.set_error_status(pdu, 1)
            found = []
        protocol.apiPDU.set_varbinds(pdu, found[: self._fits])

    def _get(self, oid: Oid) -> tuple[Oid, Any]:
        return oid, self._values.get(oid, v2c.NoSuchInstance(""))

    def _follow(self, oids: list[Oid], repetitions: int) -> list[tuple[Oid, Any]]:
        found = []
        for _ in range(repetitions):
            following = [self._next(oid) for oid in oids]
            found += following
            oids = [oid for oid, _ in following]
        return found

    def _next(self, oid: Oid) -> tuple[Oid, Any]:
        place = bisect.bisect_right(self._order, oid)
        if place == len(self._order):
            if not self._loop:
                return oid, v2c.EndOfMibView("")
            place = 0
        return self._order[place], self._values[self._order[place]]
