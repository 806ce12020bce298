"""The newcomer's first five minutes are as `docs/first-five-minutes.md` has them: from nothing to a zone on the map.

To make its pictures anew: ``OBERIH_SCREENSHOTS=docs/img ./start browse -k first_five``.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import ROOT, serving

PAGE = ROOT / "docs" / "first-five-minutes.md"
LONG = 60_000
ATLAS = 900_000
"""The year's atlas is built here, on whatever machine this is [ms]."""


def test_every_picture_that_the_page_shows_is_there() -> None:
    shown = re.findall(r"!\[[^\]]+\]\((img/[^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert len(shown) >= 4
    assert [p for p in shown if not (PAGE.parent / p).is_file()] == []


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_newcomer_has_a_zone_on_the_map(tmp_path: Path, visit, picture) -> None:
    first = re.search(r"```sh\n\./start (serve[^\n]*)\n```", PAGE.read_text(encoding="utf-8"))
    assert first and shlex.split(first[1]) == ["serve"]  # the command of the page, with nothing added
    with serving(tmp_path) as server:
        page = visit(server, "/", quiet=False)  # 409 while the atlas is prepared
        expect(page.locator("#regimes .state").first).to_be_visible(timeout=LONG)
        expect(page.locator("#map canvas, #map svg").first).to_be_visible(timeout=LONG)
        page.wait_for_timeout(2500)
        picture(page, "first-1-situation")
        page.get_by_role("link", name="Zone designer").first.click()
        expect(page.locator("#question-asked")).to_be_visible()
        page.wait_for_timeout(1500)
        picture(page, "first-2-preparing")
        headline = page.locator("#headline")
        expect(headline).to_contain_text(re.compile(r"\d+(\.\d+)? km"), timeout=ATLAS)
        expect(page.locator("#map canvas, #map svg").first).to_be_visible(timeout=LONG)
        page.wait_for_timeout(2500)
        picture(page, "first-3-zone")
        before = headline.inner_text()
        page.locator("#keep").click()
        page.locator("#percentile-typed").fill("99")
        page.locator("#percentile-typed").press("Enter")
        expect(headline).not_to_have_text(before, timeout=LONG)
        expect(page.locator("#compare")).to_be_visible()
        page.wait_for_timeout(2500)
        picture(page, "first-4-compared")
    assert not list(tmp_path.glob("config/**/*.pem"))  # nothing was written for a reader: no key, no record
