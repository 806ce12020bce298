"""An event in fields that are fetched: the same whole chain, from a server on a loopback port to zones."""

from __future__ import annotations

import calendar
import dataclasses
from importlib import resources

import pytest

from oberih.case.progress import Silent
from oberih.case.reach.assess import assess
from oberih.case.reach.forecast import refresh
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import alone_at, folder_of
from oberih.case.reach.request import AssessRequest
from oberih.errors import InputError
from tests.weather.live.arco_simulator import build, serving
from tests.weather.live.conftest import NOW
from tests.weather.live.simulator import ForecastServer


@pytest.fixture(scope="module")
def request_of(tmp_path_factory: pytest.TempPathFactory) -> AssessRequest:
    """A cask that is open for two hours, followed for one."""
    folder = tmp_path_factory.mktemp("event")
    text = resources.files("oberih.release").joinpath("data/scenarios/cask-breach.toml").read_text(encoding="utf-8")
    scenario = folder / "short.toml"
    scenario.write_text(text.replace("hours = 8", "hours = 2").replace('"cask-breach"', '"short"'), encoding="utf-8")
    return AssessRequest(
        "zaporizhzhia", NOW - NOW % 3600, "gfs", hours=1, engine="particles", particles=64, scenarios=(str(scenario),),
        cache=folder / "cache", workers=1,
    )  # fmt: skip


def test_the_newest_run_of_a_centre_becomes_an_answer(request_of: AssessRequest) -> None:
    with ForecastServer() as server:
        answer = assess(dataclasses.replace(request_of, server=server.url), progress=Silent(), now=NOW)
    assert answer.weather_label == "forecast"
    assert any("run of 2026-11-26T06:00Z" in note for note in answer.notes)
    assert len(answer.data["provenance"]["inputs"]["fields of gfs"]) == 64
    assert answer.data["result"]["courses"][0]["name"] == "as given"


@pytest.mark.slow
def test_members_of_the_ensemble_are_fetched_each_and_of_one_run(request_of: AssessRequest) -> None:
    with ForecastServer() as server:
        asked = dataclasses.replace(request_of, weather="ecmwf", members="1-2", server=server.url)
        answer = assess(asked, progress=Silent(), now=NOW)
    assert [c["name"] for c in answer.data["result"]["courses"]] == ["member 1", "member 2"]
    inputs = answer.data["provenance"]["inputs"]
    assert {"fields of ecmwf-member-01", "fields of ecmwf-member-02"} <= set(inputs)
    assert any("2 members" in note for note in answer.notes)


def test_a_centre_is_not_asked_without_knowing_the_time(request_of: AssessRequest) -> None:
    with pytest.raises(InputError, match="what time it is"):
        assess(request_of, progress=Silent())


def test_the_past_comes_out_of_era5(
    request_of: AssessRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(build(tmp_path_factory.mktemp("arco"))) as server:
        at = calendar.timegm((1994, 10, 23, 13, 0, 0))
        asked = dataclasses.replace(request_of, weather="era5", at=at, server=server.url)
        answer = assess(asked, progress=Silent())
    assert answer.weather_label == "reanalysis"
    assert any("ARCO-ERA5" in note for note in answer.notes)
    assert sum(name.startswith("fields ") for name in answer.data["provenance"]["inputs"]) >= 4


def test_what_the_service_keeps_ready_answers_without_its_server(request_of: AssessRequest) -> None:
    hour = NOW - NOW % 3600
    kept = ForecastRequest(
        "zaporizhzhia", hours=3, follow=1, particles=64, workers=1, cache=request_of.cache, seed=request_of.seed
    )
    with ForecastServer() as server, alone_at(folder_of(kept.cache, "zaporizhzhia")):
        refresh(
            dataclasses.replace(kept, server=server.url), clock=lambda: NOW, progress=Silent(), told=lambda words: None
        )  # fmt: skip
    asked = dataclasses.replace(request_of, weather="forecast", at=hour)
    answer = assess(asked, progress=Silent())
    assert answer.weather_label == "forecast"
    assert any("run of 2026-11-26T06:00Z" in note and "ready since" in note for note in answer.notes)
    assert any("noise" in note.lower() for note in answer.notes)  # the plume is there too: the flow is kept beside
    assert answer.data["result"]["heights_m"] == [5.0, 30.0, 100.0, 250.0]
    with pytest.raises(InputError, match="no forecast stands ready"):
        assess(dataclasses.replace(asked, at=hour + 3 * 3600), progress=Silent())
