"""A stranger's file in, a stranger's reading out: what `oberih disperse` says is held against what must be.

Files are made with plain netCDF4 (`field_files`), answers read with plain netCDF4; known answers only.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("netCDF4")

import netCDF4

from oberih.cli.main import main
from tests.cli.field_files import steady, write_fields

LAT, LON = 48.5, 31.5
METRES_A_DEGREE = 6_371_008.8 * np.pi / 180.0
EAST = METRES_A_DEGREE * np.cos(np.radians(LAT))


@dataclass(frozen=True)
class Answer:
    """An answer, by CF alone."""

    air: Any
    lat: Any
    lon: Any
    area: Any
    start: Any
    end: Any
    depth: float
    attrs: dict[str, Any]
    ground: Any
    dry: Any
    wet: Any

    @property
    def amount(self) -> Any:
        """In the layer, hour by hour [Bq]."""
        return (self.air * self.area).sum(axis=(1, 2)) * self.depth

    def middle(self) -> tuple[Any, Any]:
        """Of the mass, from the release, hour by hour: eastward, northward [km]."""
        mass = self.air * self.area
        total = mass.sum(axis=(1, 2))
        x = (mass * self.lon).sum(axis=(1, 2)) / total - float(self.attrs["release_longitude"])
        y = (mass * self.lat[:, None]).sum(axis=(1, 2)) / total - float(self.attrs["release_latitude"])
        return x * EAST / 1e3, y * METRES_A_DEGREE / 1e3

    def spread(self) -> Any:
        """Northward standard deviation, hour by hour [km], that of the cells taken off."""
        mass = self.air * self.area
        total = mass.sum(axis=(1, 2))
        mean = (mass * self.lat[:, None]).sum(axis=(1, 2)) / total
        second = (mass * (self.lat[:, None] - mean[:, None, None]) ** 2).sum(axis=(1, 2)) / total
        cell = self.lat[1] - self.lat[0]
        return np.sqrt(np.maximum(second - cell**2 / 12.0, 0.0)) * METRES_A_DEGREE / 1e3


def answer(path: Path) -> Answer:
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        bounds = file[file["time"].bounds][:]
        ground, dry, wet = (
            np.asarray(file[n][:], float) if n in file.variables else None
            for n in ("deposition", "dry_deposition", "wet_deposition")
        )
        return Answer(
            np.asarray(file["concentration"][:], float), np.asarray(file["lat"][:]), np.asarray(file["lon"][:]),
            np.asarray(file["cell_area"][:]), bounds[:, 0], bounds[:, 1],
            float(np.ptp(file[file["height"].bounds][:])), {k: file.getncattr(k) for k in file.ncattrs()}, ground, dry,
            wet,
        )  # fmt: skip


def words(fields: Path, out: Path, **given: Any) -> list[str]:
    options = {"latitude": LAT, "longitude": LON, "release-hours": 0, "hours": 6, "low": 300, "high": 300,
               "depth": 5000, "form": "noble_gas", "particles": 6400}  # fmt: skip
    options |= {k.replace("_", "-"): v for k, v in given.items()}
    return ["disperse", str(fields), *(w for k, v in options.items() for w in (f"--{k}", str(v))), "--out", str(out),
            "--quiet"]  # fmt: skip


def run(fields: Path, tmp_path: Path, **given: Any) -> Answer:
    out = tmp_path / "cloud.nc"
    assert main(words(fields, out, **given)) == 0
    return answer(out)


LAYOUTS: dict[str, dict[str, Any]] = {
    "hybrid levels from above, rows southward": {},
    "hybrid levels from below, rows northward": {"from_below": True, "northward": True},
    "longitudes of 0 to 360 across Greenwich": {"west": -1.0, "to_360": True},
    "one time only": {"hours": 1},
    "pressure levels from above, hPa": {"kind": "pressure"},
    "pressure levels from below, Pa": {"kind": "pressure", "from_below": True, "unit": "Pa", "northward": True},
    "other spellings": {"spell": {"u": "eastward_wind", "v": "northward_wind", "t": "air_temperature",
                                  "q": "specific_humidity", "sp": "surface_air_pressure"}},
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_cloud_goes_at_the_speed_of_a_steady_wind(layout: str, tmp_path: Path) -> None:
    shape = LAYOUTS[layout]
    found = run(
        write_fields(tmp_path / "a.nc", wind=steady(5.0, -2.0), **shape), tmp_path,
        longitude=shape.get("west", 30.0) + 1.5, finer=8,
    )  # fmt: skip
    hours = np.arange(6) + 0.5
    x, y = found.middle()
    slow = 0.025 if "pressure" in layout else 0.012  # the lowest pressure level lies at 105 m
    for went, speed in ((x, 5.0), (y, -2.0)):
        due = speed * 3.6 * hours
        assert np.abs(went[1:] / due[1:] - 1.0).max() < slow + 0.01
        assert abs(went[5] - went[1]) == pytest.approx(abs(due[5] - due[1]), rel=slow)


@pytest.mark.slow
def test_files_that_say_the_same_give_the_same(tmp_path: Path) -> None:
    plain = run(write_fields(tmp_path / "a.nc"), tmp_path, hours=2)
    for name in ("hybrid levels from below, rows northward", "other spellings", "one time only"):
        other = run(write_fields(tmp_path / "b.nc", **LAYOUTS[name]), tmp_path, hours=2)
        assert np.allclose(plain.air, other.air, rtol=1e-3, atol=1e-6 * plain.air.max()), name
    one = run(write_fields(tmp_path / "a.nc", kind="pressure"), tmp_path, hours=2)
    pascal = run(write_fields(tmp_path / "b.nc", kind="pressure", unit="Pa", from_below=True), tmp_path, hours=2)
    assert np.allclose(one.air, pascal.air, rtol=1e-3, atol=1e-6 * one.air.max())


def test_a_wind_that_turns_with_height_and_grows_with_time_is_followed(tmp_path: Path) -> None:
    """Above the mixed layer the way is the integral of the wind at that height."""

    def wind(t: Any, z: Any, lat: Any, lon: Any) -> tuple[Any, Any]:
        return 2.0 + 1.0 * t + 0.0 * z, np.where(z > 1500.0, 4.0, -4.0) + 0.0 * t

    found = run(write_fields(tmp_path / "a.nc", wind=wind, mixing=500.0), tmp_path, low=2500, high=2500, finer=8)
    x, y = found.middle()
    middles = np.arange(6) + 0.5
    # mean over an hour of the place x = 2 t + t²/2: that of its middle and 1/24 h² more
    due = 3.6 * (2.0 * middles + 0.5 * (middles**2 + 1.0 / 12.0))
    assert x[1:] == pytest.approx(due[1:], rel=0.01)
    assert y[1:] == pytest.approx(3.6 * 4.0 * middles[1:], rel=0.01)


def test_what_is_in_the_layer_is_what_was_released(tmp_path: Path) -> None:
    found = run(write_fields(tmp_path / "a.nc"), tmp_path, amount=3e13, release_hours=2, hours=4, particles=12800)
    assert found.amount[2:] == pytest.approx(3e13, rel=1e-4)
    assert found.amount[0] == pytest.approx(0.25 * 3e13, rel=0.02)  # let out evenly: a quarter on average, then three
    assert found.amount[1] == pytest.approx(0.75 * 3e13, rel=0.02)
    assert found.attrs["in_the_air_at_the_end"] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("rain", [0.0, 5e-4])
def test_air_ground_and_gone_are_all_there_is(rain: float, tmp_path: Path) -> None:
    fields = write_fields(tmp_path / "a.nc", rain=rain)
    found = run(fields, tmp_path, form="aerosol", low=10, high=50, amount=1e12, particles=12800)
    ground = (found.ground[-1] * found.area).sum() / 1e12
    total = ground + found.attrs["in_the_air_at_the_end"] + found.attrs["left_the_fields"]
    assert total == pytest.approx(1.0, abs=2e-4)
    assert (np.diff(found.ground, axis=0) >= -1e-6 * found.ground.max()).all(), "a deposit does not lift off"
    hourly = found.dry + found.wet
    assert np.allclose(np.cumsum(hourly, axis=0), found.ground, rtol=1e-3, atol=1e-5 * found.ground.max())
    assert ground > (0.3 if rain else 0.002)


def test_rain_washes_out_and_only_then_is_a_deposit_wet(tmp_path: Path) -> None:
    dry = run(write_fields(tmp_path / "a.nc"), tmp_path, form="aerosol", low=10, high=50, hours=3)
    wet = run(write_fields(tmp_path / "b.nc", rain=1e-3), tmp_path, form="aerosol", low=10, high=50, hours=3)
    assert dry.wet.max() == 0.0 and dry.dry.max() > 0.0
    assert (wet.wet * wet.area).sum() > 5.0 * (wet.dry * wet.area).sum() > 0.0


def test_a_noble_gas_is_not_laid_down(tmp_path: Path) -> None:
    assert run(write_fields(tmp_path / "a.nc", rain=1e-3), tmp_path, hours=2).ground is None


def test_twice_the_becquerels_are_twice_the_field(tmp_path: Path) -> None:
    fields = write_fields(tmp_path / "a.nc")
    one, two = (run(fields, tmp_path, amount=a, form="aerosol", hours=2) for a in (1e12, 2e12))
    assert np.allclose(two.air, 2.0 * one.air, rtol=1e-6) and np.allclose(two.ground, 2.0 * one.ground, rtol=1e-6)


def test_decay_is_that_of_the_half_life_and_of_nothing_else(tmp_path: Path) -> None:
    fields = write_fields(tmp_path / "a.nc")
    stable = run(fields, tmp_path, hours=6)
    brief = run(fields, tmp_path, hours=6, half_life="2h")
    # the mean over hour n of exp(-λ t), λ of two hours
    rate = np.log(2.0) / 2.0
    due = np.exp(-rate * np.arange(6)) * -np.expm1(-rate) / rate
    assert brief.amount / stable.amount == pytest.approx(due, rel=0.01)


def test_the_spread_grows_no_faster_than_time_and_no_slower_than_its_root(tmp_path: Path) -> None:
    fields = write_fields(tmp_path / "a.nc", step=0.1, size=(21, 81), south=47.5, heat=100.0)
    found = run(fields, tmp_path, finer=4, particles=25600)
    spread, hours = found.spread(), np.arange(6) + 0.5
    growth = np.diff(np.log(spread[1:])) / np.diff(np.log(hours[1:]))
    assert (np.diff(spread) > 0.0).all()
    assert (growth < 1.05).all() and growth.mean() > 0.45
    assert 0.5 < spread[-1] < 15.0  # some kilometres after 5.5 h of a breezy afternoon


@pytest.mark.slow
def test_more_particles_change_the_noise_alone_and_as_the_root_of_their_number(tmp_path: Path) -> None:
    """The share north of the release's parallel is binomial: its variance p (1 - p) / N."""
    fields = write_fields(tmp_path / "a.nc", hours=1)
    means, spreads = {}, {}
    for number in (640, 6400):
        shares = []
        for seed in range(1, 13):
            found = run(fields, tmp_path, particles=number, seed=seed, hours=2)
            mass = found.air[1] * found.area
            shares.append(mass[found.lat > LAT].sum() / mass.sum())
        means[number], spreads[number] = np.mean(shares), np.std(shares, ddof=1) * np.sqrt(number) / 0.5
    assert abs(means[640] - means[6400]) < 3.5 * 0.5 / np.sqrt(640 * 12)
    for number, spread in spreads.items():
        assert 0.45 < spread < 1.6, number  # chi of 11 degrees: 0.5 to 1.5


def test_another_computer_reads_the_file_by_the_conventions(tmp_path: Path) -> None:
    run(write_fields(tmp_path / "a.nc"), tmp_path, form="aerosol", hours=3, release_hours=1)
    with netCDF4.Dataset(tmp_path / "cloud.nc") as file:
        assert file.Conventions.startswith("CF-1.")
        for name, kind, unit in (("lat", "latitude", "degrees_north"), ("lon", "longitude", "degrees_east")):
            axis = file[name]
            bounds = file[axis.bounds]
            assert (axis.standard_name, axis.units) == (kind, unit)
            assert bounds.shape == (len(axis), 2) and np.allclose(bounds[:].mean(axis=1), axis[:])
            assert np.allclose(bounds[1:, 0], bounds[:-1, 1]), "cells touch"
        times = netCDF4.num2date(file["time"][:], file["time"].units, only_use_cftime_datetimes=False)
        assert [str(t) for t in times] == [f"2026-03-01 0{h}:00:00" for h in (1, 2, 3)]
        assert (np.diff(file[file["time"].bounds][:]) == 3600.0).all()
        lat = np.radians(file[file["lat"].bounds][:])
        lon = np.radians(np.diff(file[file["lon"].bounds][:]))[:, 0]
        due = 6_371_008.8**2 * np.outer(np.diff(np.sin(lat))[:, 0], lon)
        assert np.allclose(file["cell_area"][:], due, rtol=1e-6)
        assert (file["cell_area"].units, file["cell_area"].standard_name) == ("m2", "cell_area")
        for name, unit in (("concentration", "Bq m-3"), ("deposition", "Bq m-2"), ("dry_deposition", "Bq m-2"),
                           ("wet_deposition", "Bq m-2")):  # fmt: skip
            field = file[name]
            assert field.dimensions == ("time", "lat", "lon") and field.units == unit and field.long_name
            assert field.cell_measures == "area: cell_area" and field.cell_methods.startswith("time: ")
            values = field[:]
            assert np.isfinite(np.ma.filled(values, np.nan)).all() and (values >= 0.0).all()
        assert file["concentration"].cell_methods == "time: mean" and file["deposition"].cell_methods == "time: point"
        assert file["height"].positive == "up" and "height" in file["concentration"].coordinates
        for variable in file.variables.values():
            for key in ("bounds", "grid_mapping"):
                if key in variable.ncattrs():
                    assert variable.getncattr(key) in file.variables, (variable.name, key)


def test_the_summary_says_where_it_all_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = write_fields(tmp_path / "a.nc", rain=5e-4)
    assert main([*words(fields, tmp_path / "cloud.nc", form="aerosol", hours=2), "--json"]) == 0
    facts = dict(json.loads(capsys.readouterr().out)["facts"])
    shares = [float(v.removesuffix(" %")) for k, v in facts.items() if v.endswith(" %") and "decayed" not in k]
    assert sum(shares) == pytest.approx(100.0, abs=0.25)


def test_another_model_can_be_laid_beside_it(tmp_path: Path) -> None:
    """The reader of the comparison with rivals knows it."""
    from validation.rivals.read import read_answer

    found = run(write_fields(tmp_path / "a.nc"), tmp_path, form="aerosol", amount=1e12, hours=2, release_hours=1)
    read = read_answer(tmp_path / "cloud.nc")
    assert read.amount()[0] == pytest.approx(found.amount, rel=1e-4)
    assert read.dry is not None and read.wet is not None
    assert (read.dry + read.wet)[0, -1] == pytest.approx(found.ground[-1], rel=1e-4, abs=1e-6 * found.ground.max())


def parts_of(whole: Path, folder: Path) -> list[Path]:
    """The same fields as three hourly stretches of levels and one file of the ground, as archives hand them out."""
    flat, out = ("time", "latitude", "longitude"), []
    with netCDF4.Dataset(whole) as file:
        for name, hours in (
            ("early", slice(0, 3)),
            ("middle", slice(3, 5)),
            ("late", slice(5, 7)),
            ("ground", slice(0, 7)),
        ):
            out.append(folder / f"{name}.nc")
            with netCDF4.Dataset(out[-1], "w") as part:
                for dim, size in file.dimensions.items():
                    if not (name == "ground" and dim == "hybrid"):
                        part.createDimension(dim, (hours.stop - hours.start) if dim == "time" else len(size))
                for key, variable in file.variables.items():
                    if variable.ndim > 1 and (variable.dimensions == flat) != (name == "ground"):
                        continue
                    if name == "ground" and "hybrid" in variable.dimensions:
                        continue
                    copy = part.createVariable(key, variable.dtype, variable.dimensions)
                    copy.setncatts({a: variable.getncattr(a) for a in variable.ncattrs()})
                    copy[:] = variable[hours] if variable.dimensions[:1] == ("time",) else variable[:]
    return out


@pytest.mark.slow
def test_fields_in_parts_in_any_order_are_the_same_fields(tmp_path: Path) -> None:
    def wind(t: Any, z: Any, lat: Any, lon: Any) -> tuple[Any, Any]:
        return 3.0 + 0.5 * t + 0.0 * z, 1.0 - 0.3 * t + 0.0 * z

    whole = write_fields(tmp_path / "a.nc", wind=wind)
    due = run(whole, tmp_path)
    for order in ((0, 1, 2, 3), (3, 2, 0, 1)):
        parts = [parts_of(whole, tmp_path)[n] for n in order]
        given = words(parts[0], tmp_path / "parts.nc")
        assert main([given[0], *map(str, parts), *given[2:]]) == 0
        assert (answer(tmp_path / "parts.nc").air == due.air).all()


def test_a_longitude_of_0_to_360_is_the_same_place(tmp_path: Path) -> None:
    fields = write_fields(tmp_path / "a.nc", west=-3.0)
    west, east = (run(fields, tmp_path, longitude=v, hours=2) for v in (-1.5, 358.5))
    assert (west.air == east.air).all()


@pytest.mark.slow
def test_a_process_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    """Interrupted while it works: no file, no part of one."""
    fields = write_fields(tmp_path / "a.nc")
    command = [sys.executable, "-m", "oberih", *words(fields, tmp_path / "cloud.nc", particles=2_000_000)]
    command.remove("--quiet")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        assert process.stderr is not None
        said = ""
        while "particles" not in said:
            line = process.stderr.readline()
            assert line, f"ended before it was interrupted: {said}"
            said += line
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=120)[1]
    finally:
        process.kill()
    assert process.returncode not in (0, None)
    assert "Traceback" not in rest
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.nc"]


# What cannot be answered is one line, exit code 2, and leaves nothing behind.


def refused(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    capsys.readouterr()
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before, "something was left behind"
    assert told.err.count("\n") == 1 and told.err.startswith("oberih: error: "), told.err
    assert told.out == "" and "Traceback" not in told.err
    return told.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"hours": 30}, "cover"), ({"at": "2026-02-28T00:00Z"}, "cover"), ({"latitude": 70}, "outside"),
        ({"longitude": 200}, "outside"), ({"low": 500, "high": 100}, "high"), ({"particles": 0}, "particles"),
        ({"form": "plutonium"}, "form"), ({"amount": -1}, "amount"), ({"amount": "nan"}, "amount"),
        ({"half_life": "soon"}, "soon"), ({"depth": 0}, "depth"), ({"at": "yesterday"}, "yesterday"),
        ({"release_hours": "inf"}, "release-hours"), ({"latitude": "nan"}, "latitude"),
    ],
)  # fmt: skip
def test_a_release_that_cannot_be(
    given: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = write_fields(tmp_path / "a.nc", size=(9, 33), south=47.5)
    assert said in refused(words(fields, tmp_path / "cloud.nc", **({"hours": 2} | given)), tmp_path, capsys)


@pytest.mark.parametrize("lacking", ["u", "v", "t", "sp"])
def test_a_field_that_is_missing_is_named(lacking: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = write_fields(tmp_path / "a.nc", leave_out=lacking, size=(9, 33), south=47.5)
    told = refused(words(fields, tmp_path / "cloud.nc", hours=2), tmp_path, capsys)
    named = {"u": "east", "v": "north", "t": "temperature", "sp": "surface pressure"}[lacking]
    assert named in told and "a.nc" in told


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def of_text(path: Path) -> None:
    path.write_text("time,u,v\n", "utf-8")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def with_a_hole(path: Path) -> None:
    with netCDF4.Dataset(path, "a") as file:
        file["u"][1, 5, 4, 20] = np.nan


def with_a_gap(path: Path) -> None:
    with netCDF4.Dataset(path, "a") as file:
        file["time"][:] = [0, 1, 2, 4, 5, 6, 7]


def backwards(path: Path) -> None:
    with netCDF4.Dataset(path, "a") as file:
        file["time"][:] = file["time"][::-1]


def without_coefficients(path: Path) -> None:
    with netCDF4.Dataset(path, "a") as file:
        file.renameVariable("hyam", "unknown")


def uneven(path: Path) -> None:
    with netCDF4.Dataset(path, "a") as file:
        file["longitude"][10] += 0.1


@pytest.mark.parametrize(
    "spoil", [cut_off, of_text, empty, with_a_hole, with_a_gap, backwards, without_coefficients, uneven]
)
def test_a_file_that_is_not_sound(spoil: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = write_fields(tmp_path / "a.nc", size=(9, 33), south=47.5)
    spoil(fields)
    assert "a.nc" in refused(words(fields, tmp_path / "cloud.nc", hours=4), tmp_path, capsys)


def test_a_missing_file_and_an_impossible_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = write_fields(tmp_path / "a.nc", size=(9, 33), south=47.5)
    refused(words(tmp_path / "none.nc", tmp_path / "cloud.nc", hours=2), tmp_path, capsys)
    (tmp_path / "folder").mkdir()
    kept = tmp_path / "old"
    kept.mkdir()
    (kept / "cloud.nc").write_bytes(b"yesterday's answer")
    with pytest.raises(AssertionError):
        assert main(words(fields, tmp_path / "folder", hours=2)) == 0
    assert main(words(fields, kept / "cloud.nc", hours=30)) == 2
    assert (kept / "cloud.nc").read_bytes() == b"yesterday's answer", "the old answer stays until the new one is whole"
