"""Advancing a run: one step after another while this worker holds its lease, and nothing beyond it."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from inventory.errors import Refusal
from provisioning.runs import ledger, logbook, stepping
from provisioning.runs.ledger import Attempt, Fenced
from provisioning.runs.plays import Tools, prepare
from provisioning.runs.runner import Event, Outcome
from provisioning.runs.stepping import Begun

RENEW_EVERY = 1.0  # seconds
PATIENCE = 2.5  # seconds without a renewal after which a worker stops its own play; before its lease ends

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
    with sessions.begin() as session:
        return stepping.begin_next(session, attempt)


def _carry_out(sessions: Sessions, attempt: Attempt, begun: Begun, tools: Tools, stopping: Callable[[], bool]) -> bool:
    hold = Hold(sessions, attempt, begun.step, stopping)
    try:
        with sessions.begin() as session:
            play = prepare(session, attempt.run_id, begun.step, tools)
        outcome = tools.runner.run(play, hold.hear, hold.keep_going)
    except Refusal as refusal:
        outcome = Outcome("failed", failure=refusal.detail)
    if hold.fenced:
        raise Fenced
    if outcome.status in ("canceled", "lost"):
        _give_back(sessions, attempt, hold, outcome)
        return False
    return _record(sessions, attempt, hold, outcome)


def _give_back(sessions: Sessions, attempt: Attempt, hold: "Hold", outcome: Outcome) -> None:
    with sessions.begin() as session:
        run, _ = ledger.held(session, attempt)  # before the log: whoever cancels locks the migration first, too
        logbook.add(session, run.id, hold.step, hold.unwritten)
        if run.cancel_requested_by is not None:
            stepping.record_cancelled(session, attempt)
        else:
            ledger.hand_over(session, attempt, outcome.failure or "工作进程停止 / the worker is stopping")


def _record(sessions: Sessions, attempt: Attempt, hold: "Hold", outcome: Outcome) -> bool:
    try:
        with sessions.begin() as session:
            return stepping.record(session, attempt, outcome, hold.unwritten)
    except (
        Refusal,
        IntegrityError,
    ) as error:  # the play went well, but the register does not take what follows from it
        why = error.detail if isinstance(error, Refusal) else str(error.orig)
        failed = Outcome("failed", outcome.hosts, outcome.artifacts, f"无法登记结果 / cannot be recorded: {why}")
        with sessions.begin() as session:
            return stepping.record(session, attempt, failed, hold.unwritten)


class Hold:
    """This worker's lease on the run while a play is under way; also where its log goes."""

    def __init__(self, sessions: Sessions, attempt: Attempt, step: str, stopping: Callable[[], bool]) -> None:
        self._sessions, self._attempt, self._stopping = sessions, attempt, stopping
        self.step = step
        self.unwritten: list[Event] = []
        self.fenced = False
        self._renewed = time.monotonic()
        self._due = self._renewed

    def keep_going(self) -> bool:
        """False when the run was cancelled, taken by another, out of reach, or when this worker is to stop."""
        if self.fenced or self._stopping():
            return False
        try:
            return self._still_ours()
        except Fenced:
            self.fenced = True
            return False
        except SQLAlchemyError:
            return time.monotonic() - self._renewed < PATIENCE

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

    def _write(self) -> None:
        with self._sessions.begin() as session:
            written = logbook.add(session, self._attempt.run_id, self.step, self.unwritten, self._attempt.epoch)
        if written:
            self.unwritten = []
        else:
            self.fenced = True
