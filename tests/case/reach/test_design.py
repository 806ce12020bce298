"""What does a designed zone keep to?"""

from __future__ import annotations

import calendar
import itertools
from pathlib import Path

import numpy as np
import pytest

from oberih.atlas.superpose import dose_field
from oberih.case.progress import Silent
from oberih.case.reach.design import Bench, Design, DesignRequest, design, open_bench, put, sums_of, widened
from oberih.case.reach.plan import plan
from oberih.case.reach.request import PlanRequest
from oberih.case.reach.uploads import Uploads
from oberih.errors import InputError, OutOfRange, UnknownName
from oberih.language.catalogue import LANGUAGES
from oberih.zone.distance import times_of_year
from tests.case.reach.test_plan_story import month, one_height  # noqa: F401  its fixtures
from tests.web.tiny import tiny_bench

REACHES = ("distance", "low", "high")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return tiny_bench(tmp_path_factory.mktemp("tiny"))


def asked(bench: Bench, **changes: object) -> Design:
    return design(DesignRequest(**{"scenario": "pool-fire", **changes}), bench=bench)  # type: ignore[arg-type]


def radius(found: Design) -> float:
    return found.zone.reach.distance


def test_in_full_detail_it_says_what_a_plan_says(month: Path, tmp_path: Path) -> None:  # noqa: F811
    request = PlanRequest(
        "zaporizhzhia", scenarios=("core-melt-early-failure",), weather=str(month), cache=tmp_path, workers=1,
        percentile=90.0, age="1y", protection=("house",), criteria="germany",
    )  # fmt: skip
    planned = plan(request, progress=Silent())
    bench = open_bench(request, progress=Silent())
    found = design(
        DesignRequest(scenario="core-melt-early-failure", percentile=90.0, age="1y", protection=("house",),
                      criteria="germany", full=True), bench=bench,
    )  # fmt: skip
    at = [f.distances.at(0.9) for f in found.found]
    assert [(r.distance, r.low, r.high) for r in planned.reaches] == [(a.distance, a.low, a.high) for a in at]
    assert [r.people for r in planned.reaches] == [f.zone.people and f.zone.people.total for f in found.found]
    part = planned.data["result"]["parts"][0]
    assert part["area_km2"] == found.zone.properties()["area_km2"]
    assert found.starts.counted == found.starts.full


def test_the_same_question_has_the_same_answer_and_origin(bench: Bench) -> None:
    one, two = asked(bench, percentile=80.0), asked(bench, percentile=80.0)
    assert one.provenance.digest == two.provenance.digest
    assert one.zone.geojson() == two.zone.geojson()
    assert one.places == two.places
    for change in ({"percentile": 81.0}, {"full": True}, {"unit": "3"}, {"protection": ("house",)}, {"months": (1,)}):
        assert asked(bench, **{"percentile": 80.0, **change}).provenance.digest != one.provenance.digest


def test_a_higher_percentile_reaches_no_less_anywhere(bench: Bench) -> None:
    found = [asked(bench, percentile=p) for p in (10.0, 50.0, 75.0, 95.0, 99.9)]
    for less, more in itertools.pairwise(found):
        for a, b in zip(less.found, more.found, strict=True):
            assert a.zone.reach.distance <= b.zone.reach.distance
        for before, after in zip(less.places, more.places, strict=True):
            assert before.high <= after.high
            assert before.median == after.median


def test_more_protection_or_older_fuel_never_reaches_farther(bench: Bench) -> None:
    outdoors, inside = asked(bench), asked(bench, protection=("large building",))
    assert 0.0 < radius(inside) < radius(outdoors)
    days = [calendar.timegm((year, 1, 1, 0, 0, 0)) for year in (2025, 2030, 2060)]
    assert all(a >= b for a, b in itertools.pairwise([radius(asked(bench, day=day)) for day in days]))


def test_times_asked_for_are_the_starts_of_the_whole_that_lie_in_them(bench: Bench) -> None:
    night = {"first_hour": 20, "last_hour": 5, "full": True}
    day = {"first_hour": 6, "last_hour": 19, "full": True}
    whole, dark, light = (
        sums_of(put(DesignRequest(**w), bench=bench), bench=bench) for w in ({"full": True}, night, day)
    )  # type: ignore[arg-type]
    inside = times_of_year(whole.result.starts, first_hour=20, last_hour=5, longitude=bench.site.longitude)
    np.testing.assert_array_equal(dark.result.starts, whole.result.starts[inside])
    np.testing.assert_array_equal(dark.result.reach, whole.result.reach[:, inside])
    np.testing.assert_array_equal(dark.result.doses, whole.result.doses[:, inside])
    np.testing.assert_array_equal(dark.result.counts + light.result.counts, whole.result.counts)


def test_a_draft_counts_fewer_starts_and_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oberih.case.reach.design.MOST_STARTS", 30)
    draft = asked(bench, scenario="cask-breach")
    full = asked(bench, scenario="cask-breach", full=True)
    assert draft.starts.counted <= 30 < full.starts.counted == draft.starts.full == full.starts.full
    assert draft.notes[0].key == "design.note-draft"
    assert full.notes[0].key == "design.note-full"
    hours = {int(t) // 3600 % 24 for t in draft.drawn.exceedance.starts}
    assert len(hours) >= 20  # in turn every hour of the day is a start


def test_dose_and_share_at_a_place_are_those_of_its_cell(bench: Bench) -> None:
    request = DesignRequest(scenario="cask-breach", percentile=90.0, full=True)
    found, asked_for = design(request, bench=bench), put(request, bench=bench).question
    lane = asked_for.quantities.index(found.quantity)
    place, column = bench.columns[0]
    cell = int(bench.watched.cells[column])
    assert place.name == "Enerhodar"
    doses = np.array(
        [
            dose_field(bench.atlas, asked_for.asked.source, start=int(s), packed=bench.packed)[lane].ravel()[cell]
            for s in (asked_for.asked.hours if asked_for.asked.hours is not None else ())
        ]
    )
    told = found.places[0]
    assert told.place == place
    assert told.share == (doses >= found.drawn.criterion.level).mean()
    assert told.high == np.sort(doses)[int(np.ceil(0.9 * len(doses) - 1e-6)) - 1]
    assert (doses <= told.median).mean() >= 0.5


def test_a_plume_comes_no_earlier_than_it_may_and_farther_is_later(bench: Bench) -> None:
    places = [p for p in asked(bench).places if p.earliest is not None and p.typical is not None]
    assert all(p.earliest <= p.typical for p in places)
    near = np.mean([p.earliest for p in places[:10]])
    far = np.mean([p.earliest for p in places[-10:]])
    assert near < far
    assert all(p.arrival_of == ("level" if p.share > 0.0 else "plume") for p in places)


def test_a_core_at_power_needs_iodine_which_a_narrow_bench_refuses(bench: Bench) -> None:
    request = DesignRequest(scenario="core-melt-early-failure", shutdown="at power", criteria="germany")
    with pytest.raises(OutOfRange, match="terms"):
        design(request, bench=bench)
    wide = widened(bench)
    running = design(request, bench=wide)
    cold = design(DesignRequest(scenario="core-melt-early-failure", criteria="germany"), bench=wide)
    thyroid = [f.distances.at(0.95).distance for f in running.found if f.criterion.organ == "thyroid"]
    assert max(thyroid) > 20e3
    assert all(f.distances.at(0.95).distance == 0.0 for f in cold.found if f.criterion.organ == "thyroid")
    assert "at power" in running.released.fuel
    assert not running.verified


def test_an_earlier_shutdown_leaves_less(bench: Bench) -> None:
    year = [calendar.timegm((y, 6, 1, 0, 0, 0)) for y in (2010, 2018, 2022)]
    core = {"scenario": "core-melt-early-failure"}
    assert radius(asked(bench, **core, shutdown=year[0])) < radius(asked(bench, **core, shutdown=year[2]))
    notes = {n.key for n in asked(bench, **core, shutdown=year[1]).notes}
    assert "design.note-shutdown-yours" in notes


def test_a_units_own_pool_is_taken_and_another_units_is_not(bench: Bench) -> None:
    assert "unit 4" in asked(bench, unit="4").released.fuel
    with pytest.raises(UnknownName, match="unit"):
        asked(bench, unit="7")


def test_a_criterion_by_name_is_drawn_and_one_of_another_set_is_unknown(bench: Bench) -> None:
    assert asked(bench, action="relocate").drawn.criterion.name == "relocate"
    with pytest.raises(UnknownName, match="criterion"):
        asked(bench, action="resettle")


def test_a_users_source_term_is_released_as_given(bench: Bench, tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    table = b"hour,nuclide,activity_Bq\n0,Cs-137,1e16\n1,Cs-137,5e15\n"
    id = uploads.take("source-term", table, site=bench.site, name="mine.csv").id
    found = design(DesignRequest(scenario=f"upload:{id}", full=True), bench=bench, uploads=uploads)
    assert found.released.source_term.total()["Cs-137"] == pytest.approx(1.5e16)
    assert "design.note-upload" in {n.key for n in found.notes}
    for uploads_at_hand in (None, uploads):
        with pytest.raises(UnknownName):
            design(DesignRequest(scenario="upload:0000000000000000"), bench=bench, uploads=uploads_at_hand)


def test_a_scenario_is_never_a_path() -> None:
    for name in ("/etc/passwd", "x.toml", "../scenario.csv"):
        with pytest.raises(UnknownName):
            DesignRequest(scenario=name)


def test_hours_of_another_season_leave_no_start(bench: Bench) -> None:
    with pytest.raises(InputError, match="leave no start"):
        asked(bench, months=(7,))  # the tiny year is two weeks of January


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_can_be_said(bench: Bench, language: str) -> None:
    found = asked(bench, unit="2", shutdown=1_500_000_000, protection=("house", "iodine in time"), months=(1,))
    assert all("{" not in n.text(language) for n in found.notes)


def test_a_forecast_that_has_ended_answers_nothing() -> None:
    from datetime import UTC, datetime, timedelta
    from types import SimpleNamespace

    from oberih.case.reach.design_bench import refuse_what_is_over

    start = datetime(2026, 11, 20, tzinfo=UTC)

    class Hours(SimpleNamespace):
        def __len__(self) -> int:
            return 73

    air = Hours(start=int(start.timestamp()), step=3600.0)
    refuse_what_is_over(air, now=start + timedelta(hours=72))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="the forecast ended at 2026-11-23T00:00Z"):
        refuse_what_is_over(air, now=start + timedelta(hours=73))  # type: ignore[arg-type]
