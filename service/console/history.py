"""The newest changes of the whole register, for auditors."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from inventory.accounts import Role
from inventory.changes import ChangeEvent
from inventory.errors import NotAllowed
from service.api.register import NOUNS
from service.console.layout import PageReader, page
from service.db import Db
from service.identity import reach_of

router = APIRouter(include_in_schema=False)
PAGE = 100
PATHS = {noun.model.__tablename__: (noun.zh, f"/register/{noun.path}") for noun in NOUNS}


@router.get("/history")
def show_history(
    request: Request,
    db: Db,
    caller: PageReader,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    actor: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """A hundred changes, newest first; each leads to its row, where before and after stand."""
    whole = reach_of(db, caller, Role.AUDITOR, Role.ADMINISTRATOR).agency_ids is None
    if not whole:
        raise NotAllowed("变更历史需要全局的审计或管理角色 / history needs an unscoped auditor or administrator")
    query = select(ChangeEvent).order_by(ChangeEvent.id.desc()).limit(PAGE)
    if before is not None:
        query = query.where(ChangeEvent.id < before)
    if actor:
        query = query.where(ChangeEvent.actor == actor.replace("\x00", ""))
    events = db.scalars(query).all()
    return page(request, "history.html", events=events, paths=PATHS, actor=actor, more=len(events) == PAGE)
