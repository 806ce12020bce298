"""``oberih atlas``: what it would cost, building into a store, and what of it comes back."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import re
from pathlib import Path

import click
import pytest
from rich.console import Console

from oberih.atlas.build import compute_block
from oberih.atlas.coverage import Coverage
from oberih.atlas.store import create
from oberih.case.reach.atlas_request import AtlasRequest
from oberih.case.reach.atlas_store import info
from oberih.cli.main import door, main
from oberih.cli.progress import Lines
from oberih.dispersion.particles.unit import ParticleSettings
from tests.atlas.small import digests, plan
from tests.weather.passing_low import write
from tests.weather.simulator import OpenMeteoSimulator

Capture = pytest.CaptureFixture[str]

MAPPING = [
    'label = "observed"', 'source = "mast"', "latitude = 47.5", "longitude = 34.6",
    "[time]", 'column = "date"', 'zone = "UTC"', 'format = "iso"',
    "[columns]", 'wind_speed = {column = "ff", unit = "m/s"}', 'wind_direction = {column = "dd", unit = "degrees"}',
    'temperature = {column = "tt", unit = "degC"}',
]  # fmt: skip
HOURS = 24 * 30


@pytest.fixture
def mast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that name thirty days of weather, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OBERIH_STORE", raising=False)
    rows = [
        f"2025-01-{1 + h // 24:02}T{h % 24:02}:00,{4 + 2 * math.sin(h / 5):.1f},{(9 * h) % 360},{-h % 9}"
        for h in range(HOURS)
    ]
    Path("mast.csv").write_text("\n".join(["date,ff,dd,tt", *rows]))
    Path("mast.toml").write_text("\n".join(MAPPING))
    return ["--weather", "mast.csv", "--mapping", "mast.toml"]


def facts_of(text: str) -> dict[str, str]:
    return dict(json.loads(text)["facts"])


def test_all_that_can_be_asked_of_an_atlas_can_be_asked_on_the_command_line() -> None:
    group = door.get_command(click.Context(door), "atlas")
    assert isinstance(group, click.Group)
    command = group.get_command(click.Context(group), "build")
    assert command is not None
    asked = {p.name for p in command.params} - {"quiet", "as_json", "estimate"}
    assert asked == {f.name for f in dataclasses.fields(AtlasRequest)}
    assert AtlasRequest("x").particles == ParticleSettings().particles


def test_five_years_at_four_heights_are_planned_with_their_cost_and_nothing_is_built_or_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    with OpenMeteoSimulator() as server:
        words = ["--weather", "open-meteo:2019-2023", "--heights", "5,30,100,250", "--server", server.url]
        begin = ["atlas", "build", "zaporizhzhia", *words, "--scheduler", "tcp://127.0.0.1:1", "--estimate", "--json"]
        assert main(begin) == 0
        assert server.requests == []
    sheet = json.loads(capsys.readouterr().out)
    facts = dict(sheet["facts"])
    hours = 24 * (365 * 5 + 1) - 48  # 2020 is a leap year; nothing is released in the last two days
    assert facts["release hours"] == str(hours)
    assert facts["tasks"].startswith(f"{-(-hours // 168) * 4} blocks of 168")
    cpu, block = (float(n) for n in re.findall(r"[\d.]+(?= CPU-hours| s a block)", facts["processor time"]))
    assert cpu == pytest.approx(hours * 4 / 168 * block / 3600, rel=0.1)
    assert 100.0 < float(facts["disk"].split()[0]) < 10_000.0
    assert facts["workers"].startswith("unknown: no Dask scheduler answers")
    assert [row[0] for row in sheet["rows"]] == ["1", "2", "4", "8", "16", "32", "64"]
    assert "climate statistics" in sheet["notes"][0]
    assert any("is a model" in note for note in sheet["notes"])
    assert list(tmp_path.iterdir()) == []


def test_an_estimate_of_weather_at_hand_says_what_is_sealed_already(mast: list[str], capsys: Capture) -> None:
    words = ["atlas", "build", "zaporizhzhia", *mast, "--heights", "30", "--workers", "1", "--quiet"]
    assert main(words) == 0
    assert main([*words, "--estimate", "--json"]) == 0
    after = facts_of(capsys.readouterr().out)
    assert after["tasks"].startswith("4 blocks")
    assert after["of it sealed already"] == "4 of 4 blocks"
    kept = sum(f.stat().st_size for f in Path(".oberih/atlas").rglob("*") if f.is_file()) / 2**20
    assert float(after["disk"].split()[0]) == pytest.approx(kept, rel=0.25, abs=1.0)


@pytest.mark.slow
def test_an_atlas_goes_into_a_store_is_listed_described_verified_there_and_comes_back_whole(
    mast: list[str], tmp_path: Path, capsys: Capture
) -> None:
    store = f"file://{tmp_path}/far/prefix"
    words = ["atlas", "build", "zaporizhzhia", *mast, "--heights", "30"]
    assert main([*words, "--store", store, "--workers", "1", "--json", "--quiet"]) == 0
    sheet = json.loads(capsys.readouterr().out)
    url = dict(sheet["facts"])["path"]
    assert url.startswith(f"{store}/zaporizhzhia-")
    assert dict(sheet["facts"])["state"] == "complete"
    assert any("for those who read it themselves" in note for note in sheet["notes"])
    assert not Path(".oberih").exists()

    assert main(["atlas", "list", "--store", store]) == 0
    assert "complete" in capsys.readouterr().out
    assert main(["atlas", "info", url, "--json"]) == 0
    assert facts_of(capsys.readouterr().out)["state"] == "complete"
    assert main(["atlas", "verify", url]) == 0
    assert "4 of 4" in capsys.readouterr().out
    assert main(["atlas", "fetch", url, "--quiet"]) == 0

    here = Path(".oberih/atlas") / url.rpartition("/")[2]
    assert main(["atlas", "verify", str(here)]) == 0
    assert digests(here) == digests(tmp_path / url[7:])
    capsys.readouterr()

    far = Path(url[7:]) / "tic/c/1/0/0"
    far.write_bytes(b"x" + far.read_bytes()[1:])
    assert main(["atlas", "verify", url]) == 3
    assert "tic/c/1/0/0: not what was written; 1 blocks unsealed" in capsys.readouterr().err
    assert main([*words, "--store", store, "--workers", "1", "--quiet"]) == 0
    assert main(["atlas", "verify", url]) == 0


@pytest.mark.slow
def test_an_atlas_of_particles_is_estimated_built_by_workers_and_put_into_a_store_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("low.nc"), hours=12, spacing=1.0, half=(2.0, 3.0))
    words = ["atlas", "build", "zaporizhzhia", "--engine", "particles", "--weather", "low.nc", "--heights", "30",
             "--particles", "64", "--follow", "4"]  # fmt: skip
    assert main([*words, "--estimate", "--json", "--quiet"]) == 0
    facts = facts_of(capsys.readouterr().out)
    assert facts["tasks"].startswith("2 blocks of 6")  # eight of twelve hours are followed whole
    assert facts["engine"] == "particles, 64 a release hour, followed for 4 h"
    assert [f.name for f in tmp_path.iterdir()] == ["low.nc"]
    assert main([*words, "--workers", "1", "--quiet"]) == 0
    here = next(Path(".oberih/atlas").glob("*.zarr"))
    store = f"file://{tmp_path}/far"
    assert main([*words, "--workers", "2", "--quiet", "--store", store, "--cache", "other"]) == 0
    assert digests(here) == digests(tmp_path / "far" / here.name)
    assert main(["atlas", "verify", f"{store}/{here.name}"]) == 0
    assert main([*words, "--follow", "12", "--estimate", "--quiet"]) == 2
    assert "too few for releases that are followed for 12 h" in capsys.readouterr().err


def test_an_atlas_half_built_tells_how_much_is_sealed_from_when_to_when_and_what_it_says_so_far(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "half.zarr"
    create(path, plan())
    for block, height in ((0, 0), (0, 1), (2, 0)):
        compute_block(str(path), block, height)
    sheet = info(path)
    facts = dict(sheet.facts)
    assert facts["state"].startswith("3 blocks missing")
    assert facts["sealed"] == "3 of 6 blocks, 50 %"
    assert facts["sealed at every height"] == "2017-07-14T02:00Z – 2017-07-21T02:00Z"
    assert "blocks a minute" in facts["pace of the last blocks"]
    assert [row[1] for row in sheet.rows] == ["232 of 400", "168 of 400"]
    assert sheet.rows[0][2].count(" – ") == 2
    assert all(0.0 < float(row[3]) < 100.0 for row in sheet.rows)
    assert "partly built" in sheet.notes[0]
    assert main(["atlas", "info", str(path)]) == 0
    assert "partly built" in capsys.readouterr().out


def test_coverage_counts_hours_that_every_height_has() -> None:
    part = Coverage(frozenset({(0, 0), (0, 1), (1, 0), (3, 1), (4, 1), (4, 0)}), 45, 2, 10)
    assert part.tasks == 10
    assert part.spans() == [range(0, 10), range(40, 45)]
    assert part.hours() == 15
    assert part.hours(0) == 25
    assert not part.complete
    assert Coverage(frozenset({(0, 0)}), 5, 1, 10).complete


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["build", "zaporizhzhia", "--heights", "30,5"], "must be heights in metres that rise"),
        (["build", "zaporizhzhia", "--heights", "30,"], "are not heights in metres"),
        (["build", "zaporizhzhia", "--heights", "nan"], "must be heights"),
        (["build", "zaporizhzhia", "--heights", "5,3000"], "must increase within 0 to 1500 m"),
        (["fetch", "a/folder"], "is no URL"),
        (["fetch", "memory://nothing/here.zarr"], "no atlas there"),
        (["info", "memory://nothing/here.zarr"], "no atlas there"),
        (["info", "s3://key:secret@bucket/a.zarr"], "carries credentials"),
        (["worker", "udp://somewhere"], "is not an address such as tcp://host:8786"),
    ],
)
def test_what_cannot_be_done_with_an_atlas_is_one_clear_line(
    words: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["atlas", *words, *(["--quiet"] if words[0] == "build" else [])]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert line in err
    assert "secret" not in err
    assert list(tmp_path.iterdir()) == []


def test_where_no_bar_can_be_drawn_a_line_tells_the_rate_and_what_is_left() -> None:
    written = io.StringIO()
    lines = Lines(Console(file=written, width=40), seldom=0.0)
    lines.stage("atlas", total=4)
    lines.advance()
    lines.note("2 workers at tcp://somewhere:8786, which is a long name that is not to be wrapped")
    lines.advance(3)
    lines.done()
    said = written.getvalue().splitlines()
    assert said[0] == "atlas"
    assert re.fullmatch(r"  1 of 4: [\d.e+]+ a second, \d+ s left", said[1])
    assert said[2].endswith("wrapped")
    assert len(said) == 3
