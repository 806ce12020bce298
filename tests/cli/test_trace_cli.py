"""Where sampled air came from: what a person, another program and a map are told, and that nobody is named."""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("netCDF4")

import xarray as xr

from oberih.case.reach.trace_fields import on_the_clock
from oberih.case.reach.trace_samples import read_samples
from oberih.cli.main import main
from oberih.errors import InputError, StoreFull
from oberih.evidence.digest import sha256_of_file
from tests.weather.volumes import write

STATION = ("--station", "48.1,35.0", "--from", "2025-05-01T02:00Z", "--to", "2025-05-01T03:00Z")


def run(tmp_path: Path, *words: str) -> int:
    return main(["trace", str(tmp_path / "a.nc"), "--particles", "2048", "--out", "out", *words])


@pytest.fixture
def air(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.nc")
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


def test_air_came_from_where_the_wind_comes_from(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(air, *STATION, "--quiet", "--json") == 0
    with xr.open_dataset("out/sensitivity.nc") as found:
        field = found["sensitivity"][0]
        assert found.attrs["Conventions"] == "CF-1.8" and field.attrs["units"] == "m-3"
        assert "not an attribution" in found.attrs["caveat"]
        centres = [float((h * found["lon"]).sum() / h.sum()) for h in field if float(h.sum()) > 0.0]
        assert 35.2 > centres[-1] > centres[-2]  # the latest hour is nearest, in the station's cell and west of it
        assert (found["sensitivity_standard_error"][0] >= 0.0).all() and found.sizes["time"] == 3
        hours = found["time_bounds"].values
        assert (hours[:, 1] - hours[:, 0] == np.timedelta64(1, "h")).all()


def test_a_box_of_air_alone_holds_what_passes_it(air: Path) -> None:
    # the sampled air spends the sampling hour and those before it somewhere: over all cells and a deep layer, the
    # sensitivity times volume and hour adds up to the time since each particle's birth
    assert run(air, *STATION, "--quiet", "--layer", "5000", "--sampler-height", "0,5000", "--form", "noble_gas") == 0
    with xr.open_dataset("out/sensitivity.nc") as found:
        a_degree = 6_371_008.8 * np.pi / 180.0
        area = (0.25 * a_degree) ** 2 * np.cos(np.radians(found["lat"]))
        seconds = (found["sensitivity"][0] * area * 5000.0 * 3600.0).sum(("lat", "lon"))
        # half of the sampling hour on average; the densities of ground and cells are nearly the same
        assert float(seconds[-1]) == pytest.approx(1800.0, rel=0.03)


def test_the_number_is_that_of_a_forward_run_in_the_same_unit(air: Path) -> None:
    # in air that is the same everywhere, middles of cells of one row see each other alike both ways
    words = ("--latitude", "48.125", "--longitude", "34.625", "--at", "2025-05-01T00:00Z", "--release-hours", "1",
             "--hours", "3", "--low", "0", "--high", "100", "--depth", "100", "--finer", "1", "--form", "noble_gas",
             "--amount", "1", "--particles", "32768", "--quiet", "--out", "there.nc")  # fmt: skip
    assert main(["disperse", str(air / "a.nc"), *words]) == 0
    station = ("--station", "48.125,35.125", *STATION[2:], "--form", "noble_gas", "--quiet", "--particles", "32768")
    assert run(air, *station) == 0
    place = {"method": "nearest"}
    with xr.open_dataset("there.nc") as there, xr.open_dataset("out/sensitivity.nc") as back:
        cloud = there["concentration"].sel(lat=48.125, lon=35.125, **place)
        hours = back["sensitivity"][0].sel(lat=48.125, lon=34.625, **place)
        noise = back["sensitivity_standard_error"][0].sel(lat=48.125, lon=34.625, **place)
        forward, backward, error = float(cloud[2]), float(hours[0]), float(noise[0])
    assert backward > 20.0 * error and abs(forward - backward) < 4.0 * np.sqrt(2.0) * error


def test_hours_of_a_site_bear_the_amount_that_alone_would_explain(
    air: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("upwind.toml").write_text(_site())
    words = (*STATION, "--site", "upwind.toml", "--measured", "2e-6", "--quiet", "--json", "--particles", "32768")
    assert run(air, *words) == 0
    told = answer(capsys)
    rows = told["rows"]
    assert rows and told["columns"][4].startswith("amount that alone")  # type: ignore[index]
    with xr.open_dataset("out/sensitivity.nc") as found:
        here = found["sensitivity"][0].sel(lat=48.1, lon=34.8, method="nearest")
        for _, hour, value, _, amount in rows:  # type: ignore[attr-defined]
            at = here.sel(time=np.datetime64(hour[:-1]) + np.timedelta64(30, "m"))
            assert float(value) == pytest.approx(float(at), rel=6e-3)
            assert float(amount) == pytest.approx(2e-6 / float(at), rel=6e-3)
    with Path("out/hours.csv").open() as table:
        head, *lines = csv.reader(table)
    assert len(lines) == len(rows) and "standard error [%]" in head  # type: ignore[arg-type]
    assert all(0.0 <= float(line[3]) < 100.0 for line in lines)


def test_nothing_seen_bounds_a_release_from_above(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("upwind.toml").write_text(_site())
    words = ("--site", "upwind.toml", "--measured", "0", "--detection-limit", "1e-6", "--quiet", "--json")
    assert run(air, *STATION, *words) == 0
    assert all(row[4].startswith("not above") for row in answer(capsys)["rows"])  # type: ignore[attr-defined]


def test_the_answer_says_what_it_is_not_and_names_nobody(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(air, *STATION, "--measured", "1e-6") == 0
    said = capsys.readouterr().out.lower()
    assert "a sensitivity, not an attribution" in " ".join(said.split())
    assert not {"culprit", "responsible", "guilty", "released by"} & set(said.split())


def test_the_map_shows_the_station_and_the_site(air: Path) -> None:
    Path("upwind.toml").write_text(_site())
    assert run(air, *STATION, "--quiet", "--site", "upwind.toml") == 0
    drawing = Path("out/map.svg").read_text()
    assert "Upwind NPP" in drawing and "where air was drawn" in drawing and "not an" in drawing
    assert Path("out/map.png").read_bytes().startswith(b"\x89PNG")


def test_products_are_kept_with_what_they_rest_on_and_come_out_the_same(air: Path) -> None:
    assert run(air, *STATION, "--quiet") == 0
    kept = {p.name: p.read_bytes() for p in Path("out").iterdir()}
    assert main(["verify", "out"]) == 0
    inputs = json.loads(kept["result.json"])["provenance"]["inputs"]
    assert inputs == {"fields 1: a.nc": sha256_of_file(Path("a.nc"))}  # rain and temperature are in it too
    assert run(air, *STATION, "--quiet", "--threads", "1") == 0
    again = {p.name: p.read_bytes() for p in Path("out").iterdir()}
    assert kept["map.svg"] == again["map.svg"] and kept["map.png"] == again["map.png"]
    assert (
        json.loads(kept["result.json"])["provenance"]["digest"]
        == json.loads(again["result.json"])["provenance"]["digest"]
    )


def test_many_samples_come_in_one_table_and_one_file(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("samples.csv").write_text(
        "name,latitude,longitude,from,to,value,limit\n"
        "east,48.1,35.2,2025-05-01T02:00Z,2025-05-01T03:00Z,1e-6,1e-7\n"
        "north,48.6,35.0,2025-05-01T01:30Z,2025-05-01T02:30Z,,\n"
    )
    assert run(air, "--samples", "samples.csv", "--quiet", "--back", "1") == 0
    with xr.open_dataset("out/sensitivity.nc") as found:
        assert found["sample_name"].values.tolist() == ["east", "north"]
        assert np.isnan(found["measured"].values[1]) and found["measured"].values[0] == 1e-6
        whole = found["sensitivity"].sum(("lat", "lon"), skipna=True)
        assert (whole[:, 1:3].sum("time") > 0.0).all()
        assert found["sensitivity"][0, 0].isnull().all()  # an hour not looked at for this sample says nothing
    assert Path("out/map-1.png").is_file() and Path("out/map-2.png").is_file()


def test_a_trace_that_was_killed_goes_on_with_the_next_sample(
    air: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from oberih.case.reach import trace as story

    Path("samples.csv").write_text(
        "latitude,longitude,from,to\n" + "".join(
            f"{latitude},35.2,2025-05-01T02:00Z,2025-05-01T03:00Z\n" for latitude in (48.0, 48.1, 48.2)
        )
    )  # fmt: skip
    words = ("--samples", "samples.csv", "--quiet", "--back", "1")
    assert run(air, *words) == 0
    whole = Path("out/sensitivity.nc").read_bytes()
    shutil.rmtree("out")
    walk, walked = story.backward, []

    def counted(turned: object, receptor: object, *given: object, **more: object) -> object:
        walked.append(receptor)
        if len(walked) == 3:
            raise KeyboardInterrupt
        return walk(turned, receptor, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(story, "backward", counted)
    assert run(air, *words) == 130
    assert not Path("out/result.json").exists() and len(list(Path("out/.begun").glob("*.npz"))) == 2
    sorted(Path("out/.begun").glob("*.npz"))[0].write_bytes(b"torn")
    assert run(air, *words) == 0 and len(walked) == 5
    assert not Path("out/.begun").exists()
    with xr.open_dataset("out/sensitivity.nc") as again:
        Path("before.nc").write_bytes(whole)
        with xr.open_dataset("before.nc") as before:
            assert before.equals(again)


def test_a_nuclide_that_decays_on_the_way_counts_less(air: Path) -> None:
    sums = []
    for words in ((), ("--nuclide", "I-132")):
        assert run(air, *STATION, "--quiet", *words) == 0
        with xr.open_dataset("out/sensitivity.nc") as found:
            sums.append(found["sensitivity"][0].sum(("lat", "lon")).values)
    share = sums[1] / sums[0]
    assert share[0] < share[1] < share[2] < 1.0
    assert 0.5 ** (2.0 / 2.295) < share[1] < 1.0 and 0.5 ** (3.0 / 2.295) < share[0] < 0.5 ** (1.0 / 2.295)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--station", "48.1,35.0"), "--station, --from and --to"),
        ((*STATION, "--samples", "x.csv"), "stands for all samples"),
        (("--station", "60,35", *STATION[2:]), "outside the fields"),
        (("--station", "48.1", *STATION[2:]), "two numbers"),
        ((*STATION[:3], "2025-05-01T03:00", *STATION[4:]), "time zone missing"),
        ((*STATION[:2], "--from", "2025-05-01T03:00Z", "--to", "2025-05-01T02:00Z"), "end after it begins"),
        ((*STATION[:2], "--from", "2025-04-30T02:00Z", "--to", "2025-05-01T02:00Z"), "not covered by the fields"),
        ((*STATION[:2], "--from", "2025-05-01T02:00Z", "--to", "2025-05-01T09:00Z"),
         "go from 2025-05-01T00:00Z to 2025-05-01T03:00Z"),
        (("--station", "35.0,48.1", *STATION[2:]), "latitude comes first: 48.1, 35 lies within"),
        (("--station", "60,35", *STATION[2:]), "W,S,E,N = 34,47.25,36,49"),
        ((*STATION, "--site", "rivne"), "--site rivne = '51.3"),
        ((*STATION, "--site", "nowhere"), "no such site"), ((*STATION, "--nuclide", "Xx-1"), "nuclide"),
        ((*STATION, "--sampler-height", "100,0"), "must rise"), (("--samples", "x.csv"), "no such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_one_line_and_writes_nothing(
    air: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(air, "--quiet", *words) == 2
    told = capsys.readouterr().err
    assert said in told and len(told.strip().splitlines()) == 1 and not Path("out").exists()


def test_a_trace_that_could_not_be_written_goes_on_from_the_way_back(
    air: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreFull("out/map.png: no room to write")

    with monkeypatch.context() as broken:
        broken.setattr("oberih.case.reach.trace.keep_products", full)
        assert run(air, *STATION, "--quiet") == 3
    assert "the same command goes on from there" in capsys.readouterr().err
    monkeypatch.setattr("oberih.case.reach.trace.backward", full)  # nothing is followed again
    assert run(air, *STATION, "--quiet") == 0
    assert Path("out/result.json").is_file() and not Path("out/.begun").exists()


def test_a_station_outside_is_found_before_any_sample_is_followed(
    air: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "2025-05-01T02:00Z,2025-05-01T03:00Z"
    (air / "two.csv").write_text(f"name,latitude,longitude,from,to\nA,48.1,35.0,{row}\nB,60,35.0,{row}\n")
    monkeypatch.setattr("oberih.case.reach.trace.backward", None)
    assert run(air, "--samples", str(air / "two.csv"), "--quiet") == 2
    assert "station of B" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("latitude,longitude,from\n", "lacks to"), ("", "lacks"), ("latitude,longitude,from,to\n", "0 samples"),
        ("latitude,longitude,from,to\nx,1,2025-01-01T00:00Z,2025-01-01T01:00Z\n", "not a number"),
        ("latitude,longitude,from,to\n1,1,2025-01-01T00:00,2025-01-01T01:00Z\n", "time zone"),
        ("latitude,longitude,from,to,value\n1,1,2025-01-01T00:00Z,2025-01-01T01:00Z,-1\n", "not below 0"),
        ("latitude,longitude,from,to\n91,1,2025-01-01T00:00Z,2025-01-01T01:00Z\n", "within"),
        ("latitude,longitude,from,to\nnan,1,2025-01-01T00:00Z,2025-01-01T01:00Z\n", "finite"),
    ],
)  # fmt: skip
def test_a_table_that_makes_no_sense_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(InputError, match=said) as error:
        read_samples(tmp_path / "s.csv")
    assert "s.csv" in str(error.value)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_as_samples_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        assert read_samples(path)


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(1, 9))
def test_hours_put_on_the_clock_stand_before_their_end(later: int, hours: int) -> None:
    end = (100 + later) * 3600
    starts = np.arange(80 * 3600, 112 * 3600, 3600)
    values = np.arange(1.0, hours + 1.0, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), dtype=np.float32)
    out = on_the_clock(values, end=end, starts=starts)[:, 0, 0]
    assert out.sum() == values[:, 0, 0].sum()
    assert out[starts == end - 3600] == 1.0 and (out[starts >= end] == 0.0).all()


def _site() -> str:
    text = (Path(__file__).parents[2] / "src/oberih/earth/data/sites/zaporizhzhia.toml").read_text(encoding="utf-8")
    lines, done = [], set[str]()
    for line in text.splitlines():
        for name, value in (("name", '"Upwind NPP"'), ("id", '"upwind"'), ("latitude", "48.1"), ("longitude", "34.8")):
            if line.startswith(f"{name} =") and not done & {name}:
                line, done = f"{name} = {value}", done | {name}
        lines.append(line)
    return "\n".join(lines) + "\n"
