"""The HTTP application: API under /api/v1, the console's pages, health and metrics."""

import re
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from inventory.errors import NotAllowed
from service import console, problems
from service.api import ROUTERS
from service.body_limit import BodyLimit
from service.db import answers, sessions_of
from service.identity import Reader, public
from service.metrics import exposition
from service.openapi import describe
from service.parameters import refuse_unknown
from service.rate_metrics import CloudRateCollector
from service.settings import Settings
from service.tables import metadata_of_all

log = structlog.get_logger()
REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
Next = Callable[[Request], Awaitable[Response]]

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(settings: Settings, engine: Engine) -> FastAPI:
    """The application over one database."""
    metadata_of_all()
    app = FastAPI(
        title="Yunwang 云网", version="1", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None,
        description="政务网络与云资产台账、迁移与指标 / register and workbench of e-government networks and clouds",
        separate_input_output_schemas=True,
    )  # fmt: skip
    app.state.settings, app.state.engine, app.state.sessions = settings, engine, sessions_of(engine)
    app.state.rates = CloudRateCollector(lambda: app.state.sessions())  # noqa: PLW0108 -- a test puts its own sessions there
    problems.install(app, console.show_problem)
    app.add_middleware(BodyLimit)  # inside _trace: its refusals carry the id and the security headers too
    app.middleware("http")(_trace)
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1", responses=PROBLEMS, dependencies=[Depends(refuse_unknown)])
    for page in console.PAGES:
        app.include_router(page, dependencies=[Depends(refuse_unknown)])
    _add_health(app)
    static = Path(__file__).parent / "console" / "static"
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.mount("/static", StaticFiles(directory=static), name="static")
    return app


ANSWERED = {**problems.TITLES, **{status: (kind, title) for status, kind, title in problems.STATUS.values()}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": title.partition(" / ")[2],
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, (_, title) in ANSWERED.items()
}


async def _trace(request: Request, call_next: Next) -> Response:
    """Give each request an id that history and the log carry, and each answer its security headers."""
    given = request.headers.get("X-Request-ID", "")
    request.state.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request.state.request_id)
    response = await call_next(request)
    response.headers["X-Request-ID"] = request.state.request_id
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _add_health(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    @public
    def healthz(request: Request) -> Response:
        """200 while the database answers, 503 otherwise."""
        alive = answers(request.app.state.engine)
        return PlainTextResponse("ok\n" if alive else "database does not answer\n", 200 if alive else 503)

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request, caller: Reader) -> Response:
        """The service's own metrics and the policy's figures, for Prometheus with a token of the whole register."""
        if not any(grant.division_id is None and grant.agency_id is None for grant in caller.grants):
            raise NotAllowed("指标含全省数据，需要全省范围的角色 / these figures need a role over the whole register")
        body, media_type = exposition(request.app.state.sessions, request.app.state.rates)
        return Response(body, media_type=media_type)
