"""The cloud rate as Prometheus series: integers and the target, so that a dashboard decides nothing by rounding."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from inventory import indicators
from inventory.errors import NotFound
from inventory.indicators import Aim, Figure, Line, View

FRESH = 60.0
PLACE = ["scope", "name"]


class CloudRateCollector(Collector):
    """Figures of the province and of each city today, counted at most once a minute."""

    def __init__(
        self, sessions: Callable[[], AbstractContextManager[Session]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions, self._clock = sessions, clock
        self._lock = threading.Lock()
        self._known: list[Metric] = []
        self._until = float("-inf")

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The series, as counted within the last minute."""
        with self._lock:
            if self._clock() >= self._until:
                with self._sessions() as session:
                    self._known = list(series(session))
                self._until = self._clock() + FRESH
            yield from self._known


def _places(session: Session, view: View) -> list[tuple[str, str, Figure]]:
    """The province, its own bodies' line left out, and each city of today."""
    question = indicators.ask(session, view=view)
    lines: list[Line] = indicators.rank_cities(session, question)
    whole = (question.scope.code, question.scope.name, indicators.figure(session, question))
    return [whole, *((line.code, line.name, line.figure) for line in lines[1:])]


def series(session: Session) -> Iterator[Metric]:
    """n, N and target by scope; an empty register has no series."""
    try:
        targets = indicators.aims(session, indicators.ask(session))
    except NotFound:
        return
    moved = GaugeMetricFamily("yunwang_cloud_rate_systems", "Systems wholly on the cloud (n)", labels=[*PLACE, "view"])
    total = GaugeMetricFamily(
        "yunwang_cloud_rate_systems_in_scope", "Systems that are to be on the cloud (N)", labels=[*PLACE, "view"]
    )
    for view in (View.POLICY, View.FULL):
        for code, name, figure in _places(session, view):
            moved.add_metric([code, name, view.value], figure.ratio.n)
            total.add_metric([code, name, view.value], figure.ratio.total)
    yield from (moved, total)
    clouds = GaugeMetricFamily("yunwang_cloud_rate_hosts", "Cloud hosts among the hosts of N", labels=PLACE)
    hosts = GaugeMetricFamily("yunwang_cloud_rate_hosts_in_scope", "Hosts that carry the systems of N", labels=PLACE)
    for code, name, figure in _places(session, View.HOSTS):
        clouds.add_metric([code, name], figure.ratio.n)
        hosts.add_metric([code, name], figure.ratio.total)
    yield from (clouds, hosts)
    if targets:
        aim = GaugeMetricFamily("yunwang_cloud_rate_target_ratio", "The strictest target in force", labels=["policy"])
        aim.add_metric([targets[0].policy_number], float(targets[0].ratio))
        yield aim
        yield from _due(targets[0])


def _due(target: Aim) -> Iterator[Metric]:
    """The end of the day by which the target is to be reached, in the province's time zone."""
    if target.due_on is not None:
        family = GaugeMetricFamily(
            "yunwang_cloud_rate_target_due_timestamp_seconds", "When the target is due", labels=["policy"]
        )
        end = datetime.combine(target.due_on + timedelta(days=1), datetime.min.time(), ZoneInfo("Asia/Shanghai"))
        family.add_metric([target.policy_number], end.timestamp())
        yield family
