"""Following a run's live log on a terminal; a lost connection is resumed where it broke."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx

PAUSE = 1.0  # seconds before a broken stream is asked for again


def follow(client: httpx.Client, run_id: int, after: int) -> str:
    """Print events until the run ends or waits for a person; answers its state."""
    for event in events(client, run_id, after):
        if line := words(event):
            print(line, flush=True)
        if event.get("event") == "run_ended":
            return str(event["state"])
        if event.get("event") == "waiting" and _is_newest(client, run_id, event):
            return "waiting"
    return str(client.get(f"/runs/{run_id}").json()["state"])


def events(client: httpx.Client, run_id: int, after: int) -> Iterator[dict[str, Any]]:
    """Every event past a number, once each, across broken connections."""
    while True:
        try:
            asked = {"after": max(after, 0)}
            timeout = httpx.Timeout(60.0, read=30.0)
            with client.stream("GET", f"/runs/{run_id}/events", params=asked, timeout=timeout) as answer:
                for event in _parsed(answer.iter_lines()):
                    if event is None:
                        return
                    after = int(event["seq"])
                    yield event
        except httpx.TransportError:
            time.sleep(PAUSE)


def words(event: dict[str, Any]) -> str:
    """One line for a person; empty for what only a machine wants to know."""
    at, step = str(event["at"])[11:19], event.get("step") or ""
    match event.get("event"):
        case "step_started":
            said = f"开始（第 {event['attempt']} 次）/ started"
        case "step_done":
            said = f"完成 / done {_counts(event.get('hosts') or {})}"
        case "step_failed":
            said = f"失败 / failed: {event['failure']}"
        case "waiting":
            said = "等待放行 / waiting for a decision"
        case "blocked":
            holders = ", ".join(f"{held['key']} (run {held['run']})" for held in event["held"])
            said = f"等待目标 / waiting for {holders}"
        case "run_ended":
            said = f"执行结束 / ended: {event['state']} {event.get('failure') or ''}"
        case _:
            said = _task(event)
    return f"{at} {step:<22} {said}".rstrip() if said else ""


def _task(event: dict[str, Any]) -> str:
    if event.get("status") in {"changed", "failed", "unreachable"}:
        return f"{event['status']:<11} {event.get('task', '')} @ {event.get('host', '')}"
    return "" if "counter" in event else str(event.get("event", ""))


def _counts(hosts: dict[str, dict[str, int]]) -> str:
    return "  ".join(
        f"{host}: ok={counts.get('ok', 0)} changed={counts.get('changed', 0)}" for host, counts in hosts.items()
    )


def _is_newest(client: httpx.Client, run_id: int, event: dict[str, Any]) -> bool:
    return bool(client.get(f"/runs/{run_id}").json()["last_event"] == event["seq"])


def _parsed(lines: Iterator[str]) -> Iterator[dict[str, Any] | None]:
    """Server-sent events; None for the stream's own end."""
    ended = False
    for line in lines:
        if line == "event: end":
            ended = True
        elif line.startswith("data: "):
            yield None if ended else json.loads(line.removeprefix("data: "))
