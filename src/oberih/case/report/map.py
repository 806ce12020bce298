"""Which map stands in a report?

Fills a scene from the facts, with names in the report's language: the named parts, the circle that holds, places.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import shapely

from oberih.case.reach.drawing import CITY, COLOURS, DRAWN_WITHIN
from oberih.case.report.book import Book
from oberih.case.report.facts import Part
from oberih.earth.projection import LocalProjection
from oberih.picture.report import Picture, clean
from oberih.picture.report_map import report_map_svg
from oberih.picture.scene import MapScene, SceneZone, extent_for

__all__ = ["map_of"]


def map_of(book: Book) -> Picture:
    """Draw the map of page 1."""
    facts, word = book.facts, book.speech.word
    reaches = [_reach(book, p) for p in facts.parts if not p.empty]
    near = [r for r in reaches if r <= DRAWN_WITHIN * max(reaches[0], 10e3)]
    extent = extent_for(max(near, default=0.0))
    places = tuple(
        dataclasses.replace(p, name=clean(book.place(p), 40)) for p in facts.places
        if p.distance <= 1.5 * extent and (extent <= 150e3 or (p.population or 0) >= CITY / 20)
    )  # fmt: skip
    scene = MapScene(
        site_name=clean(book.site, 40), latitude=facts.site.latitude, longitude=facts.site.longitude, title="",
        subtitle="", headline="", weather_label="", zones=tuple(_zone(book, p, p is facts.first) for p in facts.parts),
        extent=extent, places=places,
    )  # fmt: skip
    words = {
        "km": word("km"), "north": word("north"), "circle": word("map-circle"), "reservoir": word("map-reservoir"),
        "off-map": word("off-map"),
    }  # fmt: skip
    alt = word("map-alt", across=book.speech.distance(2.0 * extent), site=book.site)
    return Picture(report_map_svg(scene, words), alt)


def _zone(book: Book, part: Part, first: bool) -> SceneZone:
    circle = part.reached.distance if first and not part.reached.beyond else 0.0
    return SceneZone(
        name=clean(book.part(part), 70), action="", geometry=part.geometry,
        colour=COLOURS.get(part.rule.name, "reference"), nowhere=part.empty, circle=circle,
    )  # fmt: skip


def _reach(book: Book, part: Part) -> float:
    """How far a zone reaches as drawn, in any direction [m]."""
    corners = shapely.get_coordinates(part.geometry)
    here = LocalProjection(book.facts.site.latitude, book.facts.site.longitude)
    return float(np.hypot(*here.to_local(corners[:, 0], corners[:, 1])).max(initial=0.0))
