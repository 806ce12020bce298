"""What does the browser have to promise?

Puts the security headers on every response: a content security policy that lets nothing in from elsewhere and runs
no script written into a page, no framing, no sniffing, no referrer.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SecurityHeaders", "policy", "promises"]


def policy(tiles: str | None = None) -> str:
    """Write the content security policy; a further map source adds its own origin and nothing else.

    Examples
    --------
    >>> "script-src 'self';" in policy()
    True
    """
    parts = urlsplit(tiles or "")
    origin = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    rules = {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "font-src": "'self'",
        "img-src": f"'self' data: blob:{origin}", "connect-src": f"'self'{origin}",
        "frame-src": "'self'",  # a report is looked at in a frame before it is kept
        "worker-src": "'self' blob:", "child-src": "blob:",  # MapLibre draws in a worker that it makes itself
        "manifest-src": "'self'", "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
    }  # fmt: skip
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def promises(tiles: str | None = None) -> dict[str, str]:
    """The headers of every response; ``tiles`` as for `policy`."""
    return {
        "Content-Security-Policy": policy(tiles), "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    }  # fmt: skip


class SecurityHeaders:
    """Adds the headers, whatever the application answers."""

    def __init__(self, app: ASGIApp, *, tiles: str | None = None) -> None:
        self.app = app
        self.headers = promises(tiles)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to what comes back."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/") or scope["path"].count("/") == 1:
                    headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self.app(scope, receive, add if scope["type"] == "http" else send)
