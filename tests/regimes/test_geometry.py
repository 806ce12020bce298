"""Where a zone ends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from oberih.earth.site import load_site
from oberih.errors import InputError
from oberih.regimes.geometry import place_in, placement, polygon_mistake
from oberih.regimes.regime import ZoneArea
from tests.regimes.rules import seen

SITE = load_site("zaporizhzhia")
ZONE = ZoneArea("zone", SITE.id, 30e3, (), "", True)
GEOD = Geod(ellps="WGS84")


def at(distance: float, azimuth: float) -> tuple[float, float]:
    lon, lat, _ = GEOD.fwd(SITE.longitude, SITE.latitude, azimuth, distance)
    return float(lon), float(lat)


def square(lon: float, lat: float, half: float = 0.5) -> ZoneArea:
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    wrap = [(((lon + half * x) + 180.0) % 360.0 - 180.0, lat + half * y) for x, y in corners]
    return ZoneArea("square", "", None, tuple(wrap), "", True)


@settings(deadline=None)
@given(st.floats(0.0, 360.0))
def test_a_metre_decides_at_the_geodesic_radius(azimuth: float) -> None:
    for off, side in ((-1.0, "inside"), (1.0, "outside")):
        lon, lat = at(30e3 + off, azimuth)
        found = placement(ZONE, longitude=lon, latitude=lat)
        assert found.side == side
        assert found.distance == pytest.approx(off, abs=1e-3)


@settings(deadline=None)
@given(st.floats(0.0, 360.0), st.floats(0.0, 60e3), st.floats(0.0, 5e3))
def test_what_is_not_certain_is_possible(azimuth: float, distance: float, uncertainty: float) -> None:
    lon, lat = at(distance, azimuth)
    side = placement(ZONE, longitude=lon, latitude=lat, uncertainty=uncertainty).side
    edge = distance - 30e3
    if abs(abs(edge) - uncertainty) > 0.01:
        assert side == ("inside" if edge < -uncertainty else "outside" if edge > uncertainty else "possibly inside")


@settings(deadline=None)
@given(st.floats(0.0, 360.0), st.floats(1e3, 20e3))
def test_a_polygon_of_the_circle_agrees_with_the_circle(azimuth: float, distance: float) -> None:
    corners = [at(10e3, a) for a in range(0, 360)]
    area = ZoneArea("ring", "", None, (*corners, corners[0]), "", True)
    lon, lat = at(distance, azimuth)
    assert placement(area, longitude=lon, latitude=lat).distance == pytest.approx(distance - 10e3, abs=3.0)


@pytest.mark.parametrize("lon", [0.0, 90.0, 179.9, 180.0, -179.9])
def test_the_antimeridian_is_no_seam(lon: float) -> None:
    zone, reference = square(lon, 60.0), square(0.0, 60.0)
    for dlon in (-0.7, -0.49, 0.0, 0.49, 0.7):
        here = placement(zone, longitude=(lon + dlon + 180.0) % 360.0 - 180.0, latitude=60.1)
        there = placement(reference, longitude=dlon, latitude=60.1)
        assert (here.side, here.distance) == (there.side, pytest.approx(there.distance, abs=0.01))


@pytest.mark.parametrize(
    ("polygon", "said"),
    [
        ([(34, 47), (35, 48), (35, 47), (34, 48), (34, 47)], "crosses itself"),
        ([(34, 47), (35, 47), (35, 48)], "is not closed"),
        ([(34, 47), (35, 47), (34, 47)], "fewer than three"),
        ([(34, 97), (35, 47), (35, 48), (34, 97)], "latitude 97"),
        ([(234, 47), (35, 47), (35, 48), (234, 47)], "longitude 234"),
        ([(34, 47), (35, float("nan")), (35, 48), (34, 47)], "latitude nan"),
        ([(34, 47), (35, 47), (36, 47), (34, 47)], "is empty"),
        ([], "fewer than three"),
        ([(0, 80), (90, 80), (180, 80), (-90, 80), (0, 80)], "around a pole"),
    ],
)
def test_a_polygon_that_is_none_is_refused(polygon: list[tuple[float, float]], said: str) -> None:
    found = polygon_mistake(polygon)
    assert found is not None
    assert said in found[0]
    if polygon:
        with pytest.raises(InputError, match="polygon"):
            placement(ZoneArea("bad", "", None, tuple(polygon), "", True), longitude=34.5, latitude=47.5)


def test_a_position_that_is_no_position_is_refused() -> None:
    with pytest.raises(InputError):
        placement(ZONE, longitude=float("nan"), latitude=47.5)
    with pytest.raises(InputError):
        placement(ZONE, longitude=34.5, latitude=97.5)
    with pytest.raises(InputError, match="no position"):
        place_in({"zone": ZONE}, "zone", seen("o", "stone", "2022-08-20"))
    with pytest.raises(InputError, match="no such area"):
        place_in({"zone": ZONE}, "zome", seen("o", "stone", "2022-08-20", longitude=34.6, latitude=47.5))
