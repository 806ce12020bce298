"""What does a map in the browser stand on?"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from oberih.case.reach.base_map import base_map
from oberih.earth.site import load_site
from oberih.picture.palette import LAND, ZONE_STYLES, class_colours
from oberih.web.access.may import may
from oberih.web.problem import refusals
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1", tags=["map"])


class ZoneStyle(BaseModel):
    """How a zone is drawn."""

    colour: str = Field(description="Hexadecimal.")
    dash: list[float] = Field(description="Strokes and gaps, in line widths; empty for a solid line.")
    width: float = Field(description="Of the border [pt].")
    fill: float = Field(description="Opacity of the inside [1].")


class MapSite(BaseModel):
    """Where a map opens."""

    name: str
    latitude: float = Field(description="[°]")
    longitude: float = Field(description="[°]")


class MapStyle(BaseModel):
    """Colours of every map, and the further map source where one is set."""

    site: MapSite
    zones: dict[str, ZoneStyle] = Field(description="By action or part of a plan.")
    classes: list[str] = Field(description="Colours of a field, from little to much.")
    land: dict[str, str] = Field(description="Colours of the base map by layer.")
    tiles: str | None = Field(description="Address pattern of a further raster source.")


@router.get("/map/style", dependencies=[may("read")], responses=refusals(401, 403, 422))
def map_style(state: Shared, lang: Annotated[Literal["en", "uk"], Query()] = "en") -> MapStyle:
    """Give the site's place and the colours that every map of Oberih uses."""
    site = load_site(state.settings.site)
    return MapStyle(
        site=MapSite(name=site.name_uk if lang == "uk" else site.name, latitude=site.latitude,
                     longitude=site.longitude),
        zones={key: ZoneStyle(colour=s.colour, dash=list(s.dash), width=s.width, fill=s.fill)
               for key, s in ZONE_STYLES.items()},
        classes=list(class_colours(9)), land=dict(LAND), tiles=state.settings.tiles,
    )  # fmt: skip


_Longitude = Annotated[float, Query(ge=-180, le=180, description="[°]")]
_Latitude = Annotated[float, Query(ge=-85, le=85, description="[°]")]


class GeoJson(Response):
    """A GeoJSON document."""

    media_type = "application/geo+json"


_LAND: dict[int | str, dict[str, Any]] = {
    200: {"description": "Land, waters, borders and places.",
          "content": {"application/geo+json": {"schema": {"type": "object"}}}},
}  # fmt: skip


@router.get("/basemap", dependencies=[may("read")], responses={**_LAND, **refusals(401, 403, 422)},
            response_class=GeoJson)  # fmt: skip
def basemap(
    request: Request, west: _Longitude, south: _Latitude, east: _Longitude, north: _Latitude,
    lang: Annotated[Literal["en", "uk"], Query(description="Of the names.")] = "en",
) -> Response:  # fmt: skip
    """Give land, waters, borders and places within a box as GeoJSON; the drained reservoir is a layer of its own."""
    plain, packed = _drawn(west, south, east, north, lang)
    headers = {"Cache-Control": "private, max-age=3600", "Vary": "Accept-Encoding, Cookie"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="application/geo+json", headers={**headers, "Content-Encoding": "gzip"})
    return Response(plain, media_type="application/geo+json", headers=headers)


@lru_cache(maxsize=64)
def _drawn(west: float, south: float, east: float, north: float, lang: str) -> tuple[bytes, bytes]:
    found = base_map(west=west, south=south, east=east, north=north, language=lang)
    plain = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    return plain, gzip.compress(plain, 6, mtime=0)
