"""Which fields of the air does an event stand on, and which courses may they have taken?

Defines the nouns `FieldSource` (files with their digests, and what is known of them) and `Course` (one course of the
weather: a member of an ensemble, or the fields as given with something changed).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pyproj import Transformer

from oberih.case.reach.plume import Axes
from oberih.case.reach.request import FIELD_NAMES, AssessRequest
from oberih.case.wording import km, stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.projection import LocalProjection
from oberih.earth.site import Site
from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_file
from oberih.weather.fields import Fields
from oberih.weather.perturb import Perturbation, perturbations, perturbed
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume import members_of, volume_of
from oberih.weather.volume import cut, fields_of_volume

__all__ = [
    "REACH", "Course", "FieldSource", "courses_of", "covered_note", "covered_of", "fields_of", "members_asked",
    "source_of_files",
]  # fmt: skip

REACH = 1000e3
"""How far doses are computed [m]."""

MARGIN = 100e3
"""Read beyond that [m]: what leaves the grid and comes back is followed."""

GIVEN = "given fields"
"""Label of files: whether they are a forecast or a reanalysis is theirs to say."""

ENDINGS = (".nc", ".nc4", ".grib", ".grib2", ".grb", ".grb2")


@dataclass(frozen=True)
class FieldSource:
    """Files of fields.

    Parameters
    ----------
    paths : tuple of Path
    inputs : dict of str to str
        SHA-256 by name.
    label : str
        As in `oberih.weather.series.Weather`.
    notes : tuple of str
        What the reader must know of them.
    by_member : dict of int to tuple of Path
        Files of each member, where each has its own.
    """

    paths: tuple[Path, ...]
    inputs: dict[str, str]
    label: str
    notes: tuple[str, ...] = ()
    by_member: dict[int, tuple[Path, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    """One course of the weather.

    Parameters
    ----------
    name : str
        For people.
    member : int or None
        Of an ensemble in the files.
    by : Perturbation
    """

    name: str
    member: int | None = None
    by: Perturbation = field(default_factory=Perturbation)


def source_of_files(asked: tuple[str, ...]) -> FieldSource:
    """The files that were given, or that lie in the folders that were given.

    Raises
    ------
    InputError
        If one is not there, or a folder holds none.
    """
    paths: list[Path] = []
    for one in asked:
        path = Path(one)
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS)
            if not inside:
                raise InputError("holds no file of fields", field="--weather", value=one,
                                 cure=f"give files that end in {', '.join(ENDINGS)}")  # fmt: skip
            paths += inside
        elif path.is_file():
            paths.append(path)
        else:
            raise InputError("no such file, and not a name", field="--weather", value=one,
                             cure=f"give files of fields, or one of {', '.join(FIELD_NAMES)}")  # fmt: skip
    if len(set(paths)) < len(paths):
        raise InputError("the same file is given twice", field="--weather", value=", ".join(map(str, paths)))
    inputs = {f"fields {i + 1}: {p.name}": sha256_of_file(p) for i, p in enumerate(paths)}
    return FieldSource(tuple(paths), inputs, GIVEN)


def courses_of(request: AssessRequest, source: FieldSource) -> tuple[Course, ...]:
    """The courses of the weather that are asked for; one, as given, where no more are.

    Raises
    ------
    InputError
        If members are asked for that the fields do not hold, or members and perturbed courses together.
    """
    if request.members is not None and request.perturbed is not None:
        raise InputError("members and perturbed courses are two things", field="--perturbed", value=request.perturbed,
                         cure="ask for one of them")  # fmt: skip
    if request.members is not None:
        chosen = members_asked(request.members, tuple(source.by_member) or members_of(source.paths))
        return tuple(Course(f"member {m}", m) for m in chosen)
    if request.perturbed is not None:
        drawn = perturbations(request.perturbed, seed=request.seed)
        return tuple(Course("as given" if i == 0 else f"perturbed {i}", None, by) for i, by in enumerate(drawn))
    known = members_of(source.paths)
    if known:
        return (Course(f"member {known[0]}", known[0]),)
    return (Course("as given"),)


def members_asked(text: str, known: tuple[int, ...]) -> tuple[int, ...]:
    """Numbers of the members that a text such as ``all``, ``1-10`` or ``0,3,7`` means.

    Raises
    ------
    InputError
        If it means none, or others than those that are known.
    """
    if not known:
        raise InputError("the fields hold no ensemble", field="--members", value=text,
                         cure="give fields with members, or ask for --perturbed N")  # fmt: skip
    if text == "all":
        return known
    wanted: list[int] = []
    for part in text.split(","):
        span = re.fullmatch(r"\s*(\d{1,4})(?:-(\d{1,4}))?\s*", part)
        if span is None:
            raise InputError("is not 'all', nor numbers such as 1-10 or 0,3,7", field="--members", value=text)
        wanted += range(int(span[1]), int(span[2] or span[1]) + 1)
    if lacking := sorted(set(wanted) - set(known)):
        raise InputError(
            f"the fields hold members {known[0]} to {known[-1]}, not {', '.join(map(str, lacking[:5]))}",
            field="--members", value=text,
        )  # fmt: skip
    if not wanted:
        raise InputError("names no member", field="--members", value=text, cure="write it as 1-10")
    return tuple(dict.fromkeys(wanted))


def fields_of(source: FieldSource, course: Course, site: Site, *, start: int, hours: int, follow: int) -> Fields:
    """The fields of one course around a site, from the hour of the release on.

    Parameters
    ----------
    start : int
        Of the release.
    hours : int
        Of release, which the fields must cover [h].
    follow : int
        Hours after it that are taken where the fields have them [h].

    Raises
    ------
    InputError, WeatherRefused
        If the fields cannot be used, or do not cover the site or the release.
    """
    raw = _read(source, course, site)
    if len(raw.time) > 1:
        last, need = int(raw.time[-1]), start + hours * SECONDS_PER_HOUR
        if not raw.time[0] <= start or need > last:
            raise InputError(
                f"the fields go from {stamp(int(raw.time[0]))} to {stamp(last)} and do not cover {hours} h of release, "
                f"until {stamp(need)}", field="--at", value=stamp(start),
                cure="give fields of the event, or another time",
            )  # fmt: skip
        cut(raw, start=start, end=min(need + follow * SECONDS_PER_HOUR, last))
    fields = fields_of_volume(raw, roughness_length=site.roughness_length, label=source.label)
    fields.place(longitude=site.longitude, latitude=site.latitude, field=f"site {site.id}")  # refuses a site outside
    return perturbed(fields, course.by)


def _read(source: FieldSource, course: Course, site: Site) -> RawVolume:
    high = min(abs(site.latitude) + np.degrees((REACH + MARGIN) / 6.371e6), 85.0)
    north = np.degrees((REACH + MARGIN) / 6.371e6)
    east = min(north / np.cos(np.radians(high)), 179.0)
    area = (site.longitude - east, max(site.latitude - north, -89.0), site.longitude + east,
            min(site.latitude + north, 89.0))  # fmt: skip
    paths, member = source.paths, course.member
    if member in source.by_member:
        paths, member = source.by_member[member], None
    try:
        return volume_of(paths, area=area, member=member)
    except InputError as error:
        if error.field != "area":
            raise
    return volume_of(paths, member=member)  # a plane grid is taken whole


def covered_of(axes: Axes, *, latitude: float, longitude: float) -> float:
    """How far from a place fields reach in every direction [m], at most `REACH`."""
    x, y = axes.x, axes.y
    lon = np.concatenate([x, x, np.full(len(y), x[0]), np.full(len(y), x[-1])])
    lat = np.concatenate([np.full(len(x), y[0]), np.full(len(x), y[-1]), y, y])
    if axes.crs:
        lon, lat = Transformer.from_crs(axes.crs, "EPSG:4326", always_xy=True).transform(lon, lat)
    lon = (lon + 180.0) % 360.0 - 180.0
    return float(min(REACH, LocalProjection(latitude, longitude).distance(lon, lat).min()))


def covered_note(covered: float) -> str:
    """What to say where fields end before the grid does; nothing where they do not."""
    if covered >= REACH:
        return ""
    return (
        f"The fields reach {km(covered)} km from the site in every direction, not {km(REACH)}: what leaves them is "
        "lost to sight, and doses beyond are least values."
    )
