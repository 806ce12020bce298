"""The air of a volume at a place is that of its fields there, hour by hour."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("xarray")

from oberih.errors import InputError
from oberih.weather.fields import Fields
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from oberih.weather.volume_air import LEAST_SPEED, WIND_HEIGHT, air_of_fields
from tests.conftest import SHARED, needs_shared
from tests.weather import passing_low


def low(tmp_path: Path, **how: object) -> Fields:
    settings = {"hours": 6, "half": (1.0, 1.5), "step": 3, **how}
    return fields_of_volume(volume_of([passing_low.write(tmp_path / "low.nc", **settings)]))  # type: ignore[arg-type]


def test_hours_between_fields_are_interpolated(tmp_path: Path) -> None:
    fields = low(tmp_path)
    air = air_of_fields(fields, latitude=47.5, longitude=34.5)
    assert len(air) == 7 and air.step == 3600.0 and air.start == fields.time[0] and not air.cyclic
    at = (2, 3)  # of the place in the grid
    for i, hour in enumerate((0, 3, 6)):
        assert air.mixing_height[hour] == pytest.approx(fields.mixing_height[(i, *at)])
    assert air.mixing_height[1] == pytest.approx((2.0 * air.mixing_height[0] + air.mixing_height[3]) / 3.0)


def test_the_wind_at_ten_metres_is_that_of_the_fields(tmp_path: Path) -> None:
    fields = low(tmp_path)
    air = air_of_fields(fields, latitude=47.5, longitude=34.5)
    assert air.wind_height == WIND_HEIGHT
    assert air.east[0] == pytest.approx(fields.east[0, 0, 2, 3], rel=1e-4)
    assert air.north[3] == pytest.approx(fields.north[1, 0, 2, 3], rel=1e-4)


def test_between_cells_the_air_lies_between_theirs(tmp_path: Path) -> None:
    fields = low(tmp_path)
    air = air_of_fields(fields, latitude=47.75, longitude=34.75)
    four = fields.friction_velocity[0, 2:4, 3:5]
    assert air.friction_velocity[0] == pytest.approx(four.mean(), rel=1e-6)


def test_a_single_time_is_steady_air(tmp_path: Path) -> None:
    air = air_of_fields(low(tmp_path, steady=True), latitude=47.5, longitude=34.5)
    assert len(air) == 1 and air.cyclic


def test_a_calm_has_the_least_speed_and_nothing_is_missing(tmp_path: Path) -> None:
    fields = low(tmp_path)
    calm = replace(fields, east=np.zeros_like(fields.east), north=np.zeros_like(fields.north),
                   precipitation=np.full_like(fields.precipitation, np.nan))  # fmt: skip
    air = air_of_fields(calm, latitude=47.5, longitude=34.5)
    assert np.hypot(air.east, air.north) == pytest.approx(LEAST_SPEED)
    assert (air.precipitation == 0.0).all() and air.attrs["rain_unknown"]
    for name in ("east", "north", "friction_velocity", "mixing_height", "temperature", "cloud_base", "precipitation"):
        assert np.isfinite(getattr(air, name)).all()


def test_a_place_outside_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="outside the fields"):
        air_of_fields(low(tmp_path), latitude=55.0, longitude=34.5)


@needs_shared
def test_the_air_of_a_real_volume_is_possible() -> None:
    folder = SHARED / "data" / "nwp_era5_utm32_2025"
    air = air_of_fields(fields_of_volume(volume_of(sorted(folder.glob("*.nc")))), latitude=48.0, longitude=10.0)
    assert len(air) == 3 and 270.0 < air.temperature.min() < air.temperature.max() < 300.0
    assert (air.friction_velocity > 0.0).all() and (air.mixing_height >= 50.0).all()
