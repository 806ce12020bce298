"""How is an error told over HTTP?

Every refusal is a problem document (RFC 9457): which kind, one line that says what to do, and where it was found.
What a story raises becomes one here; nothing of the program's inside is told.
"""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from oberih.errors import InputError, OberihError, OutOfRange, SourceUnavailable, StoreError, UnknownName
from oberih.web.headers import promises

__all__ = ["Problem", "problem", "refusals", "tell_problems"]

_LOG = logging.getLogger("oberih.web")
_TITLES = {
    400: "Malformed request", 401: "Sign in first", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    408: "Too slow", 409: "Conflict", 413: "Too large", 415: "Wrong type", 422: "Cannot be used",
    429: "Too many requests", 500: "A fault of Oberih", 502: "A source did not answer", 503: "Not ready",
}  # fmt: skip


class Problem(BaseModel):
    """What went wrong, and what to do."""

    title: str = Field(description="Which kind of problem.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="One line: what was found where, what was expected, what to do.")
    field: str | None = Field(default=None, description="Which part of the request.")


def problem(status: int, detail: str, *, field: str | None = None, headers: dict[str, str] | None = None) -> Response:
    """Make the response of a refusal."""
    body = Problem(title=_TITLES.get(status, "Refused"), status=status, detail=detail, field=field)
    return JSONResponse(body.model_dump(), status, headers=headers, media_type="application/problem+json")


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document which refusals a route may give, for its ``responses``."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {s: {"model": Problem, "description": _TITLES[s], "content": content} for s in statuses}


def tell_problems(app: FastAPI) -> None:
    """Turn every error of an application into a problem document."""
    app.add_exception_handler(OberihError, _told)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _fault)


def _status(error: OberihError) -> int:
    match error:
        case UnknownName():
            return 404
        case InputError() | OutOfRange():
            return 422
        case SourceUnavailable():
            return 502
        case StoreError():
            return 503
        case _:
            return 500


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, OberihError)
    return problem(_status(error), str(error), field=getattr(error, "field", None))


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return problem(422, f"{where}: {first['msg']}", field=where)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request)) or headers.get("Allow", "")
    return problem(error.status_code, str(error.detail), headers=headers)


def _methods(request: Request) -> list[str]:
    """All that may be asked at an address (RFC 9110, 10.2.1); each route by itself knows only its own."""
    routes = getattr(request.app.state, "methods", ())
    return sorted({m for pattern, methods in routes if pattern.match(request.url.path) for m in methods})


async def _fault(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s: %s", request.method, request.url.path, type(error).__name__, exc_info=error)
    headers = promises(request.app.state.held.settings.tiles)  # Starlette answers a fault outside of all middleware
    return problem(500, "An internal fault; it is in the server's log.", headers=headers)
