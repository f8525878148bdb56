"""The command line as a client of the API: one connection, kind words for every refusal, clear exit codes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import httpx
import typer

FAILED, USAGE, UNREACHABLE = 1, 2, 3
DEFAULT_URL = "http://127.0.0.1:8000"


def give_up(words: str, code: int = FAILED) -> NoReturn:
    """Say why on standard error and leave."""
    print(words, file=sys.stderr)
    raise typer.Exit(code)


def explain(answer: httpx.Response) -> str:
    """A refusal of the API in words: the detail, then each error on a line of its own."""
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        return f"HTTP {answer.status_code}: {answer.text[:500]}"
    lines = [f"{body.get('title', answer.status_code)}: {body.get('detail', '')}"]
    lines += [f"  {error.get('field', '')}: {error.get('reason', '')}" for error in body.get("errors", [])[:50]]
    facts = {key: value for key, value in body.items() if key not in ("type", "title", "status", "detail", "errors")}
    return "\n".join([*lines, *(f"  {key}: {value}" for key, value in facts.items())])


def _checked(answer: httpx.Response) -> None:
    if answer.is_error:
        answer.read()
        at_login = answer.request.url.path.endswith("/login")
        hint = (
            "\n  export YUNWANG_TOKEN=$(yunwang login USER)"
            if answer.status_code == httpx.codes.UNAUTHORIZED and not at_login
            else ""
        )
        give_up(explain(answer) + hint)


@contextmanager
def api(timeout: float = 60.0) -> Iterator[httpx.Client]:
    """A client on $YUNWANG_URL with $YUNWANG_TOKEN; an error answer ends the command with its reason."""
    url = os.environ.get("YUNWANG_URL", DEFAULT_URL).rstrip("/") + "/api/v1"
    token = os.environ.get("YUNWANG_TOKEN", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    hooks = {"response": [_checked]}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=timeout, event_hooks=hooks, trust_env=False) as client:
            yield client
    except httpx.TransportError as error:
        give_up(f"无法连接 {url} / cannot reach the service: {error}", UNREACHABLE)
