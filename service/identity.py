"""Who calls: a bearer token for programs, a cookie with CSRF for the console; every route names who may."""

import hmac
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, HTTPException, Request

from inventory import accounts
from inventory.accounts import Caller, Reach, Role
from inventory.changes import attribute
from inventory.errors import NotAllowed, NotFound
from service.db import Db

COOKIE = "yunwang_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _from_cookie(request: Request, db: Db, cookie: str) -> Caller:
    caller, csrf = accounts.caller_of_session(db, cookie)
    request.state.csrf = csrf
    if request.method not in SAFE:
        given = request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(given.encode(), csrf.encode()):
            raise HTTPException(403, "表单令牌不符，请刷新页面 / the form token does not match, reload the page")
    return caller


def _identified(request: Request, db: Db) -> Caller:
    if token := _bearer(request):
        return accounts.caller_of_token(db, token)
    if cookie := request.cookies.get(COOKIE):
        return _from_cookie(request, db, cookie)
    raise NotFound("需要登录或令牌 / log in or send a token")


def current_caller(request: Request, db: Db) -> Caller:
    """The caller of this request, or 401; its name goes into history and the log."""
    try:
        caller = _identified(request, db)
    except NotFound as nobody:
        raise HTTPException(401, nobody.detail, {"WWW-Authenticate": "Bearer"}) from nobody
    request.state.caller = caller
    attribute(
        db, actor=caller.username, request=getattr(request.state, "request_id", ""),
        reason=unquote(request.headers.get("X-Reason", "")),
    )  # fmt: skip
    return caller


AnyCaller = Annotated[Caller, Depends(current_caller, scope="function")]


def may(*roles: Role) -> Any:
    """A dependency: the caller, refused unless it holds one of the roles somewhere; `roles` documents the route."""

    def check(caller: AnyCaller) -> Caller:
        if not caller.has(*roles):
            words = "、".join(accounts.ROLE_ZH[role] for role in roles)
            raise NotAllowed(f"需要角色：{words} / this needs one of the roles", roles=list(roles))
        return caller

    check.roles = roles  # type: ignore[attr-defined]
    return Depends(check, scope="function")


def public(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an endpoint that answers anybody; the guard test keeps the list of them."""
    endpoint.public = True  # type: ignore[attr-defined]
    return endpoint


Reader = Annotated[Caller, may(*Role)]
Planner = Annotated[Caller, may(Role.PLANNER, Role.ADMINISTRATOR)]
Engineer = Annotated[Caller, may(Role.ENGINEER, Role.ADMINISTRATOR)]
Approver = Annotated[Caller, may(Role.APPROVER)]
Administrator = Annotated[Caller, may(Role.ADMINISTRATOR)]
Auditor = Annotated[Caller, may(Role.AUDITOR, Role.ADMINISTRATOR)]


def reach_of(db: Db, caller: Caller, *roles: Role) -> Reach:
    """The caller's row scope, for reading (all roles) or for the roles given."""
    return accounts.reach(db, caller, roles or tuple(Role))
