"""Which page is behind an address, in whose language?

A page is a template with its words filled in; what it shows comes from the API.  The language is the one asked for
with ``?lang=``, else the one chosen before (a cookie), else the browser's.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from oberih.language.catalogue import LANGUAGES, accepted, message
from oberih.web.state import Shared

__all__ = ["PAGES", "language_of", "render", "router"]

FOLDER = Path(__file__).parent
PAGES = {
    "situation": "/", "designer": "/designer", "event": "/event", "regimes": "/regimes", "evidence": "/evidence",
    "report": "/report", "account": "/account", "api": "/api",
}  # fmt: skip
"""Address of each page; its template, its module and its words have its name."""

LANGUAGE_COOKIE = "oberih-language"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_TEMPLATES = Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined)


def language_of(request: Request, default: str = "en") -> str:
    """Choose the language of a request."""
    for asked in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in LANGUAGES:
            return str(asked)
    return accepted(request.headers.get("accept-language"), default)


def render(name: str, request: Request, state: Shared, **values: Any) -> HTMLResponse:
    """Fill in a page's template."""
    language = language_of(request, state.settings.language)

    def say(key: str, **words: object) -> str:
        return message(key, language, **words)

    other = next(one for one in LANGUAGES if one != language)
    text = _TEMPLATES.get_template(f"{name}.html").render(
        say=say, language=language, other=other, page=name, pages=PAGES, version=version("oberih"),
        who=getattr(request.state, "who", None), with_users=state.settings.users is not None, **values,
    )  # fmt: skip
    response = HTMLResponse(text, headers={"Content-Language": language, "Vary": "Accept-Language, Cookie"})
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 86400, samesite="lax", httponly=False)
    return response


def _page(name: str) -> Any:
    def show(request: Request, state: Shared, lang: Annotated[str | None, Query(max_length=10)] = None) -> Response:
        return render(name, request, state)

    show.__name__ = f"page_{name}"
    return show


for _name, _address in PAGES.items():
    router.add_api_route(_address, _page(_name), methods=["GET"])


@router.get("/favicon.ico", response_class=FileResponse)
def favicon() -> Response:
    """Give the mark to those who ask by its old name."""
    return FileResponse(FOLDER / "static" / "mark.svg", media_type="image/svg+xml")
