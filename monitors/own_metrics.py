"""What the collector tells of itself; never of a device."""

from collections import Counter as Counts
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from monitors.probes.result import Result
from monitors.targets import Target, TargetList

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class OwnMetrics:
    """The collector's counters, in a registry of their own."""

    def __init__(self, packets: Callable[[], Counts[str]]) -> None:
        registry = self._registry = CollectorRegistry()
        registry.register(_Packets(packets))
        ProcessCollector(registry=registry)
        self._polls = Counter(
            "yunwang_collector_polls_total",
            "Polls and probes ended, by outcome.",
            ["protocol", "outcome"],
            registry=registry,
        )
        self._failures = Counter(
            "yunwang_collector_failures_total",
            "Failed polls and probes, by reason.",
            ["protocol", "reason"],
            registry=registry,
        )
        self._duration = Histogram(
            "yunwang_collector_poll_duration_seconds",
            "Time per poll.",
            ["protocol"],
            registry=registry,
            buckets=BUCKETS,
        )
        self._targets = Gauge("yunwang_collector_targets", "Targets being watched.", ["protocol"], registry=registry)
        self._refreshes = Counter(
            "yunwang_collector_target_refreshes_total", "Readings of the target list.", ["outcome"], registry=registry
        )
        self._refreshed = Gauge(
            "yunwang_collector_targets_refreshed_timestamp_seconds", "Last good target list.", registry=registry
        )
        self._deliveries = Counter(
            "yunwang_collector_deliveries_total", "Documents written for delivery.", ["outcome"], registry=registry
        )

    def polled(self, target: Target, result: Result) -> None:
        """Count a poll that has ended."""
        self._polls.labels(target.kind, _outcome(success=result.success)).inc()
        self._duration.labels(target.kind).observe(result.duration_seconds)
        if not result.success:
            self._failures.labels(target.kind, result.failure).inc()

    def refreshed(self, targets: TargetList | None, *, success: bool) -> None:
        """Count a reading of the target list."""
        self._refreshes.labels(_outcome(success=success)).inc()
        if targets is None or not success:
            return
        self._refreshed.set_to_current_time()
        kinds = Counts(target.kind for target in targets.targets)
        for kind in ("http", "snmp", "tcp", "tls"):
            self._targets.labels(kind).set(kinds[kind])

    def delivered(self, *, success: bool) -> None:
        """Count a document, or the failure to write one."""
        self._deliveries.labels(_outcome(success=success)).inc()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Packets(Collector):
    """The transport counts for itself, without the cost of a metric object per packet."""

    def __init__(self, counts: Callable[[], Counts[str]]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily("yunwang_collector_snmp_packets", "SNMP datagrams, by fate.", labels=["fate"])
        for fate, count in sorted(self._counts().items()):
            family.add_metric([fate], count)
        yield family


def _outcome(*, success: bool) -> str:
    return "success" if success else "failure"
