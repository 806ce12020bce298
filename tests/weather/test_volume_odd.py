"""Odd netCDF is read right or refused in one line with file, field, value and cure; never a wrong field in silence."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("xarray")
pytest.importorskip("netCDF4")

import netCDF4
import xarray as xr
from fuzz import fuzz_volume

from oberih.errors import InputError
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume import volume_of
from oberih.weather.read.volume_join import joined
from oberih.weather.read.volume_netcdf import part_of_netcdf
from tests.weather.volumes import kept, write

Change = Callable[[netCDF4.Dataset], None]


def here(path: Path, **how: object) -> RawVolume:
    """As `volume_of` a netCDF file, decoded in this process."""
    return joined([part_of_netcdf(path, **how)])  # type: ignore[arg-type]


def spoilt(tmp_path: Path, change: Change) -> Path:
    path = write(tmp_path / "odd.nc")
    with netCDF4.Dataset(path, "a") as file:
        change(file)
    return path


def whole(path: Path) -> xr.Dataset:
    with xr.open_dataset(path) as opened:
        return opened.load()


def attribute(name: str, key: str, value: object) -> Change:
    return lambda file: file[name].setncattr(key, value)


def values(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Change:
    def made(file: netCDF4.Dataset) -> None:
        file[name].set_auto_maskandscale(False)
        file[name][:] = change(np.array(file[name][:]))

    return made


def at_once(*changes: Change) -> Change:
    def made(file: netCDF4.Dataset) -> None:
        for change in changes:
            change(file)

    return made


def extra(name: str, kind: object) -> Change:
    axes = ("time", "level", "latitude", "longitude")
    return lambda file: file.createVariable(name, kind, axes)  # type: ignore[call-overload]


def hole(value: float) -> Callable[[np.ndarray], np.ndarray]:
    def made(field: np.ndarray) -> np.ndarray:
        field[..., 3, 4] = value
        return field

    return made


REFUSED: dict[str, tuple[Change, str]] = {
    "months": (attribute("time", "units", "months since 2025-05-01"), "unit of time = 'months since"),
    "a day that is none": (attribute("time", "units", "hours since 2025-13-45"), "unit of time = 'hours since 2025-13"),
    "no day": (attribute("time", "units", "hours"), "unit of time = 'hours'"),
    "text for a time": (attribute("time", "units", "day as %Y%m%d.%f"), "unit of time = 'day as"),
    "before all times": (attribute("time", "units", "hours since 0001-01-01"), "unit of time"),
    "years without leap days": (attribute("time", "calendar", "noleap"), "calendar of time = 'noleap'"),
    "years of 360 days": (attribute("time", "calendar", "360_day"), "calendar of time = '360_day'"),
    "the calendar of the Maya": (attribute("time", "calendar", "mayan"), "of time"),
    "a time twice": (values("time", lambda v: np.r_[v[0], v[0], v[2:]]), "times must increase"),
    "times backward": (values("time", lambda v: v[::-1]), "times must increase"),
    "a scale of nought": (attribute("u", "scale_factor", 0.0), "scale_factor of u = '0.0'"),
    "a scale that is no number": (attribute("u", "scale_factor", np.nan), "scale_factor of u = 'nan'"),
    "a scale in words": (attribute("u", "scale_factor", "x"), "scale_factor of u = 'x'"),
    "two scales": (attribute("u", "scale_factor", [1.0, 2.0]), "u = "),
    "an endless offset": (attribute("u", "add_offset", np.inf), "add_offset of u = 'inf'"),
    "a row twice": (values("latitude", lambda v: np.r_[v[0], v[:-1]]), "latitude = .*not equal"),
    "a column twice": (values("longitude", lambda v: np.r_[v[0], v[:-1]]), "longitude = .*not equal"),
    "a column nowhere": (values("longitude", lambda v: np.r_[np.nan, v[1:]]), "damaged grid"),
    "rows in radians": (attribute("latitude", "units", "radians"), "unit of latitude = 'radians'"),
    "columns in metres": (attribute("longitude", "units", "m"), "unit of longitude = 'm'"),
    "columns from the east": (attribute("longitude", "units", "degrees_west"), "unit of longitude"),
    "an axis without places": (lambda f: f.renameVariable("latitude", "rows"), "latitude: is an axis of which nothing"),
    "hectopascals called pascals": (attribute("level", "units", "Pa"), "levels = '10 hPa'"),
    "some levels in Pa, some in hPa": (
        at_once(attribute("level", "units", "Pa"), values("level", lambda v: v * np.where(v < 800, 100.0, 1.0))),
        "neither rise nor fall"),
    "levels of no unit": (lambda f: f["level"].delncattr("units"), "nothing says the pressure"),
    "a level twice": (values("level", lambda v: np.r_[v[0], v[:-1]]), "with one twice"),
    "a wind in hours": (attribute("u", "units", "hours since 2025-01-01"), "unit of u"),
    "a unit that is a number": (attribute("u", "units", 5), "unit of u = '5'"),
    "strings": (extra("q", str), "q = .*holds no numbers"), "characters": (extra("q", "S1"), "q = .*holds no numbers"),
    "rain that rises": (values("tp", lambda v: -v), "precipitation = '-"),
    "a fill that is not declared": (values("z", hole(9.97e36)), "geopotential = "),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_trusted_is_refused_with_file_field_and_cure(tmp_path: Path, name: str) -> None:
    change, said = REFUSED[name]
    with pytest.raises(InputError, match=said) as refused:
        here(spoilt(tmp_path, change))
    assert "odd.nc" in str(refused.value) and "\n" not in str(refused.value) and refused.value.cure


@pytest.mark.parametrize("value", [-9999.0, 9.97e36, -800.0])
def test_a_mixing_height_that_no_air_has_is_set_aside_and_said(tmp_path: Path, value: float) -> None:
    raw = here(spoilt(tmp_path, values("blh", hole(value))))
    assert "mixing_height" not in raw.surface
    assert any("mixing_height" in note and "so it is not used" in note for note in raw.notes)


def same(one: RawVolume, other: RawVolume, *, atol: float = 0.0) -> None:
    assert (one.time == other.time).all() and one.notes == other.notes
    for kind in ("levels", "surface"):
        held, expected = getattr(one, kind), getattr(other, kind)
        assert held.keys() == expected.keys()
        for name in held:
            np.testing.assert_allclose(held[name], expected[name], rtol=0.0, atol=atol, err_msg=name)
    np.testing.assert_allclose(one.x, other.x)
    np.testing.assert_allclose(one.y, other.y)


FORMATS = ("NETCDF3_CLASSIC", "NETCDF3_64BIT", "NETCDF4_CLASSIC", "NETCDF4")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_the_same_apart_and_here(tmp_path: Path, form: str) -> None:
    dataset = whole(write(tmp_path / "plain.nc"))
    dataset.to_netcdf(tmp_path / "turned.nc", format=form)
    expected = here(tmp_path / "plain.nc")
    said: list[int] = []
    same(volume_of([tmp_path / "turned.nc"], told=lambda done, of: said.append(done)), expected)
    assert said == sorted(said) and said[-1] == 100


@pytest.mark.parametrize("packer", ["zlib", "zstd", "bzip2", "szip", "blosc_lz4"])
def test_every_packing_that_the_library_has_is_read_apart(tmp_path: Path, packer: str) -> None:
    dataset = whole(write(tmp_path / "plain.nc"))
    with netCDF4.Dataset(tmp_path / "probe.nc", "w") as file:
        if packer != "zlib" and not getattr(file, f"has_{packer.split('_')[0]}_filter")():
            pytest.skip(f"the library has no {packer}")
    how = {"compression": packer, "chunksizes": (2, 7, 8, 9), "fletcher32": packer == "zlib"}
    dataset.to_netcdf(tmp_path / "packed.nc", encoding={name: how for name in ("u", "v", "t", "z")})
    same(volume_of([tmp_path / "packed.nc"]), here(tmp_path / "plain.nc"))


def test_signed_and_unsigned_packing_give_the_same_air(tmp_path: Path) -> None:
    dataset = whole(write(tmp_path / "plain.nc"))
    expected = here(tmp_path / "plain.nc")
    for kind, fill, offset in (("int16", -32767, 200.0), ("uint16", 65535, 0.0)):
        how = {"dtype": kind, "scale_factor": 0.01, "_FillValue": fill}
        kinds = {"t": {**how, "add_offset": offset}, "u": {**how, "add_offset": -100.0 if kind == "uint16" else 0.0}}
        dataset.to_netcdf(tmp_path / "packed.nc", encoding=kinds)
        same(here(tmp_path / "packed.nc"), expected, atol=0.0051)


def test_final_and_preliminary_era5_side_by_side_are_one(tmp_path: Path) -> None:
    dataset = whole(write(tmp_path / "plain.nc"))
    final, early = (dataset.copy(deep=True) for _ in range(2))
    for name in dataset.data_vars:
        final[name][2:], early[name][:2] = np.nan, np.nan
    both = xr.concat([final, early], dim=xr.IndexVariable("expver", [1, 5])).transpose("time", "expver", ...)
    kept(both, tmp_path / "both.nc")
    same(here(tmp_path / "both.nc"), here(tmp_path / "plain.nc"))


def test_the_names_of_the_new_climate_data_store_are_known(tmp_path: Path) -> None:
    dataset = whole(write(tmp_path / "plain.nc")).rename(time="valid_time", level="pressure_level")
    marks = ("valid_time", np.array(["0001"] * 3 + ["0005"], dtype=object))
    kept(dataset.assign_coords(expver=marks, number=0), tmp_path / "new.nc")
    same(here(tmp_path / "new.nc"), here(tmp_path / "plain.nc"))


def test_a_place_that_nobody_wrote_is_a_gap(tmp_path: Path) -> None:
    dataset = whole(write(tmp_path / "plain.nc"))
    dataset.to_netcdf(tmp_path / "a.nc", encoding={"u": {"_FillValue": None, "dtype": "f4"}})
    path = tmp_path / "a.nc"
    with netCDF4.Dataset(path, "a") as file:
        assert "_FillValue" not in file["u"].ncattrs()
        field = np.array(file["u"][:])
        field[..., 3, 4] = netCDF4.default_fillvals["f4"]
        file["u"].set_auto_mask(False)
        file["u"][:] = field
    assert np.isnan(here(path).levels["east"][..., 4, 4]).all()  # rows go northward


def test_a_plane_in_kilometres_is_one_in_metres(tmp_path: Path) -> None:
    dataset = whole(write(tmp_path / "plain.nc")).rename(latitude="y", longitude="x")
    metres = {"x": 1000.0 * np.arange(9), "y": 5e6 + 1000.0 * np.arange(8)}
    dataset = dataset.isel(y=slice(None, len(metres["y"]))).assign(
        utm36=((), 0, {"grid_mapping_name": "transverse_mercator"})
    )
    for path, factor, unit in (("a.nc", 1.0, "m"), ("b.nc", 1e-3, "km")):
        places = {n: (n, v * factor, {"units": unit}) for n, v in metres.items()}
        kept(dataset.assign_coords(places), tmp_path / path)
    same(here(tmp_path / "a.nc"), here(tmp_path / "b.nc"))
    degrees = {
        n: (n, v[: dataset.sizes[n]] / 1e5, {"units": "degrees"}) for n, v in {**metres, "y": metres["y"] - 4e6}.items()
    }
    kept(dataset.assign_coords(degrees), tmp_path / "c.nc")
    assert here(tmp_path / "c.nc").crs == ""


def test_an_area_through_the_meridian_is_cut_from_both_ends_of_the_rows(tmp_path: Path) -> None:
    dataset = whole(write(tmp_path / "plain.nc"))
    dataset["u"] = dataset["u"] + np.arange(9.0)
    dataset["u"].attrs["units"] = "m s-1"
    turned = dataset.assign_coords(longitude=(dataset["longitude"].values - 35.0) % 360.0).sortby("longitude")
    kept(dataset.assign_coords(longitude=dataset["longitude"].values - 35.0), tmp_path / "a.nc")
    kept(turned, tmp_path / "b.nc")
    area = (-0.3, 47.0, 0.6, 49.0)
    one, two = (here(tmp_path / n, area=area) for n in ("a.nc", "b.nc"))
    np.testing.assert_allclose(one.levels["east"], two.levels["east"])
    assert one.x[0] < 0.0 < one.x[-1] and np.allclose(one.x, two.x)


def test_dimensions_without_data_take_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.nc"
    with netCDF4.Dataset(path, "w") as file:
        for name, unit in (("time", "hours since 2025-05-01"), ("level", "hPa"), ("latitude", "degrees"),
                           ("longitude", "degrees")):  # fmt: skip
            file.createDimension(name, 2**36)
            file.createVariable(name, "f8", (name,), chunksizes=(1024,), zlib=True).units = unit
        file.createVariable("u", "f4", ("time", "level", "latitude", "longitude"), chunksizes=(1, 1, 64, 64))
    with pytest.raises(InputError, match=r"huge.nc: .*(more memory than its decoder may take|damaged)"):
        volume_of([path])


def test_changed_files_of_every_format_are_read_or_refused(tmp_path: Path) -> None:
    chance = random.Random(7)
    sound = fuzz_volume.seeds(tmp_path)
    assert {fuzz_volume.one(path) for path in sound} == {"read"}
    for _ in range(30):
        path = tmp_path / "case.nc"
        fuzz_volume.changed(chance.choice(sound), path, chance)
        assert fuzz_volume.one(path)
    shutil.rmtree(tmp_path)
