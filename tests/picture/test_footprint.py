"""A map of where air came from says what it means, marks station and site, and comes out the same twice."""

from __future__ import annotations

import re

import numpy as np

from oberih.earth.basemap import basemap_within
from oberih.picture.footprint import CLASSES, FootprintScene, Mark, draw_footprint


def scene(values: np.ndarray, **changed: object) -> FootprintScene:
    x, y = np.meshgrid(np.linspace(30.0, 38.0, 9), np.linspace(45.0, 51.0, 7))
    given = {
        "title": "Where the air of it came from", "lines": ("Drawn then",), "legend": "Bq/m³", "longitude": x,
        "latitude": y, "values": values, "extent": (29.0, 44.0, 39.0, 52.0),
        "marks": (Mark(36.2, 50.0, "Kharkiv", "station"), Mark(34.6, 47.5, "A plant", "site")),
        "base": basemap_within(west=29.0, south=44.0, east=39.0, north=52.0).layers,
        "caveat": "A sensitivity, not an attribution.", "source": "Land: somebody",
    } | changed  # fmt: skip
    return FootprintScene(**given)  # type: ignore[arg-type]


def field() -> np.ndarray:
    return 10.0 ** -np.add.outer(np.arange(6.0), np.arange(8.0))


def test_words_marks_and_classes_are_on_the_drawing() -> None:
    picture, drawing = draw_footprint(scene(field()))
    text = " ".join(re.findall(r">([^<]+)</text>", drawing.decode()))
    for word in ("Kharkiv", "A plant", "station", "site", "not an attribution", "edge of the fields", "Land: somebody"):
        assert word in text
    assert len(re.findall(r"\d\.?\d*e[-+]\d+ to", text)) == CLASSES
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000


def test_the_same_scene_gives_the_same_bytes() -> None:
    assert draw_footprint(scene(field())) == draw_footprint(scene(field()))


def test_where_nothing_arrives_it_says_so() -> None:
    _, drawing = draw_footprint(scene(np.zeros((6, 8))))
    text = re.sub(r"\s+", " ", " ".join(re.findall(r">([^<]+)</text>", drawing.decode())))
    assert "Nothing of these cells" in text


def test_a_stranger_s_name_is_a_name() -> None:
    _, drawing = draw_footprint(scene(field(), marks=(Mark(36.0, 50.0, "$x^2$ <b>&", "station"),)))
    assert b"$x^2$ &lt;b&gt;&amp;" in drawing and b"<b>" not in drawing


def test_marks_stand_on_the_turn_of_the_globe_that_is_shown() -> None:
    turned = scene(
        field(), extent=(-331.0, 44.0, -321.0, 52.0), longitude=scene(field()).longitude - 360.0, base={}
    )  # fmt: skip
    place = re.compile(r'<use [^>]*x="([-\d.]+)" y="([-\d.]+)"')
    places = [place.findall(draw_footprint(s)[1].decode()) for s in (scene(field(), base={}), turned)]
    assert places[0] and places[0] == places[1]
