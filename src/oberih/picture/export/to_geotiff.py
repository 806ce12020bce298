"""How does a designed zone leave as a raster?

A GeoTIFF of the share of starts in which the level is reached and, where it is known, of the dose at the
percentile.  The log-polar cells are read at the centre of each pixel, without interpolation, in the azimuthal
equidistant projection about the site, in which rings and sectors are exact.  Close to the site a pixel is larger than
a cell: there the raster is coarser than what was computed, and says so.  Needs the extra ``raster``.

Source: OGC GeoTIFF 1.1 (19-008r4), projection method 12.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.picture.export.content import ExportContent, without_library
from oberih.picture.export.plain_text import xml_text
from oberih.picture.export.rows import about_rows

__all__ = ["NODATA", "PIXELS", "geotiff_of"]

PIXELS = 1200
"""Along each side: 100 m for a zone of 60 km, 500 m for the whole grid."""

NODATA = -9999.0
"""Of pixels on the site itself, inside the innermost ring, and of those beyond the grid."""

_MARGIN = 1.05
_LEAST = 5e3
"""From the site to the edge of the raster, at least [m]."""


def geotiff_of(content: ExportContent) -> bytes:
    """Give the probability, and the dose where it is known, as a GeoTIFF.

    Parameters
    ----------
    content : ExportContent

    Returns
    -------
    bytes
        Band 1: share of starts [1]; band 2, where there is one: dose [Sv or Gy].  float32, deflated.

    Raises
    ------
    InputError
        If the extra ``raster`` is not installed.
    """
    rasterio = _library()
    half = _half_width(content)
    step = 2.0 * half / PIXELS
    bands = [content.exceedance.probability, *([] if content.dose is None else [content.dose])]
    ring, sector = _cells(content, half)
    inside = (ring >= 0) & (ring < content.exceedance.grid.rings)
    profile = {
        "driver": "GTiff", "width": PIXELS, "height": PIXELS, "count": len(bands), "dtype": "float32",
        "crs": rasterio.crs.CRS.from_proj4(_projection(content)), "nodata": NODATA, "compress": "deflate",
        "predictor": 3, "tiled": True, "blockxsize": 256, "blockysize": 256, "num_threads": 1,
        "transform": rasterio.Affine(step, 0.0, -half, 0.0, -step, half),
    }  # fmt: skip
    with rasterio.io.MemoryFile() as memory:
        with memory.open(**profile) as raster:
            for i, values in enumerate(bands, start=1):
                filled = np.full(ring.shape, NODATA, dtype=np.float32)
                filled[inside] = values[ring[inside], sector[inside]]
                raster.write(filled, i)
            _describe(raster, content, step)
        return bytes(memory.read())


def _library() -> Any:
    try:
        import rasterio
        import rasterio.crs
        import rasterio.io
    except ImportError:
        raise without_library("tif") from None
    return rasterio


def _projection(content: ExportContent) -> str:
    return f"+proj=aeqd +lat_0={content.latitude:.9g} +lon_0={content.longitude:.9g} +datum=WGS84 +units=m +no_defs"


def _half_width(content: ExportContent) -> float:
    """From the site to the edge [m]: what holds every cell in which the level is ever reached, and the zone drawn."""
    grid = content.exceedance.grid
    rings = np.flatnonzero((content.exceedance.probability > 0.0).any(axis=1))
    far = float(grid.edges[rings[-1] + 1]) if len(rings) else 0.0
    outline = content.drawn.zone.outline.polygon
    drawn = 0.0 if outline.is_empty else max(abs(float(edge)) for edge in outline.bounds)
    return float(np.ceil(max(_LEAST, _MARGIN * far, _MARGIN * drawn) / 1e3) * 1e3)


def _cells(content: ExportContent, half: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Ring and sector of the centre of each pixel, shape (rows, columns); a ring off the grid is below 0 or beyond."""
    grid = content.exceedance.grid
    step = 2.0 * half / PIXELS
    centres = -half + step * (np.arange(PIXELS) + 0.5)
    east, north = centres[None, :], -centres[:, None]
    distance = np.hypot(east, north)
    ring = np.searchsorted(grid.edges, distance.ravel(), side="right").reshape(distance.shape) - 1
    sector = np.rint(np.arctan2(east, north) / (2.0 * np.pi / grid.sectors)).astype(np.int64) % grid.sectors
    return ring.astype(np.int64), sector


def _describe(raster: Any, content: ExportContent, step: float) -> None:
    """Write what the numbers are, beside them."""
    zone = content.drawn.zone
    level = xml_text(f"{zone.level:g} {zone.criterion.unit}, {zone.criterion.key}")
    raster.set_band_description(1, "share of starts in which the level is reached")
    raster.set_band_unit(1, "1")
    raster.update_tags(1, quantity="probability of exceedance", level=level, scale="1", offset="0")
    if content.dose is not None:
        raster.set_band_description(2, f"dose at {100 * zone.percentile:g} % of all starts")
        raster.set_band_unit(2, zone.criterion.unit)
        raster.update_tags(2, quantity="dose at the percentile", level=level, scale="1", offset="0")
    raster.update_tags(
        TIFFTAG_IMAGEDESCRIPTION=xml_text(content.title), AREA_OR_POINT="Area",
        resampling=f"log-polar cell at the centre of each pixel of {step:g} m, no interpolation",
        inner_radius_m=f"{content.exceedance.grid.inner_radius:.3f}", scale="1", offset="0",
        units="1" if content.dose is None else f"1; {zone.criterion.unit}",
        **{f"oberih_{name}": xml_text(text) for name, text in about_rows(content)},
    )  # fmt: skip
