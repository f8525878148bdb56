"""The collector: looks at every target of its list in turn and hands out what it saw."""

import asyncio
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import structlog

from monitors.delivery import Delivery
from monitors.exposition import CONTENT_TYPE
from monitors.own_metrics import OwnMetrics
from monitors.probes import http, snmp, tcp, tls
from monitors.probes.result import Result
from monitors.probes.trust import client_context
from monitors.readings import Readings
from monitors.schedule import Look, Schedule
from monitors.snmp import Transport
from monitors.target_source import TargetSource
from monitors.targets import HttpTarget, SnmpTarget, Target, TcpTarget, probe_name
from monitors.web import Answer, Query, TextServer

TOKEN_VARIABLE = "YUNWANG_COLLECTOR_TOKEN"  # noqa: S105  the variable's name, not the token
SECONDS_BEFORE_FIRST_LIST = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """`targets` is a file or an http(s) URL; `ca_file` adds the domain's own certificate authorities."""

    targets: str
    host: str = "127.0.0.1"
    port: int = 9780
    token: str | None = field(default_factory=lambda: os.environ.get(TOKEN_VARIABLE), repr=False)
    refresh_seconds: float = 30.0
    deliver: Path | None = None
    deliver_seconds: float = 10.0
    ca_file: Path | None = None
    at_once: int = 500


def run_collector(settings: CollectorSettings) -> None:
    """Collect until SIGTERM or SIGINT; OSError if the address cannot be listened on."""
    asyncio.run(_until_signalled(settings))


async def _until_signalled(settings: CollectorSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, stop)


async def serve(
    settings: CollectorSettings, stop: asyncio.Event, started: Callable[[int], None] = lambda _port: None
) -> None:
    """Collect until `stop` is set; `started` is told the port once it listens."""
    collector = Collector(settings)
    server = TextServer(
        {"/metrics": collector.metrics_page, "/readings": collector.readings_page, "/healthz": collector.health_page}
    )
    port = await server.open(settings.host, settings.port)
    log.info("collector_started", host=settings.host, port=port, targets=settings.targets)
    started(port)
    try:
        async with asyncio.TaskGroup() as group:  # if one of them breaks, the collector ends and says so
            tasks = [group.create_task(collector.keep_refreshing()), group.create_task(collector.keep_delivering())]
            await stop.wait()
            for task in tasks:
                task.cancel()
    finally:
        server.close()
        await collector.close()
        log.info("collector_stopped")


class Collector:
    """What one collector process holds together."""

    def __init__(self, settings: CollectorSettings) -> None:
        self._settings = settings
        self._source = TargetSource(settings.targets, settings.token, client_context(True, settings.ca_file))  # noqa: FBT003
        self._transport = Transport()
        self._readings = Readings()
        self._own = OwnMetrics(lambda: self._transport.counts)
        self._schedule = Schedule(self._look_at, settings.at_once)
        self._delivery = Delivery(settings.deliver) if settings.deliver else None

    async def keep_refreshing(self) -> None:
        """Read the target list again and again, sooner while there is none."""
        while True:
            success = await self._source.refresh()
            self._own.refreshed(self._source.last_good, success=success)
            if success:
                self._apply()
            else:
                log.warning("target_list_refused", reason=self._source.problem)
            wait = self._settings.refresh_seconds
            await asyncio.sleep(wait if self._source.last_good else min(wait, SECONDS_BEFORE_FIRST_LIST))

    def _apply(self) -> None:
        assert self._source.last_good is not None
        dropped, added = self._schedule.apply(self._source.last_good.targets)
        for target in dropped:
            self._readings.forget(target)
        for target in added:
            self._readings.expect(target)
        if dropped or added:
            log.info("targets_changed", dropped=len(dropped), added=len(added))

    def _look_at(self, target: Target) -> Look:
        device = snmp.device(target, self._transport) if isinstance(target, SnmpTarget) else None

        async def probe() -> Result:
            match target:
                case SnmpTarget():
                    assert device is not None
                    return await snmp.probe(target, device)
                case HttpTarget():
                    return await http.probe(target, self._settings.ca_file)
                case TcpTarget():
                    return await tcp.probe(target)
                case _:
                    return await tls.probe(target, self._settings.ca_file)

        async def look() -> None:
            try:
                result = await probe()
            except Exception:  # a fault of ours in one target must not blind us to the others
                log.exception("probe_crashed", asset=target.asset, probe=probe_name(target))
                result = Result(failure="internal", detail="the collector itself failed; its log tells why")
            self._take(target, result)

        return look

    def _take(self, target: Target, result: Result) -> None:
        self._readings.record(target, result)
        self._own.polled(target, result)
        if self._delivery:
            self._delivery.add(target, result)

    async def keep_delivering(self) -> None:
        """Write documents again and again, if they are wanted."""
        while self._delivery:
            await asyncio.sleep(self._settings.deliver_seconds)
            await self._deliver(self._delivery)

    async def _deliver(self, delivery: Delivery) -> None:
        collector = self._source.last_good.collector if self._source.last_good else ""
        try:
            written = await asyncio.to_thread(delivery.write, collector)
        except OSError as failure:
            self._own.delivered(success=False)
            log.error("delivery_failed", reason=str(failure))  # noqa: TRY400  the sentence is enough
            return
        if written:
            self._own.delivered(success=True)

    async def close(self) -> None:
        """Break off what is under way and write what has been read."""
        await self._schedule.stop()
        self._transport.close()
        if self._delivery:
            await self._deliver(self._delivery)

    def metrics_page(self, _query: Query) -> Answer:
        """GET /metrics: the collector about itself."""
        return Answer(self._own.text(), content_type=CONTENT_TYPE)

    def readings_page(self, query: Query) -> Answer:
        """GET /readings?asset=ID: the last reading of one asset."""
        if set(query) != {"asset"}:
            return Answer(b"ask for /readings?asset=ID\n", HTTPStatus.BAD_REQUEST)
        text = self._readings.text(query["asset"])
        if text is None:
            return Answer(b"this collector does not watch that asset\n", HTTPStatus.NOT_FOUND)
        return Answer(text.encode(), content_type=CONTENT_TYPE)

    def health_page(self, _query: Query) -> Answer:
        """GET /healthz: 200 once there is a target list, 503 before; a stale list is told, not an illness."""
        targets = self._source.last_good
        state = {
            "status": "ok" if targets else "waiting for a target list",
            "collector": targets.collector if targets else None,
            "targets": len(targets.targets) if targets else 0,
            "generated_at": targets.generated_at.isoformat() if targets else None,
            "problem": self._source.problem,
        }
        status = HTTPStatus.OK if targets else HTTPStatus.SERVICE_UNAVAILABLE
        return Answer(json.dumps(state, ensure_ascii=False).encode(), status, "application/json")
