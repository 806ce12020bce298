"""The five jobs, walked as a person walks them, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from oberih.language.catalogue import message
from tests.web.browser.conftest import PHONE, TONGUES, Server

LONG = 60_000


def words(key: str, language: str) -> str:
    return message(key, language)


def drawn(page: Page, selector: str = "#map") -> None:
    """Wait until the map has drawn its land, by WebGL or as lines."""
    expect(page.locator(selector).locator("canvas, svg").first).to_be_visible(timeout=LONG)


@pytest.mark.parametrize("language", TONGUES)
def test_the_duty_officer_sees_what_is_new_what_holds_and_how_old_it_is(
    server: Server, visit, picture, language: str
) -> None:
    page = visit(server, "/", language=language)
    regimes = page.locator("#regimes .state")
    expect(regimes.first).to_be_visible(timeout=LONG)
    assert regimes.count() >= 7
    expect(page.locator("#changes")).to_contain_text("Shelling near the switchyard reported")
    expect(page.locator("#incidents")).to_contain_text("the other side fired")  # a claim, with who makes it
    expect(page.locator("#readings")).to_contain_text("Nikopol 2")
    expect(page.locator("#sources")).to_contain_text("readings.csv")
    drawn(page)
    page.wait_for_timeout(1500)  # tiles fade in
    picture(page, f"situation-{language}", whole=True)
    page.locator("#regimes a").first.click()
    expect(page).to_have_url(re.compile("/regimes"))


@pytest.mark.parametrize("language", TONGUES)
def test_the_planner_moves_a_slider_compares_shares_and_exports(
    server: Server, visit, picture, language: str, tmp_path: Path
) -> None:
    server.wait_for_atlas()
    page = visit(server, "/designer", language=language)
    headline = page.locator("#headline")
    expect(headline).to_contain_text(re.compile(r"\d"), timeout=LONG)
    first = headline.inner_text()
    drawn(page)
    page.locator("#keep").click()
    page.locator("#percentile").focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    expect(headline).not_to_have_text(first, timeout=LONG)
    expect(page.locator("#compare")).to_be_visible()
    expect(page).to_have_url(re.compile(r"percentile=9[01]"))
    expect(page.locator("#reaches table tbody tr").first).to_be_visible()
    expect(page.locator("#places table tbody tr").first).to_be_visible()
    page.wait_for_timeout(1500)
    picture(page, f"designer-{language}", whole=True)
    settled = headline.inner_text()
    with page.expect_download() as download:
        page.locator("#exports summary").click()
        page.locator("#exports a", has_text=re.compile("GeoJSON")).first.click()
    download.value.save_as(tmp_path / "zone.geojson")
    features = json.loads((tmp_path / "zone.geojson").read_text(encoding="utf-8"))["features"]
    assert any(f["geometry"] for f in features)
    again = visit(server, f"{urlsplit(page.url).path}?{urlsplit(page.url).query}", language=language)
    expect(again.locator("#headline")).to_have_text(settled, timeout=LONG)


def test_a_link_with_a_wrong_value_says_so_and_shows_the_usual(server: Server, visit) -> None:
    server.wait_for_atlas()
    page = visit(server, "/designer?percentile=bananas&age=dragon", quiet=False)
    expect(page.locator("#headline")).to_contain_text(re.compile(r"\d"), timeout=LONG)
    assert parse_qs(urlsplit(page.url).query).get("age") != ["dragon"]


@pytest.mark.parametrize("language", TONGUES)
def test_the_responder_follows_the_plume_and_sees_what_a_measure_spares(
    server: Server, visit, picture, language: str
) -> None:
    page = visit(server, "/event", language=language)
    rows = page.locator("#places table tbody tr")
    expect(rows.first).to_be_visible(timeout=LONG)
    drawn(page)
    before = page.locator("#hour-said").inner_text()
    page.locator("#hour").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#hour-said")).not_to_have_text(before)
    told = page.locator("#places").inner_text()
    page.locator("#evacuate").check()
    expect(page.locator("#evacuate-hours")).to_be_visible()
    expect(page.locator("#places")).not_to_have_text(told, timeout=LONG)
    expect(page).to_have_url(re.compile("evacuate"))
    page.wait_for_timeout(1500)
    picture(page, f"event-{language}", whole=True)
    with page.expect_download() as download:
        page.locator("#csv").click()
    assert download.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize("language", TONGUES)
def test_the_inspector_goes_from_the_board_to_a_record_that_the_browser_checks(
    server: Server, visit, picture, language: str
) -> None:
    page = visit(server, "/regimes", language=language)
    expect(page.locator("#regimes .state").first).to_be_visible(timeout=LONG)
    picture(page, f"regimes-{language}", whole=True)
    page.locator("#regimes a", has_text=re.compile("Seven pillars|Сім")).first.click()
    expect(page.locator("#regimes table, #regimes .finding").first).to_be_visible(timeout=LONG)
    picture(page, f"regime-{language}", whole=True)
    page.goto(server.address + "/evidence")
    rows = page.locator("#evidence table tbody tr")
    expect(rows.first).to_be_visible(timeout=LONG)
    rows.filter(has_text="Shelling").locator("a").first.click()
    expect(page.locator("#evidence")).to_contain_text("the other side fired", timeout=LONG)
    picture(page, f"record-{language}", whole=True)
    page.goto(server.address + "/evidence")
    page.get_by_role("link", name=words("evidence.view-check", language)).or_(
        page.get_by_role("tab", name=words("evidence.view-check", language))
    ).first.click()
    page.locator("#check-whole").click()
    expect(page.locator("#result")).to_be_visible(timeout=LONG)
    picture(page, f"verify-{language}", whole=True)


@pytest.mark.parametrize("language", TONGUES)
def test_the_adviser_takes_a_report_home(server: Server, visit, picture, language: str, tmp_path: Path) -> None:
    server.wait_for_atlas()
    page = visit(server, "/report", language=language)
    expect(page.locator("#report-state")).to_have_text(words("report.page-ready", language), timeout=LONG)
    picture(page, f"report-{language}")
    with page.expect_download(timeout=LONG) as download:
        page.locator("#report-pdf").click()
    download.value.save_as(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/designer", "/event", "/regimes", "/evidence", "/report"])
def test_a_page_fits_a_phone(server: Server, visit, picture, path: str) -> None:
    server.wait_for_atlas()
    page = visit(server, path, language="uk", size=PHONE)
    page.wait_for_timeout(4000)
    wide = page.evaluate("document.documentElement.scrollWidth")
    picture(page, f"phone-{path.strip('/') or 'situation'}", whole=True)
    assert wide <= PHONE["width"], f"{path} is {wide} px wide"
