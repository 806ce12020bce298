"""Under which name is the server asked, and is it ours?

A page elsewhere can let its own name point to this machine (DNS rebinding) and would then be of one origin with us.
So a request must name us: a loopback name where only this machine is served, a name that was allowed, or, where the
network is served, a bare address, which no such trick can use.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from oberih.web.problem import problem
from oberih.web.settings import ServeSettings, is_loopback

__all__ = ["Hosts", "host_of"]

_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?")


def host_of(header: str) -> tuple[str, int | None] | None:
    """Read a ``Host`` header as name and port; None where it is none.

    Examples
    --------
    >>> host_of("[::1]:8460"), host_of("Plant.example"), host_of("a b")
    (('::1', 8460), ('plant.example', None), None)
    """
    found = _HOST.fullmatch(header)
    if found is None:
        return None
    return (found[1] or found[2]).lower().rstrip("."), int(found[3]) if found[3] else None


class Hosts:
    """Lets through what is asked of us by our name.

    Parameters
    ----------
    app : ASGI application
    settings : ServeSettings
    """

    def __init__(self, app: ASGIApp, *, settings: ServeSettings) -> None:
        self.app = app
        self._names = {name.lower() for name in (*settings.hosts, settings.host)}
        self._bare = not is_loopback(settings.host)

    def knows(self, header: str) -> bool:
        """Whether a ``Host`` header names us."""
        found = host_of(header)
        return found is not None and (
            found[0] in self._names or is_loopback(found[0]) or (self._bare and _is_address(found[0]))
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            if len(named) != 1 or not self.knows(named[0]):
                line = "The request names a host that is not served here; allow a further name with --allow-host."
                await problem(400, line, field="Host", headers={"Connection": "close"})(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
