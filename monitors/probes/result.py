"""What a single look at a target found."""

import asyncio
import socket
import ssl
from dataclasses import dataclass, field

from monitors.exposition import Family


@dataclass(slots=True)
class Result:
    """Made anew for each probe, so that nothing of an earlier one survives in it.

    `failure` is one word for counters and rules, `detail` the sentence for people; both are empty after a success.
    Times are in seconds, `certificate_expires` in seconds since 1970.
    """

    success: bool = False
    duration_seconds: float = 0
    failure: str = ""
    detail: str = ""
    phases: dict[str, float] = field(default_factory=dict)
    status_code: int | None = None
    redirects: int | None = None
    certificate_expires: float | None = None
    certificate_trusted: bool | None = None
    families: list[Family] = field(default_factory=list)

    def fail(self, failure: str, detail: str) -> None:
        """Say that the target is not as it should be."""
        self.success, self.failure, self.detail = False, failure, detail


def failure_word(problem: BaseException) -> str:
    """The word for a problem on the way to a target, looked up along its causes."""
    causes = _causes(problem)
    for kind, word in (
        (TimeoutError, "timeout"),
        (ssl.SSLCertVerificationError, "certificate"),
        (ssl.SSLError, "tls"),
        (socket.gaierror, "resolve"),
        (ConnectionRefusedError, "refused"),
        (ConnectionResetError, "reset"),
        (asyncio.IncompleteReadError, "protocol"),
    ):
        if any(isinstance(cause, kind) for cause in causes):
            return word
    return "unreachable" if any(isinstance(cause, OSError) for cause in causes) else "protocol"


def _causes(problem: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    waiting = [problem]
    while waiting:
        if (one := waiting.pop()) is None or one in found:
            continue
        found.append(one)
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
    return found
