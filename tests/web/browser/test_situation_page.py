"""The first page when all is well, when a source breaks, when the connection goes, and without WebGL."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from oberih.language.catalogue import message
from oberih.picture.palette import LAND
from tests.web.browser.conftest import CHROMIUM, FLAGS, TONGUES, WIDE, Server, serving
from tests.web.browser.material import readings

LONG = 60_000
BARE = ("--weather", "none.csv", "--cache", "cache")
"""No weather, so that no atlas is built beside the page."""


def share_of_land(page: Page) -> float:
    """Share of the map's picture that has the colour of land [1]."""
    picture = np.asarray(Image.open(io.BytesIO(page.locator(".map").screenshot())).convert("RGB"), dtype=int)
    land = [int(LAND["land"][i : i + 2], 16) for i in (1, 3, 5)]
    return float((np.abs(picture - land) < 4).all(axis=2).mean())


def drawn(page: Page) -> None:
    expect(page.locator(".map[data-land=drawn]")).to_be_visible(timeout=LONG)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty room with readings: no record, no weather of its own."""
    (tmp_path / "readings.csv").write_text(readings(datetime.now(UTC)), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("language", TONGUES)
def test_the_map_draws_land_and_names_the_drained_reservoir(
    server: Server, visit: Callable[..., Page], language: str
) -> None:
    page = visit(server, "/", language=language)
    drawn(page)
    expect(page.locator(".legend")).to_contain_text("2023")
    expect(page.locator(".map-sources")).to_contain_text("GeoNames")
    page.locator("canvas").wait_for()


@pytest.mark.slow
def test_the_land_is_seen_and_not_only_asked_for(server: Server, visit: Callable[..., Page]) -> None:
    page = visit(server, "/")
    drawn(page)
    assert share_of_land(page) > 0.1


@pytest.mark.slow
def test_without_webgl_the_map_is_drawn_as_lines_and_moves_by_keyboard(server: Server, browser: Browser) -> None:
    flags = [f for f in FLAGS if "swiftshader" not in f] + ["--disable-webgl", "--disable-3d-apis"]
    plain = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    try:
        page = plain.new_page(viewport=WIDE, locale="en-GB")
        page.goto(server.address)
        drawn(page)
        assert share_of_land(page) > 0.1
        still = page.locator("svg.still")
        before = still.locator("path").first.get_attribute("d")
        still.focus()
        page.keyboard.press("ArrowRight")
        assert still.locator("path").first.get_attribute("d") != before
        page.get_by_role("button", name=message("map.zoom-in")).click()
        expect(still.locator("text", has_text="Enerhodar")).to_be_visible()
    finally:
        plain.close()


def test_a_broken_source_is_told_and_its_last_values_stay(home: Path, visit: Callable[..., Page]) -> None:
    file, whole = home / "readings.csv", home / "whole.csv"
    shutil.copy(file, whole)
    with serving(home, "--readings", "readings.csv", *BARE) as running:
        page = visit(running, "/")
        expect(page.locator("#readings")).to_contain_text("Nikopol 2", timeout=LONG)
        file.write_text("no table\n", encoding="utf-8")
        expect(page.locator("#sources li.broken")).to_contain_text("readings.csv:1", timeout=LONG)
        expect(page.locator("#readings")).to_contain_text("Nikopol 2")
        expect(page.locator("#tile-age")).to_contain_text("⚠")
        shutil.copy(whole, file)
        expect(page.locator("#sources li.broken")).to_have_count(0, timeout=LONG)
        expect(page.locator("#changes")).to_contain_text(message("situation.change-source-back"))
        page.close()


@pytest.mark.slow
def test_a_lost_connection_is_told_and_what_was_seen_stays(home: Path, visit: Callable[..., Page]) -> None:
    with serving(home, "--readings", "readings.csv", *BARE) as running:
        page = visit(running, "/", quiet=False)
        expect(page.locator("#regimes li").first).to_be_visible(timeout=LONG)
        page.context.set_offline(True)
        running.process.terminate()
        expect(page.locator("#notice")).to_contain_text("No connection", timeout=LONG)
        expect(page.locator("#regimes li").first).to_be_visible()


@pytest.mark.slow
def test_an_empty_room_says_what_to_do(tmp_path: Path, visit: Callable[..., Page]) -> None:
    with serving(tmp_path, *BARE) as running:
        page = visit(running, "/", language="uk")
        expect(page.locator("#incidents")).to_contain_text("oberih evidence add", timeout=LONG)
        expect(page.locator("#readings")).to_contain_text("--readings")
        expect(page.locator("#in_force")).to_contain_text("--in-force")
        page.close()
