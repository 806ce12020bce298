"""How does a designed zone look as a picture?

Fills a `MapScene` from a `Design`: the zone drawn, the named parts, the rose of the zone drawn, what the reader must
know; in either language.
"""

from __future__ import annotations

import numpy as np

from oberih.case.reach.design_answer import Design, PartFound
from oberih.case.reach.drawing import COLOURS
from oberih.case.reach.outcome import Found
from oberih.case.wording import km
from oberih.earth.places import places_source
from oberih.language.catalogue import message
from oberih.picture.scene import MapScene, Rose, SceneZone, extent_for
from oberih.picture.table import distance_text, people_text, sector_table
from oberih.units import millisieverts
from oberih.zone.parts import PartRule

__all__ = ["headline_of", "rose_of", "scene_of_design", "shown_of", "style_of", "title_of"]


def shown_of(design: Design) -> list[tuple[Found, PartRule | None]]:
    """The zones to show: the one drawn, the named parts, and the other criteria, none twice."""
    shown: list[tuple[Found, PartRule | None]] = [(design.drawn, design.part_of(design.drawn))]
    parts: list[PartFound] = list(design.parts)
    for found, rule in [*((p.found, p.rule) for p in parts), *((f, None) for f in design.found)]:
        if all(found is not other for other, _ in shown):
            shown.append((found, rule))
    return shown


def style_of(found: Found, rule: PartRule | None) -> str:
    """The style of a zone, a key of `oberih.picture.palette.ZONE_STYLES`."""
    return found.criterion.action if rule is None else COLOURS.get(rule.name, found.criterion.action)


def title_of(found: Found, rule: PartRule | None, language: str) -> str:
    """What a zone is called."""
    titled = found.criterion if rule is None else rule
    return titled.title_uk if language == "uk" else titled.title


def headline_of(design: Design, language: str) -> str:
    """The answer in one sentence."""
    zone, criterion = design.zone, design.drawn.criterion
    values = {
        "action": criterion.title_uk if language == "uk" else criterion.title,
        "level": f"{millisieverts(criterion.level):g}", "unit": f"m{criterion.unit}",
        "percentile": f"{design.request.percentile:g}",
    }  # fmt: skip
    if zone.outline.is_empty:
        return message("export.nowhere", language, **values)
    least = ">\u202f" if zone.outline.reaches_edge else ""
    return message(
        "export.headline", language, distance=least + km(zone.reach.distance),
        farthest=least + km(float(zone.outline.farthest.max())), area=f"{zone.area / 1e6:.4g}", **values,
    )  # fmt: skip


def scene_of_design(design: Design, language: str = "en") -> MapScene:
    """The picture of a designed zone.

    Parameters
    ----------
    design : Design
    language : str
        Of titles, sentences and notes.
    """
    named = [(f, r) for f, r in shown_of(design) if f is design.drawn or r is not None]
    reach = max((float(f.zone.outline.farthest.max(initial=0.0)) for f, _ in named[:1]), default=0.0)
    far = max((float(f.zone.outline.farthest.max(initial=0.0)) for f, _ in named), default=0.0)
    extent = extent_for(max(reach, min(far, 3.0 * max(reach, 10e3))))
    overview = extent_for(far, least=2.0 * extent) if far > extent else 0.0
    site, request = design.site, design.request
    rose = rose_of(design, language)
    return MapScene(
        site_name=site.name_uk if language == "uk" else site.name, site_name_uk=site.name_uk,
        latitude=site.latitude, longitude=site.longitude,
        title=message(
            "export.title", language, site=site.name_uk if language == "uk" else site.name,
            percentile=f"{request.percentile:g}",
        ),
        subtitle=message(
            "export.subtitle", language, scenario=design.released.scenario.title[language],
            criteria=design.criteria.title_uk if language == "uk" else design.criteria.title,
        ),
        headline=headline_of(design, language), weather_label=design.weather_label,
        zones=tuple(_scene_zone(f, r, request.percentile, language, first=f is design.drawn) for f, r in named),
        extent=extent, overview=overview,
        places=tuple(p.place for p in design.places if p.place.distance <= 1.5 * extent), rose=rose,
        tables=() if rose is None else (sector_table(rose),), warnings=_warnings(design, language),
        sources=(design.weather_source, places_source(), f"criteria: {design.criteria.title}"),
        footer=message("export.footer", language, digest=design.provenance.digest[:16]), language=language,
    )  # fmt: skip


def _scene_zone(found: Found, rule: PartRule | None, percentile: float, language: str, *, first: bool) -> SceneZone:
    zone, reach = found.zone, found.zone.reach
    beyond, empty = zone.outline.reaches_edge, zone.outline.is_empty
    low, high = (np.nan if v is None or beyond else v for v in (reach.low, reach.high))
    told = _distance(reach.distance, low, high, language)
    people = "" if zone.people is None or empty else people_text(float(zone.people.total))
    return SceneZone(
        name=title_of(found, rule, language), name_uk="" if rule is None else rule.title_uk,
        action=found.criterion.title_uk if language == "uk" else found.criterion.title, geometry=zone.geometry,
        colour=style_of(found, rule), percentile=percentile, distance_text=f">\u202f{told}" if beyond else told,
        people_text=message("export.people", language, people=people) if people else "", verified=zone.verified,
        nowhere=empty, circle=reach.distance if first and not beyond and not empty else 0.0,
    )  # fmt: skip


def _distance(distance: float, low: float, high: float, language: str) -> str:
    told = distance_text(distance, lower=low, upper=high)
    for word in ("km", "nowhere"):
        told = told.replace(word, message(f"picture.{word}", language))
    return told


def rose_of(design: Design, language: str = "en") -> Rose | None:
    """Distances by direction of the zone drawn; None where it reaches nowhere."""
    d, zone = design.drawn.distances, design.zone
    if zone.outline.is_empty:
        return None
    i = next(i for i, p in enumerate(d.percentiles) if abs(p - design.percentile) < 1e-9)
    high, criterion = d.sector[i], design.drawn.criterion
    return Rose(
        azimuths=d.azimuths, median=d.by_sector(0.5), high=high,
        lower=high if d.sector_low is None else d.sector_low[i],
        upper=high if d.sector_high is None else d.sector_high[i],
        label=criterion.title_uk if language == "uk" else criterion.title, percentile=design.request.percentile,
        drawn=zone.outline.farthest,
    )  # fmt: skip


def _warnings(design: Design, language: str) -> tuple[str, ...]:
    starts = design.starts
    draft = (
        () if starts.counted >= starts.full
        else (message("export.draft", language, counted=starts.counted, full=starts.full),)
    )  # fmt: skip
    return (*draft, *(note.text(language) for note in design.notes))
