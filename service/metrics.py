"""The service's own metrics; device series come from the collector, not from here."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from service.db import Sessions
from service.rate_metrics import CloudRateCollector


def exposition(sessions: Sessions, rates: CloudRateCollector) -> tuple[bytes, str]:
    """The text that Prometheus scrapes; rows are counted at each call, the policy's figures once a minute."""
    registry = CollectorRegistry()
    registry.register(rates)
    rows = Gauge(
        "yunwang_register_rows", "Rows in the register by noun (planner's estimate)", ["noun"], registry=registry
    )
    with sessions() as session:
        counted = session.execute(
            text(
                "SELECT relname, greatest(n_live_tup, 0) FROM pg_stat_user_tables "
                "WHERE relname NOT LIKE 'procrastinate%'"
            )
        )
        for noun, count in counted:
            rows.labels(noun).set(count)
    return generate_latest(registry), CONTENT_TYPE_LATEST
