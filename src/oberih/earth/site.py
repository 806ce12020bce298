"""Which plant is it, and what stands there?

Defines the nouns `Site`, `Unit`, `Pool`, `Batch` and `DryStorage`, and reads them from site
files (TOML).  The sites that come with Oberih lie in ``earth/data/sites``; a user adds one by
giving a file.  A number that was not checked against its source is named in ``unverified`` of
the thing that holds it.

A reactor that is shut down says when: the inventory of iodine depends on it by orders of
magnitude, so a unit without ``shutdown`` must say ``operating = true``.

Invariants: SI inside, but burn-up, which keeps its trade's unit [MWd/t]; times are seconds since
1970, UTC; every pool belongs to a unit of the site, or to none ("").
"""

from __future__ import annotations

import difflib
import tomllib
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from oberih.constants import SECONDS_PER_YEAR
from oberih.earth.checked import Fields
from oberih.errors import InputError, UnknownName

__all__ = ["Batch", "DryStorage", "Pool", "Site", "Unit", "list_sites", "load_site"]


@dataclass(frozen=True)
class Unit:
    """A reactor.

    Parameters
    ----------
    id : str
        Such as ``"3"``.
    type : str
        Such as ``VVER-1000/V-320``.
    thermal_power : float
        At full power [W].
    electric_power : float
        Net [W].
    burnup : float
        Mean burn-up of the core at shutdown [MWd/t].
    shutdown : int or None
        When the chain reaction ended, seconds since 1970, UTC; None while the unit operates.
    unverified : tuple of str
        Which of these were not checked against their source.
    """

    id: str
    type: str
    thermal_power: float
    electric_power: float
    burnup: float
    shutdown: int | None
    unverified: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether every number was checked against its source."""
        return not self.unverified


@dataclass(frozen=True)
class Batch:
    """Fuel put into a pool at one time.

    Parameters
    ----------
    core_fraction : float
        Share of a full core [1].
    discharged : int
        When it left the core, seconds since 1970, UTC.
    """

    core_fraction: float
    discharged: int


@dataclass(frozen=True)
class Pool:
    """A spent-fuel pool.

    Parameters
    ----------
    unit : str
        The unit whose fuel it holds, ``""`` for a pool of the whole site.
    batches : tuple of Batch
        Latest first.
    unverified : tuple of str
    """

    unit: str
    batches: tuple[Batch, ...]
    unverified: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether every number was checked against its source."""
        return not self.unverified


@dataclass(frozen=True)
class DryStorage:
    """Spent fuel in casks.

    Parameters
    ----------
    casks, assemblies_per_cask : int
    burnup : float
        [MWd/t]
    cooling_time : float
        Since discharge, of a typical cask [s].
    latitude, longitude : float
        [°]
    unverified : tuple of str
    """

    casks: int
    assemblies_per_cask: int
    burnup: float
    cooling_time: float
    latitude: float
    longitude: float
    unverified: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether every number was checked against its source."""
        return not self.unverified


@dataclass(frozen=True)
class Site:
    """A nuclear site.

    Parameters
    ----------
    id, name, name_uk : str
        Identifier; English and Ukrainian name (the English where no Ukrainian is given).
    country : str
        ISO 3166-1 alpha-2.
    latitude, longitude : float
        Of the reactors [°].
    timezone : str
        IANA name; for showing times only.
    roughness_length : float
        Of the surroundings [m].
    building_height, building_width : float
        Of the building in whose wake a release would mix [m].
    units, pools : tuple
    dry_storage : DryStorage or None
    aliases : tuple of str
        Other names the site answers to.
    spellings : tuple of str
        Spellings that are not its name but show what was meant; they lead to a hint only.
    sources, unverified : tuple of str
    note, note_uk : str
        What must be known of it, in English and Ukrainian (the English where no Ukrainian is given).
    """

    id: str
    name: str
    name_uk: str
    country: str
    latitude: float
    longitude: float
    timezone: str
    roughness_length: float
    building_height: float
    building_width: float
    units: tuple[Unit, ...]
    pools: tuple[Pool, ...] = ()
    dry_storage: DryStorage | None = None
    aliases: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    note: str = ""
    note_uk: str = ""

    def unit(self, id: str) -> Unit:
        """Give the unit of that id.

        Raises
        ------
        UnknownName
            If the site has no such unit.
        """
        for unit in self.units:
            if unit.id == id:
                return unit
        raise UnknownName(f"unit of {self.id}", id, known=[u.id for u in self.units])

    @property
    def thermal_power(self) -> float:
        """Of all units together, at full power [W]."""
        return sum(unit.thermal_power for unit in self.units)


def list_sites() -> list[Site]:
    """Give the sites that come with Oberih, by identifier."""
    return [_built_in(name) for name in _names()]


def load_site(name_or_path: str | Path) -> Site:
    """Give a site by identifier or alias, or read it from a file.

    Parameters
    ----------
    name_or_path : str or Path
        Such as ``zaporizhzhia``, ``ZNPP``, ``Запорізька АЕС`` or ``plants/mine.toml``.

    Raises
    ------
    UnknownName
        If no site has that name; the nearest are given.
    InputError
        If the file cannot be read, or something in it cannot be used.

    Examples
    --------
    >>> load_site("ZNPP").name
    'Zaporizhzhia NPP'
    >>> load_site("zaporozhye")
    Traceback (most recent call last):
        ...
    oberih.errors.UnknownName: site = 'zaporozhye': no such site; did you mean zaporizhzhia?
    """
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or text.endswith(".toml") or "/" in text or "\\" in text:
        return _read_file(Path(text))
    wanted = _folded(text)
    names = _every_name(spellings=False)
    if wanted not in names:
        meant = _every_name(spellings=True)
        near = {meant[n] for n in difflib.get_close_matches(wanted, list(meant), n=3, cutoff=0.6)}
        raise UnknownName("site", text, known=near or _names())
    return _built_in(names[wanted])


def _read_file(path: Path) -> Site:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", file=path, cure="save the file as UTF-8") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path, cure="check the path") from None
    return _parse(text, file=str(path))


def _folded(name: str) -> str:
    return "-".join(name.lower().replace("_", " ").replace("-", " ").replace("'", "").replace("’", "").split())


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    folder = files("oberih.earth") / "data" / "sites"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@lru_cache(maxsize=2)
def _every_name(*, spellings: bool) -> dict[str, str]:
    """Every name a site goes by, to its identifier."""
    return {
        _folded(name): site.id
        for site in list_sites()
        for name in (site.id, site.name, site.name_uk, *site.aliases, *(site.spellings if spellings else ()))
    }


@lru_cache(maxsize=32)
def _built_in(name: str) -> Site:
    file = files("oberih.earth") / "data" / "sites" / f"{name}.toml"
    return _parse(file.read_text(encoding="utf-8"), file=f"{name}.toml")


def _parse(text: str, *, file: str) -> Site:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}", file=file, cure="compare with a site file that works") from None
    top = Fields(table, file=file)
    site = Site(
        id=_folded(top.text("id")),
        name=top.text("name"),
        name_uk=top.text("name_uk", default=top.text("name")),
        country=top.text("country"),
        latitude=top.number("latitude", low=-90, high=90, cure="give degrees north, such as 47.51"),
        longitude=top.number("longitude", low=-180, high=180, cure="give degrees east, such as 34.59"),
        timezone=_timezone(top),
        roughness_length=top.number("roughness_length", low=1e-5, high=3.0, cure="give metres; 0.1 is open country"),
        building_height=top.number("building_height", low=0, high=300),
        building_width=top.number("building_width", low=0, high=500),
        units=tuple(_unit(t) for t in top.tables("unit")),
        pools=tuple(_pool(t) for t in top.tables("pool")),
        dry_storage=_dry_storage(top.table("dry_storage")),
        aliases=top.texts("aliases"),
        spellings=top.texts("spellings"),
        sources=top.texts("sources"),
        unverified=top.unverified("latitude", "longitude", "roughness_length", "building_height", "building_width"),
        note=top.text("note", default=""),
        note_uk=top.text("note_uk", default=top.text("note", default="")),
    )
    top.finish()
    _check_units(site, top)
    return site


def _check_units(site: Site, top: Fields) -> None:
    ids = [unit.id for unit in site.units]
    if not ids:
        raise top.refuse("unit", "the site has no unit", cure="add at least one [[unit]]")
    for id in ids:
        if ids.count(id) > 1:
            raise top.refuse("unit", f"two units have the id {id}", cure="give each its own")
    for pool in site.pools:
        if pool.unit and pool.unit not in ids:
            raise UnknownName("unit", pool.unit, known=ids, file=top.file, where="pool.unit")


def _timezone(top: Fields) -> str:
    name = top.text("timezone")
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        if known:  # a machine without time zone data cannot judge
            raise UnknownName("time zone", name, known=known, file=top.file, where="timezone") from None
    return name


def _unit(t: Fields) -> Unit:
    operating = t.truth("operating", default=False)
    if operating == t.has("shutdown"):
        raise t.refuse("shutdown", "needs either a shutdown time or operating = true, and not both",
                       cure="write shutdown = 2022-09-11T00:41:00Z or operating = true")  # fmt: skip
    unit = Unit(
        id=t.text("id"),
        type=t.text("type"),
        thermal_power=1e6 * t.number("thermal_power_MW", low=0.001, high=10_000),
        electric_power=1e6 * t.number("electric_power_MW", low=0, high=5_000),
        burnup=t.number("burnup_MWd_t", low=0, high=100_000),
        shutdown=None if operating else t.time("shutdown"),
        unverified=t.unverified("type", "thermal_power", "electric_power", "burnup", "shutdown", "operating"),
    )
    t.finish()
    return unit


def _pool(t: Fields) -> Pool:
    batches = []
    for b in t.tables("batch"):
        batches.append(Batch(core_fraction=b.number("core_fraction", low=0, high=20), discharged=b.time("discharged")))
        b.finish()
    unverified = t.unverified("batches")
    pool = Pool(t.text("unit", default=""), tuple(sorted(batches, key=lambda b: -b.discharged)), unverified)
    t.finish()
    return pool


def _dry_storage(t: Fields | None) -> DryStorage | None:
    if t is None:
        return None
    storage = DryStorage(
        casks=t.count("casks", low=0, high=100_000),
        assemblies_per_cask=t.count("assemblies_per_cask", low=1, high=1_000),
        burnup=t.number("burnup_MWd_t", low=0, high=100_000),
        cooling_time=SECONDS_PER_YEAR * t.number("cooling_years", low=0, high=200),
        latitude=t.number("latitude", low=-90, high=90),
        longitude=t.number("longitude", low=-180, high=180),
        unverified=t.unverified("casks", "assemblies_per_cask", "burnup", "cooling_time", "latitude", "longitude"),
    )
    t.finish()
    return storage
