"""What does the description of the API add to what the routes say of themselves?

Names of operations that stay (the name of the route's function, so that a generated client has good names), the right
that each needs, as ``x-right`` (an operation without one is open to everyone), and one form for every refusal: a
problem document, whatever FastAPI would have answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

__all__ = ["describe_rights", "operation_name"]


def operation_name(route: APIRoute) -> str:
    """Name an operation after its function; two operations of one name are a fault that a test finds."""
    return route.name


def describe_rights(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Let an application's description tell which right each operation needs, and its 405 what may be asked."""
    described = app.openapi
    routes = [r for router in routers for r in router.routes if isinstance(r, APIRoute)]
    app.state.methods = [(r.path_regex, r.methods or set()) for r in routes]

    def whole() -> dict[str, Any]:
        schema = described()
        for route in routes:
            if route.include_in_schema and (right := _right(route)):
                for method in route.methods or ():
                    schema["paths"][route.path_format][method.lower()]["x-right"] = right
        for operations in schema["paths"].values():
            for operation in operations.values():
                _tell_refusals(operation["responses"])
        for unused in ("HTTPValidationError", "ValidationError"):
            schema.get("components", {}).get("schemas", {}).pop(unused, None)
        return schema

    app.openapi = whole  # type: ignore[method-assign]


def _right(route: APIRoute) -> str | None:
    """Which right a gate of the route asks for, be it a dependency of the route or of a parameter."""
    found = (getattr(d.call, "right", None) for d in route.dependant.dependencies)
    return next((str(right) for right in found if right), None)


def _tell_refusals(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if status.isdigit() and int(status) >= 400 and "content" in response:
            response["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
