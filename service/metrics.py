"""The service's own metrics; device series come from the collector, not from here."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from service.db import Sessions


def exposition(sessions: Sessions) -> tuple[bytes, str]:
    """The text that Prometheus scrapes, gathered fresh at each call."""
    registry = CollectorRegistry()
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
