"""Who stands at the door, and may they come in?

Finds out who asks before anything else is done with a request, and puts it where a route's `may` looks:
``request.state.who``.  Without accounts everyone on this machine is an analyst: looks and computes, writes nothing.
With accounts a stranger sees the page to sign in, its files and words, and the description of the API, which tells
nothing of the site; asked for another page they are led to sign in, asked for anything else they are refused.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oberih.web.access import sessions, tokens
from oberih.web.access.cookies import is_safe_way, session_of
from oberih.web.access.crossing import SAFE, refusal
from oberih.web.access.may import Who
from oberih.web.access.pace import Paces, address_of, too_many
from oberih.web.access.porter import Porter
from oberih.web.access.streams import while_alive
from oberih.web.pages import PAGES
from oberih.web.problem import problem

__all__ = ["Gate", "is_open"]

_OPEN_PATHS = {
    "/account", "/favicon.ico", "/openapi.json", "/api/v1/account/me", "/api/v1/account/sign-in",
    "/api/v1/account/sign-out",
}  # fmt: skip
_OPEN_UNDER = ("/static/", "/vendor/", "/api/v1/words/")
_OWN = "/api/v1/account/"
_PAGES = frozenset(PAGES.values())


def is_open(path: str) -> bool:
    """Whether everyone may ask for a path.

    Examples
    --------
    >>> is_open("/account"), is_open("/static/js/ask.js"), is_open("/"), is_open("/api/v1/design")
    (True, True, False, False)
    """
    return path in _OPEN_PATHS or path.startswith(_OPEN_UNDER)


class Gate:
    """Lets in who may come in.

    Parameters
    ----------
    app : ASGI application
    porter : Porter or None
        None where nobody has to sign in.
    paces : Paces
    """

    def __init__(self, app: ASGIApp, *, porter: Porter | None, paces: Paces) -> None:
        self.app, self._porter, self._paces = app, porter, paces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find who asks, and pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        if self._porter is None:
            scope.setdefault("state", {})["who"] = Who()
            refused = refusal(request, session=None)
            answer = problem(403, refused) if refused else self.app
            await answer(scope, receive, send)
            return
        await self._with_accounts(self._porter, request, receive, send)

    async def _with_accounts(self, porter: Porter, request: HTTPConnection, receive: Receive, send: Send) -> None:
        scope = request.scope
        by_token = "authorization" in request.headers
        cookie = None if by_token else session_of(request)
        scope.setdefault("state", {})
        who = self._by_token(porter, request) if by_token else _found_session(porter, scope, cookie)
        scope["state"]["who"] = who
        refused = self._refused(request, who, cookie if who else None, by_token=by_token)
        if refused is not None:
            await refused(scope, receive, send)
            return
        if who is not None:
            await self._note_use(porter, scope, who)
        await while_alive(self.app, porter, who, scope, receive, _privately(send) if who else send)

    def _refused(
        self, request: HTTPConnection, who: Who | None, cookie: str | None, *, by_token: bool
    ) -> ASGIApp | None:
        """The answer to whom is not let in."""
        path = request.url.path
        if by_token and who is None:
            return self._no_token(request)
        if not by_token and (refused := refusal(request, session=cookie)):
            return problem(403, refused, headers=_closing(request))
        if who is None and not is_open(path):
            return _sign_in_first(request)
        if who is not None and (wait := self._paces.wait("account", str(who.account))):
            return too_many(wait)
        if who is not None and who.must_change and not is_open(path) and not path.startswith(_OWN):
            if path in _PAGES:
                return RedirectResponse("/account", 303)
            return problem(403, "Change your password first; somebody else made this one.", headers=_closing(request))
        return None

    def _by_token(self, porter: Porter, request: HTTPConnection) -> Who | None:
        kind, _, secret = request.headers["authorization"].partition(" ")
        if kind.lower() != "bearer" or not is_safe_way(request):
            return None
        if self._paces.full("token", address_of(request)):
            return None
        with porter.file.reading() as connection:
            found = tokens.found(connection, secret.strip(), now=porter.now)
        if found is None:
            return None
        request.scope["state"]["token"] = found
        return Who(found.name, found.role, found.person, found.account, scopes=frozenset(found.scopes.split()))

    def _no_token(self, request: HTTPConnection) -> ASGIApp:
        if wait := self._paces.wait("token", address_of(request)):
            return too_many(wait)
        line = "This is no token in force."
        if not is_safe_way(request):
            line = "A token must come over TLS; this one was seen on its way: end it, and make another."
        return problem(401, line, headers={"WWW-Authenticate": 'Bearer error="invalid_token"', **_closing(request)})

    async def _note_use(self, porter: Porter, scope: Scope, who: Who) -> None:
        """Note, to the minute, that a session or a token was used."""
        token = scope["state"].get("token")
        last = token.seen_at if token is not None else scope["state"]["session"].seen_at
        if porter.now - (last or 0) < sessions.SEEN_EVERY:
            return

        def note() -> None:
            with porter.file.writing() as connection:
                if token is not None:
                    tokens.seen(connection, token.id, now=porter.now)
                else:
                    sessions.seen(connection, str(who.session), now=porter.now)

        await to_thread.run_sync(partial(note))


def _found_session(porter: Porter, scope: Scope, cookie: str | None) -> Who | None:
    if cookie is None:
        return None
    with porter.file.reading() as connection:
        found = sessions.found(connection, cookie, now=porter.now, lasting=porter.lasting)
    if found is None:
        return None
    scope["state"]["session"] = found
    return Who(
        found.name, found.role, found.person, found.account, found.id, must_change=found.must_change,
        ends_at=found.ends_at,
    )  # fmt: skip


def _sign_in_first(request: HTTPConnection) -> ASGIApp:
    path, query = request.url.path, request.url.query
    if path in _PAGES and request.scope["method"] in SAFE:
        back = quote(f"{path}?{query}" if query else path, safe="/")
        return RedirectResponse(f"/account?next={back}", 303, headers={"Cache-Control": "no-store"})
    headers = {"WWW-Authenticate": "Bearer", **_closing(request)}
    return problem(401, "Sign in, or send a token.", headers=headers)


def _closing(request: HTTPConnection) -> dict[str, str]:
    """What is not read is not waited for."""
    return {} if request.scope["method"] in SAFE else {"Connection": "close"}


def _privately(send: Send) -> Send:
    """Let nobody but the browser that asked keep what is answered to somebody."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            kept = headers.get("cache-control", "")
            if "public" in kept or not kept:
                headers["Cache-Control"] = "private, no-cache"
        await send(message)

    return told
