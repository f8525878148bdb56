"""Asking a worker to advance a run: a job is stored in the transaction that wants it, so neither exists alone."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

QUEUE = "runs"
TASK = "advance_run"

DEFER = text("""
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, jsonb_build_object('run_id', :run),
                                             CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1])
""")

# Runs that ought to move and have no job: their job died with an error, or the database was restored.
FORGOTTEN = text("""
SELECT r.id FROM runs r
 WHERE r.state IN ('queued', 'running', 'cancelling') AND coalesce(r.lease_until, '-infinity') < clock_timestamp()
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.lock = 'run:' || r.id AND j.status IN ('todo', 'doing'))
   AND NOT (r.blocked_by IS NOT NULL AND r.cancel_requested_by IS NULL AND EXISTS (
     SELECT 1 FROM target_locks l JOIN jsonb_array_elements(r.blocked_by) b ON l.key = b ->> 'key'
      WHERE l.run_id <> r.id))
""")


def defer(session: Session, run_id: int, at: datetime | None = None) -> None:
    """Queue "advance run N" now or at a time; a second job for a run waits for the first and finds nothing to do."""
    values = {"queue": QUEUE, "task": TASK, "lock": f"run:{run_id}", "run": run_id, "at": at}
    session.execute(DEFER, values)


def defer_forgotten(session: Session) -> list[int]:
    """Queue every run that ought to move and has no job."""
    found = list(session.scalars(FORGOTTEN))
    for run_id in found:
        defer(session, run_id)
    return found
