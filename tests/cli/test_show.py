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

from oberih.case.reach.answer import Answer, Reach
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
    expected = ["100 mSv", "[km]", "radius [km]", "17.3†", "15–20.1", "6.2", "SW 225°", "93 %", "53 000", "30"]
    expected += ["Cs-137 62 %"]
    expected += ["one note", "out/map.png", "IAEA", "95 %"]
    assert [word for word in expected if word not in said] == []


def test_only_the_unverified_is_marked(capsys: Capture) -> None:
    rows = {line.split()[0]: "†" in line for line in shown_lines(ANSWER, capsys) if "17.3" in line}
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
    nowhere = replace(EVACUATE, distance=0.0, azimuth=None, people=0, low=0.0, high=0.0, median=0.0)
    far = replace(EVACUATE, action="Food", distance=300e3, low=299.99e3, high=300e3, beyond=True, people=None)
    lines = shown_lines(replace(ANSWER, reaches=(nowhere, far), zones=(("None", 0.0), ("Far", 300e3))), capsys)
    rows = {line.split()[0]: line.split() for line in lines if "93 %" in line}
    assert rows["Evacuation"] == ["Evacuation", "nowhere†", "–", "–", "–", "93", "%", "–"]
    assert rows["Food"] == ["Food", ">", "300†", "–", "6.2", "SW", "225°", "93", "%", "unknown"]
    zones = {line.split()[0]: line.split()[1:] for line in lines if line.startswith(("  None", "  Far"))}
    assert zones == {"None": ["nowhere"], "Far": [">", "300"]}


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


LONG = replace(
    ANSWER, headline="The zone must reach 17.3 km.", notes=("The zone must reach 17.3 km.", "one note", "within 20 km"),
    reaches=tuple(
        replace(EVACUATE, action=action, scenario=scenario, people=16_219_486, azimuth=300.0, low=387.0, high=611.0)
        for scenario in ("Core melt, containment fails early", "Pool")
        for action in ("Avoid severe deterministic effects", "Precautionary food restriction")
    ),
    data={"result": {"day": "2026-01-01", "parts": [{"literature": ["within 20 km"]}], "releases": [
        {"title": {"en": "Pool"}, "fuel": "pool of unit 1"},
        {"title": {"en": "Core melt, containment fails early"}, "fuel": "core of unit 1 (shut down 2022-09-11)"},
    ]}},
)  # fmt: skip


def test_at_100_columns_no_line_is_longer_and_no_name_is_cut(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = shown_lines(LONG, capsys)
    assert max(len(line) for line in lines) <= 100
    for action in ("Avoid severe deterministic effects", "Precautionary food restriction"):
        assert sum(line.startswith(f"{action} ") and "17.3†" in line for line in lines) == 2
    assert not any("…" in line for line in lines)


def test_one_head_serves_all_scenarios_and_each_says_its_fuel(capsys: Capture) -> None:
    lines = shown_lines(LONG, capsys)
    assert sum("towards" in line for line in lines) == 1
    assert "Pool – pool of unit 1" in lines
    assert "Core melt, containment fails early – core of unit 1 (shut down 2022-09-11)" in lines
    assert any("decayed to 2026-01-01" in line for line in lines)


def test_the_answer_stands_first_and_is_said_once(capsys: Capture) -> None:
    said = shown(LONG, capsys)
    assert said.count("must reach 17.3 km") == 1
    assert said.index("must reach 17.3 km") < said.index("Weather:") < said.index("Criteria:") < said.index("one note")
    assert said.index("one note") < said.index("Beside the planning sizes of others") < said.index("within 20 km")
    assert said.count("within 20 km") == 1
