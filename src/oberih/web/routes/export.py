"""Where does a designed zone leave, as a file?

One address a format, with the query of the designer: what was on the page is what leaves.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import Field

from oberih.case.reach.design_export import FORMATS, TABLE_TYPE, Wanted, export
from oberih.picture.export.content import Reporter
from oberih.web.access.may import may
from oberih.web.iso import IsoTime
from oberih.web.problem import refusals
from oberih.web.routes.design_query import DesignQuery, request_of
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1", tags=["design"])

Format = Literal["geojson", "kml", "gpkg", "tif", "csv", "irix", "png"]


class ExportQuery(DesignQuery):
    """The question of the designer, and what only an export asks."""

    detail: Literal["draft", "full"] = Field(
        "full", description="What leaves the page counts as many starts as a plan."
    )
    table: Literal["zones", "sectors", "places"] | None = Field(
        default=None, description="Of csv: this table alone, as text/csv; without it a ZIP archive of all."
    )
    organisation: str = Field(
        default=Reporter.organisation, max_length=200, pattern=r"^[a-zA-Z][.\-a-zA-Z0-9]*[a-zA-Z0-9]$",
        description="Of irix: who reports, in the form of a domain name.",
    )  # fmt: skip
    organisation_name: str = Field(default=Reporter.name, max_length=200, description="Of irix: its name.")
    organisation_country: str = Field(
        default=Reporter.country, pattern=r"^([A-Z]{2}|00)$", description="Of irix: its country; XX where not said."
    )
    context: Literal["Exercise", "Test", "Routine"] = Field(
        default="Exercise", description="Of irix: never an emergency, since a plan is no event."
    )
    confidentiality: Literal["For Addressees Use Only", "For Authority Use Only", "Free for Public Use"] = Field(
        default="For Authority Use Only", description="Of irix."
    )
    created: IsoTime | None = Field(
        default=None,
        description="Of irix: when it is reported; now where not given. The same time gives the same bytes.",
    )


_JSON = FORMATS["geojson"][0]
TYPES = (*(kind for kind, _ in FORMATS.values()), TABLE_TYPE)
"""Of the content, of all formats."""

_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file; its name is in Content-Disposition, its ETag begins with the provenance.",
        "content": {kind: _BINARY for kind in TYPES if "json" not in kind} | {_JSON: {"schema": {"type": "object"}}},
    },
    304: {"description": "What you have is what you would get."},
    **refusals(401, 403, 404, 409, 422, 429, 503),
}


@router.get(
    "/design/export/{format}", dependencies=[may("compute")], responses=_RESPONSES, response_class=Response
)  # fmt: skip
def design_export(
    format: Format, state: Shared, query: Annotated[ExportQuery, Query()],
    if_none_match: Annotated[str | None, Header(max_length=2000)] = None,
) -> Response:  # fmt: skip
    """Give a designed zone as a file: GeoJSON, KML, GeoPackage, GeoTIFF, tables, IRIX or PNG.

    The same query gives the same bytes; of ``irix``, if it also says when it is ``created``.
    """
    design = state.engine.design(request_of(query, seed=state.settings.seed))
    made = export(design, _wanted(format, query, state))
    tag = f'"{made.tag}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in (part.strip().removeprefix("W/") for part in (if_none_match or "").split(",")):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return Response(made.data, media_type=made.media_type, headers=headers)


def _wanted(format: str, query: ExportQuery, state: Shared) -> Wanted:
    created = query.created or state.clock()
    return Wanted(
        format, query.lang, query.table,
        Reporter(query.organisation, query.organisation_name, query.organisation_country, query.context,
                 query.confidentiality),
        int(created.timestamp()),
    )  # fmt: skip
