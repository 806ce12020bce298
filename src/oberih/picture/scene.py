"""What is to be drawn?

Defines the nouns `MapScene`, `SceneZone`, `Rose`, `Field` and `Table`: everything that a picture
needs, as plain text, numbers and geometries, and nothing of how it came about.  A case fills a
scene; `picture.map_png` and `picture.map_html` draw the same one, so that they cannot differ.

Invariants: geometries and corners are longitude and latitude [°]; lengths are metres; angles are
radians clockwise from north.  Text is text: whoever draws it escapes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.earth.places import Place
from oberih.errors import InputError
from oberih.language.catalogue import message

__all__ = ["Field", "MapScene", "Rose", "SceneZone", "Table", "extent_for"]

Floats = npt.NDArray[np.float64]

_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class SceneZone:
    """A zone as drawn.

    Parameters
    ----------
    name, name_uk : str
        English name, and Ukrainian where there is one.
    action : str
        What is to be done inside.
    geometry : shapely geometry or mapping
        In longitude and latitude [°]; a mapping is GeoJSON.  May be empty: the zone is then told
        in the legend only.
    colour : str
        A key of `oberih.picture.palette.ZONE_STYLES`, such as ``evacuate``.
    percentile : float or None
        Share of the weather in which the zone suffices [%]; None for an agreed size.
    distance_text : str
        Such as ``28 km (24-33)``.
    people_text : str
        Such as ``231,000 people``.
    verified : bool
        Whether every number the zone rests on was checked against its source.
    drawn_text : str
        How far the outline drawn reaches, such as ``as drawn 13 to 34 km``.
    nowhere : bool
        Whether the action is needed nowhere: the zone is told in the legend, subdued.
    circle : float
        Radius of the circle that holds as well as the outline [m], drawn thin beside it; 0 for none.
    """

    name: str
    action: str
    geometry: Any
    colour: str
    percentile: float | None = None
    distance_text: str = ""
    people_text: str = ""
    name_uk: str = ""
    verified: bool = True
    drawn_text: str = ""
    nowhere: bool = False
    circle: float = 0.0


@dataclass(frozen=True)
class Rose:
    """How far by direction, each direction by itself.

    A start whose wind blows elsewhere counts as zero in a direction: so the distances here are
    shorter than those of a zone that must hold in all directions at once, which is ``drawn``.

    Parameters
    ----------
    azimuths : float array, shape (n,)
        Where towards [rad], clockwise from north.
    median, high : float array, shape (n,)
        Distance reached in half, and at the planning percentile, of all weather [m].
    lower, upper : float array, shape (n,)
        Band of confidence of ``high`` [m].
    label : str
        What is reached.
    percentile : float
        Of ``high`` [%].
    drawn : float array, shape (n,), or None
        How far the zone on the map reaches [m].
    """

    azimuths: Floats
    median: Floats
    high: Floats
    lower: Floats
    upper: Floats
    label: str = ""
    percentile: float = 95.0
    drawn: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse columns of different lengths."""
        columns = [self.azimuths, self.median, self.high, self.lower, self.upper]
        columns += [] if self.drawn is None else [self.drawn]
        if len({len(np.atleast_1d(v)) for v in columns}) != 1:
            raise InputError("columns of different lengths", field="rose", cure="give one value per azimuth in each")

    @property
    def farthest(self) -> float:
        """Of all its curves, and 1 km at least [m]."""
        columns = [self.upper, self.high, self.median, *([] if self.drawn is None else [self.drawn])]
        return max(1000.0, *(float(np.max(c, initial=0.0)) for c in columns))

    @property
    def half_nowhere(self) -> bool:
        """Whether half of all starts reach nothing in any direction."""
        return not bool(np.any(self.median > 0.0))


@dataclass(frozen=True)
class Field:
    """Values on the cells of a log-polar grid.

    Parameters
    ----------
    corners : float array, shape (rings + 1, sectors, 2)
        Longitude and latitude of the grid's corners [°], as `LocalProjection.cell_corners` gives them.
    values : float array, shape (rings, sectors)
        In the unit shown, so that a probability is in per cent and a dose in millisievert.
    levels : tuple of float
        Where classes begin, increasing; below the first, nothing is drawn.
    label, unit : str
    labels : tuple of str
        A name per level, such as ``shelter``; or none.
    contours : bool
        Whether to draw and label the levels as lines.
    """

    corners: Floats
    values: Floats
    levels: tuple[float, ...]
    label: str
    unit: str
    labels: tuple[str, ...] = ()
    contours: bool = False

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit and levels that do not rise."""
        rings, sectors = self.values.shape
        if self.corners.shape != (rings + 1, sectors, 2):
            raise InputError("corners do not fit the values", field="field", value=self.corners.shape,
                             cure=f"give the shape {(rings + 1, sectors, 2)}")  # fmt: skip
        if not self.levels or any(b <= a for a, b in zip(self.levels, self.levels[1:], strict=False)):
            raise InputError("levels must rise", field="field.levels", value=self.levels, cure="sort them")


@dataclass(frozen=True)
class Table:
    """Rows of text under a title; the same in a terminal and in a page.

    Parameters
    ----------
    title : str
    columns : tuple of str
    rows : tuple of tuple of str
    numeric : tuple of int
        Columns to align at the right.
    note : str
    sections : tuple of (int, str)
        Headings among the rows: before which row, and its words.
    faint : tuple of int
        Rows that say nothing is needed: subdued.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    note: str = ""
    sections: tuple[tuple[int, str], ...] = ()
    faint: tuple[int, ...] = ()


@dataclass(frozen=True)
class MapScene:
    """Everything one picture says.

    Parameters
    ----------
    site_name : str
    latitude, longitude : float
        [°]
    title, subtitle : str
    headline : str
        The answer in one sentence.
    weather_label : str
        What weather it rests on, such as ``climate-statistics weather``; always shown.
    zones : tuple of SceneZone
        Drawn from the largest to the smallest, whatever their order; listed in the order given.
    extent : float
        From the site to the edge of the map [m].
    places : tuple of Place
    rose : Rose or None
    field : Field or None
    tables : tuple of Table
        Shown in the page.
    warnings, sources : tuple of str
    footer : str
        Provenance: hashes, version.
    site_name_uk : str
    overview : float
        From the site to the edge of a small second map for zones that leave the first [m]; 0 for none.
    sureness : tuple of str
        How sure the answer is, in sentences.
    downloads : tuple of (str, str)
        Files in the same folder as the page, with what they hold.
    language : str
        Of the words that the picture itself adds.
    """

    site_name: str
    latitude: float
    longitude: float
    title: str
    subtitle: str
    headline: str
    weather_label: str
    zones: tuple[SceneZone, ...]
    extent: float
    places: tuple[Place, ...] = ()
    rose: Rose | None = None
    field: Field | None = None
    tables: tuple[Table, ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    footer: str = ""
    site_name_uk: str = ""
    overview: float = 0.0
    sureness: tuple[str, ...] = ()
    downloads: tuple[tuple[str, str], ...] = ()
    language: str = "en"

    def said(self, key: str, **values: object) -> str:
        """What the picture itself says, of ``language/data/picture.toml``."""
        return message(f"picture.{key}", self.language, **values)

    @property
    def leading(self) -> str:
        """Colour key of the first zone that is needed anywhere, which the rose belongs to."""
        return next((zone.colour for zone in self.zones if not zone.nowhere), "protection")

    def __post_init__(self) -> None:
        """Refuse an extent that is no distance, and a file that lies elsewhere."""
        if not (np.isfinite(self.extent) and 0.0 < self.extent <= 2.0e6):
            raise InputError("must be a distance up to 2,000 km", field="extent", value=self.extent, cure="give metres")
        if not (self.overview == 0.0 or (np.isfinite(self.overview) and self.extent < self.overview <= 2.0e6)):
            raise InputError("must be 0, or farther than the map", field="overview", value=self.overview,
                             cure="give metres")  # fmt: skip
        for name, _ in self.downloads:
            if not _FILE.fullmatch(name):
                raise InputError("is no plain file name", field="downloads", value=name, cure="give a bare name")


def extent_for(reach: float, *, least: float = 10e3) -> float:
    """Give a round extent [m] that shows ``reach`` [m] with a margin.

    Examples
    --------
    >>> extent_for(28e3), extent_for(100.0), extent_for(300e3)
    (40000.0, 10000.0, 350000.0)
    """
    steps = [s * 10.0**k for k in range(4, 7) for s in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)]
    steps += [250e3, 350e3]
    wanted = max(1.15 * reach, least)
    return min((s for s in sorted(steps) if s >= wanted), default=2.0e6)
