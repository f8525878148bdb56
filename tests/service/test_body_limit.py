"""Requests that are too large are refused while they come, not after they were kept."""

import asyncio
from collections.abc import Iterator
from itertools import chain, repeat

from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from service.body_limit import LARGEST_BODY, LARGEST_UPLOAD, BodyLimit
from service.workbooks.safety import LARGEST_FILE

IMPORTS = "/api/v1/surveys/imports"
FORM = [(b"content-type", b"multipart/form-data; boundary=x")]
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
PIECE = b"0" * (1 << 20)


async def form_reader(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads the whole form, as an endpoint with a file does."""
    try:
        await Request(scope, receive).form()
    except HTTPException as refused:
        await Response(status_code=refused.status_code)(scope, receive, send)


def test_an_announced_length_beyond_the_limit_is_refused_before_the_body_is_read(client: TestClient) -> None:
    for path, limit, words in ((IMPORTS, LARGEST_UPLOAD, "50MB"), ("/api/v1/agencies", LARGEST_BODY, "2MB")):
        answer = client.post(path, content=b"", headers={"Content-Length": str(limit + 1)})
        assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
        assert words in answer.json()["detail"]
        assert " / " in answer.json()["detail"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert client.post(path, content=b"", headers={"Content-Length": str(limit)}).status_code != 413


def test_a_body_of_unknown_length_is_refused_as_soon_as_it_is_too_large() -> None:
    for path, limit in ((IMPORTS, LARGEST_UPLOAD), ("/api/v1/auth/login", LARGEST_BODY)):
        pieces, answers = chain([HEAD], repeat(PIECE, 2 * limit // len(PIECE))), list[Message]()

        async def receive(pieces: Iterator[bytes] = pieces) -> Message:
            return {"type": "http.request", "body": next(pieces), "more_body": True}

        async def send(message: Message, answers: list[Message] = answers) -> None:
            answers.append(message)

        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": FORM}
        asyncio.run(BodyLimit(form_reader)(scope, receive, send))

        assert answers[0]["status"] == 413
        assert len(list(pieces)) >= limit // len(PIECE) - 2


def test_a_file_of_exactly_the_largest_size_is_taken(client: TestClient) -> None:
    answer = client.post(IMPORTS, files={"file": ("普查.xlsx", b"0" * LARGEST_FILE)}, data={"dry_run": "true"})

    assert answer.status_code == 202
