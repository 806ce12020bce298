"""Is every write into the record noted there, whoever writes it and wherever it is written?

A request that changes something with the right to record (`may`) is noted, whatever came of it, before it is answered.
So no route can forget it.  Where it cannot be noted, the answer says so.
"""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oberih.case.prove.auditing import Deed
from oberih.errors import OberihError
from oberih.web.access.crossing import SAFE
from oberih.web.access.may import Who
from oberih.web.access.porter import Porter
from oberih.web.problem import problem

__all__ = ["Noted"]


class Noted:
    """Notes what is written into the record.

    Parameters
    ----------
    app : ASGI application
    porter : Porter
    """

    def __init__(self, app: ASGIApp, *, porter: Porter) -> None:
        self.app, self._porter = app, porter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note it before its answer leaves."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        unsaid = False

        async def note(message: Message) -> None:
            nonlocal unsaid
            if message["type"] == "http.response.start" and _writes(scope):
                try:
                    await to_thread.run_sync(self._porter.notebook.must, _deed(scope, message["status"]))
                except OberihError:
                    unsaid = True
                    line = "It was asked for and may have been done, yet it could not be noted who did it; tell the "
                    answer = problem(503, f"{line}custodian to look at the record.")
                    await answer(scope, receive, send)
                    return
            if not unsaid:
                await send(message)

        await self.app(scope, receive, note)


def _writes(scope: Scope) -> bool:
    return bool(scope.get("state", {}).get("right") == "record")


def _deed(scope: Scope, status: int) -> Deed:
    who: Who = scope["state"]["who"]
    route: Any = scope.get("route")
    about: dict[str, Any] = {"status": status}
    if who.scopes is not None:
        about["with"] = "token"
    path = str(getattr(route, "path", None) or scope["path"])
    return Deed(
        f"{scope['method'].lower()} {path[:200]}", actor=who.person, role=who.role,
        outcome="done" if status < 400 else "refused", about=about,
    )  # fmt: skip
