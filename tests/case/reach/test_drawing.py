"""The laws of an answer's picture: all that is decided is whole, and nothing is said twice."""

import dataclasses

import numpy as np
import pytest
import shapely

from oberih.case.reach.answer import Answer, Reach
from oberih.case.reach.drawing import reach_table, scene_of_event, scene_of_plan
from oberih.case.reach.outcome import quantity_text
from oberih.earth.projection import LocalProjection
from oberih.earth.site import load_site
from oberih.picture.map_html import draw_html
from oberih.picture.scene import Field, MapScene, SceneZone
from oberih.zone.criteria import load_criteria
from oberih.zone.parts import ZonePart, named_parts
from tests.zone.fields import disc
from tests.zone.test_parts import outcome
from tests.zone.test_people import PLACES

SITE = load_site("zaporizhzhia")
HERE = LocalProjection(SITE.latitude, SITE.longitude)
NEAR = {"severe": 0, "evacuate": 40, "shelter": 40}
FAR = {**NEAR, "relocate": 74, "food-precaution": 79}


def parts(rings: dict[str, int]) -> list[ZonePart]:
    found = [outcome(name, ring) for name, ring in rings.items()]
    return named_parts(found, percentile=0.95, projection=HERE, rng=np.random.default_rng(1), places=PLACES)


def answer(named: list[ZonePart]) -> Answer:
    criterion = load_criteria("iaea").criterion("evacuate")
    rows = tuple(
        Reach("Evacuation", title, criterion.level, "Sv", quantity_text(criterion), distance, verified=False,
              low=0.9 * distance, high=1.1 * distance, azimuth=90.0, share=0.5, people=1000)
        for title, distance in (("Early", 12e3), ("Held", 0.0))
    )  # fmt: skip
    releases = [{"title": {"en": r.scenario}, "fuel": f"core of unit {i}"} for i, r in enumerate(rows, 1)]
    return Answer(
        title="How far?", weather_label="climate-statistics weather", weather_source="Kharkiv", criteria="IAEA",
        percentile=95.0, reaches=rows, headline="The zone must reach 12 km.",
        notes=("The zone must reach 12 km.", "Fuel. core of unit 1; core of unit 2.", "One unit at a time.",
               *(c.text for p in named for c in p.literature)),
        data={"day": "2026-01-01", "releases": releases},
    )  # fmt: skip


def scene(rings: dict[str, int]) -> MapScene:
    named = parts(rings)
    return scene_of_plan(SITE, answer(named), named, PLACES, percentile=95.0, footer="f")


def reach(zone: SceneZone) -> float:
    x, y = HERE.to_local(*shapely.get_coordinates(zone.geometry).T)
    return float(max(np.abs(x).max(), np.abs(y).max()))


def test_the_protection_zone_is_drawn_whole() -> None:
    for rings in (NEAR, FAR):
        drawn = scene(rings)
        assert reach(drawn.zones[0]) < drawn.extent


def test_a_zone_that_leaves_the_map_is_whole_in_the_overview() -> None:
    drawn = scene(FAR)
    beyond = [z for z in drawn.zones if not z.nowhere and reach(z) > drawn.extent]
    assert len(beyond) == 2
    assert all(reach(z) < drawn.overview for z in beyond)
    assert scene(NEAR).overview == 0.0


def test_the_rose_holds_the_zone_as_drawn() -> None:
    named = parts(NEAR)
    rose = scene_of_plan(SITE, answer(named), named, PLACES, percentile=95.0, footer="f").rose
    assert rose is not None
    assert rose.drawn is not None
    assert np.array_equal(rose.drawn, named[0].zone.outline.farthest)
    assert np.all(rose.drawn >= rose.high - 1.0)


def test_what_the_headline_and_the_tables_say_is_no_warning() -> None:
    told = scene(NEAR).warnings
    assert told == ("Fuel decayed to 2026-01-01: core of unit 1; core of unit 2.", "One unit at a time.")


def test_the_literature_stands_in_a_table_with_what_is_not_verified() -> None:
    named = parts(NEAR)
    table = scene_of_plan(SITE, answer(named), named, PLACES, percentile=95.0, footer="f").tables[-1]
    compared = [c for p in named for c in p.literature]
    assert len(table.rows) == len(compared)
    assert [("not verified" in row[1]) for row in table.rows] == [not c.size.verified for c in compared]
    assert len(table.sections) == len([p for p in named if p.literature])


def test_a_part_needed_nowhere_is_subdued_and_holds_nobody() -> None:
    zone = next(z for z in scene(NEAR).zones if z.name.startswith("Precautionary"))
    assert zone.nowhere
    assert (zone.distance_text, zone.people_text, zone.drawn_text) == ("nowhere", "", "")


def test_every_scenario_has_a_section_that_says_its_fuel() -> None:
    table = reach_table(answer([]))
    assert table.sections == ((0, "Early – core of unit 1"), (1, "Held – core of unit 2"))
    assert table.faint == (1,)
    assert table.rows[0][3] == "12 km (11–13)"
    assert table.rows[1][3] == "nowhere"


def test_a_distance_that_leaves_the_grid_is_a_least_value() -> None:
    base = answer([])
    for low, told in ((299.9e3, ">\u202f300 km"), (250e3, ">\u202f300 km (250 or more)")):
        far = dataclasses.replace(base.reaches[0], distance=300e3, low=low, high=300e3, beyond=True)
        assert reach_table(dataclasses.replace(base, reaches=(far,))).rows[0][3] == told


def test_how_sure_tells_the_spread_between_scenarios_and_what_is_unverified() -> None:
    said = " ".join(scene(NEAR).sureness)
    assert "from nowhere to 12 km" in said
    assert "2 of 2 distances rest on a number not checked" in said


def test_a_plan_in_which_nothing_is_needed_is_still_a_picture() -> None:
    empty = scene(dict.fromkeys(NEAR, 0))
    assert empty.rose is None
    assert all(z.nowhere for z in empty.zones)
    assert "nowhere" in draw_html(empty)


@pytest.mark.parametrize(("near", "overview"), [(60e3, False), (10e3, True)])
def test_an_event_offers_only_the_files_it_has_and_keeps_far_zones(near: float, overview: bool) -> None:
    grid = disc(1).grid
    values = 1e3 * (grid.radii[:, None] / 1e3) ** -1.5 * np.ones(grid.sectors)
    field = Field(HERE.cell_corners(grid), values, (1.0, 10.0), "Dose", "mSv")
    ring = HERE.polygon_to_lonlat(shapely.Point(0.0, 0.0).buffer(40e3))
    base = dataclasses.replace(answer([]), percentile=None)
    zones = (SceneZone("Evacuation", "100 mSv", ring, "evacuate", distance_text="40 km"),)
    drawn = scene_of_event(SITE, base, zones, field, PLACES, reach=near, footer="f")
    assert (drawn.overview > 40e3) == overview
    assert "distances.csv" not in {name for name, _ in drawn.downloads}
    assert "Starts that need it" not in drawn.tables[-1].columns
