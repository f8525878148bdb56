"""How long the cloud rate takes beside bare counts of the same rows: `python tests/benchmarks/cloud_rate.py [systems]`.

Fills a database of its own on the server of YUNWANG_TEST_DATABASE_URL (or an embedded one) by SQL and drops it.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from inventory import divisions, network_domains
from inventory.indicators import Question, View, by_agency, by_city, figure, load_indicators, members, scopes
from inventory.indicators.classification import Status
from service.db import connect
from service.embedded_postgres import EmbeddedPostgres
from service.schema import upgrade

DAY = date(2018, 12, 31)
FILLED = ("agencies", "business_systems", "cloud_platforms", "components", "deployments", "exemptions")
FILL = """
INSERT INTO agencies (name, level, division_id)
  SELECT '单位' || g, CASE WHEN g % 10 = 0 THEN 'province' ELSE d.level END, d.id
  FROM generate_series(1, 400) g
  JOIN (SELECT id, level, row_number() OVER (ORDER BY level, code) - 1 AS place FROM divisions) d ON d.place = g % 60;
INSERT INTO cloud_platforms (name, domain_id, owner_division_id, recognised_from)
  SELECT '云' || g, (SELECT min(id) FROM network_domains), (SELECT min(id) FROM divisions), '2016-01-01'
  FROM generate_series(1, 18) g;
INSERT INTO business_systems (code, name, agency_id, division_id, level, online_on)
  SELECT 'S' || g, '系统' || g, a.id, a.division_id, a.level, '2016-01-01'
  FROM generate_series(1, :systems) g JOIN agencies a ON a.id = 1 + g % 400;
INSERT INTO components (system_id, name)
  SELECT s.id, '组件' || c FROM business_systems s CROSS JOIN generate_series(1, 3) c;
INSERT INTO deployments (component_id, mode, platform_id, valid_from, valid_to, accepted_on)
  SELECT c.id, CASE WHEN r.later THEN 'cloud' ELSE 'own_room' END, CASE WHEN r.later THEN 1 + c.id % 18 END,
         CASE WHEN r.later THEN DATE '2017-06-01' ELSE '2016-01-01' END,
         CASE WHEN NOT r.later THEN DATE '2017-06-01' END, CASE WHEN r.later THEN DATE '2017-07-01' END
  FROM components c CROSS JOIN (VALUES (false), (true)) r(later);
INSERT INTO exemptions (system_id, document_number, reason, valid_from)
  SELECT id, '示例', '示例', '2017-01-01' FROM business_systems WHERE id % 25 = 0;
"""


def took(job: Callable[[], object], times: int = 9) -> float:
    """Median milliseconds, the first call (which compiles and plans) left out."""
    job()
    spent = []
    for _ in range(times):
        start = perf_counter()
        job()
        spent.append((perf_counter() - start) * 1000)
    return median(spent)


def fill(session: Session, systems: int) -> None:
    divisions.load_province(session)
    network_domains.load_domains(session)
    load_indicators(session)
    for table in FILLED:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER record_change"))
    for statement in FILL.split(";\n"):
        if statement.strip():
            session.execute(text(statement), {"systems": systems} if ":systems" in statement else {})
    session.commit()
    for table in FILLED:
        session.execute(text(f"ANALYZE {table}"))
    session.commit()


def measure(session: Session) -> None:
    def ask(scope: str, view: View = View.POLICY) -> Question:
        return Question(scopes.find(session, scope), DAY, view=view)

    owned = text("SELECT count(*) FROM business_systems JOIN agencies a ON a.id = agency_id")
    deployed = text("SELECT count(*) FROM components c JOIN deployments d ON d.component_id = c.id")
    bare, whole = took(lambda: session.execute(owned)), took(lambda: session.execute(deployed))
    print(f"bare count of systems {bare:9.1f} ms, of their deployments {whole:9.1f} ms")
    jobs: dict[str, Callable[[], object]] = {
        "province": lambda: figure(session, ask("370000")),
        "province, hosts": lambda: figure(session, ask("370000", View.HOSTS)),
        "one city": lambda: figure(session, ask("370100")),
        "one agency": lambda: figure(session, ask("agency:7")),
        "by city": lambda: by_city(session, ask("370000")),
        "by agency": lambda: by_agency(session, ask("370000")),
        "first page of the gap list": lambda: members(session, ask("370000"), [Status.PARTLY, Status.NOT_ON_CLOUD]),
    }
    for name, job in jobs.items():
        spent = took(job)
        print(f"{name:28} {spent:9.1f} ms = {spent / (bare + whole):5.1f} x the bare counts")


def main(systems: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        given = os.environ.get("YUNWANG_TEST_DATABASE_URL")
        if given:
            run(given, systems)
        else:
            with EmbeddedPostgres(Path(directory) / "cluster", durable=False) as url:
                run(url, systems)


def run(server: str, systems: int) -> None:
    name = f"bench_rate_{os.getpid()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = connect(make_url(server).set(database=name).render_as_string(hide_password=False))
    try:
        upgrade(engine)
        with Session(engine) as session:
            session.execute(text("SET statement_timeout = 0"))
            fill(session, systems)
            print(f"{systems} systems, {3 * systems} components, {6 * systems} deployments, as of {DAY}")
            measure(session)
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
