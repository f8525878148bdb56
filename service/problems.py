"""Refusals as application/problem+json (RFC 9457): one shape for every error, 422 and 500 included."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from inventory.base import Base
from inventory.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, Unavailable

log = structlog.get_logger()

STATUS: dict[type[Refusal], tuple[int, str, str]] = {
    NotFound: (404, "not-found", "没有找到 / Not found"),
    Conflict: (409, "conflict", "冲突 / Conflict"),
    NotAllowed: (403, "not-allowed", "无权限 / Not allowed"),
    Invalid: (422, "invalid", "内容有误 / Invalid"),
    Unavailable: (503, "unavailable", "暂不可用 / Unavailable"),
}
TITLES = {
    400: ("bad-request", "请求有误 / Bad request"),
    401: ("unauthenticated", "请先登录 / Log in first"),
    403: ("not-allowed", "无权限 / Not allowed"),
    404: ("not-found", "没有找到 / Not found"),
    405: ("method-not-allowed", "不支持的方法 / Method not allowed"),
    412: ("precondition-failed", "已被他人修改 / Changed by somebody else"),
    413: ("too-large", "内容过大 / Too large"),
    428: ("precondition-required", "需要 If-Match / If-Match is needed"),
    500: ("internal", "内部错误 / Internal error"),
}
MEDIA_TYPE = "application/problem+json"


FIRST_FAILURE = 400
Handler = Callable[[Request, Exception], Response]
ShowProblem = Callable[[Request, int, dict[str, Any]], Response]


class BadRequest(Exception):
    """The request's form is wrong: an unknown parameter, a broken cursor."""

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class PreconditionFailed(Exception):
    """If-Match names a version that is no longer the row's."""

    def __init__(self, current: str) -> None:
        super().__init__(current)
        self.current = current


def problem(status: int, kind: str, title: str, detail: str, **facts: Any) -> JSONResponse:
    """One answer in the one shape; facts are extension members, None left out."""
    body = {"type": f"urn:yunwang:problem:{kind}", "title": title, "status": status, "detail": detail}
    body |= {key: value for key, value in facts.items() if value is not None and key not in body}
    return JSONResponse(jsonable_encoder(body), status, media_type=MEDIA_TYPE)


def constraint_sentence(name: str | None) -> dict[str, str]:
    """What a named constraint says to a reader: the words declared beside it in the model."""
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            if constraint.name is not None and str(constraint.name) == name and constraint.info:
                return dict(constraint.info)
    return {}


CONTRADICTIONS = frozenset({"23505", "23P01"})  # unique and exclusion; other integrity errors are wrong input


def refusal_of(error: IntegrityError) -> Refusal:
    """The refusal that a violated constraint means, naming field and reason."""
    diagnostics = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None)
    says = constraint_sentence(name)
    kind: type[Refusal] = Conflict if getattr(error.orig, "sqlstate", None) in CONTRADICTIONS else Invalid
    field = says.get("field") or getattr(diagnostics, "column_name", None)
    if says:
        return kind(f"{says['zh']} / {says['en']}", constraint=name, field=field)
    if getattr(error.orig, "sqlstate", None) == "23503":
        return kind("所指的内容未登记，或仍被引用 / it refers to a row that does not exist, or is still referred to",
                    constraint=name, field=field)  # fmt: skip
    return kind("与已登记的内容冲突 / contradicts what the register holds", constraint=name, field=field)


def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    status, kind, title = STATUS[type(error)]
    return problem(status, kind, title, error.detail, **error.facts)


def _violated(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, IntegrityError)
    return _refused(request, refusal_of(error))


def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"field": ".".join(str(part) for part in item["loc"]), "reason": item["msg"], "kind": item["type"]}
        for item in error.errors()
    ]
    unknown = [item for item in errors if item["kind"] == "extra_forbidden" and item["field"].startswith("query.")]
    if unknown:
        names = ", ".join(item["field"].removeprefix("query.") for item in unknown)
        kind, title = TITLES[400]
        return problem(400, kind, title, f"未知参数 / unknown parameter: {names}", errors=errors)
    return problem(
        422, "invalid", STATUS[Invalid][2], "请求内容未通过检查 / the request did not pass validation", errors=errors
    )


def _unstorable(request: Request, _: Exception) -> JSONResponse:
    return _refused(
        request, Invalid("有数值超出可存储的范围 / a value cannot be stored: out of range or of wrong form")
    )


def _bad(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BadRequest)
    facts: dict[str, Any] = dict(error.facts)
    return problem(400, *TITLES[400], error.detail, **facts)


def _stale(_: Request, error: Exception) -> JSONResponse:
    current = error.current if isinstance(error, PreconditionFailed) else None
    answer = problem(412, *TITLES[412], "请重新读取后再改 / read it again before you change it", current=current)
    if current:
        answer.headers["ETag"] = current
    return answer


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind, title = TITLES.get(error.status_code, ("error", "错误 / Error"))
    plain = error.detail in (HTTPStatus(error.status_code).phrase, "")  # the framework's own word, in English only
    answer = problem(error.status_code, kind, title, title if plain else str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _database_away(request: Request, error: Exception) -> JSONResponse:
    log.warning("database_unavailable", path=request.url.path, error=type(error).__name__)
    return problem(503, "unavailable", STATUS[Unavailable][2], "数据库暂不可用 / the database does not answer")


def _unknown(request: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", path=request.url.path, exc_info=error)
    return problem(500, *TITLES[500], "已记录，请联系管理员 / recorded, tell the administrator")


def _for_readers(answer: Handler, page: ShowProblem) -> Handler:
    """The same refusal as a page, where a browser asked for a page."""

    def handle(request: Request, error: Exception) -> Response:
        response = answer(request, error)
        asked_for_page = "text/html" in request.headers.get("Accept", "") and not request.url.path.startswith("/api/")
        if response.status_code < FIRST_FAILURE or not asked_for_page:
            return response
        return page(request, response.status_code, json.loads(bytes(response.body)))

    return handle


def install(app: FastAPI, page: ShowProblem) -> None:
    """Teach the app to answer each kind of error in the one shape; `page` shows it to a browser."""
    handlers: dict[type[Exception], Handler] = {
        **dict.fromkeys(STATUS, _refused),
        IntegrityError: _violated,
        DataError: _unstorable,
        StaleDataError: _stale,
        PreconditionFailed: _stale,
        BadRequest: _bad,
        RequestValidationError: _malformed,
        HTTPException: _http,
        OperationalError: _database_away,
        Exception: _unknown,
    }
    for kind, answer in handlers.items():
        app.add_exception_handler(kind, _for_readers(answer, page))
