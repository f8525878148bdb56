"""Where the target list comes from: a file, or a URL that asks for a token."""

import asyncio
import ssl
from pathlib import Path

import httpx

from monitors.targets import BadTargets, TargetList, parse

LARGEST = 64 << 20  # bytes; 100,000 targets take about 30 million
TOO_LARGE = f"larger than {LARGEST} bytes"
TIMEOUT_SECONDS = 20


class TargetSource:
    """Fetches the target list again and again; `last_good` stays until a better one comes."""

    def __init__(self, place: str, token: str | None, trust: ssl.SSLContext) -> None:
        self._place, self._token, self._trust = place, token, trust
        self.last_good: TargetList | None = None
        self.problem: str | None = "no target list has been read yet"

    async def refresh(self) -> bool:
        """Read the list anew; False if that failed, and then `problem` says why."""
        try:
            is_url = self._place.startswith(("http://", "https://"))
            document = await (self._download() if is_url else asyncio.to_thread(self._read_file))
            self.last_good = parse(document)
        except (OSError, httpx.HTTPError, httpx.InvalidURL, BadTargets) as failure:
            self.problem = f"{self._place}: {failure or type(failure).__name__}"
            return False
        self.problem = None
        return True

    def _read_file(self) -> bytes:
        with Path(self._place).open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise BadTargets(TOO_LARGE)
        return content

    async def _download(self) -> bytes:
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        content = bytearray()
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            httpx.AsyncClient(verify=self._trust, trust_env=False, timeout=TIMEOUT_SECONDS) as client,
            client.stream("GET", self._place, headers=headers) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise BadTargets(f"answered {answer.status_code}")
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise BadTargets(TOO_LARGE)
        return bytes(content)
