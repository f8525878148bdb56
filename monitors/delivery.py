"""Readings and observations as numbered JSON documents, for domains that only files may leave."""

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitors.exposition import Family
from monitors.probes.result import Result
from monitors.readings import to_families
from monitors.targets import Target, probe_name

MOST_READINGS = 100_000  # kept while the directory cannot be written; then the oldest are lost

_SEQUENCE = ".sequence"


class Delivery:
    """Gathers readings and writes them, in order, into a directory; whoever takes the files away may delete them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._readings: list[dict[str, Any]] = []
        self._observations: list[dict[str, Any]] = []
        self._seen: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._writing = threading.Lock()

    def add(self, target: Target, result: Result) -> None:
        """Note what was read; facts about devices only when they differ from last time."""
        at = _now()
        self._readings.append(_reading(target, result, at))
        facts = [fact for family in result.families for fact in _facts(family)]
        key = (target.asset, probe_name(target))
        if facts and facts != self._seen.get(key):
            self._seen[key] = facts
            self._observations.append({"asset": target.asset, "probe": probe_name(target), "at": at, "facts": facts})

    def write(self, collector: str) -> Path | None:
        """Write what has been gathered; None if that is nothing. After an OSError it is kept for the next time."""
        with self._writing:
            readings, self._readings = self._readings, []
            observations, self._observations = self._observations, []
            try:
                return self._write(collector, readings, observations) if readings else None
            except OSError:
                self._readings = (readings + self._readings)[-MOST_READINGS:]
                self._observations = observations + self._observations
                raise

    def _write(self, collector: str, readings: list[dict[str, Any]], observations: list[dict[str, Any]]) -> Path:
        self._directory.mkdir(parents=True, exist_ok=True)
        number = _last_number(self._directory) + 1
        document = {
            "version": 1,
            "collector": collector,
            "sequence": number,
            "written_at": _now(),
            "readings": readings,
            "observations": observations,
        }
        # the number is used up first: a crash in between leaves a gap, never two documents of one number
        _replace(self._directory / _SEQUENCE, str(number).encode())
        file = self._directory / f"{number:012d}.json"
        _replace(file, json.dumps(document, ensure_ascii=False, allow_nan=False).encode())
        return file


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _reading(target: Target, result: Result, at: str) -> dict[str, Any]:
    return {
        "asset": target.asset,
        "probe": probe_name(target),
        "kind": target.kind,
        "labels": target.labels,
        "at": at,
        "success": result.success,
        "duration_seconds": round(result.duration_seconds, 6),
        "failure": result.failure,
        "detail": result.detail,
        "series": [
            {"name": family.name, "labels": dict(labels), "value": value}
            for family in to_families(target, result)
            for labels, value in family.samples
        ],
    }


def _facts(family: Family) -> list[dict[str, Any]]:
    if not family.name.endswith("_info"):
        return []
    about = family.name.removeprefix("yunwang_").removesuffix("_info")
    return [{"about": about, **dict(labels)} for labels, _ in family.samples]


def _last_number(directory: Path) -> int:
    written = directory / _SEQUENCE
    try:
        noted = int(written.read_bytes()) if written.exists() else 0
    except ValueError as damaged:
        raise OSError(f"{written} should hold the number of the last document") from damaged
    present = [int(file.stem) for file in directory.glob("*.json") if file.stem.isdigit()]
    return max([noted, *present])


def _replace(file: Path, content: bytes) -> None:
    temporary = file.with_name(f".{file.name}.new")
    with temporary.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.replace(file)
