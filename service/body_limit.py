"""How large a request may be: told by its Content-Length before a byte is read, counted while it comes otherwise."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import TITLES, problem
from service.workbooks.safety import LARGEST_FILE

UPLOADS = "/api/v1/surveys/imports"
LARGEST_UPLOAD = LARGEST_FILE + 64 * 1024  # the file, the other fields of its form and the form's separators
LARGEST_BODY = 2 * 1024 * 1024


class BodyLimit:
    """ASGI middleware that answers 413 instead of letting a form of any size reach memory or disk."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a body that ends in a refusal where it grows too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = _limit(scope)
        if _announced(scope) > limit:
            await problem(413, *TITLES[413], _words(limit))(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit), send)


def _limit(scope: Scope) -> int:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return LARGEST_UPLOAD if path == UPLOADS else LARGEST_BODY


def _announced(scope: Scope) -> int:
    given = [value for name, value in scope["headers"] if name.lower() == b"content-length" and value.isdigit()]
    # A number of a thousand digits is too large as well, and int() would refuse it in its own words.
    return max((int(value[:20]) for value in given), default=0)


def _words(limit: int) -> str:
    if limit == LARGEST_UPLOAD:
        return "文件超过50MB，请拆分后分别导入 / larger than 50 MB: split it and import the parts"
    return "提交的内容超过2MB，请分几次提交 / larger than 2 MB: send it in parts"


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            # Raised where the body is read, so that the form's parser drops what it has put on disk.
            raise HTTPException(413, _words(limit))
        return message

    return counting
