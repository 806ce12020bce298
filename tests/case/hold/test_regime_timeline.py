"""Changes are found to the day, none missed and none invented."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.case.hold.regime import Asked, Evidence
from oberih.case.hold.regime_timeline import Change, history
from oberih.case.hold.timeline_pages import history_sheet, scene_of
from oberih.case.hold.timeline_products import keep_history
from oberih.case.progress import Silent
from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import STATUSES, Finding
from oberih.regimes.judge import judge
from oberih.regimes.observation import Observation
from oberih.regimes.read.observation_table import read_observations
from oberih.regimes.read.regime_file import load_regime
from tests.case.regime_material import write_material

Axes = tuple[str, str | None, tuple[str, ...]]


def axes(f: Finding) -> Axes:
    return f.applicability, f.status, f.contested_by


def day_by_day(
    regime_path: Path, observations: tuple[Observation, ...], first: date, last: date, *, rolling: bool = False
) -> list[tuple[date, str, str, Axes]]:
    """Every change, by judging every day."""
    regime, before, out = load_regime(regime_path), {}, []
    for n in range((last - first).days + 1):
        day = first + timedelta(n)
        known_by = day if rolling else None
        for f in judge(regime, observations, as_of=day, known_by=known_by, digest=sha256_of_value):
            key = f.obligation, f.subject
            if before.get(key) != axes(f):
                out.append((day, *key, axes(f)))
            before[key] = axes(f)
    return out


def told(changes: tuple[Change, ...]) -> list[tuple[date, str, str, Axes]]:
    return [(c.day, c.after.obligation, c.after.subject, axes(c.after)) for c in changes]


@pytest.mark.parametrize("rolling", [False, True])
def test_judging_every_day_finds_the_same_changes(tmp_path: Path, rolling: bool) -> None:
    regime, table = write_material(tmp_path)
    found = history(
        Asked(str(regime), date(2024, 3, 1), tables=(table,)), start=None, progress=Silent(), rolling=rolling
    )
    assert found.start == date(2019, 1, 1)
    wanted = day_by_day(regime, read_observations(table), found.start, found.end, rolling=rolling)
    assert told(found.changes) == wanted


DAYS = st.dates(date(2019, 1, 1), date(2020, 12, 31))


@st.composite
def observations(draw: st.DrawFn) -> tuple[Observation, ...]:
    out = []
    for number in range(draw(st.integers(0, 7))):
        first = draw(DAYS)
        given_value = draw(st.booleans())
        out.append(Observation(
            id=f"o{number}", indicator=draw(st.sampled_from(["boats", "report", "fire", "look", "visit"])),
            subject=draw(st.sampled_from(["north", "south"])), date=first,
            end=draw(st.none() | st.integers(1, 200).map(lambda n, first=first: first + timedelta(n))),
            value=float(draw(st.integers(0, 120))) if given_value else None, given=given_value,
            known_on=draw(st.none() | DAYS), channel=draw(st.sampled_from(["inspected", "declared"])),
        ))  # fmt: skip
    return tuple(out)


@given(observations(), st.booleans())
@settings(max_examples=12, deadline=None)
def test_whatever_was_observed_no_change_is_missed(
    tmp_path_factory: pytest.TempPathFactory, some: tuple[Observation, ...], rolling: bool
) -> None:
    regime, _ = write_material(tmp_path_factory.mktemp("regime"))
    asked, first = Asked(str(regime), date(2021, 12, 31)), date(2019, 1, 1)
    found = history(asked, start=first, progress=Silent(), rolling=rolling, evidence=Evidence(some, ()))
    assert told(found.changes) == day_by_day(regime, some, first, found.end, rolling=rolling)


def test_a_history_cannot_begin_after_its_end(tmp_path: Path) -> None:
    regime, _ = write_material(tmp_path)
    with pytest.raises(InputError, match="later than the last day"):
        history(Asked(str(regime), date(2020, 1, 1)), start=date(2020, 1, 2), progress=Silent())


def test_a_page_of_changes_says_from_what_to_what_and_why(tmp_path: Path) -> None:
    regime, table = write_material(tmp_path)
    found = history(Asked(str(regime), date(2024, 3, 1), tables=(table,)), start=None, progress=Silent())
    rows = history_sheet(found).rows
    assert ("2021-08-01", "A", "north", "unknown, contested by south", "compromised, contested by south",
            "120 > 100") in rows  # fmt: skip
    assert len(rows) == len(found.changes)


@pytest.mark.parametrize("step", [1, 2, 7, 30, 400])
def test_stretches_fill_the_picture_without_gaps_and_lose_no_breach(tmp_path: Path, step: int) -> None:
    regime, table = write_material(tmp_path)
    found = history(Asked(str(regime), date(2024, 3, 1), tables=(table,)), start=None, progress=Silent())
    exact = {r.label + r.group: r for r in scene_of(found, step=1).rows}
    for row in scene_of(found, step=step).rows:
        starts = [s.start for s in row.stretches]
        assert [found.start, *(s.end for s in row.stretches)] == [*starts, found.end + timedelta(1)]
        worst_days = {
            s.status for s in exact[row.label + row.group].stretches if s.status is not None
        }  # fmt: skip
        assert max(worst_days, key=STATUSES.index) in {s.status for s in row.stretches}


def test_a_kept_history_is_the_same_to_the_byte(tmp_path: Path) -> None:
    regime, table = write_material(tmp_path)
    found = history(Asked(str(regime), date(2022, 3, 1), tables=(table,)), start=None, progress=Silent())
    first = {p.name: p.read_bytes() for p in keep_history(tmp_path / "a", found)}
    second = {p.name: p.read_bytes() for p in keep_history(tmp_path / "b", found)}
    assert first == second
    assert set(first) == {"changes.csv", "changes.json", "changes.md", "timeline.png", "timeline.svg", "result.json"}
