"""What a rival model wrote is read as it was meant; what is damaged is refused in one line."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("netCDF4")

import netCDF4
from validation.rivals.flexpart_binary import read_particles
from validation.rivals.gridded import Gridded, areas
from validation.rivals.hysplit_text import read_con2asc
from validation.rivals.read import read_answer

from oberih.errors import InputError
from tests.validation import rival_files as files

WRITERS: dict[str, Callable[[Path, Gridded], Path]] = {
    "FLEXPART netCDF": files.write_flexpart_netcdf,
    "FLEXPART netCDF of three release points": lambda p, a: files.write_flexpart_netcdf(p, a, points=3),
    "FLEXPART binary": files.write_flexpart_binary,
    "FLEXPART binary of eight-byte reals": lambda p, a: files.write_flexpart_binary(p, a, real="d"),
    "FLEXPART binary, big-endian": lambda p, a: files.write_flexpart_binary(p, a, order=">"),
    "SNAP": files.write_snap,
    "HYSPLIT cdump, packed": files.write_cdump,
    "HYSPLIT cdump, whole, of old": lambda p, a: files.write_cdump(p, a, packed=False, minutes=False),
    "HYSPLIT netCDF": files.write_hysplit_netcdf,
    "con2asc -c": files.write_con2asc_whole,
}
ROUNDED = {"con2asc -c": 6e-3}
LOWEST_ALONE, WITHOUT_WET, WITHOUT_DRY = ("SNAP",), ("HYSPLIT", "con2asc"), ("con2asc",)


def written(model: str, answer: Gridded, folder: Path) -> Path:
    return WRITERS[model](folder / "answer", answer)


@pytest.mark.parametrize("model", WRITERS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), times=st.integers(2, 4), rows=st.integers(2, 6), columns=st.integers(2, 6),
       layers=st.integers(1, 3), species=st.integers(1, 2), sparse=st.sampled_from([0.0, 0.3, 1.0]))  # fmt: skip
def test_an_answer_comes_back_as_it_was_written(model: str, seed: int, sparse: float, **shape: int) -> None:
    answer = files.made(np.random.default_rng(seed), sparse=sparse, **shape)
    with tempfile.TemporaryDirectory() as folder:
        found = read_answer(written(model, answer, Path(folder)))
    near = {"rtol": ROUNDED.get(model, 2e-6), "atol": 1e-12}
    assert (found.start == answer.start).all() and (found.end == answer.end).all()
    assert found.species == answer.species
    layers = slice(0, 1) if model in LOWEST_ALONE else slice(None)
    assert np.allclose(found.air, answer.air[:, :, layers], **near)
    if model not in LOWEST_ALONE:
        assert np.allclose(found.lat, answer.lat, atol=1e-4) and np.allclose(found.lon, answer.lon, atol=1e-4)
        assert np.allclose(found.top, answer.top)
    if not model.startswith(WITHOUT_DRY):
        assert np.allclose(found.dry, answer.dry, rtol=1e-4, atol=1e-4 * max(1.0, answer.dry.max()) * 1e-3)
    if not model.startswith(WITHOUT_WET):
        assert np.allclose(found.wet, answer.wet, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(("commas", "minutes"), [(True, False), (False, True)])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_table_of_con2asc_is_put_back_on_its_grid(seed: int, commas: bool, minutes: bool) -> None:
    answer = files.made(np.random.default_rng(seed), sparse=0.9, rows=3, columns=4)
    with tempfile.TemporaryDirectory() as folder:
        path = files.write_con2asc_table(Path(folder) / "t.txt", answer, commas=commas, minutes=minutes)
        found, early = read_con2asc(path), read_con2asc(path, stamps="start")
    rows, columns = (np.searchsorted(a, b - 1e-3) for a, b in ((answer.lat, found.lat), (answer.lon, found.lon)))
    assert np.allclose(found.air, answer.air[..., rows[:, None], columns], rtol=1e-3)
    assert (found.end == answer.end).all() and (early.start == answer.end).all()


def test_the_amount_is_concentration_times_depth_times_area() -> None:
    answer = files.made(np.random.default_rng(1))
    due = sum(
        answer.air[:, :, k, j, i] * (answer.top - answer.bottom)[k] * answer.area[j, i]
        for k, j, i in np.ndindex(*answer.air.shape[2:])
    )
    assert np.allclose(answer.amount(), due)


def test_the_cells_of_the_globe_are_the_globe() -> None:
    total = areas(np.arange(-89.5, 90.0), np.arange(0.5, 360.0)).sum()
    assert total == pytest.approx(4.0 * np.pi * 6.371e6**2, rel=1e-12)


def spoilt(path: Path, change: Callable[[Any], None]) -> Path:
    with netCDF4.Dataset(path, "a") as file:
        change(file)
    return path


def set_attribute(variable: str, name: str, value: Any) -> Callable[[Any], None]:
    return lambda file: file[variable].setncattr(name, value)


def set_value(variable: str, value: float) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        file[variable][(0,) * file[variable].ndim] = value

    return change


@pytest.mark.parametrize(
    ("model", "change", "said"),
    [
        ("FLEXPART netCDF", lambda f: f.setncattr("ldirect", np.int32(-1)), "backward"),
        ("FLEXPART netCDF", set_attribute("spec001_mr", "units", "s m3 kg-1"), "unit"),
        ("FLEXPART netCDF", lambda f: [f.renameVariable(f"spec{n:03d}_mr", f"spec{n:03d}_pptv") for n in (1, 2)],
         "mixing ratio"),
        ("FLEXPART netCDF", set_attribute("time", "calendar", "noleap"), "calendar"),
        ("FLEXPART netCDF", set_value("spec001_mr", np.nan), "number"),
        ("FLEXPART netCDF", set_value("DD_spec001", -1.0), "number"),
        ("FLEXPART netCDF", set_value("latitude", 0.0), "spaced"),
        ("SNAP", set_attribute("CS13_acc_concentration", "units", "kg/m3"), "unit"),
        ("SNAP", lambda f: f.renameVariable("cell_area", "other"), "cell_area"),
        ("SNAP", lambda f: f["CS13_acc_concentration"].__setitem__((1,), -1.0), "sinks"),
        ("HYSPLIT netCDF", lambda f: f.renameVariable("time_bnds", "other"), "time_bnds"),
    ],
)  # fmt: skip
def test_a_netcdf_that_cannot_be_meant_is_refused_by_name(
    model: str, change: Callable[[Any], None], said: str, tmp_path: Path
) -> None:
    path = spoilt(written(model, files.made(np.random.default_rng(3), sparse=1.0), tmp_path), change)
    with pytest.raises(InputError) as refused:
        read_answer(path)
    assert said in str(refused.value) and "\n" not in str(refused.value) and "answer" in str(refused.value)


@pytest.mark.parametrize("model", WRITERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_one_line_or_still_an_answer(model: str, data: st.DataObject) -> None:
    """Cut off anywhere, or with bytes changed anywhere: never another error, never a number below 0."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(model, files.made(np.random.default_rng(5), times=2, rows=3, columns=3), Path(folder))
        victim = path if path.is_file() else data.draw(st.sampled_from(sorted(path.iterdir())))
        body = bytearray(victim.read_bytes())
        if data.draw(st.booleans()):
            body = body[: data.draw(st.integers(0, len(body) - 1))]
        else:
            for _ in range(data.draw(st.integers(1, 8))):
                body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
        victim.write_bytes(body)
        try:
            found = read_answer(path)
        except InputError as error:
            assert "\n" not in str(error)
        else:
            assert (found.air >= 0.0).all() and np.isfinite(found.air).all()


@pytest.mark.parametrize("text", ["", "time,u,v\n1,2,3\n", "GDAS  26   1\n", "YEAR MO DA HR LAT LON CS1300100\n"])
def test_other_text_is_not_taken_for_an_answer(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text, "ascii")
    with pytest.raises(InputError, match=r"a\.txt"):
        read_answer(tmp_path / "a.txt")


def test_years_of_two_digits_are_of_the_nearer_century(tmp_path: Path) -> None:
    answer = files.made(np.random.default_rng(2))
    old = replace(answer, start=answer.start - 26 * 31_557_600, end=answer.end - 26 * 31_557_600)
    for which in (answer, old):
        read = read_answer(files.write_cdump(tmp_path / "cdump", which))
        assert (read.end // 60 == which.end // 60).all()


REAL = Path(__file__).parent / "data" / "flexpart_9.02"


def test_what_flexpart_itself_wrote_adds_up() -> None:
    """Its particles and its grid are two files of one run: in the air, dry and wet are together what was let out."""
    found = read_answer(REAL)
    assert found.model == "FLEXPART V9.0" and found.species == ("Cs-137",)
    assert [str(np.datetime64(int(t), "s")) for t in found.end] == [f"2026-06-15T0{h}:00:00" for h in (1, 2, 3)]
    assert (found.end - found.start == 3600).all() and found.top.tolist() == [200.0, 5000.0]
    laid = ((found.dry + found.wet) * found.area).sum(axis=(2, 3))[0]
    aloft = [read_particles(p) for p in sorted(REAL.glob("partposit_*"))]
    masses = np.array([p[:, 4].sum() for p in aloft])
    assert (masses + laid)[:2] == pytest.approx(1.0, abs=2e-4)  # later some is laid down beyond the grid
    assert (np.array([1.0, *masses[:-1]]) > found.amount()[0]).all() and (found.amount()[0] > masses * 0.99).all()
    east = [p[:, 0].mean() for p in aloft]
    assert east == sorted(east) and all(len(p) == 40 and 49.9 < p[:, 1].mean() < 50.1 for p in aloft)
