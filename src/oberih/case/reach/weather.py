"""What weather is at hand, is it fit to be used, and how is it got?

Three stories: `get_years` fetches real years and keeps them, `check` judges a file, `show`
summarises one, or the embedded climate statistics.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oberih.case.progress import Progress
from oberih.case.reach.request import DEFAULT_SEED
from oberih.case.sheet import Sheet
from oberih.case.wording import COMPASS, stamp
from oberih.constants import KELVIN_OFFSET, SECONDS_PER_HOUR
from oberih.earth.site import Site, load_site
from oberih.weather.climate import climate_year
from oberih.weather.fetch import fetch_open_meteo
from oberih.weather.quality import QualityReport, check_weather
from oberih.weather.read import read_weather
from oberih.weather.series import Weather

__all__ = ["check", "fetched_years", "get_years", "show"]

CLIMATE = "climate"
"""Name of the embedded statistics, in place of a file."""


def get_years(
    site: str, *, years: tuple[int, ...], cache: Path, progress: Progress, server: str | None = None
) -> Sheet:
    """Fetch real years for a site, keep them, and judge them.

    Parameters
    ----------
    site : str
        A name or a file.
    years : tuple of int
        One after the other.
    cache : Path
        Folder that keeps them; what is kept is not fetched again.
    progress : Progress
    server : str, optional
        Another server of Open-Meteo's protocol.

    Raises
    ------
    InputError, SourceUnavailable, StoreFull
        If the site is unknown, the service does not answer, or there is no room.
    WeatherRefused
        If what came must not be used.
    """
    place = load_site(site)
    weather, report = check_weather(fetched_years(place, years=years, cache=cache, progress=progress, server=server))
    span = _years(years)
    return Sheet(
        f"{place.name}: {weather.label} weather, {span}",
        facts=_found(weather, report) + _means(weather),
        columns=("what", "field", "from", "to", "size"),
        rows=tuple(_oddity_rows(report, most=3)),
        notes=(f"to use it: oberih plan {site} --weather open-meteo:{span}",),
    )


def fetched_years(
    site: Site, *, years: tuple[int, ...], cache: Path, progress: Progress, server: str | None = None
) -> Weather:
    """Give the hourly weather of whole years at a site, fetched once and kept.

    Parameters
    ----------
    site : Site
    years, cache, progress, server
        As for `get_years`.

    Raises
    ------
    SourceUnavailable, StoreFull
        As for `get_years`.
    """
    progress.stage(f"weather of {_years(years)} from Open-Meteo", total=len(years))
    weather = fetch_open_meteo(
        site.latitude,
        site.longitude,
        start_date=date(years[0], 1, 1),
        end_date=date(years[-1], 12, 31),
        cache_dir=cache / "weather",
        base_url=server,
        progress=lambda done, of, what: progress.advance(1 if done else 0),
    )
    progress.done()
    return weather


def check(file: Path, *, site: str | None = None, mapping: Path | None = None) -> Sheet:
    """Judge a weather file: what is in it, what is odd about it.

    Parameters
    ----------
    file : Path
    site : str, optional
        Where the weather is wanted, for files that hold many places or none.
    mapping : Path, optional
        How to read a plain CSV.

    Raises
    ------
    InputError, WeatherRefused
        If it cannot be read or must not be used; says why.
    """
    weather = _read(file, site, mapping)
    _, report = check_weather(weather)
    return Sheet(
        f"{report.file}: may be used",
        facts=_found(weather, report),
        columns=("what", "field", "from", "to", "size"),
        rows=tuple(_oddity_rows(report)),
        notes=("unknown values stay unknown: rain that was not reported is not taken for dry",),
    )


def show(file: str, *, site: str | None = None, mapping: Path | None = None, seed: int = DEFAULT_SEED) -> Sheet:
    """Summarise a weather file, or the embedded climate statistics.

    Parameters
    ----------
    file : str
        A path, or ``climate``.
    site, mapping
        As for `check`; the climate statistics are drawn for the site, Zaporizhzhia if none is given.
    seed : int
        Of the climate statistics.

    Raises
    ------
    InputError, WeatherRefused
        As for `check`.
    """
    if file == CLIMATE:
        place = load_site(site or "zaporizhzhia")
        weather = climate_year(site_latitude=place.latitude, site_longitude=place.longitude, seed=seed)
    else:
        weather = _read(Path(file), site, mapping)
    weather, report = check_weather(weather)
    return Sheet(
        f"{report.file}: {weather.label}",
        facts=_found(weather, report) + _means(weather),
        columns=("wind from", "share [%]", "mean speed [m/s]"),
        rows=tuple(_rose(weather)),
    )


def _years(years: tuple[int, ...]) -> str:
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])


def _read(file: Path, site: str | None, mapping: Path | None) -> Weather:
    place: Site | None = load_site(site) if site else None
    return read_weather(
        file,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        mapping=mapping,
    )


def _found(weather: Weather, report: QualityReport) -> tuple[tuple[str, str], ...]:
    unknown = ", ".join(f"{n.replace('_', ' ')} {100 * s:.0f} %" for n, s in report.unknown.items() if s > 0.0)
    return (
        ("from", report.source),
        ("place", f"{weather.latitude:.2f}, {weather.longitude:.2f} (degrees north, east)"),
        ("covers", f"{stamp(report.start)} to {stamp(report.end)}"),
        ("rows", f"{report.rows}, every {report.usual_step / SECONDS_PER_HOUR:g} h"),
        ("gaps", f"{len(report.gaps)}, the longest {report.longest_gap / SECONDS_PER_HOUR:g} h"),
        ("calms", f"{100 * report.calms / report.rows:.1f} %"),
        ("unknown", unknown or "nothing"),
        ("mended", f"{report.repeated} repeated rows dropped, {report.reordered} put in order"),
    )


def _oddity_rows(report: QualityReport, *, most: int = 10) -> list[tuple[str, ...]]:
    """The largest oddities of each kind; a duration in hours, a jump in the field's SI unit."""
    rows: list[tuple[str, ...]] = []
    for found in (report.gaps, report.jumps, report.stuck):
        for o in sorted(found, key=lambda o: -o.value)[:most]:
            size = f"{o.value:.3g}" if o.kind == "jump" else f"{o.value / SECONDS_PER_HOUR:g} h"
            rows.append((o.kind, o.field.replace("_", " "), stamp(o.start), stamp(o.end), size))
    return rows


def _means(weather: Weather) -> tuple[tuple[str, str], ...]:
    rain = weather.precipitation
    known = rain[~np.isnan(rain)]
    wet = f"{100 * np.mean(known > 0.0):.1f} % of the times at which it is known" if len(known) else "unknown"
    return (
        ("mean wind speed", f"{weather.wind_speed.mean():.1f} m/s at {weather.wind_height:g} m"),
        ("temperature", _span(weather.temperature - KELVIN_OFFSET, "°C")),
        ("rain or snow", wet),
    )


def _span(values: npt.NDArray[np.float64], unit: str) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return "unknown"
    return f"{known.min():.1f} to {known.max():.1f} {unit}, mean {known.mean():.1f}"


def _rose(weather: Weather) -> list[tuple[str, ...]]:
    """Share and mean speed by the direction the wind blows from, in sixteen parts."""
    aimed = ~np.isnan(weather.wind_direction)
    part = np.round(weather.wind_direction[aimed] / 22.5).astype(int) % 16
    speed = weather.wind_speed[aimed]
    share = np.bincount(part, minlength=16) / max(len(weather), 1)
    mean = np.bincount(part, weights=speed, minlength=16) / np.maximum(np.bincount(part, minlength=16), 1)
    return [(n, f"{100 * s:.1f}", f"{m:.1f}") for n, s, m in zip(COMPASS, share, mean, strict=True)]
