"""Which answers may every address give, because of the gates before it?

Adds them to the description of the API, so that no route has to repeat them and none can forget one.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from oberih.web.problem import Problem, refusals

__all__ = ["document_gates"]

_ALWAYS = (400, 403, 429)
_SENT = (408, 413, 415)


def document_gates(app: FastAPI) -> None:
    """Let an application's description tell what the gates answer."""
    described = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = described()
            components = schema.setdefault("components", {})
            components.setdefault("schemas", {}).setdefault("Problem", Problem.model_json_schema())
            components["securitySchemes"] = {
                "token": {"type": "http", "scheme": "bearer", "description": "A token made on the account page."},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-oberih"},
            }
            schema["security"] = [{}, {"token": []}, {"session": []}]
            for path, operations in schema["paths"].items():
                for method, operation in operations.items():
                    _add(operation, opened=path.startswith("/api/v1/words/"), sends=method in {"post", "put", "patch"})
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def _add(operation: dict[str, Any], *, opened: bool, sends: bool) -> None:
    statuses = _ALWAYS + (() if opened else (401,)) + (_SENT if sends else ())
    for status, told in refusals(*statuses).items():
        kept = {k: v for k, v in told.items() if k != "model"}
        operation.setdefault("responses", {}).setdefault(str(status), kept)
