"""Every route names who may call it; every settings variable and every problem is documented."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import create_engine

from service import problems
from service.app import create_app
from service.console.layout import page_caller
from service.identity import current_caller
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {"/healthz", "/login", "/api/v1/login"}
UNMARKED = {"/api/v1/openapi.json", "/static"}  # the description of the API, and style sheets


def the_app() -> FastAPI:
    return create_app(Settings(), create_engine("postgresql+psycopg://"))


def calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from calls(below)


def routes_of(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """(path, route) of everything that answers, also inside routers that were included as they are."""
    pending: list[tuple[str, Any]] = [("", route) for route in app.routes]
    while pending:
        prefix, route = pending.pop()
        if (router := getattr(route, "original_router", None)) is not None:
            pending += [(prefix + route.include_context.prefix, below) for below in router.routes]
        else:
            yield prefix + route.path, route


def guarded(route: Any) -> bool:
    if not isinstance(route, APIRoute):
        return False
    named = set(calls(route.dependant))
    return any(hasattr(call, "roles") for call in named) and bool(named & {current_caller, page_caller})


def test_every_route_demands_a_caller_with_a_role_except_the_listed_ones() -> None:
    routes = list(routes_of(the_app()))

    assert len(routes) > 50
    assert {path for path, route in routes if not guarded(route)} == PUBLIC | UNMARKED
    assert all(route.endpoint.public for path, route in routes if path in PUBLIC and not guarded(route))


def test_every_operation_has_an_id_of_its_own_and_a_summary_in_chinese() -> None:
    operations = [operation for methods in the_app().openapi()["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]

    assert len(ids) == len(set(ids))
    assert [operation["operationId"] for operation in operations if "summary" not in operation] == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/reference/settings.md").read_text()

    assert [name for name in Settings.model_fields if f"YUNWANG_{name.upper()}" not in text] == []


def test_every_kind_of_problem_is_documented() -> None:
    text = (ROOT / "docs/reference/problems.md").read_text()
    kinds = {kind for kind, _ in problems.TITLES.values()} | {kind for _, kind, _ in problems.STATUS.values()}

    assert [kind for kind in kinds if f"| {kind} |" not in text] == []
