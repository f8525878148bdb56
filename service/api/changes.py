"""The register's history by API: a gap-free feed, and the story of one row."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from inventory import changes
from inventory.errors import NotAllowed
from service.api.manner.shapes import Identifier
from service.db import Db
from service.identity import Auditor, reach_of
from service.problems import BadRequest

router = APIRouter(prefix="/changes", tags=["changes"])


class ChangeOut(BaseModel):
    """One write to one row."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    noun: str
    row_id: int
    action: str
    actor: str
    request_id: str | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ChangePage(BaseModel):
    """Changes past a cursor; `next` is the cursor to ask with later, also when the page is empty."""

    items: list[ChangeOut]
    next: str


class ChangesAfter(BaseModel):
    """Where to go on reading."""

    model_config = ConfigDict(extra="forbid")

    after: str = Field(default="0.0", max_length=60, description="cursor of the last page")
    limit: int = Field(default=100, ge=1, le=1000)


def _cursor(words: str) -> tuple[int, int]:
    txid, _, seq = words.partition(".")
    if not (txid.isdecimal() and seq.isdecimal() and int(txid) < 2**63 and int(seq) < 2**63):
        raise BadRequest("游标无效 / this cursor is not valid")
    return int(txid), int(seq)


@router.get("", operation_id="list_changes", response_model=ChangePage, summary="变更流")
def list_changes(asked: Annotated[ChangesAfter, Query()], db: Db, caller: Auditor) -> Any:
    """Every change of every noun, oldest first, none left out and none twice."""
    if reach_of(db, caller).agency_ids is not None:
        raise NotAllowed("变更流需要全局范围 / the feed needs an unscoped role")
    txid, seq = _cursor(asked.after)
    events = changes.events_after(db, txid, seq, asked.limit)
    last = f"{events[-1].txid}.{events[-1].id}" if events else asked.after
    return {"items": events, "next": last}


@router.get("/{noun}/{row_id}", operation_id="get_story", response_model=list[ChangeOut], summary="一条记录的经过")
def get_story(
    noun: Annotated[str, Field(pattern="^[a-z_]{1,60}$")], row_id: Identifier, db: Db, caller: Auditor
) -> Any:
    """Everything that happened to one row, oldest first; `noun` is the table's name."""
    if reach_of(db, caller).agency_ids is not None:
        raise NotAllowed("变更流需要全局范围 / the feed needs an unscoped role")
    return changes.story_of(db, noun, row_id)
