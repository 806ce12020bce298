"""A designed zone whose numbers are known, and one whose every text means harm."""

from __future__ import annotations

import dataclasses

import numpy as np

from oberih.case.reach.sources import released
from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection, distance_and_azimuth
from oberih.earth.site import load_site
from oberih.evidence.provenance import Provenance
from oberih.picture.export.content import ExportContent, ExportZone, PlaceDose
from oberih.release import load_scenario
from oberih.zone.criteria import load_criteria
from oberih.zone.map_zones import map_zones
from tests.zone.fields import disc, weather_year

SITE = load_site("zaporizhzhia")
HERE = LocalProjection(SITE.latitude, SITE.longitude)
DAY = 1767225600
HOSTILE = "\"><script>alert('x')</script>&amp;\x00\x07\u202e]]>"
FORMULA = "=cmd|'/C calc'!A0"


def place(number: int, name: str, latitude: float, longitude: float, population: int | None) -> Place:
    away, towards = distance_and_azimuth(
        SITE.latitude, SITE.longitude, to_latitude=[latitude], to_longitude=[longitude]
    )
    return Place(number, name, latitude, longitude, "UA", population, float(away[0]), float(towards[0]))


PLACES = (
    place(1, "Enerhodar", 47.49865, 34.6574, 52_887),
    place(2, "Nikopol", 47.57119, 34.39637, 119_627),
    place(3, "Kam'ianka-Dniprovska", 47.47917, 34.40000, None),
    place(4, "Zaporizhzhia", 47.82289, 35.19031, 815_256),
)


def content(*, rule: str = "cell", place_name: str | None = None, **changes: object) -> ExportContent:
    """An export of a made-up year: the zone for evacuation drawn, a smaller one for severe effects, one nowhere."""
    iaea = load_criteria("iaea")
    names = ("evacuate", "severe", "shelter")
    made = (weather_year(), disc(12, starts=20), disc(0, starts=20))
    zones = []
    for name, year in zip(names, made, strict=True):
        criterion = iaea.criterion(name)
        year = dataclasses.replace(year, level=criterion.level)
        zone = map_zones(
            year, criterion, projection=HERE, rng=np.random.default_rng(1), scenario="core-melt-early-failure",
            percentiles=(0.95,), rule=rule, places=PLACES,
        )[0]  # fmt: skip
        zones.append(ExportZone(zone, name, criterion.title, criterion.title_uk, part=name))
    drawn = dataclasses.replace(made[0], level=zones[0].zone.level)
    release = released(load_scenario("core-melt-early-failure"), SITE, at=DAY)
    known = [
        PlaceDose(
            p if place_name is None else dataclasses.replace(p, name=place_name), inside=p.distance < 30e3,
            median=1.2345678e-3 / p.id, high=0.25 / p.id, share=0.5 / p.id, earliest=3600.0 * p.id, typical=None,
        )
        for p in PLACES
    ]  # fmt: skip
    proven = Provenance("design", inputs={"site": "ab" * 32}, parameters={"percentile": 95.0}, seed=1)
    made_of = ExportContent(
        title="Zaporizhzhia NPP: zone at 95 %", headline="A zone of 20 km holds.", site_id=SITE.id,
        site_name=SITE.name, site_name_uk=SITE.name_uk, country=SITE.country, latitude=SITE.latitude,
        longitude=SITE.longitude, zones=tuple(zones), exceedance=drawn, places=tuple(known),
        weather_label="made up", weather_source="a wandering plume", day=DAY, digest=proven.digest,
        source=release.source_term, fuel=release.fuel, weather_period=(DAY - 365 * 86400, DAY),
        starts="2000 of 2000 starts", notes=("Made up.",), parameters={"percentile": 95.0, "months": [12, 1]},
        provenance=proven.as_dict(),
    )  # fmt: skip
    return dataclasses.replace(made_of, **changes)  # type: ignore[arg-type]


def hostile(text: str) -> ExportContent:
    """An export every text of which is ``text``, its names and titles too."""
    plain = content(place_name=text)
    zones = tuple(
        dataclasses.replace(
            z, title=text, title_uk=text,
            zone=dataclasses.replace(
                z.zone, scenario=text, criterion=dataclasses.replace(z.zone.criterion, title=text, name=text, set=text),
            ),
        )
        for z in plain.zones
    )  # fmt: skip
    assert plain.source is not None
    return dataclasses.replace(
        plain, title=text, headline=text, site_id=text, site_name=text, site_name_uk=text, weather_label=text,
        weather_source=text, fuel=text, starts=text, notes=(text,), zones=zones, parameters={"scenario": text},
        source=dataclasses.replace(plain.source, title=text),
    )  # fmt: skip
