"""How is it told that somebody does not fit, or guessed too often?"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from oberih.web.access.signing_in import DoesNotFit, TooEarly
from oberih.web.problem import problem

__all__ = ["tell_refusals"]


def tell_refusals(app: FastAPI) -> None:
    """Turn what signing in refuses into problem documents."""
    app.add_exception_handler(DoesNotFit, _does_not_fit)
    app.add_exception_handler(TooEarly, _too_early)


async def _does_not_fit(request: Request, error: Exception) -> Response:
    return problem(403, "Name, password or code do not fit.", field="password")


async def _too_early(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooEarly)
    line = f"Too many attempts; wait {error.seconds} s."
    return problem(429, line, headers={"Retry-After": str(error.seconds)})
