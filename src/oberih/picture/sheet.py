"""Where on the sheet does everything fall?

Defines the noun `Sheet`: a scene carried over to the map's plane, the azimuthal equidistant
projection about the site in metres, so that rings are rings and the scale bar is exact from the
middle.  Both renderers draw the same sheet; neither touches a longitude.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry

from oberih.earth.basemap import basemap_within
from oberih.earth.projection import LocalProjection
from oberih.picture.labels import Label, PlaceMark, place_labels
from oberih.picture.palette import Style, zone_style
from oberih.picture.scene import MapScene, SceneZone
from oberih.picture.table import people_text

__all__ = ["Sheet", "SheetZone", "lay_out", "scale_bar"]

Floats = npt.NDArray[np.float64]

_MOST_DOTS = 160
"""Places drawn at most; more would hide the zones."""


@dataclass(frozen=True)
class SheetZone:
    """A zone on the sheet: its scene's words, its style, its shape [m]."""

    zone: SceneZone
    style: Style
    shape: Any


@dataclass(frozen=True)
class Sheet:
    """A scene in the plane.

    Parameters
    ----------
    half : float
        From the site to the edge [m].
    base : dict of str to shapely geometry
        The base map [m].
    zones : tuple of SheetZone
        Largest first.
    corners : float array, shape (rings + 1, sectors, 2), or None
        Of the field [m].
    dots : tuple of PlaceMark
        Every place within the map.
    labels : tuple of Label
        Those that are named.
    letter : float
        Height of a place's name [m].
    base_source : str
    base_corrections : tuple of str
    """

    half: float
    base: dict[str, Any]
    zones: tuple[SheetZone, ...]
    corners: Floats | None
    dots: tuple[PlaceMark, ...]
    labels: tuple[Label, ...]
    letter: float
    base_source: str
    base_corrections: tuple[str, ...]


def lay_out(scene: MapScene) -> Sheet:
    """Carry a scene over to the plane of its map."""
    here = LocalProjection(scene.latitude, scene.longitude)
    half = scene.extent
    wide = 1.08 * half
    outer = shapely.box(-wide, -wide, wide, wide)
    base = basemap_within(**_bounds(scene.latitude, scene.longitude, 1.25 * half))
    layers = {name: _cut(_to_local(here, shape), outer) for name, shape in base.layers.items()}
    zones = [SheetZone(z, zone_style(z.colour), _cut(_to_local(here, _shape(z.geometry)), outer)) for z in scene.zones]
    corners = None
    if scene.field is not None:
        corners = np.stack(here.to_local(scene.field.corners[..., 0], scene.field.corners[..., 1]), axis=-1)
    dots = _dots(scene, here)
    letter = 0.0295 * half
    return Sheet(
        half=half,
        base={name: shape for name, shape in layers.items() if not shape.is_empty},
        zones=tuple(sorted(zones, key=lambda z: -shapely.area(z.shape))),
        corners=corners,
        dots=dots,
        labels=tuple(place_labels(dots, half=0.985 * half, height=letter, taken=_furniture(half, letter))),
        letter=letter,
        base_source=base.source,
        base_corrections=base.corrections if "former_reservoir" in layers else (),
    )


def scale_bar(half: float) -> float:
    """Length of a scale bar [m]: 1, 2 or 5 times a power of ten, about a quarter of the map.

    Examples
    --------
    >>> scale_bar(40e3)
    20000.0
    """
    return max(s * 10.0**k for k in range(1, 7) for s in (1.0, 2.0, 5.0) if s * 10.0**k <= 0.55 * half)


def _furniture(half: float, letter: float) -> list[tuple[float, float, float, float]]:
    """Where the scale bar, the north arrow and the site's own name stand."""
    name = (letter, -letter, 9 * letter, 1.2 * letter)
    bar = (-half, -half, -half + 1.2 * scale_bar(half) + 0.1 * half, -0.84 * half)
    corners = [(0.84 * half, 0.62 * half, half, half), (-half, 0.80 * half, -0.88 * half, half)]
    step = scale_bar(half) / 2.0
    rings = [(-letter, r - 0.6 * letter, letter, r + 0.6 * letter) for r in np.arange(step, half, step).tolist()]
    return [bar, *corners, name, (-letter, -letter, letter, letter), *rings]


def _bounds(latitude: float, longitude: float, reach: float) -> dict[str, float]:
    """A box around the site [°], the whole circle of longitude near a pole."""
    up = reach / 111e3
    south, north = max(latitude - up, -90.0), min(latitude + up, 90.0)
    farthest = max(abs(south), abs(north))
    if farthest >= 89.0:
        return {"west": -180.0, "south": south, "east": 180.0, "north": north}
    across = min(up / float(np.cos(np.radians(farthest))), 180.0)
    return {"west": longitude - across, "south": south, "east": longitude + across, "north": north}


def _shape(geometry: Any) -> Any:
    return shapely.geometry.shape(geometry) if isinstance(geometry, Mapping) else geometry


def _to_local(here: LocalProjection, shape: Any) -> Any:
    return shapely.transform(shape, lambda p: np.stack(here.to_local(p[:, 0], p[:, 1]), axis=-1))


def _cut(shape: Any, box: Any) -> Any:
    if shape.is_empty:
        return shape
    return shapely.intersection(shape if shapely.is_valid(shape) else shapely.make_valid(shape), box)


def _dots(scene: MapScene, here: LocalProjection) -> tuple[PlaceMark, ...]:
    """The places within the map that matter most, weighed by people and by nearness."""
    if not scene.places:
        return ()
    x, y = here.to_local([p.longitude for p in scene.places], [p.latitude for p in scene.places])
    marks = []
    for place, east, north in zip(scene.places, x.tolist(), y.tolist(), strict=True):
        if max(abs(east), abs(north)) >= 0.99 * scene.extent:
            continue
        people = float(place.population or 0)
        near = 1.0 + 4.0 * max(0.0, 1.0 - place.distance / (0.4 * scene.extent))
        detail = people_text(people) if people >= 1000.0 else ""
        marks.append(PlaceMark(east, north, place.name, detail, people * near))
    return tuple(sorted(marks, key=lambda m: (-m.weight, m.name, m.x, m.y))[:_MOST_DOTS])
