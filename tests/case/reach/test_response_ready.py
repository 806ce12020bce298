"""Laws of an event in the forecast that stands ready: the doses of assess, no hours, nothing guessed."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.atlas.superpose import dose_field
from oberih.case.progress import Silent
from oberih.case.reach.assess import assess
from oberih.case.reach.forecast_state import entries_of, folder_of, opened
from oberih.case.reach.request import AssessRequest
from oberih.case.reach.response import EventAnswer, EventRequest, Responder
from oberih.case.reach.response_export import settlements_csv, zones_geojson
from oberih.case.reach.response_ready import ReadyRun
from oberih.case.reach.response_weather import EventRoom
from oberih.dose.course import Course
from oberih.earth.site import load_site
from oberih.errors import InputError, UnknownName
from oberih.language.catalogue import catalogue
from tests.case.event_material import AT
from tests.case.ready_material import FOLLOW, HOURS, PARTICLES, SITE, forecast_for, forecast_kept

ASKED = EventRequest(AT, weather="ready")


@pytest.fixture(scope="module")
def responder() -> Responder:
    return Responder(EventRoom(load_site(SITE), cache=forecast_kept(AT)))


@pytest.fixture(scope="module")
def answer(responder: Responder) -> EventAnswer:
    return responder.answer(ASKED, now=AT)


def run_of(answer: EventAnswer) -> ReadyRun:
    assert isinstance(answer.run, ReadyRun)
    return answer.run


def under(responder: Responder, **course: object) -> EventAnswer:
    return responder.answer(dataclasses.replace(ASKED, course=Course(**course)), now=AT)  # type: ignore[arg-type]


def test_doses_and_distances_are_those_that_assess_tells(responder: Responder, answer: EventAnswer) -> None:
    told = assess(
        AssessRequest(SITE, AT, "forecast", engine="particles", hours=FOLLOW, cache=responder.room.cache),
        progress=Silent(),
    )
    assert [f.distances.at(0.5).distance for f in answer.zones] == pytest.approx([r.distance for r in told.reaches])
    mine = {(row.place.name, row.place.distance): 1e3 * row.outdoors for row in answer.rows}
    places = told.data["result"]["places"]
    assert len(places) == 15
    for place in places:
        assert mine[place["name"], place["distance_m"]] == pytest.approx(place["dose_mSv"], rel=1e-4)


def test_the_strands_of_every_quantity_add_up_to_its_dose(answer: EventAnswer) -> None:
    run = run_of(answer)
    atlas = opened(run.entry)
    start = int((AT - run.entry.first) // 3600)
    whole = dose_field(atlas, run.question.asked.source, start=start)
    for lane, quantity in enumerate(run.question.quantities):
        assert run.open(quantity) == pytest.approx(whole[lane], rel=1e-4, abs=1e-12)


def test_it_reaches_a_thousand_kilometres(answer: EventAnswer) -> None:
    run = run_of(answer)
    assert run.grid.outer_radius == 1000e3
    assert run.grid.radii[run.cells // run.grid.sectors].max() > 300e3, "farther than puffs are followed"
    assert max(row.place.distance for row in answer.rows) > 300e3


def test_no_hour_is_told_of_any_place(answer: EventAnswer) -> None:
    assert answer.rows
    assert {(row.comes, row.past) for row in answer.rows} == {(None, None)}
    assert {a.hour for row in answer.rows for a in row.advice} == {None}
    assert "no-clock" in dict(answer.notes)


def test_indoors_all_the_time_never_brings_more_and_a_thicker_wall_less(responder: Responder) -> None:
    open_, house, basement = (
        {r.place.id: r.protected for r in under(responder, **course).rows}
        for course in ({}, {"shelter": "house"}, {"shelter": "basement"})
    )
    assert any(house[i] < open_[i] for i in open_)
    assert all(basement[i] <= house[i] <= open_[i] for i in open_)


@pytest.mark.slow
def test_indoors_is_the_whole_window_by_pathway(responder: Responder, answer: EventAnswer) -> None:
    """The same as the measure of a plan, which multiplies pathways."""
    told = assess(
        AssessRequest(SITE, AT, "forecast", engine="particles", hours=FOLLOW, cache=responder.room.cache,
                      protection=("house",)),
        progress=Silent(),
    ).data["result"]["places"]  # fmt: skip
    mine = {(r.place.name, r.place.distance): 1e3 * r.sheltered for r in answer.rows}
    for place in told:
        assert mine[place["name"], place["distance_m"]] == pytest.approx(place["dose_mSv"], rel=1e-4)


def test_a_tablet_spares_the_thyroid_alone(responder: Responder) -> None:
    """In a release with iodine: fuel that still runs is not at the site, so a release of iodine is handed in."""
    uploads = responder.room.uploads
    took = uploads.take("source-term", b"hour,nuclide,activity_TBq\n0,I-131,5000\n0,Cs-137,100\n",
                        site=responder.room.site, name="iodine.csv")  # fmt: skip
    asked = dataclasses.replace(ASKED, scenario=f"upload:{took.id}")
    bare = responder.answer(asked, now=AT)
    with_tablet = responder.answer(dataclasses.replace(asked, course=Course(iodine="iodine in time")), now=AT)
    assert [r.protected for r in with_tablet.rows] == [r.outdoors for r in bare.rows]
    told = [r for r in bare.rows if r.thyroid and r.thyroid > 1e-5 and r.thyroid_tablet is not None]
    assert told and all(r.thyroid_tablet < 0.9 * r.thyroid for r in told)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("course", "field"),
    [({"leave": 4.0}, "evacuate_at"), ({"shelter": "house", "shelter_until": 12.0}, "shelter_until"),
     ({"shelter": "house", "shelter_from": 2.0}, "shelter_from")],
)  # fmt: skip
def test_what_turns_on_an_hour_is_refused(responder: Responder, course: dict[str, object], field: str) -> None:
    with pytest.raises(InputError, match="no hours by the clock") as refused:
        under(responder, **course)
    assert refused.value.field == field and "\n" not in str(refused.value)


def test_the_plume_by_the_hour_and_a_dose_over_time_are_refused(responder: Responder, answer: EventAnswer) -> None:
    for what in ("passing", "until"):
        with pytest.raises(InputError, match="no hours by the clock"):
            responder.shown(ASKED, what)
    with pytest.raises(InputError, match="no hours by the clock"):
        responder.story(ASKED, answer.rows[0].place.id)
    with pytest.raises(UnknownName):
        responder.shown(ASKED, "nothing")


def test_the_map_shows_what_the_table_tells(responder: Responder, answer: EventAnswer) -> None:
    run, doses = responder.shown(ASKED, "outdoors")
    assert doses.shape == (len(run.cells), 1)
    most = max(answer.rows, key=lambda r: r.outdoors)
    assert np.isclose(doses, most.outdoors).any() and doses.max() >= most.outdoors
    asked = dataclasses.replace(ASKED, course=Course("house"))
    kept, spared = (responder.shown(asked, what)[1] for what in ("protected", "averted"))
    assert kept + spared == pytest.approx(doses)


def test_it_is_offered_with_the_hours_that_it_answers_for(responder: Responder) -> None:
    (entry,) = entries_of(folder_of(responder.room.cache, SITE))
    offer = next(o for o in responder.offers() if o.name == "ready")
    assert (offer.start, offer.end) == (entry.first, entry.last + 3600)
    assert offer.source == entry.title and offer.written == entry.made_at


@pytest.mark.parametrize("hours", [-30, 200])
def test_an_hour_that_it_does_not_answer_for_is_refused_with_those_that_it_does(
    responder: Responder, hours: int
) -> None:
    with pytest.raises(InputError, match="what stands answers for releases from 2026-03-") as refused:
        responder.answer(dataclasses.replace(ASKED, at=AT + 3600 * hours), now=AT)
    assert refused.value.field == "at"


def test_where_none_stands_the_command_is_told(tmp_path: Path) -> None:
    bare = Responder(EventRoom(load_site(SITE), cache=tmp_path))
    assert [o.name for o in bare.offers()] == ["exercise"]
    for ask in (lambda: bare.answer(ASKED, now=AT), lambda: bare.grid("ready")):
        with pytest.raises(InputError, match="oberih forecast zaporizhzhia --once"):
            ask()


def test_an_atlas_that_is_not_whole_is_not_offered(tmp_path: Path) -> None:
    cache = forecast_for(AT, tmp_path)
    (entry,) = entries_of(folder_of(cache, SITE))
    (entry.path / "zarr.json").write_text("{}", encoding="utf-8")
    assert [o.name for o in Responder(EventRoom(load_site(SITE), cache=cache)).offers()] == ["exercise"]


def test_a_newer_forecast_is_another_offer_and_what_is_said_of_it_is_never_older(tmp_path: Path) -> None:
    cache = forecast_for(AT, tmp_path)
    mine = Responder(EventRoom(load_site(SITE), cache=cache))
    before = mine.answer(ASKED, now=AT)
    pointer = folder_of(cache, SITE) / "ready.json"
    told = json.loads(pointer.read_text())
    told["entries"][0] |= {"title": "Another centre", "lacks": ["its snow"]}
    pointer.write_text(json.dumps(told))
    assert [o.source for o in mine.offers() if o.name == "ready"] == ["Another centre"]
    assert before.run.told.source.startswith("NOAA GFS") and "snow" not in str(before.notes)
    after = mine.answer(ASKED, now=AT)
    assert after.run.told.source.startswith("Another centre") and after.rows == before.rows
    assert dict(after.notes)["ready-lacks"] == {"what": "its snow"}


def test_notes_say_how_old_what_is_lacking_and_where_the_fields_end(responder: Responder, answer: EventAnswer) -> None:
    notes = dict(answer.notes)
    assert notes["ready-particles"] == {"count": PARTICLES, "hours": FOLLOW}
    assert "ready-old" not in notes
    late = dict(responder.answer(ASKED, now=AT + 20 * 3600).notes)
    assert late["ready-old"]["hours"] >= 20
    run = run_of(answer)
    last = dataclasses.replace(ASKED, at=run.entry.last + 3600 - 24 * 3600)
    assert "ready-ends" in dict(responder.answer(last, now=AT).notes) or run.entry.until >= run.entry.last + 3600 * (
        1 + FOLLOW
    )
    known = catalogue("uk")
    assert all(f"event.note-{key}" in known for key in {**notes, **late})
    assert math.isclose(run.covered, 1000e3) and HOURS > 24


def test_it_leaves_as_files(answer: EventAnswer) -> None:
    lines = settlements_csv(answer).decode().splitlines()
    assert any(line.startswith("# weather: NOAA GFS") and "run of 2026-03-0" in line for line in lines)
    rows = [line for line in lines if not line.startswith("#")]
    assert len(rows) == len(answer.rows) + 1
    comes = rows[0].split(",").index("plume_comes")
    assert {row.split(",")[comes] for row in rows[1:] if '"' not in row} == {""}
    told = json.loads(zones_geojson(answer))
    assert {f["geometry"]["type"] for f in told["features"]} >= {"Point"}
    assert told["provenance"] == answer.provenance.digest
