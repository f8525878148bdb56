"""Running an import that was handed in: its own transaction, visible progress, and no copy of the file afterwards."""

from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import Integer, cast, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from inventory import accounts, surveys
from inventory.accounts import Caller, Role, User
from inventory.accounts.queries import caller_of
from inventory.changes import attribute
from inventory.errors import NotFound, Refusal
from inventory.surveys import ImportState, Mode, Options, SurveyImport
from service.db import Sessions
from service.problems import refusal_of
from service.workbooks import read_workbook

ABANDONED = timedelta(minutes=15)
ROLES = (Role.PLANNER, Role.ADMINISTRATOR)
FAILED = (
    "导入未能完成，没有保存任何内容，请重试或联系管理员 / "
    "the import did not finish and stored nothing; try again or tell the administrator"
)

WORKING = 0x79770002  # advisory lock, with the import's id: held while somebody works on it, gone when they die

log = structlog.get_logger()


class _Superseded(Exception):
    """Somebody else has this import, or has ended it: leave no trace of this try."""


def hand_in(session: Session, caller: Caller, file_name: str, content: bytes, options: Options) -> SurveyImport:
    """Keep an uploaded file until it has been worked on."""
    chosen = {
        "mode": options.mode.value, "dry_run": options.dry_run, "create": sorted(options.create),
        "filled_on": options.filled_on.isoformat() if options.filled_on else None,
    }  # fmt: skip
    row = SurveyImport(user_id=caller.user_id, file_name=file_name[:200], content=content, options=chosen)
    session.add(row)
    session.flush()
    return row


def own_import(session: Session, caller: Caller, import_id: int) -> SurveyImport:
    """The import, for whoever handed it in and for administrators of everything."""
    row = surveys.get_import(session, import_id)
    if row.user_id != caller.user_id and accounts.reach(session, caller, (Role.ADMINISTRATOR,)).agency_ids is not None:
        raise NotFound("没有这次导入 / no such import", survey_import=import_id)
    return row


def run_import(sessions: Sessions, import_id: int) -> None:
    """Do the work of one import; safe to call again after a crash, because its rows and its end are one transaction."""
    begun = _begin(sessions, import_id)
    if begun is None:
        return
    problem: str | None = None
    try:
        _work(sessions, import_id, begun)
    except _Superseded:
        log.warning("survey_import_superseded", survey_import=import_id)
    except Refusal as refused:
        problem = refused.detail
    except IntegrityError as violated:
        problem = refusal_of(violated).detail
    except Exception as error:  # noqa: BLE001 -- whatever it is, the import must end and its file must go
        problem = FAILED
        # The type alone: the message may quote a cell.
        log.error("survey_import_failed", survey_import=import_id, error=type(error).__name__)  # noqa: TRY400 -- see above
    if problem is not None:
        with sessions.begin() as session:
            _end(session, import_id, begun, state=ImportState.FAILED, problem=problem)


def resume(sessions: Sessions) -> None:
    """Do the imports whose process died: begun, or waiting to begin, for a quarter of an hour and not ended."""
    with sessions.begin() as session:
        since = func.coalesce(SurveyImport.started_at, SurveyImport.created_at)
        query = select(SurveyImport.id).where(SurveyImport.content.is_not(None), since < func.now() - ABANDONED)
        abandoned = list(session.scalars(query))
    for import_id in abandoned:
        log.warning("survey_import_resumed", survey_import=import_id)
        run_import(sessions, import_id)


def _begin(sessions: Sessions, import_id: int) -> datetime | None:
    """The start that is this try's own, or None: it has ended, or is being worked on, however long that takes."""
    with sessions.begin() as session:
        if not _lock(session, import_id):
            return None
        query = update(SurveyImport).where(SurveyImport.id == import_id, SurveyImport.content.is_not(None))
        started = query.values(state=ImportState.RUNNING, started_at=datetime.now(UTC))
        return session.execute(started.returning(SurveyImport.started_at)).scalar_one_or_none()


def _lock(session: Session, import_id: int) -> bool:
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(WORKING, cast(import_id, Integer)))))


def _end(session: Session, import_id: int, begun: datetime, **values: object) -> bool:
    """Whether this try could end it: not where it has ended, or was begun anew since."""
    ended = {"content": None, "finished_at": datetime.now(UTC)} | values
    query = update(SurveyImport).where(
        SurveyImport.id == import_id, SurveyImport.content.is_not(None), SurveyImport.started_at == begun
    )
    return session.execute(query.values(**ended).returning(SurveyImport.id)).one_or_none() is not None


def _work(sessions: Sessions, import_id: int, begun: datetime) -> None:
    with sessions.begin() as session:
        if not _lock(session, import_id):
            raise _Superseded
        row = session.get_one(SurveyImport, import_id, options=[undefer(SurveyImport.content)])
        if row.content is None or row.started_at != begun:
            raise _Superseded
        user = session.get_one(User, row.user_id)
        attribute(
            session, actor=user.username, request=f"survey-import:{import_id}", reason=f"普查导入 {row.file_name}"
        )
        sheets = read_workbook(row.content)
        reach = accounts.reach(session, caller_of(user), ROLES)

        def progress(done: int, total: int) -> None:
            # A session of its own: watchers see the number before the rows are committed.
            with sessions.begin() as beside:
                beside.execute(
                    update(SurveyImport).where(SurveyImport.id == import_id).values(rows_done=done, rows_total=total)
                )

        report = surveys.import_survey(session, sheets, options_of(row), reach, progress)
        if not _end(session, import_id, begun, state=ImportState.DONE, report=report.as_dict()):
            raise _Superseded  # rolls back the rows


def options_of(row: SurveyImport) -> Options:
    """The options as they were chosen."""
    chosen = row.options
    day = chosen["filled_on"]
    return Options(
        Mode(chosen["mode"]), chosen["dry_run"], frozenset(chosen["create"]), date.fromisoformat(day) if day else None
    )
