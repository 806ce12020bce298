"""Who computes while others read: what the engine promises to those who wait."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from oberih.case.reach.design import Bench, DesignRequest
from oberih.errors import InputError
from oberih.web import engine as engine_module
from oberih.web.app import create_app
from oberih.web.engine import Engine
from oberih.web.engine_watch import Stopped
from oberih.web.settings import ServeSettings
from tests.web.conftest import ADDRESS, NOW
from tests.web.tiny import opened

REQUEST = DesignRequest(scenario="pool-fire")


@pytest.fixture
def engine(bench: Bench, tmp_path: Path) -> Any:
    running = Engine(ServeSettings(cache=tmp_path), opened=opened(bench))
    running.start()
    while running.readiness.state != "ready":
        time.sleep(0.005)
    yield running
    running.stop()


def application(engine: Engine, tmp_path: Path) -> Any:
    app = create_app(ServeSettings(cache=tmp_path), clock=lambda: NOW)
    app.state.held.engine = engine
    return app


def test_pages_are_served_while_the_atlas_is_prepared_and_questions_told_to_come_back(
    bench: Bench, tmp_path: Path
) -> None:
    go_on = threading.Event()

    def slow(request: Any, *, progress: Any) -> Bench:
        progress.stage("atlas: 8760 release hours at 4 heights", total=212)
        progress.advance(53)
        while not go_on.wait(0.005):
            progress.advance(0)
        return bench

    engine = Engine(ServeSettings(cache=tmp_path), opened=slow)
    with TestClient(application(engine, tmp_path), base_url=ADDRESS) as client:
        while engine.readiness.done < 53:
            time.sleep(0.005)
        for page in ("/", "/designer", "/openapi.json"):
            assert client.get(page).status_code == 200
        early = client.get("/api/v1/design")
        assert (early.status_code, early.headers["retry-after"]) == (409, "5")
        assert "53 of 212" in early.json()["detail"]
        told = client.get("/api/v1/design/choices?lang=uk").json()["atlas"]
        assert (told["state"], told["done"], told["total"]) == ("preparing", 53, 212)
        assert "53 з 212" in told["text"] and "atlas:" not in told["text"]
        go_on.set()
        while engine.readiness.state == "preparing":
            time.sleep(0.005)
        assert client.get("/api/v1/design").status_code == 200


def test_an_atlas_that_cannot_be_made_is_told_with_its_reason(tmp_path: Path) -> None:
    def fails(request: Any, *, progress: Any) -> Bench:
        raise InputError("too few hours", file="weather.csv")

    engine = Engine(ServeSettings(cache=tmp_path), opened=fails)
    with TestClient(application(engine, tmp_path), base_url=ADDRESS) as client:
        while engine.readiness.state == "preparing":
            time.sleep(0.005)
        refused = client.get("/api/v1/design")
        assert refused.status_code == 503
        assert "weather.csv: too few hours" in refused.json()["detail"]
        assert client.get("/").status_code == 200
        assert "weather.csv" in client.get("/api/v1/design/choices").json()["atlas"]["text"]


def test_the_same_question_asked_at_once_is_answered_once(engine: Engine) -> None:
    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(lambda _: engine.design(REQUEST), range(12)))
    assert all(answer is answers[0] for answer in answers)
    assert engine.design(REQUEST) is answers[0]


def test_another_percentile_is_answered_from_the_same_sums(engine: Engine) -> None:
    first = engine.design(REQUEST)
    second = engine.design(dataclasses.replace(REQUEST, percentile=60.0))
    assert second.drawn.exceedance.reach.base is first.drawn.exceedance.reach.base
    assert second.zone.reach.distance <= first.zone.reach.distance


def test_a_crowd_is_told_when_to_come_back(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "QUEUE", -engine_module.HANDS)
    with pytest.raises(Exception, match="questions are waiting") as refused:
        engine.design(REQUEST)
    assert refused.value.status_code == 429  # type: ignore[attr-defined]
    assert refused.value.headers == {"Retry-After": "2"}  # type: ignore[attr-defined]


def test_iodine_is_read_when_it_is_asked_for(engine: Engine) -> None:
    before = engine.benches.bytes
    found = engine.design(DesignRequest(shutdown="at power"))
    assert found.drawn.distances.at(0.95).distance > 0.0
    assert engine.benches.bytes > before


def test_answers_that_are_kept_stay_within_their_room(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "ANSWERS_BYTES", 6 * 2**20)
    monkeypatch.setattr(engine_module, "SUMS_BYTES", 6 * 2**20)
    engine = Engine(ServeSettings(cache=tmp_path), opened=opened(bench))
    engine.start()
    while engine.readiness.state != "ready":
        time.sleep(0.005)
    for day in range(8):
        engine.design(DesignRequest(scenario="pool-fire", day=1_767_225_600 + 86400 * day))
        assert 0 < engine._answers.held <= 6 * 2**20
        assert 0 < engine._sums.held <= 6 * 2**20
    engine.stop()


def test_nothing_runs_on_when_the_server_has_stopped(bench: Bench, tmp_path: Path) -> None:
    ended = threading.Event()

    def forever(request: Any, *, progress: Any) -> Bench:
        try:
            progress.stage("atlas: 8760 release hours at 4 heights", total=212)
            while True:
                time.sleep(0.005)
                progress.advance(0)
        except Stopped:
            ended.set()
            raise

    engine = Engine(ServeSettings(cache=tmp_path), opened=forever)
    with TestClient(application(engine, tmp_path), base_url=ADDRESS) as client:
        assert client.get("/").status_code == 200
    assert ended.is_set()
    assert engine.readiness.state == "preparing"  # neither ready nor failed: it was ended
    with pytest.raises(Exception, match="being prepared"):
        engine.design(REQUEST)


def forecast_file(path: Path, *, hours: int = 72, begin: datetime = NOW) -> Path:
    """A forecast in a plain form that is read without a mapping: Open-Meteo's."""
    times = [(begin.astimezone(UTC) + timedelta(hours=i)).strftime("%Y-%m-%dT%H:%M") for i in range(hours)]
    hourly = {
        "time": times, "wind_speed_10m": [5.0] * hours, "wind_direction_10m": [270.0 + 0.2 * i for i in range(hours)],
        "temperature_2m": [8.0] * hours, "cloud_cover": [60.0] * hours, "precipitation": [0.0] * hours,
        "shortwave_radiation": [100.0] * hours,
    }  # fmt: skip
    units = {"time": "iso8601", "wind_speed_10m": "m/s", "wind_direction_10m": "°", "temperature_2m": "°C",
             "cloud_cover": "%", "precipitation": "mm", "shortwave_radiation": "W/m²"}  # fmt: skip
    place = {"latitude": 47.5, "longitude": 34.6, "utc_offset_seconds": 0, "timezone": "GMT"}
    path.write_text(json.dumps({**place, "hourly_units": units, "hourly": hourly}), encoding="utf-8")
    return path


def test_a_forecast_is_asked_like_a_year_and_read_anew_when_it_changes(
    served: Callable[..., TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oberih.case.reach.ground.HEIGHTS", (30.0,))
    path = forecast_file(tmp_path / "forecast.json")
    client = served(forecast=path)
    assert client.get("/api/v1/design/choices").json()["weather"] == ["year", "forecast"]
    answer = client.get("/api/v1/design?weather=forecast&scenario=pool-fire&detail=full")
    assert answer.status_code == 200, answer.text[:300]
    told = answer.json()
    assert told["weather"]["kind"] == "forecast"
    assert told["weather"]["first"] == "2026-03-04T03:00Z"
    assert told["reaches"][0]["low_m"] is None  # days of weather give no band
    assert 45.0 < max(told["sectors"], key=lambda s: s["outline_m"])["azimuth_deg"] < 135.0  # the wind is from the west
    forecast_file(path, hours=96)
    again = client.get("/api/v1/design?weather=forecast&scenario=pool-fire&detail=full").json()
    assert again["starts"]["counted"] > told["starts"]["counted"]
    path.write_text("no weather at all")
    refused = client.get("/api/v1/design?weather=forecast&scenario=pool-fire&detail=full")
    assert refused.status_code == 422
