"""Where on the sheet does everything fall?

Defines the noun `Sheet`: a scene carried over to the map's plane, the azimuthal equidistant
projection about the site in metres, so that rings are rings and the scale bar is exact from the
middle.  Both renderers draw the same sheet; neither touches a longitude.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry

from oberih.earth.basemap import basemap_within
from oberih.earth.projection import LocalProjection
from oberih.picture.labels import Box, Label, PlaceMark, place_labels
from oberih.picture.palette import Style, zone_style
from oberih.picture.rose import rings_for
from oberih.picture.scene import MapScene, SceneZone
from oberih.picture.table import people_text

__all__ = ["Sheet", "SheetZone", "lay_out", "lay_out_overview", "scale_bar"]

Floats = npt.NDArray[np.float64]

_INSET = 0.29
"""Side of the overview over that of the map [1]."""

_MOST_DOTS = 160
"""Places drawn at most; more would hide the zones."""


@dataclass(frozen=True)
class SheetZone:
    """A zone on the sheet.

    Parameters
    ----------
    number : int
        In the order of the scene.
    zone : SceneZone
        Its words.
    style : Style
    shape : shapely geometry
        [m]
    twin : bool
        Whether a zone listed before it has the same outline: it is then drawn above that one, not filled.
    doubled : bool
        Whether such a twin follows: it is then drawn wider, so that both are seen.
    """

    number: int
    zone: SceneZone
    style: Style
    shape: Any
    twin: bool = False
    doubled: bool = False


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
        Largest first, twins last; those without an outline on this map are left out.
    beyond : tuple of int
        Numbers of the zones that hold the whole map, so that no outline is seen.
    corners : float array, shape (rings + 1, sectors, 2), or None
        Of the field [m].
    dots : tuple of PlaceMark
        Every place within the map.
    labels : tuple of Label
        Those that are named.
    letter : float
        Height of a place's name [m].
    inset : Box or None
        Where on the map the overview stands [m]; None for elsewhere.
    base_source : str
    base_corrections : tuple of str
    """

    half: float
    base: dict[str, Any]
    zones: tuple[SheetZone, ...]
    beyond: tuple[int, ...]
    corners: Floats | None
    dots: tuple[PlaceMark, ...]
    labels: tuple[Label, ...]
    letter: float
    inset: Box | None
    base_source: str
    base_corrections: tuple[str, ...]


def lay_out(scene: MapScene, *, inset: bool = False) -> Sheet:
    """Carry a scene over to the plane of its map; with room in a corner for the overview if wanted."""
    letter = 0.0295 * scene.extent
    return _lay_out(
        scene, scene.extent, letter, taken=_furniture(scene.extent, letter), most=26, fewest=0,
        inset=inset and scene.overview > 0.0,
    )  # fmt: skip


def lay_out_overview(scene: MapScene) -> Sheet | None:
    """Carry a scene over to its small second map, with large cities only; None where the scene has none."""
    if scene.overview == 0.0:
        return None
    half, letter = scene.overview, 0.085 * scene.overview
    edge = scene.extent + 0.3 * letter
    taken = [(-edge, -edge, edge, edge), (-half, half - 1.6 * letter, 0.5 * half, half)]
    for radius in rings_for(0.95 * half).tolist():
        x, y = -0.34 * radius, 0.94 * radius
        taken.append((x - 1.8 * letter, y - 0.6 * letter, x + 1.8 * letter, y + 0.6 * letter))
    field_less = dataclasses.replace(scene, field=None, extent=half, overview=0.0)
    sheet = _lay_out(field_less, half, letter, taken=taken, most=6, fewest=200_000)
    return dataclasses.replace(sheet, dots=tuple(label.mark for label in sheet.labels))


def _lay_out(
    scene: MapScene, half: float, letter: float, *, taken: Sequence[Box], most: int, fewest: int, inset: bool = False
) -> Sheet:
    here = LocalProjection(scene.latitude, scene.longitude)
    base = basemap_within(**_bounds(scene.latitude, scene.longitude, 1.25 * half))
    outer = shapely.box(-1.08 * half, -1.08 * half, 1.08 * half, 1.08 * half)
    layers = {name: _cut(_to_local(here, shape), outer) for name, shape in base.layers.items()}
    zones, beyond = _zones(scene, here, half, outer)
    corners = None
    if scene.field is not None:
        corners = np.stack(here.to_local(scene.field.corners[..., 0], scene.field.corners[..., 1]), axis=-1)
    dots = _dots(scene, here, half, fewest)
    corner = _corner(zones, half) if inset else None
    taken = [*taken, *([] if corner is None else [corner])]
    return Sheet(
        half=half,
        base={name: shape for name, shape in layers.items() if not shape.is_empty},
        zones=zones,
        beyond=beyond,
        corners=corners,
        dots=dots,
        labels=tuple(place_labels(dots, half=0.985 * half, height=letter, taken=taken, most=most)),
        letter=letter,
        inset=corner,
        base_source=base.source,
        base_corrections=base.corrections if "former_reservoir" in layers else (),
    )


def _zones(
    scene: MapScene, here: LocalProjection, half: float, outer: Any
) -> tuple[tuple[SheetZone, ...], tuple[int, ...]]:
    """Those with an outline on the map, and those that hold it whole."""
    frame = shapely.box(-half, -half, half, half)
    drawn: list[SheetZone] = []
    beyond: list[int] = []
    for number, zone in enumerate(scene.zones):
        shape = _cut(_to_local(here, _shape(zone.geometry)), outer)
        if not shape.is_empty and shapely.covers(shape, frame):
            beyond.append(number)
        elif not shape.is_empty:
            drawn.append(SheetZone(number, zone, zone_style(zone.colour), shape))
    told = [
        dataclasses.replace(
            z, twin=any(_alike(z, other) for other in drawn[:i]), doubled=any(_alike(z, o) for o in drawn[i + 1 :])
        )
        for i, z in enumerate(drawn)
    ]
    return tuple(sorted(told, key=lambda z: (z.twin, -shapely.area(z.shape)))), tuple(beyond)


def _corner(zones: Sequence[SheetZone], half: float) -> Box:
    """The lower right or the upper left corner, whichever hides less of the zones."""
    inner = half - _INSET * 2.0 * half
    corners: tuple[Box, ...] = ((inner, -half, half, -inner), (-half, inner, -inner, half))
    return min(corners, key=lambda c: sum(float(shapely.area(z.shape & shapely.box(*c))) for z in zones))


def _alike(one: SheetZone, other: SheetZone) -> bool:
    """Whether two outlines differ by less than 2 % of their area."""
    large = max(float(shapely.area(one.shape)), float(shapely.area(other.shape)))
    if abs(float(shapely.area(one.shape) - shapely.area(other.shape))) > 0.02 * large:
        return False
    return float(shapely.area(shapely.symmetric_difference(one.shape, other.shape))) <= 0.02 * large


def scale_bar(half: float) -> float:
    """Length of a scale bar [m]: 1, 2 or 5 times a power of ten, about a quarter of the map.

    Examples
    --------
    >>> scale_bar(40e3)
    20000.0
    """
    return max(s * 10.0**k for k in range(1, 7) for s in (1.0, 2.0, 5.0) if s * 10.0**k <= 0.55 * half)


def _furniture(half: float, letter: float) -> list[Box]:
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


def _dots(scene: MapScene, here: LocalProjection, half: float, fewest: int) -> tuple[PlaceMark, ...]:
    """The places within the map that matter most, weighed by people and by nearness."""
    places = [p for p in scene.places if (p.population or 0) >= fewest]
    if not places:
        return ()
    x, y = here.to_local([p.longitude for p in places], [p.latitude for p in places])
    marks = []
    for place, east, north in zip(places, x.tolist(), y.tolist(), strict=True):
        if max(abs(east), abs(north)) >= 0.99 * half:
            continue
        people = float(place.population or 0)
        near = 1.0 if fewest else 1.0 + 4.0 * max(0.0, 1.0 - place.distance / (0.4 * half))
        detail = people_text(people) if people >= 1000.0 and not fewest else ""
        marks.append(PlaceMark(east, north, place.name, detail, people * near))
    return tuple(sorted(marks, key=lambda m: (-m.weight, m.name, m.x, m.y))[:_MOST_DOTS])
