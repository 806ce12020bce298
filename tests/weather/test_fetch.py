"""Does the network client tell whole answers from broken ones, and wait as it is asked to?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oberih.errors import InputError, SourceUnavailable, StoreFull
from oberih.far.patience import Patience
from oberih.weather.fetch import fetch_open_meteo
from oberih.weather.quality import check_weather
from oberih.weather.read import read_weather
from tests.weather.simulator import OpenMeteoSimulator, made_up

PLACE = (47.51, 34.59)


class Waits:
    """Records the waits instead of waiting, and tells a fixed time."""

    def __init__(self, now: float = 1.7e9) -> None:
        self.asked: list[float] = []
        self.now = now

    def patience(self, attempts: int = 5, timeout: float = 5.0) -> Patience:
        return Patience(attempts=attempts, timeout=timeout, spread=0.0, sleep=lambda s, stopped: self.asked.append(s))


def fetch(server: OpenMeteoSimulator, folder: Path, waits: Waits | None = None, **changes: Any) -> Any:
    waits = waits or Waits()
    asked: dict[str, Any] = {
        "start_date": "2019-12-30", "end_date": "2020-01-02", "cache_dir": folder, "base_url": server.url,
        "patience": waits.patience(), "clock": lambda: waits.now,
    }  # fmt: skip
    return fetch_open_meteo(*PLACE, **{**asked, **changes})


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_period_is_asked_year_by_year_and_joined_in_order(tmp_path: Path) -> None:
    with OpenMeteoSimulator() as server:
        weather = fetch(server, tmp_path)
        assert [(r["start_date"], r["end_date"]) for r in server.requests] == [
            ("2019-12-30", "2019-12-31"),
            ("2020-01-01", "2020-01-02"),
        ]
        assert server.paths == ["/v1/archive"] * 2
    assert (np.diff(weather.time) == 3600).all()
    assert len(weather) == 96
    assert weather.label == "reanalysis"
    assert len(weather.attrs["inputs"]) == 2
    hour = int(weather.time[5] // 3600)
    assert weather.wind_speed[5] == pytest.approx(made_up("wind_speed_10m", hour))
    assert weather.precipitation[5] == pytest.approx(made_up("precipitation", hour) / 3600)
    assert weather.temperature[5] == pytest.approx(made_up("temperature_2m", hour) + 273.15)
    assert weather.pressure[5] == pytest.approx(made_up("surface_pressure", hour) * 100)
    check_weather(weather, need_start=int(weather.time[0]), need_end=int(weather.time[-1]))


def test_a_kept_answer_is_not_asked_again_and_says_the_same(tmp_path: Path) -> None:
    with OpenMeteoSimulator() as server:
        first = fetch(server, tmp_path)
        count = len(server.requests)
        second = fetch(server, tmp_path)
        assert len(server.requests) == count
    np.testing.assert_array_equal(first.wind_direction, second.wind_direction)
    assert first.attrs["inputs"] == second.attrs["inputs"]


def test_a_kept_file_can_be_read_as_weather_itself(tmp_path: Path) -> None:
    with OpenMeteoSimulator() as server:
        fetched = fetch(server, tmp_path, start_date="2020-01-01")
    (path,) = kept(tmp_path)
    read = read_weather(path)
    np.testing.assert_array_equal(read.wind_speed, fetched.wind_speed)
    assert read.label == "reanalysis"


def test_an_old_forecast_is_asked_anew_and_a_young_one_is_not(tmp_path: Path) -> None:
    waits = Waits()
    with OpenMeteoSimulator() as server:
        weather = fetch(server, tmp_path, waits, kind="forecast", start_date="2020-01-01")
        fetch(server, tmp_path, waits, kind="forecast", start_date="2020-01-01")
        assert len(server.requests) == 1
        waits.now += 7200.0
        fetch(server, tmp_path, waits, kind="forecast", start_date="2020-01-01")
        assert len(server.requests) == 2
        assert set(server.paths) == {"/v1/forecast"}
    assert weather.label == "forecast"


def test_an_archive_answer_without_its_last_hours_is_asked_anew_later(tmp_path: Path) -> None:
    waits = Waits()
    with OpenMeteoSimulator(["late"]) as server:
        early = fetch(server, tmp_path, waits, start_date="2020-01-01")
        assert len(early) == 43
        waits.now += 90000.0
        assert len(fetch(server, tmp_path, waits, start_date="2020-01-01")) == 48
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "trouble", ["failing", "truncated", "half_json", "not_json", "wrong_json", "windless", "short_column", "hang_up"]
)
def test_trouble_that_passes_costs_only_a_retry(tmp_path: Path, trouble: str) -> None:
    waits = Waits()
    with OpenMeteoSimulator([trouble, trouble]) as server:
        weather = fetch(server, tmp_path, waits, start_date="2020-01-01")
    assert len(weather) == 48
    assert waits.asked == [1.0, 2.0]


@pytest.mark.parametrize("trouble", ["failing", "truncated", "half_json", "not_json", "wrong_json", "windless", "busy"])
def test_trouble_that_stays_is_one_clear_line_and_leaves_nothing(tmp_path: Path, trouble: str) -> None:
    with OpenMeteoSimulator([trouble] * 9) as server:
        with pytest.raises(SourceUnavailable, match="Open-Meteo does not answer") as caught:
            fetch(server, tmp_path)
        assert len(server.requests) == 5
    assert "\n" not in str(caught.value)
    assert kept(tmp_path) == []


def test_the_server_is_obeyed_when_it_says_how_long_to_wait(tmp_path: Path) -> None:
    waits = Waits()
    with OpenMeteoSimulator(["busy", "busy_until_date"]) as server:
        fetch(server, tmp_path, waits, start_date="2020-01-01")
    assert waits.asked[0] == 7.0
    assert 25.0 <= waits.asked[1] <= 31.0


def test_a_wait_of_hours_is_not_waited(tmp_path: Path) -> None:
    waits = Waits()
    with OpenMeteoSimulator(["busy_for_long"]) as server, pytest.raises(SourceUnavailable, match="wait 7200 s"):
        fetch(server, tmp_path, waits)
    assert waits.asked == []


@pytest.mark.parametrize(("refusal", "reason"), [("refused", "out of allowed range"), ("error_in_200", "unavailable")])
def test_a_refusal_is_passed_on_at_once_with_its_reason(tmp_path: Path, refusal: str, reason: str) -> None:
    with OpenMeteoSimulator([refusal]) as server:
        with pytest.raises(SourceUnavailable, match=reason):
            fetch(server, tmp_path)
        assert len(server.requests) == 1
    assert kept(tmp_path) == []


def test_a_slow_server_is_given_up(tmp_path: Path) -> None:
    waits = Waits()
    with OpenMeteoSimulator(["slow", "slow"]) as server, pytest.raises(SourceUnavailable, match="no answer in time"):
        fetch(server, tmp_path, patience=waits.patience(attempts=2, timeout=0.1))


def test_no_server_at_all_is_one_clear_line(tmp_path: Path) -> None:
    with OpenMeteoSimulator() as server:
        gone = server.url
    with pytest.raises(SourceUnavailable, match="connection failed"):
        fetch_open_meteo(*PLACE, start_date="2020-01-01", end_date="2020-01-01", cache_dir=tmp_path, base_url=gone,
                         patience=Waits().patience(attempts=2))  # fmt: skip


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign", "empty"])
def test_a_damaged_kept_answer_is_not_believed(tmp_path: Path, damage: str) -> None:
    with OpenMeteoSimulator() as server:
        whole = fetch(server, tmp_path, start_date="2020-01-01")
        (path,) = kept(tmp_path)
        text = path.read_text()
        envelope = json.loads(text)
        if damage == "cut":
            path.write_text(text[: len(text) // 3])
        elif damage == "changed":
            envelope["answer"]["hourly"]["wind_speed_10m"][0] = 9.9
            path.write_text(json.dumps(envelope))
        elif damage == "foreign":
            path.write_text('{"hello": 1}')
        else:
            path.write_bytes(b"")
        again = fetch(server, tmp_path, start_date="2020-01-01")
        assert len(server.requests) == 2
    np.testing.assert_array_equal(again.wind_speed, whole.wind_speed)


def test_an_interrupt_in_the_middle_of_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("oberih.weather.fetch.os.fsync", interrupted)
    with OpenMeteoSimulator() as server, pytest.raises(KeyboardInterrupt):
        fetch(server, tmp_path)
    assert kept(tmp_path) == []


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("oberih.weather.fetch.os.fsync", full)
    with OpenMeteoSimulator() as server, pytest.raises(StoreFull, match="No space left"):
        fetch(server, tmp_path)
    assert kept(tmp_path) == []


def test_a_cache_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with OpenMeteoSimulator() as server, pytest.raises(StoreFull, match="cache"):
        fetch(server, tmp_path / "cache")


def test_progress_is_told_before_and_after_each_year(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with OpenMeteoSimulator() as server:
        fetch(server, tmp_path, progress=lambda done, of, what: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("start_date", {"start_date": "2020-13-01"}),
        ("end_date", {"end_date": "2019-01-01"}),
        ("kind", {"kind": "hindcast"}),
    ],
)
def test_an_impossible_question_is_not_asked(tmp_path: Path, field: str, change: dict[str, str]) -> None:
    with OpenMeteoSimulator() as server:
        with pytest.raises(InputError, match=field):
            fetch(server, tmp_path, **change)
        assert server.requests == []


@pytest.mark.parametrize("place", [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0)])
def test_a_place_off_the_earth_is_not_asked(tmp_path: Path, place: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="not on the Earth"):
        fetch_open_meteo(*place, start_date="2020-01-01", end_date="2020-01-01", cache_dir=tmp_path)
