"""Did another site make the browser ask?

Whatever changes something must come from our own pages: by what the browser says of where it comes from
(``Sec-Fetch-Site``, ``Origin``) and, in a session, by a word that only our own pages can read.  What another site's
page would load from the API is refused too; a link that a person follows is not.  A token is sent by a program, never
by a browser on its own, and needs none of this.
"""

from __future__ import annotations

from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from oberih.web.access.cookies import CSRF, csrf_of
from oberih.web.access.hosts import host_of

__all__ = ["SAFE", "refusal"]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

_OWN = (None, "same-origin", "none")
_PORTS = {"http": 80, "https": 443}


def refusal(request: HTTPConnection, *, session: str | None) -> str | None:
    """Say why a request is refused; None where it may pass.

    Parameters
    ----------
    request : HTTPConnection
    session : str or None
        What the session's cookie holds, where one asks.
    """
    from_where = request.headers.get("sec-fetch-site")
    if request.scope["method"] in SAFE:
        follows = request.headers.get("sec-fetch-mode") == "navigate"
        if from_where in _OWN or follows or not request.url.path.startswith("/api/"):
            return None
        return "Another site's page asked for this; open it here instead."
    origin = request.headers.get("origin")
    if from_where not in _OWN or (origin is not None and not _is_ours(origin, request)):
        return "Another site's page sent this; send it from a page of this server."
    if session is None:
        return None
    word, given = csrf_of(session), request.headers.get("x-csrf-token", "")
    kept = request.cookies.get(CSRF, "")
    if compare_digest(word.encode(), given.encode("latin-1", "replace")) and compare_digest(
        word.encode(), kept.encode("latin-1", "replace")
    ):
        return None
    return "The word against forged requests is missing or not this session's; load the page again."


def _is_ours(origin: str, request: HTTPConnection) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    named, asked = host_of(parts.netloc), host_of(request.headers.get("host", ""))
    if parts.scheme != request.url.scheme or named is None or asked is None:
        return False
    default = _PORTS[parts.scheme]
    return (named[0], named[1] or default) == (asked[0], asked[1] or default)
