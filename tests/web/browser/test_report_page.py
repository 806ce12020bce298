"""Does a person get a report: chosen, looked at, taken away, in either language, on a phone, without seeing?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.case.report_material import pages_of_pdf
from tests.web.browser.conftest import PHONE, TONGUES, Server

Visit, Picture = Callable[..., Any], Callable[..., Path]
READY = {"en": "The report is ready.", "uk": "Звіт готовий."}


def wait_for_report(page: Any, language: str) -> None:
    page.locator("#report-state").get_by_text(READY[language]).wait_for(timeout=120_000)


@pytest.mark.parametrize("language", TONGUES)
def test_a_report_is_looked_at_and_taken_away(
    server: Server, visit: Visit, picture: Picture, language: str, tmp_path: Path
) -> None:
    server.wait_for_atlas()
    page = visit(server, "/report?percentile=90", language=language)
    wait_for_report(page, language)
    question = {"en": "How far must", "uk": "Як далеко має сягати"}[language]
    page.frame_locator("#report-preview").locator("h1").first.get_by_text(question).wait_for()
    picture(page, f"report-{language}", whole=True)
    with page.expect_download() as taken:
        page.locator("#report-pdf").click()
    taken.value.save_as(tmp_path / "r.pdf")
    assert taken.value.suggested_filename == f"oberih-zaporizhzhia-{language}.pdf"
    pages = pages_of_pdf((tmp_path / "r.pdf").read_bytes())
    assert len(pages) > 4 and question in pages[0].replace("\r\n", " ") and "90" in pages[0]


@pytest.mark.slow
def test_the_other_language_of_the_report_is_a_choice_of_its_own(server: Server, visit: Visit) -> None:
    server.wait_for_atlas()
    page = visit(server, "/report", language="en")
    wait_for_report(page, "en")
    page.locator("#report-language").select_option("uk")
    page.frame_locator("#report-preview").locator("h1").first.get_by_text("Як далеко має сягати").wait_for(
        timeout=60_000
    )
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.slow
def test_the_setting_of_the_designer_comes_along_and_goes_back(server: Server, visit: Visit) -> None:
    server.wait_for_atlas()
    page = visit(server, "/report?scenario=pool-fire&height=120&lang=en", language="en")
    wait_for_report(page, "en")
    frame = page.frame_locator("#report-preview")
    frame.get_by_text("Set for this report").wait_for()
    frame.get_by_text("120").first.wait_for()
    back = page.locator("#report-designer").get_attribute("href")
    assert back is not None and "scenario=pool-fire" in back and "height=120" in back


@pytest.mark.slow
def test_what_cannot_be_reported_on_is_told_on_the_page(server: Server, visit: Visit) -> None:
    server.wait_for_atlas()
    page = visit(server, "/report?scenario=nothing-of-the-kind", language="en", quiet=False)
    state = page.locator("#report-state.failed")
    state.get_by_text("nothing-of-the-kind").wait_for()
    assert page.locator("#report-state button").count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("language", TONGUES)
def test_the_page_is_for_everyone(
    server: Server, visit: Visit, accessible: Callable[..., None], picture: Picture, language: str
) -> None:
    server.wait_for_atlas()
    page = visit(server, f"/report?lang={language}", language=language, size=PHONE)
    wait_for_report(page, language)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("#report-preview").scroll_into_view_if_needed()  # a frame out of sight is not painted
    page.frame_locator("#report-preview").locator(".answer").wait_for()
    picture(page, f"report-phone-{language}")


@pytest.mark.slow
@pytest.mark.parametrize("language", TONGUES)
def test_the_report_itself_is_for_everyone(
    server: Server, visit: Visit, accessible: Callable[..., None], language: str
) -> None:
    server.wait_for_atlas()
    answer = server.get(f"/api/v1/report.html?lang={language}")
    page = visit(server, "/api/v1/words/en", language=language, bypass_csp=True)
    page.set_content(answer.text)
    accessible(page)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
