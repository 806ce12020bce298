"""Who stands at the door, and may they come in?

Finds out who asks before anything else is done with a request, and puts it where a route's `may` looks:
``request.state.who``.  Without accounts everyone on this machine is an analyst: looks and computes, writes nothing.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from oberih.web.access.may import Who
from oberih.web.state import State

__all__ = ["Gate"]


class Gate:
    """Lets in who may come in.

    Parameters
    ----------
    app : ASGI application
    state : State
    """

    def __init__(self, app: ASGIApp, *, state: State) -> None:
        self.app, self.state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find who asks, and pass the request on."""
        if scope["type"] == "http" and self.state.settings.users is None:
            scope.setdefault("state", {})["who"] = Who()
        await self.app(scope, receive, send)
