"""Programs that a test starts by argument lists and ends by their own handles."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

Found = TypeVar("Found")


def free_port() -> int:
    """A TCP port of loopback that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(look: Callable[[], Found], what: str, seconds: float = 40) -> Found:
    """What `look` finds, once that is true."""
    deadline = time.monotonic() + seconds
    found = look()
    while not found and time.monotonic() < deadline:
        time.sleep(0.1)
        found = look()
    assert found, f"not seen within {seconds} s: {what}"
    return found


def answers(url: str) -> bool:
    """Whether a GET is answered with success."""
    try:
        return httpx.get(url, trust_env=False, timeout=2).is_success
    except httpx.TransportError:
        return False


@contextmanager
def running(command: list[str], log: Path, ready: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends; begins when the URL `ready` answers."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | environment)
    try:
        eventually(lambda: process.poll() is not None or answers(ready), f"{ready} answers", 90)
        assert process.poll() is None, log.read_text()[-2000:]
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End it, kindly at first."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def yunwang(*arguments: str) -> list[str]:
    """A command of this product."""
    return [sys.executable, "-m", "service.cli", *arguments]
