"""Job three: a run for now with forecast weather, walked as a duty officer would, in both languages."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.web.browser.conftest import TONGUES, Server, serving
from tests.web.browser.material import MAPPING, environment, hourly

WORDS = {
    "en": {"title": "Event response", "do": "What to do", "old": "THE FORECAST IS OLD", "exercise": "EXERCISE"},
    "uk": {"title": "Реагування на подію", "do": "Що робити", "old": "ПРОГНОЗ ЗАСТАРІЛИЙ", "exercise": "НАВЧАННЯ"},
}


def ready(page, seconds: float = 120.0) -> None:  # type: ignore[no-untyped-def]
    page.wait_for_selector('#event[data-state="ready"]', timeout=seconds * 1000)


@pytest.mark.slow
@pytest.mark.parametrize("language", TONGUES)
def test_an_officer_sees_where_the_plume_is_and_what_to_do(
    server: Server, visit: Callable[..., object], picture: Callable[..., object], accessible: Callable[..., None],
    language: str,
) -> None:  # fmt: skip
    page = visit(server, "/event", language=language)
    ready(page)
    assert page.inner_text("h1") == WORDS[language]["title"]
    rows = page.locator("#places tbody tr")
    assert rows.count() >= 3 and WORDS[language]["do"] in page.inner_text("#places thead")
    before = page.inner_text("#hour-said")
    page.focus("#hour")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#hour-said") != before and "UTC" in page.inner_text("#hour-said")
    page.check("#evacuate")
    page.wait_for_url(re.compile(r"evacuate_at=4"))
    ready(page)
    page.select_option("#shelter", "house")
    page.wait_for_url(re.compile(r"shelter=house"))
    ready(page)
    page.select_option("#show", "averted")
    page.locator("#places button.place-name").first.press("Enter")
    page.wait_for_selector("#story svg[role=img]")
    page.click("#story summary")
    assert page.locator("#story table tbody tr").count() > 24
    accessible(page)
    picture(page, f"event-settlement-{language}", whole=True)


@pytest.mark.slow
def test_a_shared_link_opens_the_same_event(server: Server, visit: Callable[..., object]) -> None:
    page = visit(server, "/event?criteria=ukraine&evacuate_at=6&shelter=basement&iodine=iodine%20in%20time")
    ready(page)
    assert page.input_value("#criteria") == "ukraine" and page.input_value("#evacuate-at") == "6"
    assert (page.input_value("#shelter"), page.input_value("#iodine")) == ("basement", "iodine in time")
    page.click("#share")
    page.locator("#shared", has_text="at=").wait_for()  # no script is evaluated: the page's policy forbids it
    link = page.inner_text("#shared")
    assert "criteria=ukraine" in link and "at=20" in link, "a link holds its hour, and opens the same event tomorrow"
    with page.expect_download() as download:
        page.click("#csv")
    assert download.value.suggested_filename.startswith("event-zaporizhzhia-")


@pytest.mark.slow
def test_the_plume_plays_and_pauses(server: Server, visit: Callable[..., object]) -> None:
    page = visit(server, "/event")
    ready(page)
    at = page.input_value("#hour")
    page.click("#play")
    assert page.get_attribute("#play", "aria-pressed") == "true"
    page.wait_for_timeout(1800)
    page.click("#play")
    assert int(page.input_value("#hour")) > int(at) and page.get_attribute("#play", "aria-pressed") == "false"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A server without a forecast."""
    home = tmp_path_factory.mktemp("no-forecast")
    environment(home)
    (home / "month.csv").write_text(hourly(datetime(2026, 1, 1, tzinfo=UTC), 24 * 33), encoding="utf-8")
    (home / "mast.toml").write_text(MAPPING, encoding="utf-8")
    with serving(home, "--weather", "month.csv", "--mapping", "mast.toml") as running:
        yield running


@pytest.mark.slow
def test_without_a_forecast_an_exercise_is_shown_and_told_as_such(bare: Server, visit: Callable[..., object]) -> None:
    page = visit(bare, "/event", language="uk")
    page.wait_for_selector('#event[data-state="without"]')
    page.click("#without button")
    ready(page)
    assert WORDS["uk"]["exercise"] in page.inner_text("#warnings")


@pytest.mark.slow
def test_a_file_of_weather_is_handed_in_and_used(bare: Server, visit: Callable[..., object], tmp_path: Path) -> None:
    page = visit(bare, "/event", quiet=False)
    page.wait_for_selector('#event[data-state="without"]')
    (tmp_path / "broken.csv").write_text("nonsense\n", encoding="utf-8")
    page.set_input_files("#weather-file", tmp_path / "broken.csv")
    page.get_by_text(re.compile("broken.csv: .*format")).wait_for()
    (tmp_path / "mast.toml").write_text(MAPPING, encoding="utf-8")
    page.set_input_files("#mapping-file", tmp_path / "mast.toml")
    page.get_by_text(re.compile("mast.toml is taken")).wait_for()
    (tmp_path / "mine.csv").write_text(hourly(datetime(2026, 5, 1, tzinfo=UTC), 120), encoding="utf-8")
    page.set_input_files("#weather-file", tmp_path / "mine.csv")
    page.get_by_text(re.compile("mine.csv: table")).wait_for()
    ready(page)
    assert "weather=upload" in page.url and "at=2026-05-01T00" in page.url


@pytest.mark.slow
def test_an_old_forecast_is_told_loudly(server: Server, visit: Callable[..., object]) -> None:
    file = server.home / "forecast.csv"
    kept = file.stat()
    try:
        os.utime(file, (time.time() - 30 * 3600, time.time() - 30 * 3600))
        page = visit(server, "/event", language="uk")
        ready(page)
        assert WORDS["uk"]["old"] in page.inner_text("#warnings")
    finally:
        os.utime(file, (kept.st_atime, kept.st_mtime))
