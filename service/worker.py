"""The worker process: fetches "advance run N" from Procrastinate, and brings runs of dead workers back.

Any number of workers may run, on any number of machines, over one PostgreSQL.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from playbooks import catalog
from provisioning import credentials
from provisioning.credentials import MasterKey
from provisioning.runs import private_dir, queue
from provisioning.runs.advance import advance
from provisioning.runs.guarded import GuardedAnsible
from provisioning.runs.layout import Manner
from provisioning.runs.plays import Tools
from service import survey_imports
from service.db import Sessions, connect, sessions_of
from service.settings import Settings

CONCURRENCY = 4  # runs at once in one worker; each is a thread here and a guard process beside it
HEARTBEAT = 2.0  # seconds
STALLED = 6.0  # seconds without a heartbeat after which a worker counts as dead
SWEEP = 2.0  # seconds between two looks for dead workers' jobs
RESUME = 60.0  # seconds between two looks for survey imports whose process died
SWEEP_LOCK = 0x79770001

log = structlog.get_logger()

STALLED_JOBS = text("""
SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
 WHERE j.status = 'doing' AND j.queue_name = :queue
   AND (w.id IS NULL OR w.last_heartbeat < clock_timestamp() - make_interval(secs => :stalled))
""")
RETRY = text("SELECT procrastinate_retry_job_v2(:job, now(), NULL, NULL, NULL)")


def run_worker(settings: Settings, tools: Tools | None = None) -> None:
    """Work until a signal says stop; plays under way are then ended and handed to the next worker."""
    assert settings.database_url is not None
    sessions = sessions_of(connect(settings.database_url, pool_size=2 * CONCURRENCY))
    if tools is None:
        tools = real_tools(settings)
        private_dir.sweep(private_dir.base(settings.runs_dir))
    asyncio.run(_work(queue_app(settings.database_url, sessions, tools), sessions))


def real_tools(settings: Settings) -> Tools:
    """Ansible under guard, with the credentials that the master key opens."""
    manner = Manner(collections=(str(catalog.collections_path()),))
    return Tools(
        runner=GuardedAnsible(manner=manner, private_base=settings.runs_dir),
        reveal=lambda session, name: credentials.reveal(session, name, MasterKey.read(settings.master_key_path)),
    )


def queue_app(url: str, sessions: Sessions, tools: Tools) -> App:
    """The Procrastinate application with its one task."""
    app = App(connector=PsycopgConnector(conninfo=_conninfo(url), max_size=CONCURRENCY + 4))
    name = f"{socket.gethostname()}:{os.getpid()}"

    @app.task(queue=queue.QUEUE, name=queue.TASK, pass_context=True)
    def advance_run(context: JobContext, run_id: int) -> None:
        advance(sessions, run_id, name, tools, _stopping(context))

    return app


def sweep(sessions: Sessions) -> None:
    """Queue again what dead workers held and what nobody holds; one worker at a time does it."""
    with sessions.begin() as session:
        if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": SWEEP_LOCK}):
            return
        stalled = session.scalars(STALLED_JOBS, {"queue": queue.QUEUE, "stalled": STALLED}).all()
        for job in stalled:
            session.execute(RETRY, {"job": job})
        forgotten = queue.defer_forgotten(session)
    if stalled or forgotten:
        log.warning("runs_requeued", stalled_jobs=list(stalled), forgotten_runs=forgotten)


async def _work(app: App, sessions: Sessions) -> None:
    async with app.open_async():
        sweeper = asyncio.create_task(_sweep_for_ever(sessions))
        resumer = asyncio.create_task(_resume_for_ever(sessions))
        try:
            await app.run_worker_async(
                queues=[queue.QUEUE], concurrency=CONCURRENCY, delete_jobs="successful", fetch_job_polling_interval=1.0,
                update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=STALLED, shutdown_graceful_timeout=0,
            )  # fmt: skip
        finally:
            resumer.cancel()
            sweeper.cancel()
            with suppress(asyncio.CancelledError):
                await sweeper


async def _sweep_for_ever(sessions: Sessions) -> None:
    while True:
        try:
            await asyncio.to_thread(sweep, sessions)
        except SQLAlchemyError as error:  # the database is away: the heartbeat ends this worker, not the sweep
            log.warning("sweep_failed", error=type(error).__name__)
        await asyncio.sleep(SWEEP)


async def _resume_for_ever(sessions: Sessions) -> None:
    while True:
        try:
            await asyncio.to_thread(survey_imports.resume, sessions)
        except SQLAlchemyError as error:
            log.warning("resume_failed", error=type(error).__name__)
        await asyncio.sleep(RESUME)


def _stopping(context: JobContext) -> Callable[[], bool]:
    return context.should_abort


def _conninfo(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
