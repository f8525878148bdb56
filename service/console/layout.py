"""What every page shares: the templates, the navigation, and who may see it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from inventory.accounts import ROLE_ZH, Caller, Role
from service.db import Db
from service.identity import current_caller

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip

# path, Chinese, English
MENU = (
    ("/", "首页", "Home"),
    ("/rate", "上云率", "Cloud rate"),
    ("/surveys", "普查填报", "Survey"),
    ("/migrations", "迁移上云", "Migrations"),
    ("/register", "资产台账", "Register"),
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
PageReader = Annotated[Caller, Depends(page_caller, scope="function")]


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A rendered page; it is never cached, because it shows what this caller may see now."""
    caller: Caller | None = getattr(request.state, "caller", None)
    shared: Mapping[str, Any] = {
        "menu": MENU, "path": request.url.path, "caller": caller, "csrf": getattr(request.state, "csrf", ""),
        "roles": "、".join(sorted({ROLE_ZH[grant.role] for grant in caller.grants})) if caller else "",
    }  # fmt: skip
    html = TEMPLATES.get_template(template).render({**shared, **context})
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
