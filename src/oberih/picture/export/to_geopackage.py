"""How does a designed zone leave as a GeoPackage?

One file with the layers ``zones``, ``sectors``, ``places``, ``site`` and ``probability`` in WGS 84 and the table
``about``; columns as in `oberih.picture.export.rows`.  GDAL notes when a layer was changed: that is set to the day of
the plan, so that the same question gives the same bytes.  Needs the extra ``gis``.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from oberih.earth.projection import LocalProjection
from oberih.picture.export.content import ExportContent, without_library
from oberih.picture.export.plain_text import xml_text
from oberih.picture.export.rows import COLUMNS, Row, about_rows, place_rows, sector_rows, zone_rows

__all__ = ["geopackage_of"]

_ONE_AT_A_TIME = threading.Lock()
"""GDAL takes the time of a change from a setting of the whole process."""

_WHOLE_NUMBERS = {"zone", "people", "places_unknown", "geonames_id", "population"}
_TRUTHS = {"reaches_edge", "verified", "inside"}
_WORDS = {
    "part", "title", "title_uk", "criterion", "action", "scenario", "level_unit", "age", "rule", "provenance",
    "compass", "arrival_of", "name", "country", "dose_unit", "value", "site", "name_uk",
}  # fmt: skip
_POINTS_OF_ARC = 5
"""Points along the arc of a sector or a cell."""


def geopackage_of(content: ExportContent) -> bytes:
    """Give the zones, sectors, places and probability cells as a GeoPackage.

    Parameters
    ----------
    content : ExportContent

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If the extra ``gis`` is not installed.
    """
    writer = _writer()
    with tempfile.TemporaryDirectory(prefix="oberih-") as folder, _ONE_AT_A_TIME:
        path = Path(folder) / "zone.gpkg"
        writer.set_gdal_config_options({"OGR_CURRENT_DATE": _moment(content.day)})
        try:
            for i, (name, geometry, rows) in enumerate(_layers(content)):
                _write(writer, path, name, geometry, rows, append=i > 0)
        finally:
            writer.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return path.read_bytes()


def _writer() -> Any:
    try:
        import pyogrio
        import pyogrio.raw
    except ImportError:
        raise without_library("gpkg") from None
    return pyogrio


def _moment(day: int) -> str:
    """As requirement 15 of GeoPackage 1.3 wants it."""
    return datetime.fromtimestamp(day, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _layers(content: ExportContent) -> list[tuple[str, list[Any] | None, list[Row]]]:
    """Name, geometries and rows of each layer."""
    places = place_rows(content)
    wedges, sectors = _sector_layer(content)
    cells, shares = _cell_layer(content)
    site = {
        "site": content.site_id, "name": content.site_name, "name_uk": content.site_name_uk,
        "country": content.country, "provenance": content.digest,
    }  # fmt: skip
    return [
        ("zones", [z.zone.geometry for z in content.zones], zone_rows(content)),
        ("sectors", wedges, sectors),
        ("places", [shapely.points(r["longitude_deg"], r["latitude_deg"]) for r in places], places),
        ("site", [shapely.points(content.longitude, content.latitude)], [site]),
        ("probability", cells, shares),
        ("about", None, [{"name": k, "value": v} for k, v in about_rows(content)]),
    ]


def _sector_layer(content: ExportContent) -> tuple[list[Any], list[Row]]:
    """Wedges of the zone drawn, as far as each distance; a distance of nothing has no wedge."""
    rows = sector_rows(content, drawn_only=True)
    half = np.pi / content.exceedance.grid.sectors
    wedges = [
        _between(content.projection, 0.0, r["distance_m"], np.radians(r["azimuth_deg"]), half)
        if r["distance_m"] > 0.0 else None
        for r in rows
    ]  # fmt: skip
    return wedges, rows


def _cell_layer(content: ExportContent) -> tuple[list[Any], list[Row]]:
    """Cells in which the level is ever reached."""
    grid, share = content.exceedance.grid, content.exceedance.probability
    half = np.pi / grid.sectors
    found = [(int(i), int(k)) for i, k in zip(*np.nonzero(share > 0.0), strict=True)]
    cells = [
        _between(content.projection, grid.edges[i], grid.edges[i + 1], grid.azimuths[k], half) for i, k in found
    ]  # fmt: skip
    rows = [
        {
            "ring": i, "sector": k, "inner_m": round(float(grid.edges[i]), 1),
            "outer_m": round(float(grid.edges[i + 1]), 1), "azimuth_deg": round(float(np.degrees(grid.azimuths[k])), 3),
            "share_above": float(f"{share[i, k]:.6g}"),
            "dose_percentile": None if content.dose is None else float(f"{content.dose[i, k]:.6g}"),
            "dose_unit": content.drawn.zone.criterion.unit, "provenance": content.digest,
        }
        for i, k in found
    ]  # fmt: skip
    return cells, rows


def _between(here: LocalProjection, inner: float, outer: float, azimuth: float, half: float) -> Any:
    """What lies between two distances [m] and half a sector [rad] to each side."""
    turn = azimuth + np.linspace(-half, half, _POINTS_OF_ARC)
    near = np.zeros((1, 2)) if inner <= 0.0 else inner * np.stack([np.sin(turn), np.cos(turn)], axis=-1)
    far = outer * np.stack([np.sin(turn[::-1]), np.cos(turn[::-1])], axis=-1)
    return here.polygon_to_lonlat(shapely.polygons(np.concatenate([near, far])))


def _write(
    writer: Any, path: Path, name: str, geometry: Sequence[Any] | None, rows: Sequence[Row], *, append: bool
) -> None:
    columns = list(rows[0]) if rows else list(COLUMNS.get(name, ("provenance",)))
    kind, wkb = None, None
    if geometry is not None:
        kind = "Point" if name in ("places", "site") else "MultiPolygon"
        wkb = np.array([None if g is None or g.is_empty else shapely.to_wkb(_multi(g)) for g in geometry], dtype=object)
    data, masks = zip(*(_column(c, rows) for c in columns), strict=True)
    writer.raw.write(
        path, geometry=wkb, field_data=list(data), fields=np.array(columns, dtype=object), field_mask=list(masks),
        layer=name, driver="GPKG", geometry_type=kind, crs=None if geometry is None else "EPSG:4326", append=append,
        dataset_options=None if append else {"VERSION": "1.3"}, layer_options=_said(name, geometry),
    )  # fmt: skip


def _said(name: str, geometry: object) -> Mapping[str, str]:
    """What a map program shows of a layer."""
    texts = {
        "zones": "Zones, the first is drawn", "sectors": "Distances by sector of the zone drawn",
        "places": "Places with the doses that would reach them", "site": "The site",
        "probability": "Share of starts in which the level is reached, by cell", "about": "What the whole rests on",
    }  # fmt: skip
    return {"DESCRIPTION": texts[name]} | ({} if geometry is None else {"SPATIAL_INDEX": "YES"})


def _multi(geometry: Any) -> Any:
    return shapely.multipolygons(shapely.get_parts(geometry)) if shapely.get_dimensions(geometry) == 2 else geometry


def _column(name: str, rows: Sequence[Row]) -> tuple[Any, Any]:
    """Values of a column in one type, and which are unknown."""
    values = [row[name] for row in rows]
    unknown = np.array([v is None for v in values], dtype=bool)
    if name in _WORDS:
        return np.array(["" if v is None else xml_text(str(v)) for v in values], dtype=object), unknown
    if name in _TRUTHS:
        return np.array([bool(v) for v in values], dtype=bool), unknown
    if name in _WHOLE_NUMBERS or name in ("ring", "sector"):
        return np.array([0 if v is None else int(v) for v in values], dtype=np.int64), unknown
    return np.array([0.0 if v is None else float(v) for v in values], dtype=np.float64), unknown
