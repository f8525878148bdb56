"""Advancing a run: one step after another while this worker holds its lease, and nothing beyond it."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from inventory.errors import Refusal
from provisioning.runs import ledger, logbook, stepping
from provisioning.runs.ledger import Attempt, Fenced
from provisioning.runs.plays import Tools, prepare
from provisioning.runs.runner import Event, Outcome, Play
from provisioning.runs.stepping import Begun

RENEW_EVERY = 1.0  # seconds
PATIENCE = 2.5  # seconds without a renewal after which a worker stops its own play; before its lease ends
MARGIN = 1.0  # seconds before its lease ends that a worker stops trying to record what it did
PAUSE = 0.2  # seconds between two tries to record
OUT_OF_REACH = (OperationalError, InterfaceError, PoolTimeout)  # the database is away or busy; try again

log = structlog.get_logger()
Sessions = sessionmaker[Session]


def advance(sessions: Sessions, run_id: int, worker: str, tools: Tools, stopping: Callable[[], bool]) -> None:
    """Take the run and carry out its steps until it waits, ends, is cancelled, or this worker is to stop."""
    with sessions.begin() as session:
        attempt = ledger.take(session, run_id, worker)
    if not isinstance(attempt, Attempt):
        return
    try:
        while (begun := _begin(sessions, attempt)) is not None and _carry_out(
            sessions, attempt, begun, tools, stopping
        ):
            pass
    except Fenced:
        log.warning("run_fenced", run=run_id, worker=worker, epoch=attempt.epoch)


def _begin(sessions: Sessions, attempt: Attempt) -> Begun | None:
    try:
        with sessions.begin() as session:
            return stepping.begin_next(session, attempt)
    except (Fenced, *OUT_OF_REACH):
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it is, it would come again for ever
        log.warning("run_cannot_begin", run=attempt.run_id, error=type(error).__name__)
        with sessions.begin() as session:
            stepping.fail_to_begin(session, attempt, _said(error))
        return None


def _carry_out(sessions: Sessions, attempt: Attempt, begun: Begun, tools: Tools, stopping: Callable[[], bool]) -> bool:
    hold = Hold(sessions, attempt, begun.step, stopping)
    play = _prepare(sessions, attempt, begun, tools)
    outcome = play if isinstance(play, Outcome) else tools.runner.run(play, hold.hear, hold.keep_going)
    if hold.fenced:
        raise Fenced
    if outcome.status in ("canceled", "lost"):
        _give_back(sessions, attempt, hold, outcome)
        return False
    return _record(sessions, attempt, hold, outcome)


def _prepare(sessions: Sessions, attempt: Attempt, begun: Begun, tools: Tools) -> Play | Outcome:
    try:
        with sessions.begin() as session:
            return prepare(session, attempt.run_id, begun.step, tools)
    except OUT_OF_REACH:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it is, it would come again for ever
        log.warning("play_not_prepared", run=attempt.run_id, error=type(error).__name__)
        return Outcome("failed", failure=_said(error))


def _said(error: Exception) -> str:
    if isinstance(error, Refusal):
        return error.detail
    return str(error.orig) if isinstance(error, DBAPIError) else f"{type(error).__name__}: {error}"


def _give_back(sessions: Sessions, attempt: Attempt, hold: "Hold", outcome: Outcome) -> None:
    with sessions.begin() as session:
        run, _ = ledger.held(session, attempt)  # before the log: whoever cancels locks the migration first, too
        logbook.add(session, run.id, hold.step, hold.unwritten)
        if run.cancel_requested_by is not None:
            stepping.record_cancelled(session, attempt)
        else:
            why = outcome.failure or "工作进程停止 / the worker is stopping"
            ledger.hand_over(session, attempt, why, orderly=outcome.status == "canceled" and hold.stopping())


def _record(sessions: Sessions, attempt: Attempt, hold: "Hold", outcome: Outcome) -> bool:
    """Record what the play came to, also if the database is away for a moment: it shall not run twice for that."""
    while True:
        try:
            return _write_down(sessions, attempt, hold, outcome)
        except OUT_OF_REACH:
            if not hold.may_wait():
                raise
            log.warning("run_record_delayed", run=attempt.run_id, step=hold.step)
            time.sleep(PAUSE)


def _write_down(sessions: Sessions, attempt: Attempt, hold: "Hold", outcome: Outcome) -> bool:
    try:
        with sessions.begin() as session:
            return stepping.record(session, attempt, outcome, hold.unwritten)
    except (Refusal, IntegrityError) as error:  # the play went well, but the register does not take what follows
        why = f"无法登记结果 / cannot be recorded: {_said(error)}"
        failed = Outcome("failed", outcome.hosts, outcome.artifacts, why)
        with sessions.begin() as session:
            return stepping.record(session, attempt, failed, hold.unwritten)


class Hold:
    """This worker's lease on the run while a play is under way; also where its log goes."""

    def __init__(self, sessions: Sessions, attempt: Attempt, step: str, stopping: Callable[[], bool]) -> None:
        self._sessions, self._attempt, self.stopping = sessions, attempt, stopping
        self.step = step
        self.unwritten: list[Event] = []
        self.fenced = False
        self._renewed = time.monotonic()
        self._due = self._renewed

    def keep_going(self) -> bool:
        """False when the run was cancelled, taken by another, out of reach, or when this worker is to stop."""
        if self.fenced or self.stopping():
            return False
        try:
            return self._still_ours()
        except Fenced:
            self.fenced = True
            return False
        except SQLAlchemyError:
            return time.monotonic() - self._renewed < PATIENCE

    def may_wait(self) -> bool:
        """Whether the lease still covers a wait; it is renewed if the database answers and nobody says stop."""
        try:
            if not self.stopping():
                self._renew()
        except SQLAlchemyError:
            log.warning("run_lease_not_renewed", run=self._attempt.run_id)
        return time.monotonic() - self._renewed < ledger.LEASE - MARGIN

    def hear(self, event: Event) -> None:
        """Write an event down; what the database does not take now is kept for the next time."""
        self.unwritten.append(event)
        try:
            self._write()
        except SQLAlchemyError:
            log.warning("run_events_delayed", run=self._attempt.run_id, count=len(self.unwritten))

    def _still_ours(self) -> bool:
        asked = time.monotonic()
        with self._sessions.begin() as session:
            if ledger.cancel_requested(session, self._attempt):
                return False
            if asked >= self._due:
                ledger.renew(session, self._attempt)
        if asked >= self._due:
            self._renewed, self._due = asked, asked + RENEW_EVERY
        return True

    def _renew(self) -> None:
        asked = time.monotonic()
        with self._sessions.begin() as session:
            ledger.renew(session, self._attempt)
        self._renewed, self._due = asked, asked + RENEW_EVERY

    def _write(self) -> None:
        with self._sessions.begin() as session:
            written = logbook.add(session, self._attempt.run_id, self.step, self.unwritten, self._attempt.epoch)
        if written:
            self.unwritten = []
        else:
            self.fenced = True
