"""The laws of the sheet, its labels and its colours."""

import dataclasses

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from oberih.picture.labels import Label, PlaceMark, place_labels
from oberih.picture.palette import CLASSES, INK, LAND, ZONE_STYLES, class_colours, zone_style
from oberih.picture.sheet import lay_out, lay_out_overview, scale_bar
from oberih.zone.criterion import ACTIONS
from tests.picture.scenes import PLANT, TOWNS, event, far, lobed, plan

MARKS = st.lists(
    st.builds(
        PlaceMark,
        x=st.floats(-1.0, 1.0),
        y=st.floats(-1.0, 1.0),
        name=st.text(min_size=1, max_size=20),
        detail=st.sampled_from(["", "1,000"]),
        weight=st.floats(0, 1e6),
    ),
    max_size=30,
)


def overlap(a: Label, b: Label) -> bool:
    return (
        a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
    )  # fmt: skip


@given(MARKS)
def test_no_two_names_overlap_and_none_leaves_the_map(marks: list[PlaceMark]) -> None:
    labels = place_labels(marks, half=1.0, height=0.03)
    for i, label in enumerate(labels):
        assert min(label.x, label.y) > -1.0
        assert max(label.x + label.width, label.y + label.height) < 1.0
        assert not any(overlap(label, other) for other in labels[i + 1 :])


@given(MARKS, st.randoms(use_true_random=False))
def test_names_do_not_depend_on_the_order_of_places(marks: list[PlaceMark], chance: object) -> None:
    shuffled = list(marks)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (place_labels(m, half=1.0, height=0.03) for m in (marks, shuffled))
    assert [(label.mark, label.x, label.y) for label in first] == [(label.mark, label.x, label.y) for label in second]


def test_the_largest_place_is_named_first() -> None:
    small, large = PlaceMark(0.0, 0.0, "Small", "", 1.0), PlaceMark(0.0, 0.0, "Large", "", 2.0)
    assert place_labels([small, large], half=1.0, height=0.03, most=1)[0].mark is large


def test_a_circle_on_the_globe_is_a_circle_on_the_sheet() -> None:
    sheet = lay_out(plan())
    lobes = next(z.shape for z in sheet.zones if z.zone.name == "Evacuation")
    azimuth = np.linspace(0.0, 2.0 * np.pi, 144, endpoint=False)
    reach = 9e3 * (1.0 + 0.2 * np.cos(3.0 * azimuth + 1.0))
    expected = shapely.Polygon(np.stack([reach * np.sin(azimuth), reach * np.cos(azimuth)], axis=-1))
    assert shapely.area(shapely.symmetric_difference(lobes, expected)) < 1e-4 * expected.area


def test_larger_zones_lie_below_smaller_ones() -> None:
    areas = [shapely.area(z.shape) for z in lay_out(plan()).zones]
    assert areas == sorted(areas, reverse=True)


def test_places_stand_at_their_distance() -> None:
    dots = {dot.name: dot for dot in lay_out(plan()).dots}
    assert set(dots) == {t.name for t in TOWNS}
    for town in TOWNS:
        assert np.hypot(dots[town.name].x, dots[town.name].y) == pytest.approx(town.distance, rel=1e-9)


def test_the_field_keeps_the_rings_of_its_grid() -> None:
    corners = lay_out(event()).corners
    assert corners is not None
    radii = np.hypot(corners[..., 0], corners[..., 1])
    assert np.allclose(radii, radii[:, :1])


@given(st.floats(1e3, 2e6))
def test_the_scale_bar_fits_and_is_round(half: float) -> None:
    length = scale_bar(half)
    assert 0.2 * half <= length <= 0.55 * half or length == 10.0
    assert f"{length:.0e}"[0] in "125"


def luminance(colour: str) -> float:
    """Relative luminance; WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["#ffffff", LAND["land"], LAND["sea"], LAND["former_reservoir"], "#fdf0c4"])
@pytest.mark.parametrize("ink", [INK, "#474747", "#3d3d3d", "#4a4a4a", "#7a2e00", "#57534a"])
def test_text_stands_out_from_its_ground(ink: str, ground: str) -> None:
    bright, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.1, 1.4.3, level AA


def test_more_is_darker_in_every_scale() -> None:
    for count in range(1, len(CLASSES) + 1):
        shades = [luminance(c) for c in class_colours(count)]
        assert shades == sorted(shades, reverse=True)
        assert len(set(shades)) == count


def test_zones_of_a_plan_differ_without_their_colour() -> None:
    told = [
        (s.dash, s.width) for s in (ZONE_STYLES[k] for k in ("protection", "evacuate", "shelter", "iodine", "food"))
    ]
    assert len(set(told)) == len(told)


def test_an_unknown_key_has_a_style() -> None:
    assert zone_style("never heard of") == ZONE_STYLES["reference"]


def test_a_zone_that_holds_the_whole_map_does_not_tint_it() -> None:
    sheet = lay_out(far())
    assert sheet.beyond == (3,)
    assert {z.number for z in sheet.zones} == {0, 1, 2}


def test_the_overview_shows_every_zone_and_the_map_has_room_for_it() -> None:
    scene = far()
    overview = lay_out_overview(scene)
    assert overview is not None
    assert {z.number for z in overview.zones} == {0, 1, 2, 3}
    sheet = lay_out(scene, inset=True)
    assert sheet.inset is not None
    left, bottom, right, top = sheet.inset
    for label in sheet.labels:
        apart = label.x >= right or label.x + label.width <= left or label.y >= top or label.y + label.height <= bottom
        assert apart, label.mark.name
    assert lay_out_overview(plan()) is None
    assert lay_out(plan(), inset=True).inset is None


@given(st.floats(0.0, 6.2), st.floats(3e3, 40e3))
def test_zones_of_one_outline_are_known_as_such(turn: float, radius: float) -> None:
    first = dataclasses.replace(plan().zones[0], geometry=lobed(*PLANT, radius, turn))
    second = dataclasses.replace(first, colour="upz")
    other = dataclasses.replace(first, geometry=lobed(*PLANT, 1.1 * radius, turn))
    zones = {z.number: z for z in lay_out(plan(zones=(first, second, other), places=())).zones}
    assert [(zones[i].doubled, zones[i].twin) for i in range(3)] == [(True, False), (False, True), (False, False)]


def test_every_action_and_part_has_a_style_of_its_own() -> None:
    for key in (*ACTIONS, "protection", "paz", "upz", "epd", "icpd"):
        if key != "monitoring":  # of people, not of a place
            assert key in ZONE_STYLES, key
