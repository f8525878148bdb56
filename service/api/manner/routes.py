"""The routes that every noun has."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, HTTPException, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.accounts import Caller, Reach
from inventory.errors import NotFound
from service.api.manner import listing, shapes
from service.api.manner.noun import SERVED, Noun
from service.db import Db
from service.identity import Reader, may, reach_of
from service.problems import PreconditionFailed

IfMatch = Annotated[str | None, Header(description="ETag of the version that the change is based on")]
IfNoneMatch = Annotated[str | None, Header(description="ETag that the caller holds; 304 if still current")]


def etag(noun: Noun, row: Any) -> str:
    """The row's version as an entity tag."""
    return f'"{noun.path}-{row.id}-{row.version}"'


def fetch(session: Session, noun: Noun, reach: Reach, row_id: int) -> Any:
    """The row, if it exists inside the caller's reach."""
    row = session.scalar(listing.visible(noun, reach).where(noun.model.id == row_id))
    if row is None:
        raise NotFound(f"没有这个{noun.zh} / no such row in your part of the register", noun=noun.path, id=row_id)
    return row


def owned(session: Session, noun: Noun, reach: Reach, row: Any) -> None:
    """Refuse a write to a row whose owner lies outside the reach."""
    if noun.owner is not None:
        reach.require(session.scalar(select(noun.owner).where(noun.model.id == row.id)))
    elif reach.agency_ids is not None:
        reach.require(None)


def within_reach(session: Session, noun: Noun, reach: Reach, values: dict[str, Any]) -> None:
    """Refuse to point at another agency's row: a host, a tenant or a system outside the reach."""
    if reach.agency_ids is None:
        return
    for name, value in values.items():
        for key in noun.columns[name].foreign_keys if name in noun.columns and value is not None else ():
            target = SERVED.get(key.column.table.name)
            # Whose the row itself may become is `owned`'s question; this one is about what it points at.
            owned_by_another = target is not None and target.owner is not None and target.owner is not target.model.id
            if target is not None and owned_by_another and key.column.name == "id":
                fetch(session, target, reach, value)


def write(session: Session, noun: Noun, reach: Reach, row: Any, values: dict[str, Any]) -> Any:
    """Put the values on the row, new or old, and let the database judge; the caller must own it before and after."""
    if row.id is not None:
        owned(session, noun, reach, row)
    within_reach(session, noun, reach, values)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    session.add(row)
    if noun.check is not None:
        noun.check(session, row)
    session.flush()
    session.refresh(row)
    owned(session, noun, reach, row)
    return row


def _current(noun: Noun, row: Any, if_match: str | None) -> None:
    if if_match is None:
        raise HTTPException(428, "修改须带 If-Match / a change needs If-Match with the ETag you read")
    if if_match not in ("*", etag(noun, row)):
        raise PreconditionFailed(etag(noun, row))


def _answered(response: Response, noun: Noun, row: Any) -> Any:
    response.headers["ETag"] = etag(noun, row)
    return row


def _named(verb: str, noun: Noun) -> str:
    """list_cloud_tenants, get_cloud_tenant, change_policy, ..."""
    words = noun.path.replace("-", "_")
    if verb == "list":
        return f"list_{words}"
    if words.endswith("ies"):
        return f"{verb}_{words.removesuffix('ies')}y"
    singular = words.removesuffix("es" if words.endswith("sses") else "s")
    return f"{verb}_{singular}"


def routes_for(noun: Noun) -> APIRouter:
    """List, detail, create, change, and upsert by natural key."""
    SERVED[noun.model.__tablename__] = noun
    router = APIRouter(prefix=f"/{noun.path}", tags=[noun.path])
    writer = Annotated[Caller, may(*noun.writers)]
    for add in (_add_list, _add_detail, _add_create, _add_change, _add_upsert):
        add(router, noun, writer)
    return router


def _route(
    router: APIRouter, verb: str, noun: Noun, endpoint: Callable[..., Any], method: str, path: str, **kw: Any
) -> None:
    name = _named(verb, noun)
    endpoint.__name__ = name
    router.add_api_route(path, endpoint, methods=[method], operation_id=name, name=name, **kw)


def _typed(endpoint: Callable[..., Any], **kinds: Any) -> Callable[..., Any]:
    """Give parameters the types made for this noun; FastAPI reads annotations, not source."""
    endpoint.__annotations__ |= kinds
    return endpoint


def _add_list(router: APIRouter, noun: Noun, _: Any) -> None:
    out = shapes.page_shape(noun, shapes.out_shape(noun))

    def endpoint(asked: BaseModel, db: Db, caller: Reader) -> Any:
        return listing.page(db, noun, reach_of(db, caller), dict(asked))

    _typed(endpoint, asked=Annotated[shapes.filter_shape(noun), Query()])
    _route(router, "list", noun, endpoint, "GET", "", response_model=out, summary=f"{noun.zh}：列表")


def _add_detail(router: APIRouter, noun: Noun, _: Any) -> None:
    out = shapes.out_shape(noun)

    def endpoint(
        row_id: shapes.Identifier, db: Db, caller: Reader, response: Response, if_none_match: IfNoneMatch = None
    ) -> Any:
        row = fetch(db, noun, reach_of(db, caller), row_id)
        if if_none_match == etag(noun, row):
            return Response(status_code=304, headers={"ETag": if_none_match})
        return _answered(response, noun, row)

    unchanged: dict[int | str, dict[str, Any]] = {304: {"description": "not changed"}}
    told = {"summary": f"{noun.zh}：一条", "responses": unchanged}
    _route(router, "get", noun, endpoint, "GET", "/{row_id}", response_model=out, **told)


def _add_create(router: APIRouter, noun: Noun, writer: Any) -> None:
    out = shapes.out_shape(noun)

    def endpoint(wanted: BaseModel, db: Db, caller: Caller, response: Response, request: Request) -> Any:
        reach = reach_of(db, caller, *noun.writers)
        row = write(db, noun, reach, noun.model(), wanted.model_dump(exclude_unset=True))
        response.headers["Location"] = f"{request.url.path}/{row.id}"
        return _answered(response, noun, row)

    _typed(endpoint, wanted=Annotated[shapes.in_shape(noun), Body()], caller=writer)
    told = {"summary": f"{noun.zh}：登记", "status_code": 201}
    _route(router, "create", noun, endpoint, "POST", "", response_model=out, **told)


def _add_change(router: APIRouter, noun: Noun, writer: Any) -> None:
    out = shapes.out_shape(noun)

    def endpoint(
        row_id: shapes.Identifier,
        patch: BaseModel,
        db: Db,
        caller: Caller,
        response: Response,
        if_match: IfMatch = None,
    ) -> Any:
        reach = reach_of(db, caller, *noun.writers)
        row = fetch(db, noun, reach, row_id)
        _current(noun, row, if_match)
        return _answered(response, noun, write(db, noun, reach, row, patch.model_dump(exclude_unset=True)))

    _typed(endpoint, patch=Annotated[shapes.patch_shape(noun), Body()], caller=writer)
    _route(router, "change", noun, endpoint, "PATCH", "/{row_id}", response_model=out, summary=f"{noun.zh}：修改")


def _add_upsert(router: APIRouter, noun: Noun, writer: Any) -> None:
    """PUT by natural key: creates or changes; If-Match is checked when it is sent."""
    out = shapes.out_shape(noun)

    def endpoint(wanted: BaseModel, db: Db, caller: Caller, response: Response, if_match: IfMatch = None) -> Any:
        reach = reach_of(db, caller, *noun.writers)
        values = wanted.model_dump(exclude_unset=True)
        same = [getattr(noun.model, name) == values.get(name) for name in noun.key]
        row = db.scalar(select(noun.model).where(*same))
        if row is not None and if_match is not None:
            _current(noun, row, if_match)
        response.status_code = 200 if row is not None else 201
        return _answered(response, noun, write(db, noun, reach, row or noun.model(), values))

    _typed(endpoint, wanted=Annotated[shapes.in_shape(noun), Body()], caller=writer)
    words, made = f"{noun.zh}：按自然键({'、'.join(noun.key)})登记或修改", {201: {"model": out}}
    _route(router, "put", noun, endpoint, "PUT", "/by-key", response_model=out, summary=words, responses=made)
