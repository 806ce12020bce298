"""Laws of an event: what it adds up to, what people do, what is advised."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from oberih.case.progress import Silent
from oberih.case.reach.assess import assess
from oberih.case.reach.request import AssessRequest
from oberih.case.reach.response import EventAnswer, EventRequest, Responder
from oberih.case.reach.response_choices import choices, course_of
from oberih.case.reach.response_export import settlements_csv, zones_geojson
from oberih.case.reach.response_places import NOTHING, PlaceRow
from oberih.case.reach.response_plume import forecast_plume
from oberih.case.reach.response_weather import offers
from oberih.dose.course import UNPROTECTED, Course
from oberih.errors import InputError, UnknownName
from tests.case.event_material import AT, room
from tests.conftest import SHARED, needs_shared

ASKED = EventRequest(AT)


@pytest.fixture(scope="module")
def responder(tmp_path_factory: pytest.TempPathFactory) -> Responder:
    return Responder(room(tmp_path_factory.mktemp("event")))


@pytest.fixture(scope="module")
def answer(responder: Responder) -> EventAnswer:
    return responder.answer(ASKED, now=AT)


def under(responder: Responder, **course: object) -> EventAnswer:
    return responder.answer(dataclasses.replace(ASKED, course=Course(**course)), now=AT)  # type: ignore[arg-type]


def test_the_hours_add_up_to_the_dose_that_assess_tells(responder: Responder, answer: EventAnswer) -> None:
    r = responder.room
    told = assess(
        AssessRequest(r.site.id, AT, str(r.forecast), mapping=r.mapping, cache=r.cache), progress=Silent()
    ).data["result"]["places"]
    mine = {(row.place.name, row.place.distance): 1e3 * row.outdoors for row in answer.rows}
    assert len(told) == 15
    for place in told:
        assert mine[place["name"], place["distance_m"]] == pytest.approx(place["dose_mSv"], rel=1e-4)


def test_zones_are_those_of_assess(responder: Responder, answer: EventAnswer) -> None:
    r = responder.room
    reaches = assess(
        AssessRequest(r.site.id, AT, str(r.forecast), mapping=r.mapping, cache=r.cache), progress=Silent()
    ).reaches
    assert [f.distances.at(0.5).distance for f in answer.zones] == pytest.approx([x.distance for x in reaches])


def test_who_leaves_after_the_end_has_never_left(responder: Responder, answer: EventAnswer) -> None:
    hours = answer.run.hourly.hours
    q = answer.run.main
    whole, late = (answer.run.until(q, c) for c in (UNPROTECTED, Course(leave=float(hours))))
    assert late[:, -2] == pytest.approx(whole[:, -2]), "all that comes within the hours told apart"


def test_who_leaves_before_the_plume_comes_gets_nothing_but_its_first_hundredth(answer: EventAnswer) -> None:
    run = answer.run
    for slot in np.flatnonzero(run.comes > 1.0)[::40]:
        gone = run.dose(run.main, Course(leave=float(run.comes[slot])))[slot]
        assert gone <= 0.011 * run.passing[slot].sum() + 1e-3 * run.dose(run.main, UNPROTECTED)[slot]
        first = int(np.flatnonzero(run.passing[slot])[0])
        assert run.dose(run.main, Course(leave=float(first)))[slot] == 0.0


def test_leaving_later_never_spares_more(responder: Responder) -> None:
    averted = [{r.place.id: r.averted for r in under(responder, leave=hour).rows} for hour in (0.0, 2.0, 6.0, 24.0)]
    for sooner, later in pairwise(averted):
        assert all(sooner[i] >= later[i] - 1e-9 for i in sooner.keys() & later.keys())
    assert averted[0] != averted[-1]


def test_behind_walls_the_dose_is_less_and_a_tablet_leaves_the_effective_dose(responder: Responder) -> None:
    for row in under(responder, shelter="house", iodine="iodine in time").rows:
        assert row.protected <= row.outdoors and row.sheltered == row.protected
        assert row.thyroid is None or row.thyroid_tablet <= row.thyroid


def test_twice_the_release_is_twice_the_dose(tmp_path: Path) -> None:
    here = Responder(room(tmp_path))
    table = "hour,until_hour,nuclide,activity_TBq\n0,2,Cs-137,{}\n"
    runs = []
    for amount in (50.0, 100.0):
        upload = here.room.uploads.take("source-term", table.format(amount).encode(), site=here.room.site)
        runs.append(here.shown(EventRequest(AT, scenario=f"upload:{upload.id}"), "until")[1])
    assert runs[1] == pytest.approx(2.0 * runs[0], rel=1e-5)
    assert runs[0].max() > 0.0


def test_a_unit_handed_in_long_ago_still_needs_no_path(responder: Responder) -> None:
    for scenario in ("../x.toml", "upload:0123456789abcdef", "nonsense"):
        with pytest.raises(UnknownName):
            responder.answer(EventRequest(AT, scenario=scenario), now=AT)


def test_settlements_come_gravest_first_and_among_equals_soonest(answer: EventAnswer) -> None:
    order = [(r.rank, math.inf if r.comes is None else r.comes) for r in answer.rows]
    assert order == sorted(order)
    assert answer.rows[0].rank < NOTHING


def test_every_row_says_what_to_do_and_within_which_doubt(answer: EventAnswer) -> None:
    for row in answer.rows:
        assert row.advice and row.low <= row.outdoors <= row.high
        assert all(n.dose >= n.criterion.level for n in row.needed)
        assert not {n.criterion.action for n in row.needed} & set(row.perhaps)
        assert row.comes is None or row.past is None or row.comes <= row.past


def test_nobody_is_told_to_drive_through_the_plume(responder: Responder) -> None:
    table = b"hour,until_hour,nuclide,activity_TBq\n0,6,Cs-137,400000\n"
    upload = responder.room.uploads.take("source-term", table, site=responder.room.site)

    def rows(leave: float) -> list[PlaceRow]:
        asked = EventRequest(AT, scenario=f"upload:{upload.id}", course=Course(leave=max(leave, 0.0)))
        return responder.answer(asked, now=AT).rows

    first = next(r for r in rows(math.inf) if r.needed and r.needed[0].criterion.action == "evacuate")
    assert first.comes is not None and first.past is not None
    leaves = {"before": first.comes - 0.1, "during": (first.comes + first.past) / 2, "after": first.past + 3.0}
    told = {n: [a.key for r in rows(h) if r.place == first.place for a in r.advice] for n, h in leaves.items()}
    assert told["before"][0] == "leave-before"
    assert "not-through" in told["during"] and "leave-before" not in told["during"]
    assert told["after"][:2] == ["shelter", "leave-after"]
    assert [a.key for a in first.advice][:2] == ["leave-before", "else-after"]


def test_nobody_is_told_to_be_gone_by_an_hour_that_has_gone_by(responder: Responder) -> None:
    table = b"hour,until_hour,nuclide,activity_TBq\n0,6,Cs-137,400000\n0,6,I-131,400000\n"
    upload = responder.room.uploads.take("source-term", table, site=responder.room.site)
    asked = EventRequest(AT, scenario=f"upload:{upload.id}")

    def told(hours: float) -> list[PlaceRow]:
        return responder.answer(asked, now=AT + round(hours * 3600)).rows

    first = next(r for r in told(0.0) if "leave-before" in [a.key for a in r.advice])
    assert first.comes is not None and first.past is not None
    overhead = (first.comes + first.past) / 2
    for hours, key in ((overhead, "overhead"), (first.past + 0.1, "leave-past")):
        row = next(r for r in told(hours) if r.place == first.place)
        assert key in [a.key for a in row.advice] and "iodine-late" in [a.key for a in row.advice]
    for hours in (0.0, 2.0, overhead, 9.0, 20.0):
        ahead = ("leave-before", "iodine", "leave-after", "shelter", "overhead")
        bidden = [a for r in told(hours) for a in r.advice if a.key in ahead]
        assert all(a.hour is None or a.hour >= hours for a in bidden)
    assert [r.advice for r in told(24.0 * 365)] == [r.advice for r in told(0.0)]  # an old event is played again


def test_an_averted_dose_that_has_become_too_small_is_told(responder: Responder) -> None:
    late = responder.answer(EventRequest(AT, criteria="ukraine", course=Course(leave=60.0)), now=AT)
    needed = [n for r in late.rows for n in r.needed if n.criterion.action == "evacuate"]
    assert needed and not all(n.worth_it for n in needed)
    early = responder.answer(EventRequest(AT, criteria="ukraine", course=Course(leave=0.0)), now=AT)
    assert all(n.worth_it for r in early.rows for n in r.needed if n.criterion.action == "evacuate")


def test_an_exercise_an_old_and_a_short_forecast_say_so(responder: Responder, tmp_path: Path) -> None:
    def keys(answer: EventAnswer) -> set[str]:
        return {key for key, _ in answer.notes}

    assert "exercise" in keys(responder.answer(EventRequest(AT, weather="exercise"), now=AT))
    written = offers(responder.room)[0].written or 0
    assert "old" in keys(responder.answer(ASKED, now=written + 20 * 3600))
    assert "old" not in keys(responder.answer(ASKED, now=written + 3600))
    short = Responder(room(tmp_path, hours=12 + 27))
    assert "aloft" in keys(short.answer(ASKED, now=AT))


def test_weather_that_does_not_cover_the_release_is_refused(responder: Responder) -> None:
    with pytest.raises(InputError, match=r"covers|does not cover"):
        responder.answer(EventRequest(AT + 90 * 86400), now=AT)


def test_a_forecast_written_anew_is_another_event(tmp_path: Path) -> None:
    here = Responder(room(tmp_path))
    before = here.answer(ASKED, now=AT).provenance.digest
    text = here.room.forecast.read_text().replace(",0.0\n", ",0.1\n")  # type: ignore[union-attr]
    here.room.forecast.write_text(text)  # type: ignore[union-attr]
    assert here.answer(ASKED, now=AT).provenance.digest != before


def test_what_is_held_is_bounded_and_the_same_question_has_the_same_answer(responder: Responder) -> None:
    for hour in range(3):
        responder.answer(EventRequest(AT + hour * 3600), now=AT)
    assert len(responder._events) == 3 and len(responder._runs) <= 6
    assert len(list((responder.room.cache / "events").glob("*.zarr"))) <= 8
    again = [settlements_csv(responder.answer(ASKED, now=AT)) for _ in range(2)]
    assert again[0] == again[1]


def test_the_export_holds_every_settlement_and_zone(answer: EventAnswer) -> None:
    lines = settlements_csv(answer).decode().splitlines()
    assert len([x for x in lines if not x.startswith("#")]) == len(answer.rows) + 1
    assert answer.provenance.digest in zones_geojson(answer).decode()


def test_the_plume_of_now_has_a_colour_a_cell(responder: Responder) -> None:
    plume = forecast_plume(responder, now=AT + 600)
    assert plume is not None and plume.start == AT
    assert {f["properties"]["colour"] for f in plume.cells["features"]} <= set(plume.colours)
    assert len(plume.cells["features"]) > 10


def test_what_may_be_chosen_can_be_chosen(responder: Responder) -> None:
    found = choices(responder)
    assert found.weathers[0].name == "forecast" and found.weathers[0].trouble == ""
    for shelter in found.shelters:
        assert course_of(shelter=shelter, shelter_from=0.0, shelter_until=None, iodine=None, leave=None).shelter
    with pytest.raises(UnknownName):
        course_of(shelter="iodine in time", shelter_from=0.0, shelter_until=None, iodine=None, leave=None)


@needs_shared
def test_measured_weather_of_one_hour_is_held_steady_and_says_so(tmp_path: Path) -> None:
    here = room(tmp_path)
    synop = SHARED / "data" / "wx_synop_europe_20181120" / "synop.csv"
    at = 1542715200  # 2018-11-20T12:00Z
    found = Responder(dataclasses.replace(here, forecast=synop, mapping=None)).answer(EventRequest(at), now=at)
    assert ("steady", {}) in found.notes
    assert found.rows[0].place.azimuth == pytest.approx(np.radians(229), abs=0.25), "the wind blows from the north-east"
