"""Two tries at one import: only one works, and a try that has lost changes nothing."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from sqlalchemy import Engine, select, text, update

from inventory import accounts
from inventory.accounts import Caller, Grant, Role
from inventory.business_systems import BusinessSystem
from inventory.surveys import ImportState, Options, SurveyImport
from service.db import Sessions, sessions_of
from service.survey_imports import hand_in, run_import
from tests.factories import a_platform, an_agency
from tests.service.messy_survey import Survey, a_row, workbook


def handed_in(sessions: Sessions) -> int:
    with sessions.begin() as session:
        an_agency(session, name="示例省厅")
        a_platform(session)
        user = accounts.create_user(session, "planner", "测试用户", None)
        accounts.grant(session, user, Grant(Role.PLANNER))
        content = workbook(Survey([a_row(1, random.Random(1))]))
        return hand_in(session, Caller(user.id, "planner", ()), "x.xlsx", content, Options()).id


@contextmanager
def at_work(sessions: Sessions, import_id: int) -> Iterator[Future[None]]:
    """The import in a thread that waits for a table; it goes on when the block ends."""
    with ThreadPoolExecutor(1) as pool, sessions.begin() as holder:
        holder.execute(text("LOCK TABLE business_systems IN ACCESS EXCLUSIVE MODE"))
        running = pool.submit(run_import, sessions, import_id)
        until = time.monotonic() + 8
        waiting = text(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'business_systems'::regclass"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        while not holder.scalar(waiting):
            assert time.monotonic() < until, running
            time.sleep(0.02)
        yield running


def changed(sessions: Sessions, import_id: int, **values: object) -> None:
    with sessions.begin() as session:
        session.execute(update(SurveyImport).where(SurveyImport.id == import_id).values(**values))


def ended(sessions: Sessions, import_id: int) -> tuple[ImportState, str | None, int]:
    with sessions.begin() as session:
        row = session.get_one(SurveyImport, import_id)
        return row.state, row.problem, len(session.scalars(select(BusinessSystem)).all())


def test_a_slow_import_is_not_started_again_while_its_process_lives(own_database: Engine) -> None:
    sessions = sessions_of(own_database)
    import_id = handed_in(sessions)

    with at_work(sessions, import_id) as running:
        with sessions.begin() as session:
            begun = session.get_one(SurveyImport, import_id).started_at
        run_import(sessions, import_id)
        with sessions.begin() as session:
            assert session.get_one(SurveyImport, import_id).started_at == begun
    running.result(timeout=20)

    assert ended(sessions, import_id) == (ImportState.DONE, None, 1)


def test_a_try_that_lost_stores_no_row_and_leaves_the_end_as_it_is(own_database: Engine) -> None:
    sessions = sessions_of(own_database)
    import_id = handed_in(sessions)

    with at_work(sessions, import_id) as running:
        changed(sessions, import_id, state=ImportState.DONE, content=None, problem="另一次已完成")
    running.result(timeout=20)

    assert ended(sessions, import_id) == (ImportState.DONE, "另一次已完成", 0)


def test_a_try_that_failed_after_another_ended_does_not_call_it_failed(own_database: Engine) -> None:
    sessions = sessions_of(own_database)
    import_id = handed_in(sessions)

    with at_work(sessions, import_id) as running:
        changed(sessions, import_id, state=ImportState.DONE, content=None, problem="另一次已完成")
        with sessions.begin() as session:
            session.execute(text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted"
                " AND relation = 'business_systems'::regclass AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            ))  # fmt: skip
        running.result(timeout=20)

    assert ended(sessions, import_id) == (ImportState.DONE, "另一次已完成", 0)
