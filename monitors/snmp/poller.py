"""Reading a device: single variables, and whole columns of its tables."""

import ipaddress
from dataclasses import dataclass, field

from monitors.snmp import ber, codec
from monitors.snmp.codec import Answer, VarBind
from monitors.snmp.errors import AgentRefused, BadPacket, NotIncreasing, TooBig
from monitors.snmp.transport import Access, Transport

VARBINDS_PER_REQUEST = 50  # about what fits into one 1,400 byte datagram
MAX_ROWS = 100_000  # no real table is longer; an agent that invents rows would never end

_ABSENT = (ber.NULL, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_VIEW)

Column = dict[bytes, VarBind]


@dataclass(slots=True)
class _Walk:
    """How far one column has been read."""

    root: bytes
    cursor: bytes
    rows: Column = field(default_factory=dict)
    seen: int = 0
    done: bool = False

    def take(self, found: VarBind) -> None:
        """Add a row, or see that the column has ended."""
        if found.tag == ber.END_OF_VIEW or not found.oid.startswith(self.root):
            self.done = True
            return
        index = found.oid[len(self.root) :]
        if ber.subidentifiers(index) <= ber.subidentifiers(self.cursor[len(self.root) :]):
            raise NotIncreasing(f"{ber.oid_to_text(found.oid)} came after {ber.oid_to_text(self.cursor)}")
        self.cursor = found.oid
        self.seen += 1
        if self.seen > MAX_ROWS:
            raise NotIncreasing(f"column {ber.oid_to_text(self.root)} has more than {MAX_ROWS} rows")
        if found.tag not in _ABSENT:
            self.rows[index] = found


class Device:
    """One SNMP agent, asked one thing at a time."""

    def __init__(self, transport: Transport, address: str, port: int, access: Access) -> None:
        self._transport = transport
        self._line = transport.line((str(ipaddress.ip_address(address)), port))
        self._access = access
        self._per_request = VARBINDS_PER_REQUEST  # halved for good when this agent says tooBig

    async def get(self, oids: list[bytes]) -> dict[bytes, VarBind]:
        """The variables that exist among these."""
        answer = await self._ask(codec.GET, oids)
        if [found.oid for found in answer.varbinds] != oids:
            raise BadPacket("the answer to a GET names other variables")
        return {found.oid: found for found in answer.varbinds if found.tag not in _ABSENT}

    async def columns(self, roots: list[bytes]) -> dict[bytes, Column]:
        """Whole columns, each as index bytes -> variable, read side by side."""
        walks = [_Walk(root, root) for root in roots]
        while going := [walk for walk in walks if not walk.done]:
            await self._step(going)
        return {walk.root: walk.rows for walk in walks}

    async def _step(self, going: list[_Walk]) -> None:
        asked = going[: self._per_request]
        cursors = [walk.cursor for walk in asked]
        repetitions = self._per_request // len(asked)
        try:
            if repetitions > 1:
                answer = await self._ask(codec.GET_BULK, cursors, repetitions)
            else:
                answer = await self._ask(codec.GET_NEXT, cursors)
        except TooBig:
            if self._per_request == 1:
                raise
            self._per_request = max(self._per_request // 2, 1)
            return
        self._share_out(asked, answer)

    def _share_out(self, asked: list[_Walk], answer: Answer) -> None:
        # an agent may cut the answer short anywhere, even in the middle of a row
        for position, found in enumerate(answer.varbinds):
            walk = asked[position % len(asked)]
            if not walk.done:
                walk.take(found)

    async def _ask(self, pdu: int, oids: list[bytes], repetitions: int = 0) -> Answer:
        answer = await self._transport.ask(self._line, self._access, pdu, oids, repetitions)
        status = codec.ERROR_STATUS[answer.error_status]
        if status == "tooBig" or (status == "noError" and not answer.varbinds):
            raise TooBig(f"the agent cannot fit {len(oids)} variables into an answer")
        if status != "noError":
            raise AgentRefused(f"the agent answered {status} at variable {answer.error_index}")
        if len(answer.varbinds) > len(oids) * max(repetitions, 1):
            raise BadPacket("the answer has more variables than were asked for")
        return answer
