"""What every page shares: the templates, the navigation, and who may see it."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError

from inventory import agencies
from inventory.accounts import ROLE_ZH, Caller, Role
from service.db import Db
from service.identity import current_caller

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip

# path, Chinese, English, and the roles that find something there (empty: all)
MENU: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("/", "首页", "Home", ()),
    ("/rate", "上云率", "Cloud rate", ()),
    ("/surveys", "普查填报", "Survey", (Role.PLANNER, Role.ADMINISTRATOR)),
    ("/migrations", "迁移上云", "Migrations", ()),
    ("/register", "资产台账", "Register", ()),
    ("/history", "变更历史", "History", (Role.AUDITOR, Role.ADMINISTRATOR)),
)


def page_caller(request: Request, db: Db) -> Caller:
    """Like the API's caller, but a visitor without a session is sent to the log-in page."""
    try:
        return current_caller(request, db)
    except HTTPException as refused:
        if refused.status_code == 401 and request.method == "GET":  # noqa: PLR2004 -- HTTP's own numbers
            there = quote(request.url.path, safe="/")
            raise HTTPException(303, "", {"Location": f"/login?next={there}"}) from None
        raise


page_caller.roles = tuple(Role)  # type: ignore[attr-defined]
SAMPLE_LOOK = 60.0


def _is_sample(request: Request) -> bool:
    """Whether the register holds sample data (示例数据), looked up once a minute: every page then says so."""
    known = getattr(request.app.state, "sample", (float("-inf"), False))
    if time.monotonic() - known[0] > SAMPLE_LOOK:
        try:
            with request.app.state.sessions() as session:
                known = (time.monotonic(), agencies.has_sample(session))
        except SQLAlchemyError:
            known = (time.monotonic(), False)
        request.app.state.sample = known
    return bool(known[1])


PageReader = Annotated[Caller, Depends(page_caller, scope="function")]


def show_problem(request: Request, status: int, problem: dict[str, Any]) -> HTMLResponse:
    """A refusal as a page: what happened, why, and the way back."""
    return page(request, "problem.html", status, problem=problem)


def _menu_of(caller: Caller | None) -> list[tuple[str, str, str]]:
    """What the menu offers this caller: nothing that would only be refused."""
    return [entry[:3] for entry in MENU if caller and (not entry[3] or caller.has(*entry[3]))]


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A rendered page; it is never cached, because it shows what this caller may see now."""
    caller: Caller | None = getattr(request.state, "caller", None)
    roles = {ROLE_ZH[grant.role] for grant in caller.grants} if caller else set()
    shared: Mapping[str, Any] = {
        "menu": _menu_of(caller),
        "path": request.url.path, "caller": caller, "csrf": getattr(request.state, "csrf", ""),
        "sample": _is_sample(request), "roles": "、".join(sorted(roles)),
    }  # fmt: skip
    html = TEMPLATES.get_template(template).render({**shared, **context})
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
