"""The page of the API shows every address, and the line that it gives for a terminal works when it is pasted."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from validation.api_fuzz import at_the_machine

from oberih.case.reach.design_bench import Bench
from oberih.language.catalogue import message
from tests.web.browser.conftest import PHONE, Server
from tests.web.conftest import bench as bench

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def small(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("api-page")
    with at_the_machine(home, bench) as address:
        yield Server(address, home, None)  # type: ignore[arg-type]


def described(server: Server) -> dict[str, dict[str, Any]]:
    """Operations by their names."""
    paths = server.get("/openapi.json").json()["paths"]
    return {o["operationId"]: o for operations in paths.values() for o in operations.values()}


@pytest.mark.parametrize(("language", "size"), [pytest.param("en", None, marks=pytest.mark.slow), ("uk", PHONE)])
def test_every_address_is_shown_and_can_be_found(
    visit: Visit, small: Server, accessible: Callable[..., None], picture: Callable[..., Path], language: str, size: Any
) -> None:
    page = visit(small, "/api", language=language, size=size)
    shown = page.locator("details.operation")
    shown.first.wait_for()
    assert set(shown.evaluate_all("all => all.map(one => one.id)")) == set(described(small))
    page.fill("#find", "export design")
    page.locator("#design_export").wait_for()
    visible = shown.evaluate_all("all => all.filter(one => !one.hidden).map(one => one.id)")
    assert "design_export" in visible and "words" not in visible
    page.locator("#design_export > summary").press("Enter")
    right = message("api.right-compute", language)
    page.locator("#design_export").get_by_text(right, exact=True).wait_for()
    assert "percentile" in page.locator("#design_export table").first.inner_text()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, f"api-{language}")
    page.fill("#find", "nothing is called like this")
    page.get_by_text(message("api.nothing", language)).wait_for()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("name", ["words", "map_style", "design_choices", "design_zone", "regimes", "situation"])
def test_the_line_for_a_terminal_works_when_it_is_pasted(
    visit: Visit, small: Server, tmp_path: Path, name: str
) -> None:
    page = visit(small, f"/api#{name}")
    line = page.locator(f"#{name} .command code").inner_text()
    done = subprocess.run(["sh", "-c", line], capture_output=True, cwd=tmp_path, check=True, timeout=60)
    assert isinstance(json.loads(done.stdout), dict) and b'"status"' not in done.stdout[:40]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_line_for_a_file_keeps_it_under_its_name(visit: Visit, small: Server, tmp_path: Path) -> None:
    page = visit(small, "/api#design_export")
    line = page.locator("#design_export .command code").inner_text()
    subprocess.run(["sh", "-c", line], capture_output=True, cwd=tmp_path, check=True, timeout=60)
    (kept,) = tmp_path.iterdir()
    assert kept.name.startswith("zaporizhzhia-zone-") and kept.suffix == ".geojson"
    assert json.loads(kept.read_text(encoding="utf-8"))["type"] == "FeatureCollection"


def test_without_the_description_the_page_says_so_and_can_try_again(visit: Visit, small: Server) -> None:
    page = visit(small, "/account", quiet=False)
    page.route("**/openapi.json", lambda route: route.abort())
    page.goto(small.address + "/api")
    again = page.get_by_role("button", name=message("shell.try-again", "en"))
    again.wait_for()
    page.unroute("**/openapi.json")
    again.click()
    page.locator("details.operation").first.wait_for()
