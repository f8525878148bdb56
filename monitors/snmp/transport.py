"""One UDP socket per address family for all devices, with one request in flight per device."""

import asyncio
import secrets
import socket
from collections import Counter
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from monitors.snmp import codec
from monitors.snmp.codec import Answer
from monitors.snmp.errors import BadPacket, NoAnswer, Unreachable
from monitors.snmp.pacing import Pace

RECEIVE_BUFFER = 8 << 20  # a thousand devices may answer at the same moment
DATAGRAMS_AT_ONCE = 64  # then other tasks get their turn

Peer = tuple[str, int]


@dataclass(slots=True)
class _Waiting:
    """The one request that a device has not answered yet."""

    request_id: int
    community: bytes
    padded_lengths: bool
    answer: asyncio.Future[Answer]
    refused: BadPacket | None = None


@dataclass(slots=True, weakref_slot=True)
class Line:
    """What is kept about one device for as long as somebody polls it."""

    peer: Peer
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Access:
    """How one device wants to be asked."""

    community: bytes
    retries: int = 2
    longest_wait: float = 5.0
    padded_lengths: bool = False


class Transport:
    """Sends requests and hands each answer to the request it belongs to, by source address and request id.

    `counts` tells what came and went: sent, retried, received, malformed, unexpected.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._sockets: dict[int, socket.socket] = {}
        self._waiting: dict[Peer, _Waiting] = {}
        self._lines: WeakValueDictionary[Peer, Line] = WeakValueDictionary()

    def line(self, peer: Peer) -> Line:
        """The device's line, shared by all who poll this address; the address must be in canonical form."""
        return self._lines.setdefault(peer, Line(peer))

    async def ask(self, line: Line, access: Access, pdu: int, oids: list[bytes], max_repetitions: int = 0) -> Answer:
        """The device's answer; NoAnswer, Unreachable, or BadPacket if malformed answers were all that came."""
        async with line.turn:
            request_id = secrets.randbits(31)  # not guessable: UDP answers can be forged
            packet = codec.encode_request(pdu, access.community, request_id, oids, max_repetitions)
            future = asyncio.get_running_loop().create_future()
            waiting = _Waiting(request_id, access.community, access.padded_lengths, future)
            self._waiting[line.peer] = waiting
            try:
                return await self._attempts(line, packet, waiting, access)
            finally:
                del self._waiting[line.peer]

    async def _attempts(self, line: Line, packet: bytes, waiting: _Waiting, access: Access) -> Answer:
        clock = asyncio.get_running_loop().time
        for attempt in range(access.retries + 1):
            self.counts["retried" if attempt else "sent"] += 1
            started = clock()
            self._send(line.peer, packet)
            # wait, unlike wait_for, leaves the future alone when time is up: a late answer may still fill it
            await asyncio.wait([waiting.answer], timeout=min(line.pace.timeout, access.longest_wait))
            if waiting.answer.done():
                if attempt == 0:
                    line.pace.learn(clock() - started)
                return waiting.answer.result()
            line.pace.back_off()
        address, port = line.peer
        raise waiting.refused or NoAnswer(f"{address} port {port} did not answer {access.retries + 1} requests")

    def _send(self, peer: Peer, packet: bytes) -> None:
        try:
            self._socket(socket.AF_INET6 if ":" in peer[0] else socket.AF_INET).sendto(packet, peer)
        except BlockingIOError:
            self.counts["send_buffer_full"] += 1  # as good as lost on the way: the retry takes care of it
        except OSError as failure:
            raise Unreachable(f"cannot send to {peer[0]} port {peer[1]}: {failure.strerror}") from failure

    def _socket(self, family: int) -> socket.socket:
        if family not in self._sockets:
            opened = self._sockets[family] = socket.socket(family, socket.SOCK_DGRAM)
            opened.settimeout(0)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            opened.bind(("", 0))
            asyncio.get_running_loop().add_reader(opened.fileno(), self._receive, opened)
        return self._sockets[family]

    def _receive(self, ready: socket.socket) -> None:
        for _ in range(DATAGRAMS_AT_ONCE):
            try:
                packet, source = ready.recvfrom(65535)
            except OSError:  # nothing left, or an ICMP error that names no request: that request will time out
                return
            self.counts["received"] += 1
            self._take(packet, (source[0], source[1]))

    def _take(self, packet: bytes, source: Peer) -> None:
        waiting = self._waiting.get(source)
        if waiting is None or waiting.answer.done():
            self.counts["unexpected"] += 1
            return
        try:
            answer = codec.decode_answer(packet, padded_lengths=waiting.padded_lengths)
        except BadPacket as bad:
            # not the end of the request, because it may be forged; told if nothing better comes
            self.counts["malformed"] += 1
            waiting.refused = bad
            return
        if (answer.request_id, answer.community) != (waiting.request_id, waiting.community):
            self.counts["unexpected"] += 1
            return
        waiting.answer.set_result(answer)

    def close(self) -> None:
        """Close the sockets; requests still under way get no answer."""
        for opened in self._sockets.values():
            asyncio.get_running_loop().remove_reader(opened.fileno())
            opened.close()
        self._sockets.clear()
