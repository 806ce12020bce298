"""Laws of the hourly plume's grids and of what lies on the ground."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("netCDF4")

from oberih.case.reach.dispersed_file import lying
from oberih.case.reach.plume import Axes, axes_of, axes_of_flow, far_cells
from oberih.case.reach.plume_picture import hours_shown
from oberih.constants import EARTH_RADIUS
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from tests.weather import passing_low

PLANE = "+proj=utm +zone=36 +datum=WGS84"


@given(
    st.floats(-60.0, 60.0), st.floats(-179.0, 179.0), st.floats(0.05, 1.5), st.floats(20e3, 1000e3),
    st.integers(8, 40), st.integers(8, 40),
)  # fmt: skip
def test_far_cells_enclose_what_is_within_reach_and_within_the_fields(
    latitude: float, longitude: float, step: float, reach: float, columns: int, rows: int
) -> None:
    axes = Axes(longitude + step * (np.arange(columns) - 3.3), latitude + step * (np.arange(rows) - 4.6), "")
    far = far_cells(axes, latitude=latitude, longitude=longitude, reach=reach, depth=100.0)
    assert (np.diff(far.x) > 0.0).all() and (np.diff(far.y) > 0.0).all()
    assert np.allclose(far.x / 0.25, np.round(far.x / 0.25), atol=1e-6)
    north = np.degrees(reach / EARTH_RADIUS)
    assert far.y[0] <= max(latitude - north, axes.y[0]) + 1e-9 and far.y[-1] >= min(latitude + north, axes.y[-1]) - 1e-9
    assert far.y[0] >= axes.y[0] - 0.25 and far.y[-1] <= axes.y[-1] + 0.25
    # a point of the fields falls into the cell whose edges hold it
    point = 0.37 * axes.x[2] + 0.63 * axes.x[3]
    column = far.cells.scale_x * (point - axes.x[0]) / step + far.cells.offset_x
    if 0.0 <= column < far.cells.columns:
        assert far.x[int(column)] - 1e-6 <= point <= far.x[int(column) + 1] + 1e-6


def test_the_areas_of_far_cells_are_those_of_the_sphere_and_of_the_plane() -> None:
    axes = Axes(np.arange(30.0, 40.1, 0.5), np.arange(44.0, 52.1, 0.5), "")
    far = far_cells(axes, latitude=48.0, longitude=35.0, reach=1000e3, depth=100.0)
    whole = float(far.areas.sum() * far.cells.columns)
    width, low, high = np.radians(far.x[-1] - far.x[0]), *np.sin(np.radians([far.y[0], far.y[-1]]))
    assert whole == pytest.approx(EARTH_RADIUS**2 * width * (high - low), rel=1e-12)
    plane = Axes(np.arange(2e5, 9e5, 1e4), np.arange(5.0e6, 5.6e6, 1e4), PLANE)
    squares = far_cells(plane, latitude=47.5, longitude=34.6, reach=100e3, depth=100.0)
    assert np.allclose(squares.areas, 25e3**2)


def test_a_flow_lies_where_its_fields_lie(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = passing_low.write(tmp_path_factory.mktemp("low") / "low.nc", half=(2.0, 2.5), steady=True)
    fields = fields_of_volume(volume_of([path]))
    x, y = fields.place(longitude=34.6, latitude=47.5)
    known, again = axes_of(fields), axes_of_flow(flow_of_fields(fields), x=x, y=y, latitude=47.5, longitude=34.6)
    assert np.allclose(known.x, again.x, atol=1e-4) and np.allclose(known.y, again.y, atol=1e-4)


@given(st.floats(600.0, 1e9), st.lists(st.floats(0.0, 1e6), min_size=2, max_size=30))
def test_what_lies_there_is_what_was_laid_down_less_what_decayed(half_life: float, laid: list[float]) -> None:
    decay = np.log(2.0) / half_life
    there = lying(np.array(laid), decay)
    fine = 0.0  # the same, minute by minute
    for amount in laid:
        for _ in range(60):
            fine = fine * np.exp(-decay * 60.0) + amount / 60.0 * (-np.expm1(-decay * 60.0) / (decay * 60.0))
    assert there[-1] == pytest.approx(fine, rel=1e-9, abs=1e-12)
    assert np.allclose(lying(np.array(laid), 0.0), np.cumsum(laid))


@given(st.integers(1, 240), st.integers(2, 6))
def test_hours_shown_go_to_the_last_and_never_twice(hours: int, count: int) -> None:
    shown = hours_shown(hours, count)
    assert shown[-1] == hours and len(shown) <= count
    assert list(shown) == sorted(set(shown)) and shown[0] >= 1
