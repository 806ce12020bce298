import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError
from oberih.zone.people import people_by_distance, people_inside

HERE = LocalProjection(47.51, 34.59)


def place(number, x, y, population):
    longitude, latitude = HERE.to_lonlat(x, y)
    return Place(
        id=number, name=f"place {number}", latitude=float(latitude), longitude=float(longitude), country="UA",
        population=population, distance=float(np.hypot(x, y)), azimuth=float(np.arctan2(x, y) % (2 * np.pi)),
    )  # fmt: skip


PLACES = [place(1, 0, 5e3, 1000), place(2, 9e3, 0, 50000), place(3, 0, -8e3, None), place(4, -40e3, 0, 7)]


def test_people_inside_are_those_of_the_places_inside():
    found = people_inside(HERE.circle(10e3), PLACES)
    assert found.total == 51000 and [p.id for p in found.places] == [2, 1, 3]
    assert found.unknown == 1 and "approximate" in found.note and found.method == "places"


def test_a_larger_zone_never_holds_fewer_people():
    totals = [people_inside(HERE.circle(r), PLACES).total for r in (1e3, 6e3, 10e3, 50e3)]
    assert totals == [0, 1000, 51000, 51007]


def test_an_empty_zone_holds_nobody():
    found = people_inside(shapely.from_wkt("POLYGON EMPTY"), PLACES)
    assert found.total == 0 and found.places == ()


def test_two_zones_without_overlap_hold_what_their_union_holds():
    inner, outer = HERE.circle(6e3), shapely.difference(HERE.circle(50e3), HERE.circle(6e3))
    parts = [people_inside(area, PLACES).total for area in (inner, outer)]
    assert sum(parts) == people_inside(shapely.union(inner, outer), PLACES).total == 51007


def test_people_stand_in_the_ring_and_direction_they_live_in():
    table = people_by_distance(PLACES, edges=[0, 6e3, 10e3, 30e3], sectors=4)
    assert table.people.tolist() == [[1000, 0, 0, 0], [0, 50000, 0, 0], [0, 0, 0, 0]]
    assert table.unknown.sum() == 1 and table.unknown[1, 2] == 1
    assert table.within.tolist() == [1000, 51000, 51000]


@given(
    st.lists(st.tuples(st.floats(0, 6.2831), st.floats(0, 99e3), st.integers(1, 10**6)), max_size=20),
    st.integers(1, 72),
)
def test_nobody_is_lost_or_counted_twice_in_the_table(rows, sectors):
    places = [place(i, r * np.sin(a), r * np.cos(a), n) for i, (a, r, n) in enumerate(rows)]
    table = people_by_distance(places, edges=[0.0, 1e3, 20e3, 100e3], sectors=sectors)
    assert table.people.sum() == sum(n for _, _, n in rows)


@pytest.mark.parametrize("arguments", [{"edges": [5e3]}, {"edges": [5e3, 5e3]}, {"edges": [0, 1e3], "sectors": 0}])
def test_edges_must_rise(arguments):
    with pytest.raises(InputError):
        people_by_distance(PLACES, **arguments)
