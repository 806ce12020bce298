"""Laws of what people do: leaving, walls, tablets."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from oberih.atlas.by_hour import HourlyField
from oberih.dose.by_hour import radioiodine, strand_of, strands_of
from oberih.dose.course import UNPROTECTED, Course, dose_under, dose_until, hour_weights
from oberih.dose.quantity import Quantity
from oberih.earth.grid import Grid
from oberih.errors import InputError

WEEK = Quantity("effective", "adult", 7 * 86400.0)
THYROID = dataclasses.replace(WEEK, organ="thyroid")
STRANDS = strands_of([WEEK, THYROID])
COMES = 5
"""Hour before which nothing comes to the first cell."""


@pytest.fixture
def field() -> HourlyField:
    values = np.random.default_rng(7).random((len(STRANDS), 3, 25)).astype(np.float32)
    iodine, every = (
        STRANDS.index(s) for s in (radioiodine(strand_of(THYROID, "inhalation")), strand_of(THYROID, "inhalation"))
    )
    values[every] += values[iodine]  # the whole is more than its part
    values[:, 0, :COMES] = 0.0
    return HourlyField(Grid(), 0, np.array([3, 700, 701]), values)


def under(field: HourlyField, course: Course, quantity: Quantity = WEEK) -> np.ndarray:
    return dose_under(field, STRANDS, quantity, course)


def test_who_leaves_before_the_plume_comes_gets_nothing(field: HourlyField) -> None:
    assert under(field, Course(leave=COMES))[0] == 0.0
    assert under(field, Course(leave=COMES + 0.5))[0] > 0.0


def test_who_never_leaves_has_the_whole_dose(field: HourlyField) -> None:
    whole = field.values[[STRANDS.index(s) for s in strands_of([WEEK])]].sum(axis=(0, 2))
    assert under(field, UNPROTECTED) == pytest.approx(whole, rel=1e-5)
    assert under(field, Course(leave=math.inf)) == pytest.approx(whole, rel=1e-5)


def test_who_leaves_later_never_gets_less(field: HourlyField) -> None:
    for shelter in (None, "house"):
        doses = [under(field, Course(shelter, leave=hour)) for hour in np.arange(0.0, 26.0, 0.25)]
        assert np.all(np.diff(doses, axis=0) >= -1e-6)
        assert np.all(doses[-1] <= under(field, Course(shelter)) + 1e-6)


@pytest.mark.parametrize("shelter", ["house", "basement", "large building"])
def test_behind_walls_nobody_gets_more(field: HourlyField, shelter: str) -> None:
    assert np.all(under(field, Course(shelter)) < under(field, UNPROTECTED))
    longer = [under(field, Course(shelter, shelter_until=hour)) for hour in (0.0, 6.0, 24.0, math.inf)]
    assert np.all(np.diff(longer, axis=0) <= 1e-6)
    assert longer[0] == pytest.approx(under(field, UNPROTECTED))


def test_a_tablet_changes_the_thyroid_only(field: HourlyField) -> None:
    for tablet in ("iodine in time", "iodine after 1 h", "iodine after 4 h"):
        assert np.array_equal(under(field, Course(iodine=tablet)), under(field, UNPROTECTED))
        assert np.all(under(field, Course(iodine=tablet), THYROID) < under(field, UNPROTECTED, THYROID))


def test_a_tablet_does_nothing_against_what_is_no_radioiodine(field: HourlyField) -> None:
    field.values[STRANDS.index(radioiodine(strand_of(THYROID, "inhalation")))] = 0.0
    assert np.array_equal(under(field, Course(iodine="iodine in time"), THYROID), under(field, UNPROTECTED, THYROID))


def test_hours_of_a_course_add_up_to_its_dose(field: HourlyField) -> None:
    course = Course("house", shelter_from=2.5, shelter_until=9.25, leave=14.75)
    assert dose_until(field, STRANDS, WEEK, course)[:, -1] == pytest.approx(under(field, course), rel=1e-5)


def test_a_quantity_has_its_own_factors_too(field: HourlyField) -> None:
    half = dataclasses.replace(WEEK, factors=tuple((p, 0.5) for p in WEEK.pathways))
    assert under(field, UNPROTECTED, half) == pytest.approx(0.5 * under(field, UNPROTECTED), rel=1e-5)


def test_weights_of_hours_count_in_parts() -> None:
    course = Course("house", shelter_from=0.5, shelter_until=2.0, leave=3.25)
    assert hour_weights(5, course, factor=0.2).tolist() == pytest.approx([0.6, 0.2, 1.0, 0.25, 0.0, 0.0])


@pytest.mark.parametrize("wrong", [{"leave": -1.0}, {"leave": math.nan}, {"shelter_from": 3.0, "shelter_until": 2.0}])
def test_what_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Course("house", **wrong)
