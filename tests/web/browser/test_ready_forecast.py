"""The forecast that stands ready, seen by a duty officer: its card on the first page, and an event answered by it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from playwright.sync_api import Page, expect

from oberih.language.catalogue import message
from tests.case.ready_material import SITE, forecast_for
from tests.web.browser.conftest import PHONE, TONGUES, Server, serving

LONG = 120_000
BARE = ("--weather", "none.csv", "--cache", "cache")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without any forecast of its own, on whose machine one stands ready."""
    home = tmp_path_factory.mktemp("ready-room")
    (home / "cache").mkdir()
    forecast_for(int(time.time()), home / "cache")
    with serving(home, *BARE) as running:
        yield running


def answered(page: Page) -> None:
    page.locator('#event[data-state="ready"]').wait_for(timeout=LONG)


@pytest.mark.parametrize("language", TONGUES)
def test_the_first_page_tells_what_stands_ready(
    ready: Server, visit: Callable[..., Page], accessible: Callable[..., None], picture: Callable[..., object],
    language: str,
) -> None:  # fmt: skip
    page = visit(ready, "/", language=language)
    card = page.locator("#ready")
    expect(card).to_contain_text("NOAA GFS", timeout=LONG)
    expect(card).to_contain_text(message("situation.ready-mark-unkept", language))
    expect(page.locator("#sources")).to_contain_text(message("situation.kind-ready", language))
    accessible(page)
    picture(page, f"situation-ready-{language}", whole=True)


@pytest.mark.slow
@pytest.mark.parametrize("language", TONGUES)
def test_an_event_is_answered_by_it_and_no_hour_is_offered(
    ready: Server, visit: Callable[..., Page], accessible: Callable[..., None], picture: Callable[..., object],
    language: str,
) -> None:  # fmt: skip
    page = visit(ready, "/event", language=language)
    answered(page)
    assert page.input_value("#weather") == "ready", "where the server has no other forecast, it is the one asked"
    expect(page.locator("#notes")).to_contain_text(message("event.note-no-clock", language))
    expect(page.locator("#evacuate")).to_be_hidden()
    expect(page.locator("#evacuate-none")).to_be_visible()
    expect(page.locator("#clock")).to_be_hidden()
    assert page.input_value("#show") == "outdoors"
    expect(page.locator("#places thead")).not_to_contain_text(message("event.comes", language))
    expect(page.locator("#places button.place-name")).to_have_count(0)
    page.select_option("#shelter", "house")
    page.wait_for_url(re.compile("shelter=house"))
    answered(page)
    expect(page.locator("#shelter-throughout")).to_be_visible()
    page.select_option("#show", "averted")
    expect(page.locator(".map[data-land=drawn]")).to_be_visible(timeout=LONG)
    accessible(page)
    picture(page, f"event-ready-{language}", whole=True)


@pytest.mark.slow
def test_its_files_are_taken_along(ready: Server, visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit(ready, "/event?weather=ready")
    answered(page)
    with page.expect_download() as download:
        page.click("#csv")
    download.value.save_as(tmp_path / "table.csv")
    assert "# weather: NOAA GFS" in (tmp_path / "table.csv").read_text(encoding="utf-8")


@pytest.mark.slow
def test_another_weather_brings_the_hours_back(ready: Server, visit: Callable[..., Page]) -> None:
    page = visit(ready, "/event?weather=ready")
    answered(page)
    page.select_option("#weather", "exercise")
    page.wait_for_url(re.compile("weather=exercise"))
    page.locator("#places button.place-name").first.wait_for(timeout=LONG)
    expect(page.locator("#evacuate")).to_be_visible()
    expect(page.locator("#notes")).to_be_hidden()
    page.select_option("#show", "passing")
    expect(page.locator("#clock")).to_be_visible()


@pytest.mark.slow
def test_an_hour_outside_is_refused_in_a_line_and_not_offered(ready: Server, visit: Callable[..., Page]) -> None:
    page = visit(ready, "/event?weather=ready&at=2031-01-01T00:00Z", quiet=False)
    expect(page.locator("#told")).to_contain_text(re.compile("answers for releases from"), timeout=LONG)
    page.select_option("#weather", "exercise")
    answered(page)
    expect(page.locator('#weather option[value="ready"]')).to_be_disabled()


@pytest.mark.slow
def test_on_a_phone_at_night_nothing_is_lost(
    ready: Server, visit: Callable[..., Page], accessible: Callable[..., None], picture: Callable[..., object]
) -> None:
    for path, name in (("/", "situation"), ("/event?weather=ready", "event")):
        page = visit(ready, path, language="uk", size=PHONE, color_scheme="dark")
        page.locator("#ready strong" if name == "situation" else '#event[data-state="ready"]').wait_for(timeout=LONG)
        wide = page.locator("body").bounding_box()
        assert wide is not None and wide["width"] <= PHONE["width"]
        accessible(page)
        picture(page, f"{name}-ready-phone-night", whole=True)


@pytest.mark.slow
def test_the_page_hears_that_it_has_grown_old_or_is_gone(
    visit: Callable[..., Page], tmp_path: Path, picture: Callable[..., object]
) -> None:
    (tmp_path / "cache").mkdir()
    forecast_for(int(time.time()), tmp_path / "cache")
    pointer = tmp_path / "cache" / "forecast" / SITE / "ready.json"
    whole = pointer.read_text(encoding="utf-8")
    with serving(tmp_path, *BARE) as running:
        page = visit(running, "/")
        card = page.locator("#ready")
        expect(card).to_contain_text("NOAA GFS", timeout=LONG)
        told = json.loads(whole)
        told["entries"][0]["run"] -= 86400
        pointer.write_text(json.dumps(told), encoding="utf-8")
        expect(card).to_contain_text("⚠ OLD", timeout=LONG)
        expect(page.locator("#tile-age")).to_contain_text("⚠")
        pointer.write_text("{", encoding="utf-8")
        expect(card).to_contain_text("cannot be read", timeout=LONG)
        picture(page, "situation-ready-broken")
        pointer.unlink()
        expect(card).to_contain_text("oberih forecast zaporizhzhia --once", timeout=LONG)
        page.close()
