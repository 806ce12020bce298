"""Which cookies does a browser keep for us, and how safe is the way they travel?

Over TLS they are ``__Host-`` cookies: `Secure`, of this host alone, never set by a neighbour.  Over plain HTTP only
this machine may sign in, from a loopback address to a loopback name: there the same cookies stand without the prefix
and without `Secure`, which some browsers refuse there and which protects nothing on a way that does not leave the
machine.  Anybody else is told to put TLS in front.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from oberih.web.access.hosts import host_of
from oberih.web.access.secret import derived
from oberih.web.settings import is_loopback

__all__ = ["CSRF", "browser_of", "csrf_of", "drop", "is_safe_way", "keep", "session_of"]

CSRF = "oberih-csrf"
"""Read by the page's own script, which sends it back as ``X-CSRF-Token``."""

_SESSION, _BROWSER = "oberih", "oberih-browser"
_BROWSER_SECONDS = 180 * 86400
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip")


def is_safe_way(request: HTTPConnection) -> bool:
    """Whether a secret may travel the way that this request came: TLS, or nothing but this machine."""
    if request.url.scheme == "https":
        return True
    peer, host = request.client, host_of(request.headers.get("host", ""))
    if peer is None or host is None or any(name in request.headers for name in _FORWARDED):
        return False
    return is_loopback(peer.host) and is_loopback(host[0])


def _name(name: str, request: HTTPConnection) -> str:
    return f"__Host-{name}" if request.url.scheme == "https" else name


def session_of(request: HTTPConnection) -> str | None:
    """Return what the cookie of a session holds; one that came over plain HTTP is none for TLS."""
    return request.cookies.get(_name(_SESSION, request))


def browser_of(request: HTTPConnection) -> str | None:
    """Return what the cookie of a known browser holds."""
    return request.cookies.get(_name(_BROWSER, request))


def csrf_of(session: str) -> str:
    """Return what must come back with whatever is sent in a session: made of it, so that no other fits."""
    return derived(session, "forged requests")


def keep(response: Response, request: HTTPConnection, *, session: str, browser: str | None) -> None:
    """Let the browser keep a session, until it is closed, and know it again later."""
    secure = request.url.scheme == "https"
    response.set_cookie(_name(_SESSION, request), session, path="/", secure=secure, httponly=True, samesite="strict")
    response.set_cookie(CSRF, csrf_of(session), path="/", secure=secure, httponly=False, samesite="strict")
    if browser is not None:
        response.set_cookie(_name(_BROWSER, request), browser, path="/", secure=secure, httponly=True,
                            samesite="strict", max_age=_BROWSER_SECONDS)  # fmt: skip


def drop(response: Response, request: HTTPConnection) -> None:
    """Let the browser forget a session."""
    secure = request.url.scheme == "https"
    response.delete_cookie(_name(_SESSION, request), path="/", secure=secure, httponly=True, samesite="strict")
    response.delete_cookie(CSRF, path="/", secure=secure, samesite="strict")
