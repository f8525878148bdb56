"""3,000 survey rows with planted faults, taken in whole, against the same rows written by bare COPY in one run."""

import random
import tempfile
import time
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from inventory import accounts, surveys
from service.db import connect
from service.embedded_postgres import EmbeddedPostgres
from service.serving import prepare
from service.workbooks import read_workbook
from tests.factories import a_platform, a_tenant, an_agency
from tests.service.messy_survey import a_survey, plant_everything, workbook

ROWS = 3000


def bare_copy(url: str, count: int) -> float:
    """Seconds to COPY as many rows of sixty short texts into a table without constraints: the floor."""
    columns = ", ".join(f"c{number} text" for number in range(60))
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo) as connection:
        connection.execute(f"CREATE TABLE bare ({columns})")
        started = time.perf_counter()
        with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for number in range(count):
                copy.write_row([f"value {number}"] * 60)
        connection.commit()
        return time.perf_counter() - started


def main() -> None:
    """Print seconds and the ratio to the floor."""
    rng = random.Random(2018)
    survey = a_survey(ROWS, rng)
    plant_everything(survey, rng, 3)
    content = workbook(survey)
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres(Path(directory) / "pg") as url:
        engine = connect(url)
        sessions = prepare(engine)
        with sessions.begin() as session:
            agency = an_agency(session, name="示例省厅")
            a_tenant(session, agency, a_platform(session, name="示例政务云"), name="示例租户")
        started = time.perf_counter()
        with sessions.begin() as session:
            sheets = read_workbook(content)
            surveys.import_survey(session, sheets, surveys.Options(), accounts.Reach(None))
        took = time.perf_counter() - started
        floor = bare_copy(url, ROWS)
        engine.dispose()
    print(f"{ROWS} rows: {took:.1f} s, bare COPY {floor:.2f} s, ratio {took / floor:.0f}x (bar: 15 s)")


if __name__ == "__main__":
    main()
