"""Logging in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from inventory import accounts
from inventory.accounts.secrets import fingerprint
from inventory.changes import attribute
from inventory.errors import NotAllowed
from service.console.layout import PageReader, page
from service.db import Db
from service.identity import COOKIE, public

router = APIRouter(include_in_schema=False)


def local_path(wanted: str) -> str:
    """Only a path of our own: an address elsewhere would make the log-in page a trap."""
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours else "/"


@router.get("/login")
@public
def show_login(request: Request, next: str = "/") -> Response:  # noqa: A002 -- the word in the address bar
    """The log-in form."""
    return page(request, "login.html", wanted=local_path(next), failure="")


@router.post("/login")
@public
def log_in(
    request: Request, db: Db, username: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=200)],
    wanted: Annotated[str, Form()] = "/",
) -> Response:  # fmt: skip
    """Set the session cookie, or show the form again; a failed try is committed, or nobody is ever locked out."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("请从本站登录页登录 / log in from this site's own page")
    attribute(db, actor=username.replace("\x00", "") or "-")
    try:
        found = accounts.log_in(db, username.replace("\x00", ""), password)
    except NotAllowed as locked:
        return page(request, "login.html", 403, wanted=local_path(wanted), failure=locked.detail)
    if found is None:
        return page(
            request, "login.html", 401, wanted=local_path(wanted), failure="用户名或口令不符 / wrong name or password"
        )
    answer = RedirectResponse(local_path(wanted), 303)
    secure = request.app.state.settings.secure_cookies
    answer.set_cookie(COOKIE, found[0], httponly=True, samesite="lax", secure=secure, path="/")
    return answer


@router.post("/logout")
def log_out(request: Request, db: Db, caller: PageReader) -> Response:
    """End the session on the server too."""
    accounts.log_out(db, fingerprint(request.cookies.get(COOKIE, "")))
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/")
    return answer
