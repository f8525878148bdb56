"""Features of PostgreSQL 15 only: schema, history, sample and divisions run on the distribution's own server."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from inventory import divisions
from service.db import connect
from service.demo import load_demo
from service.embedded_postgres import EmbeddedPostgres
from service.serving import prepare
from tests.lab.needs import unmet

pytestmark = pytest.mark.live
OLDEST = 15


def distribution_binaries() -> Path:
    """The lowest PostgreSQL from 15 on that the distribution installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    fitting = [path for path in found if int(path.parent.name) >= OLDEST and (path / "postgres").exists()]
    if not fitting:
        unmet("no PostgreSQL >= 15 of the distribution: apt-get install postgresql")
    return fitting[0]


def test_schema_history_and_sample_work_on_the_distributions_postgres(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg", durable=False, binaries=distribution_binaries()) as url:
        engine = connect(url)
        sessions = prepare(engine)
        load_demo(sessions, "http://127.0.0.1:1/")
        with sessions() as session:
            systems = session.scalar(text("SELECT count(*) FROM business_systems"))
            events = session.scalar(text("SELECT count(*) FROM change_events WHERE noun = 'business_systems'"))
            city = divisions.by_code(session, "370100")
            after = len(divisions.subtree_ids(session, city.id, date(2019, 1, 9)))
        engine.dispose()

    assert systems == events
    assert systems is not None
    assert systems > 400
    assert after == 18
