"""Runs by API: state, proof, who holds which target, and the live log as server-sent events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from inventory.accounts import Caller
from provisioning.runs import evidence, locks, logbook, queries
from provisioning.runs.model import ENDED, RunEvent, RunKind, RunState, StepKind, StepState
from service.api.manner.shapes import Identifier
from service.db import Db, Sessions
from service.identity import Reader, reach_of

router = APIRouter(tags=["runs"])

LOOK_AGAIN = 0.4  # seconds between two looks at a quiet run
SIGN_OF_LIFE = 10.0  # seconds of silence after which a comment keeps proxies from closing the stream
BATCH = 200
Id = Annotated[Identifier, Path(description="执行编号 / run id")]
Number = Annotated[int, Field(ge=0, le=2**63 - 1)]


class StepOut(BaseModel):
    """A step of a run."""

    model_config = ConfigDict(from_attributes=True)

    ordinal: int
    name: str
    kind: StepKind
    state: StepState
    attempt: int
    summary: dict[str, Any] | None
    started_at: datetime | None
    finished_at: datetime | None


class RunOut(BaseModel):
    """A run and its steps; `blocked_by` names who holds the targets that it waits for."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: RunKind
    migration_id: int
    state: RunState
    epoch: int
    worker: str | None
    lease_until: datetime | None
    cancel_requested_by: str | None
    blocked_by: list[dict[str, Any]] | None
    plan: list[str]
    requested_by: str
    playbook_revision: str | None
    inventory_hash: str | None
    variables_hash: str | None
    failure: str | None
    last_event: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    steps: list[StepOut]


class EvidenceOut(BaseModel):
    """Proof of a step; `sha256` is over the canonical JSON of `body` (sorted keys, no spaces, UTF-8)."""

    id: int
    step_id: int
    kind: str
    body: dict[str, Any]
    sha256: str
    intact: bool
    at: datetime


class LockOut(BaseModel):
    """Who holds a target."""

    key: str
    run: int
    migration: int
    since: datetime


@router.get("/runs/{run_id}", operation_id="get_run", summary="执行", response_model=RunOut)
def get_run(run_id: Id, db: Db, caller: Reader) -> Any:
    """One run with its steps."""
    return queries.get(db, run_id, reach_of(db, caller))


@router.get(
    "/runs/{run_id}/evidence", operation_id="list_evidence", summary="执行证据", response_model=list[EvidenceOut]
)
def list_evidence(run_id: Id, db: Db, caller: Reader) -> Any:
    """Every proof of a run, oldest first, each checked against its hash."""
    run = queries.get(db, run_id, reach_of(db, caller))
    return [
        EvidenceOut(
            id=proof.id, step_id=proof.step_id, kind=proof.kind, body=proof.body, sha256=proof.sha256, at=proof.at,
            intact=evidence.is_intact(proof),
        )
        for proof in queries.evidence_of(db, run.id)
    ]  # fmt: skip


@router.get("/target-locks", operation_id="list_target_locks", summary="目标占用", response_model=list[LockOut])
def list_target_locks(db: Db, caller: Reader) -> Any:
    """Which targets are held now, and by which run."""
    return locks.all_held(db, reach_of(db, caller))


@router.get(
    "/runs/{run_id}/events", operation_id="stream_run_events", summary="执行日志（实时）",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)  # fmt: skip
async def stream_run_events(
    request: Request, run_id: Id, caller: Reader,
    after: Annotated[Number | None, Query(description="从此序号之后 / events past this number")] = None,
    last_event_id: Annotated[Number | None, Header(alias="Last-Event-ID")] = None,
) -> StreamingResponse:  # fmt: skip
    """The log as server-sent events; `id` is the number to resume after. Ends with the event `end` when the run has."""
    sessions: Sessions = request.app.state.sessions
    await run_in_threadpool(_require, sessions, run_id, caller)
    cursor = last_event_id if last_event_id is not None else after or 0
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(sessions, run_id, cursor), media_type="text/event-stream", headers=headers)


async def _stream(sessions: Sessions, run_id: int, cursor: int) -> AsyncIterator[str]:
    """No connection is held between two looks."""
    spoke = time.monotonic()
    while True:
        ended, batch = await run_in_threadpool(_read, sessions, run_id, cursor)
        for event in batch:
            cursor, spoke = event.seq, time.monotonic()
            yield _line(event)
        if ended and len(batch) < BATCH:
            yield f"event: end\nid: {cursor}\ndata: {{}}\n\n"
            return
        if time.monotonic() - spoke > SIGN_OF_LIFE:
            spoke = time.monotonic()
            yield ": 仍在执行 / still there\n\n"
        if not batch:
            await asyncio.sleep(LOOK_AGAIN)


def _require(sessions: Sessions, run_id: int, caller: Caller) -> None:
    with sessions.begin() as session:
        queries.get(session, run_id, reach_of(session, caller))


def _read(sessions: Sessions, run_id: int, cursor: int) -> tuple[bool, Sequence[RunEvent]]:
    with sessions.begin() as session:
        ended = queries.get(session, run_id).state in ENDED  # read first: what it says last is written before it ends
        return ended, logbook.after(session, run_id, cursor, BATCH)


def _line(event: RunEvent) -> str:
    told = {"seq": event.seq, "at": event.at.isoformat(), "step": event.step} | event.body
    return f"id: {event.seq}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
