"""Laws of the base map: the drained reservoir is drawn as drained, names follow the language, boxes are boxes."""

from __future__ import annotations

import json

import pytest

from oberih.case.reach.base_map import MOST_PLACES, base_map
from oberih.errors import InputError

AROUND = {"west": 33.5, "south": 46.5, "east": 36.0, "north": 48.5}


def test_the_drained_reservoir_is_no_lake_and_says_when_it_was_drained() -> None:
    found = base_map(**AROUND)
    old = [f["properties"] for f in found["features"] if f["properties"]["layer"] == "former_reservoir"]
    assert [(o["name"], o["drained"]) for o in old] == [("Kakhovka reservoir", "2023-06-06")]
    assert any("drained" in c for c in found["corrections"])


@pytest.mark.parametrize(("language", "name"), [("en", "Enerhodar"), ("uk", "Енергодар")])
def test_places_are_named_in_the_language_of_the_page(language: str, name: str) -> None:
    found = base_map(**AROUND, language=language)
    names = [f["properties"]["name"] for f in found["features"] if f["properties"]["layer"] == "place"]
    assert name in names
    assert len(names) <= MOST_PLACES


def test_the_largest_places_come_first() -> None:
    people = [f["properties"]["population"] or 0 for f in base_map(**AROUND)["features"]
              if f["properties"]["layer"] == "place"]  # fmt: skip
    assert people == sorted(people, reverse=True)


def test_it_says_where_it_comes_from() -> None:
    found = base_map(**AROUND)
    assert "Natural Earth" in found["source"]
    assert "GeoNames" in found["places_source"]
    json.dumps(found)


@pytest.mark.parametrize(
    "box", [(36.0, 46.5, 33.5, 48.5), (33.5, 48.5, 36.0, 46.5), (0.0, 0.0, 50.0, 10.0), (1.0, 1.0, 1.0, 2.0)]
)
def test_what_is_no_box_is_refused(box: tuple[float, float, float, float]) -> None:
    west, south, east, north = box
    with pytest.raises(InputError, match="is no box"):
        base_map(west=west, south=south, east=east, north=north)
