"""ERA5 out of its public copy: only what is wanted is asked for, what comes is checked, and what is kept is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("netCDF4")

from numcodecs import Blosc

from oberih.errors import InputError, SourceUnavailable, StoreFull
from oberih.far.patience import Patience
from oberih.weather.live.arco import cost_of, fetch_area, fetch_era5
from oberih.weather.live.blosc_part import Head, head_of, part_of, spans_of
from oberih.weather.live.era5_names import PRESSURES, hybrid_coefficients, model_levels
from oberih.weather.live.era5_wish import Wish, wish_around
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from tests.weather.live.arco_simulator import ALL_PRESSURES, BEGIN, ArcoServer, Rule, build, serving, value

START = int(BEGIN.astype("datetime64[s]").astype(np.int64))
EUROPE = (-10.0, 40.0, 30.0, 65.0)
LATITUDES, LONGITUDES = np.arange(40.0, 65.1, 5.0), np.arange(-10.0, 30.1, 5.0)
WISH = Wish(EUROPE, START, 2)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("arco"))


@pytest.fixture
def server(stores: Path) -> Iterator[ArcoServer]:
    with serving(stores) as simulated:
        yield simulated


def patience() -> Patience:
    return Patience(attempts=3, first_wait=0.01, timeout=5.0, sleep=lambda s, stopped: None)


def fetch(server: ArcoServer, folder: Path, wish: Wish = WISH, **more: object) -> tuple[Path, ...]:
    return fetch_area(wish, folder, server=server.url, patience=patience(), **more)  # type: ignore[arg-type]


def expected(name: str, hour: int, level: int = 0) -> np.ndarray:
    """A field over Europe, rows northward, columns from 10° west."""
    whole = value(name, hour, level)
    rows = [int((90.0 - v) / 5.0) for v in LATITUDES]
    columns = [int((v % 360.0) / 5.0) for v in LONGITUDES]
    return whole[np.ix_(rows, columns)]


def test_every_value_is_that_of_the_store_across_the_meridian(server: ArcoServer, tmp_path: Path) -> None:
    raw = volume_of(fetch(server, tmp_path))
    assert raw.time.tolist() == [START, START + 3600, START + 7200]
    assert np.allclose(raw.x, LONGITUDES) and np.allclose(raw.y, LATITUDES)
    assert raw.pressure is not None and np.allclose(raw.pressure, 100.0 * np.array(PRESSURES[::-1]))
    for hour in range(3):
        for k, pressure in enumerate(reversed(PRESSURES)):
            place = ALL_PRESSURES.index(pressure)
            assert (raw.levels["east"][hour, k] == expected("u", hour, place)).all()
            assert (raw.levels["temperature"][hour, k] == expected("t", hour, place)).all()
        assert (raw.surface["surface_pressure"][hour] == expected("sp", hour)).all()
        assert (raw.surface["mixing_height"][hour] == expected("blh", hour)).all()


def test_a_kept_hour_bears_names_units_and_where_it_is_from(server: ArcoServer, tmp_path: Path) -> None:
    import xarray as xr

    with xr.open_dataset(fetch(server, tmp_path)[1]) as kept:
        assert kept["time"].values[0] == BEGIN + np.timedelta64(1, "h")
        assert (kept["tp"].values[0, ::-1] == expected("tp", 1)).all() and kept["tp"].attrs["units"] == "m"
        assert kept["w"].attrs["units"] == "Pa s**-1" and kept["level"].attrs["units"] == "hPa"
        assert server.url in kept.attrs["source"] and "Copernicus" in kept.attrs["licence"]


def test_what_is_kept_becomes_fields(server: ArcoServer, tmp_path: Path) -> None:
    fields = fields_of_volume(volume_of(fetch(server, tmp_path)))
    assert fields.height.min() > 0.0 and np.isfinite(fields.up).all()
    assert fields.mixing_height.shape == (3, len(LATITUDES), len(LONGITUDES))


def test_model_levels_come_with_their_coefficients(server: ArcoServer, tmp_path: Path) -> None:
    raw = volume_of(fetch(server, tmp_path, Wish(EUROPE, START, 1, kind="model")))
    levels = model_levels()
    a, b = hybrid_coefficients(levels)
    assert raw.hybrid is not None and np.allclose(raw.hybrid[0], a[::-1]) and np.allclose(raw.hybrid[1], b[::-1])
    assert levels[-1] == 137 and 70 < levels[0] < 80
    for k, level in enumerate(reversed(levels)):
        assert (raw.levels["east"][1, k] == expected("u", 1, level - 1)).all()
    assert (raw.surface["surface_pressure"][1] == expected("sp", 1)).all()
    assert fields_of_volume(raw).height[:, 0].max() < 20.0


def test_model_levels_are_those_that_are_published() -> None:
    # ECMWF's table: half level 96 is 12077.45 Pa + 0.325…; the lowest full level is 10 m above the sea
    a, b = hybrid_coefficients((137, 1))
    assert a[0] == 0.0 and b[0] == pytest.approx(0.998815, abs=1e-6) and a[1] == pytest.approx(1.000183, abs=1e-5)


def test_only_the_blocks_that_are_wanted_are_sent(server: ArcoServer, tmp_path: Path, stores: Path) -> None:
    fetch(server, tmp_path, Wish(EUROPE, START, 0))
    whole = sum(
        f.stat().st_size for f in stores.glob("ar/full*/*/0.*") if f.parent.name not in ("time", "level")
    )  # fmt: skip
    assert server.sent < 0.75 * whole  # of a globe in small; heads and gaps weigh more here than there


def test_the_cost_is_told_before_and_is_what_comes(server: ArcoServer, tmp_path: Path) -> None:
    cost = cost_of(WISH, tmp_path, server=server.url, patience=patience())
    told: list[str] = []
    before = server.sent
    fetch(server, tmp_path, told=lambda done, of, what: told.append(f"{done}/{of} {what}"))
    again = server.sent - before
    assert cost.hours == 3 and told[0].startswith("0/3 3 times of ERA5: about") and told[-1].startswith("3/3")
    assert 0.6 * again < cost.sent < 1.4 * again
    assert cost.whole == 3 * 4 * 37 * 72 * (5 * 37 + 9)
    assert cost_of(WISH, tmp_path, server="http://127.0.0.1:9").hours == 0  # all is kept: nobody is asked


def test_what_is_kept_is_not_asked_for_again_and_what_is_damaged_is(server: ArcoServer, tmp_path: Path) -> None:
    paths = fetch(server, tmp_path)
    asked = sum(server.asked.values())
    assert fetch(server, tmp_path) == paths and sum(server.asked.values()) == asked
    data = bytearray(paths[1].read_bytes())
    data[len(data) // 2] ^= 0xFF
    paths[1].write_bytes(bytes(data))
    assert fetch(server, tmp_path) == paths and sum(server.asked.values()) > asked
    assert (volume_of(paths).levels["east"][1, 0] == expected("u", 1, 36)).all()


def test_a_fetch_that_was_stopped_goes_on_where_it_stopped(server: ArcoServer, tmp_path: Path) -> None:
    server.rules = [Rule(r"temperature/2\.", "404")]
    with pytest.raises(SourceUnavailable, match="has no"):
        fetch(server, tmp_path)
    assert len(list(tmp_path.glob("*.nc"))) == 2 and not list(tmp_path.glob("*.part"))
    server.rules.clear()
    server.asked.clear()
    assert len(fetch(server, tmp_path)) == 3
    assert not any("/0.0.0" in path and "component" in path for path in server.asked)


@pytest.mark.parametrize("how", ["503", "truncated", "damaged"])
def test_a_server_that_stumbles_is_asked_again(server: ArcoServer, tmp_path: Path, how: str) -> None:
    server.rules = [Rule(r"u_component_of_wind/1\.0\.0\.0", how, times=1), Rule("surface_pressure/0", how, times=1)]
    raw = volume_of(fetch(server, tmp_path))
    assert (raw.levels["east"][1, 0] == expected("u", 1, 36)).all()


def test_a_server_that_is_slow_or_ignores_ranges_is_borne(server: ArcoServer, tmp_path: Path) -> None:
    server.rules = [Rule(r"surface_pressure/0", "slow", times=1), Rule("v_component_of_wind", "whole")]
    raw = volume_of(fetch(server, tmp_path))
    assert (raw.levels["north"][2, 3] == expected("v", 2, 33)).all()


@pytest.mark.parametrize(
    ("pattern", "how", "said"),
    [
        (r"\.zmetadata", "404", "no zarr store"), (r"\.zmetadata", "shorter", "cannot be read"),
        ("surface_pressure/1", "404", "has no surface_pressure for 1994-10-23T13:00Z"),
        ("u_component_of_wind/1", "shorter", "attempts"), ("temperature/1", "damaged", "damaged"),
        ("", "503", "503"), ("latitude/0", "404", "axis"),
    ],
)  # fmt: skip
def test_what_stays_wrong_is_one_line_and_leaves_nothing_half_written(
    server: ArcoServer, tmp_path: Path, pattern: str, how: str, said: str
) -> None:
    server.rules = [Rule(pattern, how)]
    with pytest.raises(SourceUnavailable, match=said) as error:
        fetch(server, tmp_path)
    assert "\n" not in str(error.value)
    assert len(list(tmp_path.glob("*"))) <= 1 and not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("day", ["1994-10-24T00", "1994-10-23T22"])
def test_hours_that_are_on_the_axis_but_not_there_are_refused(server: ArcoServer, tmp_path: Path, day: str) -> None:
    start = int(np.datetime64(day, "s").astype(np.int64))
    with pytest.raises(SourceUnavailable, match=r"holds 1940-01-01 to 1994-10-23|holds nothing|has no"):
        fetch(server, tmp_path, Wish(EUROPE, start, 3))


def test_a_field_that_can_be_derived_may_be_lacking_and_is_named(tmp_path: Path) -> None:
    import xarray as xr

    build(tmp_path / "web", lacking=("friction_velocity", "instantaneous_surface_sensible_heat_flux"), model=False)
    with serving(tmp_path / "web") as server:
        paths = fetch(server, tmp_path / "kept", Wish(EUROPE, START, 0))
        with xr.open_dataset(paths[0]) as kept:
            assert "friction_velocity" in kept.attrs["lacks"]
        assert fields_of_volume(volume_of(paths)).friction_velocity.min() > 0.0


def test_a_field_that_is_needed_may_not_be_lacking(tmp_path: Path) -> None:
    build(tmp_path / "web", lacking=("u_component_of_wind",), model=False)
    with serving(tmp_path / "web") as server, pytest.raises(SourceUnavailable, match="has no u_component_of_wind"):
        fetch(server, tmp_path / "kept")


def test_around_a_place_means_a_thousand_kilometres_each_way(server: ArcoServer, tmp_path: Path) -> None:
    wish = wish_around(47.5, 34.6, start=START, hours=3)
    west, south, _, north = wish.area
    assert north - 47.5 > 9.5 and 47.5 - south > 9.5
    assert (34.6 - west) * np.cos(np.radians(north)) * 111.2 > 1000.0
    paths = fetch_era5(47.5, 34.6, START, 1, tmp_path, server=server.url, patience=patience())
    assert len(paths) == 2 and volume_of(paths).x[0] <= west + 5.0


def test_a_cache_that_cannot_be_written_is_one_line(server: ArcoServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreFull):
        fetch(server, tmp_path / "file" / "below")


@pytest.mark.parametrize(
    "wrong",
    [{"area": (0.0, 50.0, 10.0, 40.0)}, {"hours": -1}, {"hours": 99_999}, {"every": 0}, {"kind": "sigma"}],
)
def test_a_wish_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    given = {"area": EUROPE, "start": START, "hours": 3, "every": 1, "kind": "pressure"} | wrong
    with pytest.raises(InputError):
        Wish(**given)  # type: ignore[arg-type]


def test_an_area_smaller_than_the_grid_is_refused(server: ArcoServer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fewer than two"):
        fetch(server, tmp_path, Wish((11.0, 41.0, 12.0, 42.0), START, 0))


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 60_000), blocksize=st.sampled_from([0, 64, 512, 4096, 16384]), seed=st.integers(0, 99),
    codec=st.sampled_from(["lz4", "zstd", "blosclz", "zlib"]), shuffle=st.sampled_from([0, 1, 2]),
    level=st.integers(0, 9), data=st.data(),
)  # fmt: skip
def test_any_blocks_of_any_buffer_unpack_to_what_was_packed(
    size: int, blocksize: int, seed: int, codec: str, shuffle: int, level: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    numbers = rng.choice([rng.normal(280.0, 1.0, size), np.zeros(size), np.arange(size)]).astype("<f4")
    raw = numbers.tobytes()
    packed = Blosc(codec, level, shuffle, blocksize).encode(numbers)
    head = head_of(packed[:16], unpacked=len(raw))
    while not isinstance(head, Head):
        head = head_of(packed[:head], unpacked=len(raw))
    count = len(head.starts)
    blocks = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=8))
    gap = data.draw(st.sampled_from([0, 100, 65536]))
    spans = [(a, packed[a:b]) for a, b in spans_of(head, blocks, gap=gap)]
    found = part_of(head, blocks, spans)
    for b in blocks:
        assert found[b] == raw[b * head.block : (b + 1) * head.block]


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(1, 10_000))
def test_bytes_that_are_no_buffer_are_refused_and_never_believed(data: bytes, size: int) -> None:
    try:
        found = head_of(data, unpacked=size)
    except SourceUnavailable:
        return
    if isinstance(found, Head):
        assert found.unpacked == size and len(found.starts) == -(-size // found.block)
