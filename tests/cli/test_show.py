"""An answer on the terminal says how far, how sure, and what it rests on."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.case.answer import Answer, Reach
from oberih.case.wording import COMPASS, compass, km
from oberih.cli.options import moment
from oberih.cli.progress import watched
from oberih.cli.show import show_answer
from oberih.errors import InputError

Capture = pytest.CaptureFixture[str]

EVACUATE = Reach(
    action="Evacuation", scenario="Core melt", level=0.1, unit="Sv", quantity="effective, adult, 7 d",
    distance=17_340.0, low=15_000.0, high=20_100.0, median=6_200.0, azimuth=225.0, share=0.93, people=53_000,
    verified=False,
)  # fmt: skip
ANSWER = Answer(
    title="Zaporizhzhia: how far must the zone reach?", weather_label="climate-statistics weather",
    weather_source="Kharkiv",
    criteria="IAEA", percentile=95.0, reaches=(EVACUATE, replace(EVACUATE, action="Sheltering", verified=True)),
    zones=(("Protection zone", 30_000.0),), dominant=(("Core melt", (("Cs-137", 0.62),)),), notes=("one note",),
    files=(Path("out/map.png"),), data={"reach": 17340.0},
)  # fmt: skip


def shown(answer: Answer, capsys: Capture) -> str:
    show_answer(answer)
    return " ".join(capsys.readouterr().out.split())


def test_every_number_of_a_reach_is_shown_with_its_unit(capsys: Capture) -> None:
    said = shown(ANSWER, capsys)
    expected = ["100 mSv†", "[km]", "radius [km]", "17.3", "15 to 20.1", "6.2", "SW 225°", "93 %", "53 000", "30"]
    expected += ["Cs-137 62 %"]
    expected += ["one note", "out/map.png", "IAEA", "95 %"]
    assert [word for word in expected if word not in said] == []


def test_only_the_unverified_is_marked(capsys: Capture) -> None:
    rows = {line.split()[0]: "†" in line for line in shown_lines(ANSWER, capsys) if "mSv" in line}
    assert rows == {"Evacuation": True, "Sheltering": False}
    assert "†" not in shown(replace(ANSWER, reaches=ANSWER.reaches[1:]), capsys)


def shown_lines(answer: Answer, capsys: Capture) -> list[str]:
    show_answer(answer)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("label", "warned"),
    [("climate-statistics weather", True), ("typical year", True), ("observed", False), ("reanalysis", False)],
)
def test_weather_that_never_happened_warns(label: str, warned: bool, capsys: Capture) -> None:
    said = shown(replace(ANSWER, weather_label=label), capsys)
    assert label in said
    assert ("not for a decision" in said) == warned


def test_nowhere_and_beyond_the_grid_are_said(capsys: Capture) -> None:
    nowhere = replace(EVACUATE, distance=0.0, azimuth=None, people=None, low=None, high=None)
    far = replace(EVACUATE, action="Food", distance=300e3, beyond=True)
    said = shown(replace(ANSWER, reaches=(nowhere, far)), capsys)
    assert "nowhere" in said
    assert "> 300" in said
    assert "unknown" in said


def test_one_event_has_no_percentile(capsys: Capture) -> None:
    said = shown(replace(ANSWER, percentile=None), capsys)
    assert "half of starts" not in said
    assert "17.3" in said


def test_json_is_the_machine_readable_answer_and_nothing_else(capsys: Capture) -> None:
    show_answer(ANSWER, as_json=True)
    assert json.loads(capsys.readouterr().out) == ANSWER.data


def test_words_that_look_like_markup_are_shown_as_they_are(capsys: Capture) -> None:
    said = shown(replace(ANSWER, notes=("[red]not markup[/red] [/x]",), title="[bold]t[/bold]"), capsys)
    assert "[red]not markup[/red] [/x]" in said
    assert "[bold]t[/bold]" in said


@given(st.floats(0, 359.999))
def test_the_compass_point_is_the_nearest(azimuth: float) -> None:
    point = COMPASS.index(compass(azimuth).split()[0]) * 22.5
    assert abs((azimuth - point + 180) % 360 - 180) <= 11.25 + 1e-9


@given(st.floats(1.0, 1e6))
def test_a_distance_keeps_three_digits_and_needs_no_exponent(metres: float) -> None:
    assert re.fullmatch(r"\d+(\.\d+)?", km(metres))
    assert float(km(metres)) * 1e3 == pytest.approx(metres, rel=6e-3)


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.timezones()))
def test_a_time_with_its_zone_is_one_instant(instant: datetime) -> None:
    text = instant.replace(microsecond=0).isoformat()
    assert moment(text, field="--at") == round(instant.replace(microsecond=0).timestamp())


@given(st.text(max_size=20))
def test_any_other_text_is_refused_as_a_time(text: str) -> None:
    try:
        moment(text, field="--at")
    except InputError as error:
        assert error.field == "--at"
        assert "\n" not in str(error)


def test_progress_stays_off_stdout_and_quiet_is_silent(capsys: Capture) -> None:
    for quiet in (False, True):
        with watched(quiet=quiet) as progress:
            progress.stage("building [the] atlas", total=3)
            progress.advance(3)
            progress.done()
        out, err = capsys.readouterr()
        assert out == ""
        assert ("building [the] atlas" in err) == (not quiet)
