"""The few lines of HTTP that a collector needs to hand out text: GET, one request per connection."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

HEAD_LIMIT = 8192
PATIENCE_SECONDS = 5.0

Query = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    body: bytes
    status: int = HTTPStatus.OK
    content_type: str = "text/plain; charset=utf-8"


Page = Callable[[Query], Answer]


class TextServer:
    """Serves pages by path until closed."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self._pages = pages
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; returns the port, which matters if 0 was asked for."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=HEAD_LIMIT)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    def close(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # the client left, or was too slow
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    head_only, answer = await self._read(reader)
                    writer.write(_encode(answer, head_only=head_only))
                    await writer.drain()
            finally:
                writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> tuple[bool, Answer]:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split("\r\n", 1)[0].split(" ")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            return False, Answer(b"not an HTTP request\n", HTTPStatus.BAD_REQUEST)
        if method not in ("GET", "HEAD"):
            return False, Answer(b"only GET is answered here\n", HTTPStatus.METHOD_NOT_ALLOWED)
        return method == "HEAD", self._find(target)

    def _find(self, target: str) -> Answer:
        try:
            parts = urlsplit(target)
            query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        except ValueError:
            return Answer(b"malformed query\n", HTTPStatus.BAD_REQUEST)
        page = self._pages.get(parts.path)
        if page is None:
            return Answer(f"no such page; there are {', '.join(self._pages)}\n".encode(), HTTPStatus.NOT_FOUND)
        return page(query)


def _encode(answer: Answer, *, head_only: bool) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        f"Content-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (b"" if head_only else answer.body)
