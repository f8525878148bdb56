"""OpenAPI exactly as the service behaves: the one shape of problems, and the two ways to authenticate."""

import json
import sys
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.problems import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457; facts travel as further members",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
    "additionalProperties": True,
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made once per application."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = PROBLEM
        for unused in ("HTTPValidationError", "ValidationError"):
            components["schemas"].pop(unused, None)
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        components["responses"] = _share_problems(document["paths"])
        app.openapi_schema = document
    return app.openapi_schema


def _share_problems(paths: dict[str, Any]) -> dict[str, Any]:
    """Put each status's refusal in one place and point to it; every operation has the same ones."""
    shared: dict[str, Any] = {}
    for operation in (operation for methods in paths.values() for operation in methods.values()):
        for status, response in operation["responses"].items():
            if set(response.get("content", {})) == {MEDIA_TYPE}:
                shared[f"Problem{status}"] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    return shared


def main() -> None:
    """Print the document; `make openapi` writes it to the committed snapshot."""
    from sqlalchemy import create_engine

    from service.app import create_app
    from service.settings import Settings

    app = create_app(Settings(), create_engine("postgresql+psycopg://"))
    json.dump(describe(app), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
