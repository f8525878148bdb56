"""A whole collector in a thread of the test."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from monitors.collector import CollectorSettings, serve


def write_targets(file: Path, *targets: dict[str, Any]) -> Path:
    """A target list as the register would hand it out."""
    document = {"version": 1, "collector": "c1", "generated_at": "2026-01-01T00:00:00Z", "targets": targets}
    file.write_text(json.dumps(document))
    return file


@dataclass(frozen=True, slots=True)
class RunningCollector:
    """Where the collector listens."""

    url: str

    def get(self, path: str) -> httpx.Response:
        """The answer to a GET."""
        return httpx.get(self.url + path, trust_env=False, timeout=5)

    def reading(self, asset: str) -> str:
        """The asset's series."""
        return self.get(f"/readings?asset={asset}").text

    def wait_for(self, asset: str, what: str, seconds: float = 8) -> str:
        """The asset's series as soon as they contain this."""
        return eventually(lambda: text if what in (text := self.reading(asset)) else None, what, seconds)


def eventually(look: Callable[[], str | None], what: str, seconds: float = 8) -> str:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not seen within {seconds} s: {what}")


@contextmanager
def running_collector(targets: Path | str, **more: Any) -> Iterator[RunningCollector]:
    """Collect until the block ends."""
    settings = CollectorSettings(str(targets), port=0, **{"refresh_seconds": 0.2, **more})
    ready = threading.Event()
    ports: list[int] = []
    control: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def started(port: int) -> None:
        ports.append(port)
        ready.set()

    async def collect() -> None:
        stop = asyncio.Event()
        control.append((asyncio.get_running_loop(), stop))
        await serve(settings, stop, started)

    thread = threading.Thread(target=lambda: asyncio.run(collect()))
    thread.start()
    try:
        assert ready.wait(5)
        yield RunningCollector(f"http://127.0.0.1:{ports[0]}")
    finally:
        loop, stop = control[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
        assert not thread.is_alive()
