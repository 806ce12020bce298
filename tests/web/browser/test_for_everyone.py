"""The pages for those who see little, use no mouse, print, or read at night."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import PHONE, TONGUES, Server

PAGES = ("/", "/designer", "/event", "/regimes", "/evidence", "/report", "/api")
LONG = 60_000


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_of_wcag_aa(server: Server, visit, accessible, path: str, language: str) -> None:
    server.wait_for_atlas()
    page = visit(server, path, language=language)
    page.wait_for_timeout(4000)
    accessible(page)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/designer", "/event"])
def test_at_night_the_contrast_holds_too(server: Server, visit, accessible, picture, path: str) -> None:
    server.wait_for_atlas()
    page = visit(server, path, color_scheme="dark")
    page.wait_for_timeout(4000)
    picture(page, f"night-{path.strip('/') or 'situation'}")
    accessible(page)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_the_keyboard_reaches_everything_and_the_first_stop_skips_to_the_content(
    server: Server, visit, path: str
) -> None:
    server.wait_for_atlas()
    page = visit(server, path)
    page.wait_for_timeout(3000)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    unreached = page.evaluate(
        """[...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((e) =>
             e.tabIndex < 0 && e.offsetParent !== null && !e.disabled && !e.closest('[hidden]') && !e.closest('[inert]')
             && !e.closest('[role=tablist], [role=radiogroup], [role=menu], .maplibregl-map, svg')
             && !(e.matches('summary') && e.parentElement.open)  // one that cannot be closed is a heading
           ).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert unreached == []


@pytest.mark.slow
def test_focus_is_seen(server: Server, visit) -> None:
    page = visit(server, "/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline not in ("none", "")


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/designer", "/regimes"])
def test_on_paper_there_are_figures_and_no_buttons(server: Server, visit, picture, path: str) -> None:
    server.wait_for_atlas()
    page = visit(server, path)
    page.wait_for_timeout(4000)
    page.emulate_media(media="print")
    assert page.locator("nav").first.is_hidden()
    seen = [b for b in page.locator("button").all() if b.is_visible()]
    assert [b for b in seen if "pin" not in (b.get_attribute("class") or "").split()] == []  # pins are what is shown
    expect(page.locator("h1").first).to_be_visible()
    picture(page, f"print-{path.strip('/') or 'situation'}", whole=True)


@pytest.mark.slow
def test_two_fifths_more_letters_break_nothing(server: Server, visit) -> None:
    page = visit(server, "/", size={"width": PHONE["width"], "height": 900}, device_scale_factor=2)
    page.evaluate("document.documentElement.style.fontSize = '140%'")
    page.wait_for_timeout(3000)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
