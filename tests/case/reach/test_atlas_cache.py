"""Laws of what lies in the cache: what a killed command left goes, what anybody holds or may want again stays."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("netCDF4")
pytest.importorskip("fcntl")

from oberih.case.reach import atlas_cache
from oberih.case.reach.atlas_cache import LEFT, cache_facts, prune
from oberih.case.reach.flow_lease import lease_flow
from oberih.cli.main import main
from oberih.dispersion.particles.flow_file import save_flow
from oberih.errors import InputError
from tests.dispersion.particles.flows import flow
from tests.weather import passing_low

NOW = 2_000_000_000


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache after a kill: fields that nobody holds, fields half written, an event's atlas, a plan's, a forecast's."""
    for name in ("atlas/flow-aa", "events/flow-bb", "forecast/x/flow-cc"):
        save_flow(tmp_path / name, flow())
    for name in ("events/.flow-dd-1234", "events/0123.zarr", "atlas/x-0123.zarr", "live/runs"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_bytes(bytes(1000))
    os.utime(tmp_path / "events/.flow-dd-1234/file", (NOW - LEFT - 1, NOW - LEFT - 1))
    os.utime(tmp_path / "events/.flow-dd-1234", (NOW - LEFT - 1, NOW - LEFT - 1))
    return tmp_path


def lying(cache: Path) -> set[str]:
    return {p.relative_to(cache).as_posix() for p in cache.glob("*/*")}


KEPT = {"atlas/x-0123.zarr", "forecast/x", "live/runs"}


def test_what_nobody_holds_goes_and_what_may_be_wanted_again_stays(cache: Path) -> None:
    sheet = prune(cache, events=False, dry_run=False, now=NOW)
    assert [row[0] for row in sheet.rows] == ["atlas/flow-aa", "events/flow-bb", "events/.flow-dd-1234"]
    assert lying(cache) == KEPT | {"events/0123.zarr"}
    assert (cache / "forecast/x/flow-cc/wind.npy").is_file()
    assert not prune(cache, events=False, dry_run=False, now=NOW).rows


def test_atlases_of_events_go_only_where_that_is_asked_for(cache: Path) -> None:
    assert ("events/0123.zarr", "atlas of an event", "0") in prune(cache, events=True, dry_run=False, now=NOW).rows
    assert lying(cache) == KEPT


def test_what_a_command_holds_stays(cache: Path) -> None:
    held = lease_flow(cache / "events/flow-bb", flow())
    sheet = prune(cache, events=False, dry_run=False, now=NOW)
    assert "1 more in use" in sheet.notes[0]
    assert (cache / "events/flow-bb/wind.npy").is_file()
    held.let_go()
    assert not (cache / "events/flow-bb").exists()


def test_what_is_just_being_written_stays(cache: Path) -> None:
    prune(cache, events=False, dry_run=False, now=NOW - LEFT)
    assert (cache / "events/.flow-dd-1234").is_dir()


def test_what_became_whole_or_went_meanwhile_is_no_matter(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = cache / "events/.flow-ee-1"
    monkeypatch.setattr(atlas_cache, "_half_written", lambda cache: [gone])
    monkeypatch.setattr(atlas_cache, "_of_events", lambda cache: [gone])
    assert [row[1] for row in prune(cache, events=False, dry_run=False, now=NOW).rows] == ["fields for particles"] * 2
    assert prune(cache, events=True, dry_run=False, now=NOW).rows == (("events/.flow-ee-1", "atlas of an event", "0"),)


def test_a_dry_run_says_the_same_and_removes_nothing(cache: Path) -> None:
    before = lying(cache)
    said = prune(cache, events=True, dry_run=True, now=NOW)
    assert lying(cache) == before
    assert said.rows == prune(cache, events=True, dry_run=False, now=NOW).rows


def test_the_list_says_what_lies_in_the_cache(cache: Path) -> None:
    facts = dict(cache_facts(cache))
    assert facts["  of it fields for particles"].startswith("2, ")
    assert "fetched fields (live)" in facts and "atlases of events (events)" in facts


def test_a_cache_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        prune(tmp_path / "gone", events=False, dry_run=False, now=NOW)


def test_fields_of_a_finished_atlas_leave_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    passing_low.write(tmp_path / "low.nc", half=(1.0, 1.5), hours=4, step=2)
    words = ["atlas", "build", "zaporizhzhia", "--engine", "particles", "--weather", "low.nc", "--follow", "2",
             "--particles", "64", "--heights", "30", "--workers", "1", "--cache", "c", "--quiet"]  # fmt: skip
    assert main(words) == 0
    assert [p.suffix for p in Path("c/atlas").iterdir()] == [".zarr"]
    assert main(words) == 0  # nothing is left to do, and nothing is left behind
    assert [p.suffix for p in Path("c/atlas").iterdir()] == [".zarr"]
    assert main(["atlas", "prune", "--cache", "c", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"].startswith("0 removed")
