"""An unknown query parameter is refused, never ignored: `?dry_run=true` in the wrong place must not import for real."""

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from service.problems import BadRequest


def _declared(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.query_params
    for below in dependant.dependencies:
        yield from _declared(below)


def known_to(route: APIRoute) -> frozenset[str]:
    """Names of the query parameters that a route, or what it depends on, declares; worked out once per route."""
    known: frozenset[str] | None = route.__dict__.get("known_parameters")
    if known is not None:
        return known
    names: set[str] = set()
    for parameter in _declared(route.dependant):
        shape = parameter.field_info.annotation
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            names |= {field.alias or name for name, field in shape.model_fields.items()}
        else:
            names.add(parameter.alias)
    route.__dict__["known_parameters"] = known = frozenset(names)
    return known


def refuse_unknown(request: Request) -> None:
    """A dependency of every route."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    if unknown := sorted(set(request.query_params) - known_to(route)):
        raise BadRequest(
            f"未知参数 / unknown parameter: {', '.join(unknown)}", unknown=unknown, known=sorted(known_to(route))[:100]
        )
