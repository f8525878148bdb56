"""What the ledger hears of a play: small, redacted events, and what they add up to."""

from typing import cast

from provisioning.runs.redaction import Redaction
from provisioning.runs.runner import Event, Outcome

Raw = dict[str, object]

LONGEST = 8_000  # characters of output or diff that one event carries
FAILURES = 5  # named in an outcome; the events hold them all
TAIL = 20  # lines outside any task, where ansible says why it could not even begin

STATUSES = {
    "runner_on_start": "started",
    "runner_on_ok": "ok",
    "runner_item_on_ok": "ok",
    "runner_on_failed": "failed",
    "runner_item_on_failed": "failed",
    "runner_on_unreachable": "unreachable",
    "runner_on_skipped": "skipped",
    "runner_item_on_skipped": "skipped",
    "runner_retry": "retrying",
    "runner_on_async_poll": "running",
}
COUNTS = {
    "ok": "ok",
    "changed": "changed",
    "failed": "failures",
    "unreachable": "dark",
    "skipped": "skipped",
    "rescued": "rescued",
}


class Digest:
    """Turns ansible's events into ours, and remembers what the outcome needs."""

    def __init__(self, redaction: Redaction, *, diff: bool) -> None:
        self._redaction = redaction
        self._diff = diff
        self._hosts: dict[str, dict[str, int]] = {}
        self._artifacts: dict[str, object] = {}
        self._failures: list[str] = []
        self._outside: list[str] = []

    def event(self, raw: Raw) -> Event:
        data = _mapping(raw.get("event_data"))
        result = _mapping(data.get("res"))
        told = self._told(raw, data, result)
        self._remember(told, data, result)
        return told

    def outcome(self, status: str) -> Outcome:
        """The outcome for ansible's own word; a play that met no host has done nothing, so it has failed."""
        if status == "successful" and self._hosts:
            return Outcome("successful", self._hosts, self._artifacts)
        return Outcome("failed", self._hosts, self._artifacts, self._why())

    def _told(self, raw: Raw, data: Raw, result: Raw) -> Event:
        told: Event = {
            "counter": raw["counter"],
            "event": raw["event"],
            "created": raw.get("created", ""),
            "play": self._text(data.get("play")),
            "task": self._text(data.get("task")),
            "host": self._text(data.get("host")),
            "status": _status(str(raw["event"]), data, result),
            "stdout": self._text(raw.get("stdout")),
        }
        if self._diff and (diff := result.get("diff")):
            told["diff"] = _cut(self._redaction.document(diff))
        return told

    def _remember(self, told: Event, data: Raw, result: Raw) -> None:
        if told["event"] == "playbook_on_stats":
            self._hosts = _counts(data)
            self._artifacts = _mapping(self._redaction.document(data.get("artifact_data") or {}))
        elif told["event"] in {"runner_on_failed", "runner_on_unreachable"} and told["status"] != "ignored":
            self._failures.append(f"{told['task']} @ {told['host']}: {self._text(_reason(result))}")
        elif told["event"] in {"verbose", "error"} and told["stdout"]:
            self._outside = [*self._outside, str(told["stdout"])][-TAIL:]

    def _why(self) -> str:
        if self._failures:
            return "\n".join(self._failures[:FAILURES])
        if self._outside:
            return "\n".join(self._outside)
        return "剧本没有作用于任何主机 / the playbook met none of the inventory's hosts"

    def _text(self, value: object) -> str:
        return _cut_text(self._redaction.text(str(value).replace("\r\n", "\n"))) if value is not None else ""


def _mapping(value: object) -> Raw:
    return cast("Raw", value) if isinstance(value, dict) else {}


def _status(event: str, data: Raw, result: Raw) -> str:
    status = STATUSES.get(event, "")
    if status == "ok" and result.get("changed"):
        return "changed"
    return "ignored" if status == "failed" and data.get("ignore_errors") else status


def _counts(stats: Raw) -> dict[str, dict[str, int]]:
    return {
        host: {ours: int(str(_mapping(stats.get(theirs)).get(host, 0))) for ours, theirs in COUNTS.items()}
        for host in _mapping(stats.get("processed"))
    }


def _reason(result: Raw) -> str:
    items = result.get("results")
    failed = [item for item in items if item.get("failed")] if isinstance(items, list) else []
    source = _mapping(failed[0]) if failed else result
    said = [str(source[part]).strip() for part in ("msg", "stderr") if source.get(part)]
    return "; ".join(dict.fromkeys(said)) or "ansible 未说明原因 / no reason was given"


def _cut_text(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + f"… (+{len(text) - LONGEST})"


def _cut(document: object) -> object:
    if isinstance(document, str):
        return _cut_text(document)
    if isinstance(document, dict):
        return {key: _cut(value) for key, value in document.items()}
    return [_cut(item) for item in document[:TAIL]] if isinstance(document, list) else document
