import dataclasses
import json

import numpy as np
import pytest

from oberih.earth.projection import LocalProjection
from oberih.errors import InputError, UnknownName
from oberih.zone.criteria import load_criteria
from oberih.zone.map_zones import map_zones
from oberih.zone.parts import Outcome, named_parts, part_rules
from tests.zone.fields import disc, weather_year
from tests.zone.test_people import PLACES

HERE = LocalProjection(47.51, 34.59)
IAEA = load_criteria("iaea")
RINGS = {"severe": 20, "evacuate": 40, "shelter": 40, "iodine": 50, "relocate": 55, "food-precaution": 70}


def outcome(name, ring, scenario="early"):
    criterion = IAEA.criterion(name)
    return Outcome(criterion, scenario, dataclasses.replace(disc(ring, starts=50), level=criterion.level))


def parts(outcomes, **arguments):
    found = named_parts(
        outcomes, percentile=0.95, projection=HERE, rng=np.random.default_rng(1), places=PLACES, **arguments
    )
    return {p.name: p for p in found}


ALL = [outcome(name, ring) for name, ring in RINGS.items()]


def test_every_part_rests_on_its_own_actions():
    found = parts(ALL)
    governing = {name: p.zone.criterion.name for name, p in found.items()}
    assert governing == {
        "protection": "evacuate", "PAZ": "severe", "UPZ": "iodine", "EPD": "relocate", "ICPD": "food-precaution",
    }  # fmt: skip
    edges = disc(1).grid.edges
    for name, part in found.items():
        assert part.zone.reach.distance == pytest.approx(edges[RINGS[governing[name]]])
        assert part.rule.text and part.rule.text_uk and part.literature and not part.verified


def test_the_scenario_that_reaches_farthest_governs():
    found = parts(
        [outcome("evacuate", 30, "held"), outcome("evacuate", 45, "early"), outcome("evacuate", 20, "vented")]
    )
    assert found["protection"].zone.scenario == "early"
    assert len(found["protection"].considered) == 3


def test_a_part_without_its_criterion_falls_back_and_says_so():
    found = parts([outcome("evacuate", 40)])
    assert found["PAZ"].by_fallback and found["PAZ"].zone.criterion.name == "evacuate"
    assert not found["protection"].by_fallback and "ICPD" not in found


def test_the_protection_zone_can_rest_on_another_action():
    found = parts(ALL, protection_actions=("shelter", "iodine"))
    assert found["protection"].zone.criterion.name == "iodine"
    with pytest.raises(UnknownName):
        parts(ALL, protection_actions=("evacuation",))


def test_more_scenarios_never_make_a_part_nearer():
    one = parts(ALL)
    more = parts([*ALL, outcome("evacuate", 60, "worse"), outcome("severe", 10, "milder")])
    for name, part in one.items():
        assert more[name].zone.reach.distance >= part.zone.reach.distance


def test_the_rules_name_what_exists():
    assert [r.name for r in part_rules()] == ["protection", "PAZ", "UPZ", "EPD", "ICPD"]


def test_a_zone_map_carries_its_people_area_and_geometry():
    zone = parts(ALL)["protection"].zone
    radius = zone.reach.distance
    assert zone.area == pytest.approx(np.pi * radius**2, rel=0.01)
    assert zone.people.total == 51000 and zone.action == "evacuate" and zone.level == 0.1
    feature = json.loads(json.dumps(zone.geojson(), allow_nan=False))
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"]["verified"] is False and feature["properties"]["circle_radius_km"] > 8


def test_a_wider_percentile_holds_no_fewer_people_and_no_less_area():
    year = dataclasses.replace(weather_year(1500), level=0.1)
    zones = map_zones(
        year, IAEA.criterion("evacuate"), projection=HERE, rng=np.random.default_rng(1), scenario="early",
        percentiles=(0.9, 0.95, 0.99), places=PLACES,
    )  # fmt: skip
    assert [z.percentile for z in zones] == [0.9, 0.95, 0.99]
    for values in ([z.area for z in zones], [z.people.total for z in zones], [z.reach.distance for z in zones]):
        assert values == sorted(values)


def test_an_exceedance_of_another_level_is_refused():
    with pytest.raises(InputError, match="level"):
        map_zones(
            dataclasses.replace(disc(10), level=0.05), IAEA.criterion("evacuate"), projection=HERE,
            rng=np.random.default_rng(1), scenario="early",
        )  # fmt: skip


def test_the_same_seed_gives_the_same_bytes():
    one, two = (json.dumps([p.zone.geojson() for p in parts(ALL).values()]) for _ in range(2))
    assert one == two
