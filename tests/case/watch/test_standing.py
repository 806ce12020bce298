"""Laws of the card of the forecast that stands ready: what stands, what is alarming, what makes one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.case.prove.keeping import Keeping
from oberih.case.reach.forecast_state import Begun, alone_at, entries_of, folder_of, keep_begun
from oberih.case.watch.desk import Desk, OnDesk
from oberih.case.watch.situation import Situation
from oberih.case.watch.standing import ENDS_SOON, RUN_OLD_AFTER, ReadyNow
from tests.case.event_material import AT
from tests.case.ready_material import PARTICLES, SITE, forecast_for

NOW = datetime.fromtimestamp(AT, UTC)


def desk_over(cache: Path) -> Desk:
    return Desk(OnDesk(SITE, Keeping(store=str(cache / "record.sqlite"), environment={}), cache=cache))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return forecast_for(AT, tmp_path)


def ready_of(found: Situation) -> ReadyNow:
    assert found.ready is not None
    return found.ready


def test_where_none_stands_the_command_is_told_and_no_source_is_at_fault(tmp_path: Path) -> None:
    found = desk_over(tmp_path).look(NOW)
    assert ready_of(found).standing is None
    assert ready_of(found).command == "oberih forecast zaporizhzhia --once"
    assert [s for s in found.sources if s.kind == "ready"] == []


def test_what_stands_ready_is_told_as_the_pointer_has_it(cache: Path) -> None:
    (entry,) = entries_of(folder_of(cache, SITE))
    found = desk_over(cache).look(NOW)
    standing = ready_of(found).standing
    assert standing is not None
    assert (standing.title, standing.particles, standing.lacks) == (entry.title, PARTICLES, entry.lacks)
    assert standing.run.timestamp() == entry.run and standing.last.timestamp() == entry.last + 3600
    assert standing.until.timestamp() == entry.until
    assert next(s for s in found.sources if s.kind == "ready").state == "good"
    assert [(c.kind, c.name) for c in found.changes if c.kind == "ready"] == [("ready", entry.title)]


def test_its_age_and_its_end_are_marked(cache: Path) -> None:
    desk = desk_over(cache)
    standing = ready_of(desk.look(NOW)).standing
    assert standing is not None
    minute = timedelta(minutes=1)
    for moment, mark in (
        (standing.run + RUN_OLD_AFTER, "old"), (standing.last - ENDS_SOON, "ends-soon"),
    ):  # fmt: skip
        assert mark not in ready_of(desk_over(cache).look(moment - minute)).marks
        assert mark in ready_of(desk_over(cache).look(moment + minute)).marks
    ended = ready_of(desk_over(cache).look(standing.last)).marks
    assert "ended" in ended and "ends-soon" not in ended
    assert next(s for s in desk_over(cache).look(standing.last).sources if s.kind == "ready").state == "stale"


def test_a_mark_that_comes_with_time_is_a_new_version(cache: Path) -> None:
    desk = desk_over(cache)
    first, again = desk.look(NOW), desk.look(NOW + timedelta(seconds=2))
    assert again.versions["ready"] == first.versions["ready"], "that a forecast grows older by seconds is no change"
    assert desk.look(NOW + RUN_OLD_AFTER).versions["ready"] > first.versions["ready"]


def test_who_keeps_it_and_what_is_being_built_is_told(cache: Path) -> None:
    folder = folder_of(cache, SITE)
    assert "unkept" in ready_of(desk_over(cache).look(NOW)).marks
    with alone_at(folder):
        keep_begun(folder, Begun("gfs", AT - 6 * 3600, AT - 6 * 3600, "", AT))
        found = ready_of(desk_over(cache).look(NOW))
    assert found.kept and "unkept" not in found.marks
    assert found.begun is not None and (found.begun.source, found.begun.since) == ("gfs", NOW)


@pytest.mark.parametrize("spoilt", ["pointer", "atlas"])
def test_what_can_no_longer_be_read_is_told_and_what_it_said_last_stays(cache: Path, spoilt: str) -> None:
    desk = desk_over(cache)
    before = ready_of(desk.look(NOW)).standing
    pointer = folder_of(cache, SITE) / "ready.json"
    if spoilt == "pointer":
        pointer.write_text("{", encoding="utf-8")
    else:
        told = json.loads(pointer.read_text())
        told["entries"][0]["digest"] = "0" * 64
        pointer.write_text(json.dumps(told))
    found = desk.look(NOW + timedelta(seconds=2))
    source = next(s for s in found.sources if s.kind == "ready")
    assert source.state == "broken" and "oberih forecast" in source.error and str(cache) not in source.error
    assert ready_of(found).standing == before
