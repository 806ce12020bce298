"""GRIB of any edition, centre and order of messages says the same of a volume, or is refused in one line."""

from __future__ import annotations

import bz2
import errno
import itertools
import os
import random
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("eccodes")
pytest.importorskip("xarray")

import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, StoreFull, WeatherRefused
from oberih.weather.fields import Fields
from oberih.weather.read import volume_apart
from oberih.weather.read.grib_framing import framed, single_fields
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume import members_of, volume_of
from oberih.weather.read.volume_grib import _Files, index_of, kept_index, part_of_messages
from oberih.weather.read.volume_join import joined
from oberih.weather.volume import fields_of_volume
from tests.conftest import SHARED, needs_shared
from tests.weather.grib_volumes import (
    LEVELS,
    START,
    SURFACE,
    Field,
    Lattice,
    geopotential,
    ground,
    message,
    pressure_levels,
    wind,
    written,
)
from tests.weather.volumes import kept

HOUR = 3600
FLAT = np.ones((7, 9))


def day(*steps: int, **how: object) -> list[tuple[Field, np.ndarray]]:
    """Levels and ground of several steps."""
    fields = [replace(Field("u", step=step), **how) for step in steps]
    return [one for field in fields for one in (*pressure_levels(field), *ground(field))]


def here(path: Path, folder: Path, **how: object) -> RawVolume:
    """As `volume_of` a GRIB file, decoded in this process."""
    return joined([part_of_messages([path], **how)])  # type: ignore[arg-type]


def as_netcdf(path: Path, *steps: int) -> Path:
    """The same air as `day` writes, as netCDF."""
    grid, dims = Lattice(), ("time", "level", "latitude", "longitude")
    speed = np.array([[wind(level, step, grid) for level in LEVELS] for step in steps])
    flat, shape = np.ones((len(steps), grid.rows, grid.columns)), speed.shape
    high = np.array([geopotential(level) for level in LEVELS])[None, :, None, None]
    data = {
        "u": (dims, speed, {"units": "m s**-1"}), "v": (dims, 0.5 * speed, {"units": "m s**-1"}),
        "t": (dims, np.full(shape, 288.15), {"units": "K"}), "q": (dims, np.full(shape, 1e-3), {"units": "kg kg**-1"}),
        "w": (dims, np.full(shape, 0.1), {"units": "Pa s**-1"}),
        "z": (dims, np.broadcast_to(high, shape), {"units": "m**2 s**-2"}),
    }  # fmt: skip
    flats = {"sp": (SURFACE, "Pa"), "u10": (3.0, "m s**-1"), "v10": (1.0, "m s**-1"), "t2m": (289.0, "K"),
             "blh": (900.0, "m")}  # fmt: skip
    data |= {n: (("time", "latitude", "longitude"), v * flat, {"units": u}) for n, (v, u) in flats.items()}
    time = np.datetime64(START, "s") + np.array(steps) * np.timedelta64(1, "h")
    coords = {"time": time.astype("datetime64[ns]"), "level": ("level", np.array(LEVELS), {"units": "hPa"}),
              "latitude": grid.latitude, "longitude": grid.longitude}  # fmt: skip
    kept(xr.Dataset(data, coords), path)
    return path


def alike(one: Fields, other: Fields) -> None:
    assert (one.time == other.time).all()
    np.testing.assert_allclose(one.x, other.x, atol=1e-6)
    for name in ("height", "east", "north", "up", "temperature", "mixing_height", "friction_velocity"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=2e-4, atol=2e-4, err_msg=name)


@pytest.mark.parametrize("edition", [1, 2])
def test_the_same_air_as_grib_and_as_netcdf_gives_the_same_fields(tmp_path: Path, edition: int) -> None:
    path = written(tmp_path / "a.grib", day(0, 1, 2, edition=edition))
    alike(fields_of_volume(volume_of([path])), fields_of_volume(volume_of([as_netcdf(tmp_path / "a.nc", 0, 1, 2)])))


@given(seed=st.integers(0, 10**6), upward=st.booleans(), west=st.sampled_from([-2.0, 34.0, 178.0, 356.0]))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_messages_and_rows_and_the_meridian_change_nothing(
    tmp_path: Path, seed: int, upward: bool, west: float
) -> None:
    plain, turned = Lattice(west=west), Lattice(west=west, upward=upward)
    shuffled = [
        (replace(field, grid=turned), values) for field, values in day(0, 1, grid=plain) if field.kind[0] == "i"
    ]
    random.Random(seed).shuffle(shuffled)
    raw = here(written(tmp_path / "b.grib", shuffled), tmp_path / "b")
    assert (np.diff(raw.time) == HOUR).all() and np.allclose(np.diff(raw.x), 0.5) and np.allclose(np.diff(raw.y), 0.5)
    assert (raw.x[0] - west) % 360.0 == pytest.approx(0.0, abs=1e-6)
    for k, step in itertools.product(range(len(LEVELS)), range(2)):
        expected = wind(LEVELS[k], step, plain)[::-1]
        np.testing.assert_allclose(raw.levels["east"][step, k], expected, atol=1e-4)


def test_geopotential_and_its_height_are_the_same(tmp_path: Path) -> None:
    fields = []
    for name in ("z", "gh"):
        levels = pressure_levels(Field("u"), height=name)
        orography = [(Field("z", kind="surface"), 500.0 * FLAT)]
        path = written(tmp_path / f"{name}.grib", levels + orography + ground(Field("u")))
        fields.append(fields_of_volume(here(path, tmp_path / name)))
    np.testing.assert_allclose(fields[0].height, fields[1].height, atol=0.05)


@pytest.mark.parametrize("edition", [1, 2])
def test_hybrid_levels_lie_where_their_coefficients_put_them(tmp_path: Path, edition: int) -> None:
    a_half, b_half = np.array([0.0, 2000.0, 4000.0, 1000.0, 0.0]), np.array([0.0, 0.1, 0.5, 0.9, 1.0])
    pv = (*a_half, *b_half)
    field = Field("u", kind="hybrid", edition=edition, pv=pv)
    messages = [(replace(field, name="lnsp", level=1), np.log(98_000.0) * FLAT),
                (replace(field, name="z", level=1), 981.0 * FLAT)]  # fmt: skip
    for level in (1, 2, 3, 4):
        values = {"u": 10.0 - level, "v": 0.0, "t": 280.0}
        messages += [(replace(field, name=n, level=level), v * FLAT) for n, v in values.items()]
    raw = here(written(tmp_path / "a.grib", messages), tmp_path / "a")
    assert raw.hybrid is not None
    middle = 0.5 * (a_half[:-1] + a_half[1:]), 0.5 * (b_half[:-1] + b_half[1:])
    np.testing.assert_allclose(raw.hybrid[0], middle[0][::-1], atol=1.0)
    np.testing.assert_allclose(raw.hybrid[1], middle[1][::-1], atol=1e-4)
    assert raw.levels["east"][0, :, 0, 0] == pytest.approx([6.0, 7.0, 8.0, 9.0], abs=1e-3)
    assert "surface_geopotential" in raw.surface and "geopotential" not in raw.levels
    fields = fields_of_volume(raw)
    lowest = 287.05 * 280.0 / 9.80665 * np.log(98_000.0 / (middle[0][-1] + middle[1][-1] * 98_000.0))
    assert fields.height[0, 0, 0, 0] == pytest.approx(lowest, rel=1e-3)


def rain(*spans: tuple[int, int, float], name: str = "tp", **how: object) -> list[tuple[Field, np.ndarray]]:
    return [
        (replace(Field(name, kind="surface", begin=begin, step=end), **how), amount * FLAT)
        for begin, end, amount in spans
    ]  # fmt: skip


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 1, 1.0), (0, 2, 3.0), (0, 3, 3.0), (0, 4, 7.0)],  # ECMWF, ICON: since the start
        [(0, 1, 1.0), (0, 2, 3.0), (2, 3, 0.0), (2, 4, 4.0)],  # GFS: since the last full two hours
        [(0, 1, 1.0), (1, 2, 2.0), (2, 3, 0.0), (3, 4, 4.0)],  # ERA5: of each hour
    ],
)
def test_sums_of_any_beginning_give_the_same_rain(tmp_path: Path, spans: list[tuple[int, int, float]]) -> None:
    raw = here(written(tmp_path / "a.grib", day(0, 1, 2, 3, 4) + rain(*spans)), tmp_path / "a")
    rate = raw.surface["precipitation"][:, 0, 0] * 3600.0
    assert rate == pytest.approx([1.0, 1.5, 1.0, 2.0, 4.0], abs=1e-3)  # means of the hours before and after


def test_rain_interpolated_between_times_falls_as_much_as_it_did(tmp_path: Path) -> None:
    hourly = [0.0, 0.0, 3.0, 1.0, 0.0, 2.0, 0.0, 0.0]
    spans = [(i, i + 1, amount) for i, amount in enumerate(hourly)]
    raw = here(written(tmp_path / "a.grib", day(*range(9)) + rain(*spans)), tmp_path / "a")
    fallen = np.trapezoid(raw.surface["precipitation"][:, 0, 0], dx=3600.0)
    assert fallen == pytest.approx(sum(hourly), rel=1e-3)


def test_means_over_spans_count_as_sums_do_and_ncep_counts_heat_upward(tmp_path: Path) -> None:
    heat = [(0, 1, 100.0), (0, 2, 200.0)]  # means of one and of two hours: 100, then 300
    for centre, sign in (("ecmf", 1.0), ("kwbc", -1.0)):
        path = written(tmp_path / f"{centre}.grib", day(0, 1, 2) + rain(*heat, name="ishf", how="avg", centre=centre))
        flux = here(path, tmp_path / centre).surface["heat_flux_down"][:, 0, 0]
        assert flux == pytest.approx(sign * np.array([100.0, 200.0, 300.0]), rel=1e-4)


def test_convective_and_large_scale_rain_together_are_the_rain(tmp_path: Path) -> None:
    with xr.open_dataset(as_netcdf(tmp_path / "a.nc", 0, 1, 2)) as made:
        made = made.load()
    flat = made["sp"] * 0.0
    made["cp"], made["lsp"] = flat + 0.001, flat + 0.002
    for name in ("cp", "lsp"):
        made[name].attrs["units"] = "m"
    kept(made, tmp_path / "b.nc")
    fields = fields_of_volume(volume_of([tmp_path / "b.nc"]))
    assert fields.precipitation * 3600.0 == pytest.approx(3.0, rel=1e-5)
    assert any("large-scale and convective" in said for said in fields.derived)


def two_runs() -> list[tuple[Field, np.ndarray]]:
    """Runs of 00 and 06 UTC to 12 UTC, each with a temperature of its own."""
    runs = day(0, 3, 6, 9, 12) + day(0, 3, 6, base=START + 6 * HOUR)
    return [(f, np.full_like(v, 280.0 if f.base == START else 290.0) if f.name == "t" else v) for f, v in runs]


def test_of_several_forecasts_each_is_followed_until_the_next_begins_and_that_is_said(tmp_path: Path) -> None:
    raw = here(written(tmp_path / "a.grib", two_runs()), tmp_path / "a")
    assert len(raw.time) == 5
    assert raw.levels["temperature"][:, 0, 0, 0] == pytest.approx([280.0, 280.0, 290.0, 290.0, 290.0], abs=1e-2)
    assert any("2 forecasts are joined" in note and "2025-05-01T06:00Z" in note for note in raw.notes)


def test_a_forecast_is_called_one_and_an_analysis_is_not(tmp_path: Path) -> None:
    ahead = written(tmp_path / "a.grib", day(0, 1))
    analyses = written(tmp_path / "b.grib", day(0) + day(0, base=START + HOUR))
    assert fields_of_volume(here(ahead, tmp_path / "a")).label == "forecast"
    assert fields_of_volume(here(analyses, tmp_path / "b")).label == "reanalysis"


def test_one_forecast_of_several_can_be_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.grib", two_runs())
    raw = here(path, tmp_path / "a", run=START)
    assert raw.levels["temperature"] == pytest.approx(280.0, abs=1e-2) and len(raw.time) == 5
    with pytest.raises(InputError, match=r"no such forecast.*2025-05-01T06:00Z"):
        here(path, tmp_path / "b", run=START + HOUR)


def test_members_are_listed_and_taken_one_at_a_time(tmp_path: Path) -> None:
    messages = []
    for member in (0, 1, 2):
        own = day(0, member=member)
        messages += [(f, v + 10.0 * member if f.name == "u" else v) for f, v in own]
    path = written(tmp_path / "a.grib", messages)
    assert members_of([path]) == (0, 1, 2)
    one, two = (here(path, tmp_path / str(n), member=n) for n in (1, 2))
    assert two.levels["east"] - one.levels["east"] == pytest.approx(10.0, abs=1e-3)
    assert any("member 0 of 3" in note for note in here(path, tmp_path / "x").notes)
    with pytest.raises(InputError, match="no such member"):
        here(path, tmp_path / "y", member=7)


def test_an_index_that_was_kept_gives_the_same_and_a_file_that_changed_gets_a_new_one(tmp_path: Path) -> None:
    path = written(tmp_path / "a.grib", day(0))
    (tmp_path / "x").mkdir()
    one = here(path, tmp_path / "x", index=tmp_path / "index.json")
    again = here(path, tmp_path / "x", index=tmp_path / "index.json")
    assert (one.levels["east"] == again.levels["east"]).all() and (tmp_path / "index.json").stat().st_size > 1000
    first = volume_of([path]).levels["east"]
    written(path, [(f, v + 1.0 if f.name == "u" else v) for f, v in day(0)])
    assert volume_of([path]).levels["east"] - first == pytest.approx(1.0, abs=1e-3)


def test_an_index_that_cannot_be_kept_is_no_damage_of_the_files(tmp_path: Path) -> None:
    made = written(tmp_path / "a.grib", day(0))
    files = _Files([made])
    assert kept_index(files, tmp_path / "gone" / "index.json") == index_of(files)
    assert not (tmp_path / "gone").exists()


def test_where_nothing_temporary_can_be_kept_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    made = written(tmp_path / "a.grib", day(0))
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    volume_apart._indexes.cache_clear()
    with pytest.raises(StoreFull, match="set TMPDIR to a folder that has room"):
        members_of([made])


def test_a_packed_file_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "a.grib2.bz2").write_bytes(bz2.compress(b"GRIB"))
    with pytest.raises(InputError, match="unpack it first"):
        volume_of([tmp_path / "a.grib2.bz2"])


def test_files_of_one_step_each_are_one_volume(tmp_path: Path) -> None:
    paths = [written(tmp_path / f"{step}.grib", day(step)) for step in (2, 0, 1)]
    raw = volume_of(paths)
    assert (np.diff(raw.time) == HOUR).all() and len(raw.time) == 3


def test_grib_levels_and_a_netcdf_ground_make_one_volume(tmp_path: Path) -> None:
    levels = written(tmp_path / "a.grib", [x for s in (0, 1, 2) for x in pressure_levels(Field("u", step=s))])
    with xr.open_dataset(as_netcdf(tmp_path / "a.nc", 0, 1, 2)) as made:
        kept(made.load()[["sp", "u10", "v10", "t2m", "blh"]], tmp_path / "ground.nc")
    fields = fields_of_volume(volume_of([levels, tmp_path / "ground.nc"]))
    alike(fields, fields_of_volume(volume_of([tmp_path / "a.nc"])))


def test_a_ground_known_every_three_hours_is_interpolated_and_that_is_said(tmp_path: Path) -> None:
    levels = [x for s in range(7) for x in pressure_levels(Field("u", step=s))]
    flats = [(f, v + 100.0 * s if f.name == "blh" else v) for s in (0, 3, 6) for f, v in ground(Field("u", step=s))]
    raw = here(written(tmp_path / "a.grib", levels + flats), tmp_path / "a")
    assert raw.surface["mixing_height"][:, 0, 0] == pytest.approx(900.0 + 100.0 * np.arange(7), abs=0.1)
    assert any("mixing_height: interpolated" in note for note in raw.notes)


def test_an_area_is_cut_out_with_the_cells_that_enclose_it(tmp_path: Path) -> None:
    path = written(tmp_path / "a.grib", day(0))
    raw = here(path, tmp_path / "a", area=(35.1, 47.1, 36.4, 48.2))
    assert (raw.x[0], raw.x[-1], raw.y[0], raw.y[-1]) == (35.0, 36.5, 47.0, 48.5)
    np.testing.assert_allclose(raw.levels["east"][0, 0], wind(1000.0, 0, Lattice())[::-1][2:6, 2:6], atol=1e-4)
    whole = here(path, tmp_path / "b", area=(0.0, 0.0, 90.0, 89.0))
    assert len(whole.x) == 9 and len(whole.y) == 7
    with pytest.raises(InputError, match="nowhere in the area"):
        here(path, tmp_path / "c", area=(-20.0, 40.0, -10.0, 50.0))


def test_an_area_through_the_meridian_is_one_grid(tmp_path: Path) -> None:
    globe = Lattice(north=60.0, west=0.0, rows=13, columns=72, spacing=5.0)
    raw = here(written(tmp_path / "a.grib", day(0, grid=globe)), tmp_path / "a", area=(-12.0, 10.0, 13.0, 40.0))
    assert raw.x[0] == -15.0 and raw.x[-1] == 15.0 and np.allclose(np.diff(raw.x), 5.0)


def test_a_level_that_is_missing_once_is_set_aside_and_that_is_said(tmp_path: Path) -> None:
    lacking = [x for x in day(0, 1) if not (x[0].name == "u" and x[0].level == 925.0 and x[0].step == 1)]
    raw = here(written(tmp_path / "a.grib", lacking), tmp_path / "a")
    assert raw.pressure is not None and 92_500.0 not in raw.pressure and len(raw.pressure) == len(LEVELS) - 1
    assert any("set aside: 925" in note for note in raw.notes)


def test_a_rising_wind_that_a_model_leaves_out_high_up_is_nought_there(tmp_path: Path) -> None:
    lacking = [x for x in day(0) if not (x[0].name == "w" and x[0].level < 600.0)]
    raw = here(written(tmp_path / "a.grib", lacking), tmp_path / "a")
    assert (raw.levels["omega"][0, -2:] == 0.0).all() and raw.levels["omega"][0, 0] == pytest.approx(0.1, abs=1e-3)


def test_icon_levels_lie_between_the_half_levels_that_it_gives(tmp_path: Path) -> None:
    edges = np.array([9000.0, 5000.0, 2000.0, 700.0, 200.0])  # from the top; the last is the ground
    messages = [(Field("h", k + 1.0, "half", centre="edzw"), edges[k] * FLAT) for k in range(5)]
    for step, level in itertools.product((0, 1), (1, 2, 3, 4)):
        values = {"u": 5.0 + level, "v": 0.0, "t": 270.0 + 5.0 * level, "pres": 20_000.0 * level}
        messages += [(Field(n, level, "layer", step, centre="edzw"), v * FLAT) for n, v in values.items()]
    messages += [x for step in (0, 1) for x in ground(Field("u", step=step, centre="edzw"))]
    raw = here(written(tmp_path / "a.grib", messages), tmp_path / "a")
    assert raw.levels["height"][1, :, 0, 0] == pytest.approx([250.0, 1150.0, 3300.0, 6800.0], abs=0.1)
    assert raw.levels["pressure"][0, 0, 0, 0] == pytest.approx(80_000.0, rel=1e-4)
    assert fields_of_volume(raw).height[0, 1, 0, 0] == pytest.approx(250.0, abs=0.1)


def test_fields_that_share_a_message_are_read_as_if_alone(tmp_path: Path) -> None:
    two = [message(Field(name, 850.0), value * FLAT) for name, value in (("u", 7.0), ("v", 3.0))]
    tail = two[1][16:-4]  # sections 1 to 7 of the second; only 4 to 7 are repeated
    at = 0
    while tail[at + 4] < 4:
        at += int.from_bytes(tail[at : at + 4], "big")
    body = two[0][16:-4] + tail[at:]
    both = two[0][:8] + (16 + len(body) + 4).to_bytes(8, "big") + body + b"7777"
    ((_, whole),) = list(framed(both, "x"))
    assert single_fields(whole) == two
    rest = [x for x in day(0) if not (x[0].name in "uv" and x[0].level == 850.0)]
    path = written(tmp_path / "a.grib", rest)
    path.write_bytes(both + path.read_bytes())
    raw = here(path, tmp_path / "a")
    k = LEVELS.index(850.0)
    assert raw.levels["east"][0, k] == pytest.approx(7.0, abs=1e-3)
    assert raw.levels["north"][0, k] == pytest.approx(3.0, abs=1e-3)


def test_values_that_are_masked_are_missing_and_not_9999(tmp_path: Path) -> None:
    holed = day(0)
    first = next(i for i, (f, _) in enumerate(holed) if f.name == "u" and f.level == 700.0)
    values = holed[first][1].copy()
    values[3, 4] = np.nan
    holed[first] = (holed[first][0], values)
    with pytest.raises(WeatherRefused, match=r"values of east in 0\.2"):
        fields_of_volume(here(written(tmp_path / "a.grib", holed), tmp_path / "a"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[: len(data) // 2], "cut off inside a message"),
        (lambda data: data[:7] + b"\x03" + data[8:], "edition 3"),
        (lambda data: data[:-4] + b"0000", "damaged GRIB"),
        (lambda data: b"", "empty"),
        (lambda data: b"\n<html>404</html>", "neither netCDF nor GRIB"),
    ],
)
def test_a_file_that_is_no_whole_grib_is_refused_in_one_line(tmp_path: Path, change: object, reason: str) -> None:
    path = written(tmp_path / "a.grib", pressure_levels(Field("u")))
    path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(InputError, match=reason) as caught:
        volume_of([path])
    assert "\n" not in str(caught.value) and "a.grib" in str(caught.value)


@given(data=st.data())
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_changed_are_read_or_refused_in_one_line(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(b"".join(message(f, v) for f, v in day(0)[:12]))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.grib"
    path.write_bytes(bytes(whole))
    try:
        fields_of_volume(volume_of([path]))
    except InputError as refused:
        assert "\n" not in str(refused)


def test_a_grid_that_is_not_regular_is_refused_with_the_cure(tmp_path: Path) -> None:
    import eccodes

    handle = eccodes.codes_grib_new_from_samples("reduced_gg_pl_32_grib2")
    for key, value in (("parameterCategory", 2), ("parameterNumber", 2), ("level", 850)):
        eccodes.codes_set(handle, key, value)
    (tmp_path / "a.grib").write_bytes(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    with pytest.raises(InputError, match=r"not regular.*latitude-longitude"):
        volume_of([tmp_path / "a.grib"])


@needs_shared
def test_the_column_over_zaporizhzhia_is_the_one_computed_by_another_hand() -> None:
    folder = SHARED / "data" / "nwp_ecmwf_ml_europe_20181115"
    fields = fields_of_volume(volume_of([folder / "forecast_ml.grib"], area=(30.0, 44.0, 40.0, 52.0)))
    rows = np.genfromtxt(folder / "column_nearest_znpp.csv", delimiter=",", skip_header=1)
    j, i = int(np.argmin(np.abs(fields.x - 34.5))), int(np.argmin(np.abs(fields.y - 48.0)))
    count = fields.height.shape[1]
    expected = rows[:count]  # from the lowest level, 137, up
    np.testing.assert_allclose(fields.height[0, :, i, j], expected[:, 2], rtol=2e-4, atol=0.2)
    np.testing.assert_allclose(fields.east[0, :, i, j], expected[:, 3], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(fields.temperature[0, :, i, j], expected[:, 5], rtol=1e-4)


@needs_shared
def test_four_real_forecasts_in_one_file_are_joined_and_named() -> None:
    path = SHARED / "data" / "nwp_era5_pl_small_areas" / "ifs_pl_global_10deg_20240603-04.grib"
    raw = volume_of([path])
    assert (np.diff(raw.time) == 6 * HOUR).all() and len(raw.time) == 8
    assert any("4 forecasts are joined" in note for note in raw.notes)
    with pytest.raises(WeatherRefused, match="the ground"):
        fields_of_volume(raw)
    one = volume_of([path], run=int(raw.time[2]))
    assert len(one.time) == 2 and (one.levels["east"][0] == raw.levels["east"][2]).all()
