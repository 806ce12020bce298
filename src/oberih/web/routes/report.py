"""Where does a report leave, and how is it looked at before?

One address a form, with the query of the designer: what was on the page is what is reported, counted in full.
"""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import Field

from oberih.case.reach.sources import scenarios_of
from oberih.case.report.design import facts_of_designs
from oberih.case.report.facts import Facts
from oberih.picture.report_html import report_policy
from oberih.web.access.may import may
from oberih.web.problem import refusals
from oberih.web.routes.design_query import DesignQuery, request_of
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1", tags=["report"])

TYPES = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}


class ReportQuery(DesignQuery):
    """The question of the designer, and what only a report asks."""

    releases: Literal["one", "site"] = Field(
        "one", description="The scenario named, or all that a plan of the site takes: then the farthest decides."
    )
    download: bool = Field(False, description="Whether the browser is to keep it rather than show it.")


def _described(kind: str) -> dict[int | str, dict[str, Any]]:
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "The report; its ETag follows from its provenance.",
              "content": {kind: {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "What you have is what you would get."},
    }  # fmt: skip
    return {**found, **refusals(401, 403, 404, 409, 422, 429, 503)}


Match = Annotated[str | None, Header(max_length=2000)]
Asked = Annotated[ReportQuery, Query()]


@router.get(
    "/report.pdf", dependencies=[may("compute")], responses=_described("application/pdf"), response_class=Response
)
def report_pdf(state: Shared, query: Asked, if_none_match: Match = None) -> Response:
    """Give the report of a designed zone as a tagged PDF: two pages and annexes.

    Every start is counted, whatever ``detail`` says. The same query gives the same bytes.
    """
    return _report(state, query, "pdf", if_none_match)


@router.get("/report.html", dependencies=[may("compute")], responses=_described("text/html"), response_class=Response)
def report_html(state: Shared, query: Asked, if_none_match: Match = None) -> Response:
    """Give the report of a designed zone as one page that holds everything and runs no script.

    It says what the PDF says. The same query gives the same bytes.
    """
    return _report(state, query, "html", if_none_match)


def _report(state: Shared, query: ReportQuery, form: str, known: str | None) -> Response:
    facts = _facts(state, query)
    tag = f'"{state.press.tag(facts, query.lang, form)}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Content-Language": query.lang}
    if form == "html":
        headers |= {
            "Content-Security-Policy": f"{report_policy()}; frame-ancestors 'self'; sandbox",
            "X-Frame-Options": "SAMEORIGIN",
        }
    if tag in (part.strip().removeprefix("W/") for part in (known or "").split(",")):
        return Response(status_code=304, headers=headers)
    data = state.press.printed(facts, query.lang, form)
    manner = "attachment" if query.download else "inline"
    headers["Content-Disposition"] = f'{manner}; filename="oberih-{_plain(facts.site.id)}-{query.lang}.{form}"'
    return Response(data, media_type=TYPES[form], headers=headers)


def _facts(state: Shared, query: ReportQuery) -> Facts:
    """Ask the engine, in full detail, for the scenario named or for all of the site's."""
    request = dataclasses.replace(request_of(query, seed=state.settings.seed), full=True)
    bench = state.engine.bench
    names = [request.scenario]
    if query.releases == "site":
        names = [s.name for s in scenarios_of((), bench.site)]
    designs = [state.engine.design(dataclasses.replace(request, scenario=name)) for name in names]
    left = {"lang", "detail", "download", *(("scenario",) if query.releases == "site" else ())}
    asked = {"releases": query.releases, **query.model_dump(mode="json", exclude=left, exclude_defaults=True)}
    again = f"/api/v1/report.pdf?{urlencode(sorted(asked.items()), doseq=True)}"
    return facts_of_designs(designs, places=bench.places, again=again)


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)[:60]
