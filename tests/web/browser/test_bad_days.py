"""Days on which something is broken: the page says what, and shows what it still knows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from oberih.case.prove.keeping import Keeping
from oberih.language.catalogue import message
from tests.web.browser.conftest import TONGUES, Server, free_port, serving
from tests.web.browser.material import OBERIH, environment, furnish, readings
from tests.web.hostile import DONE, hostile_site, store_hostile

LONG = 60_000
PASSWORD = "horse-battery-staple-of-Enerhodar"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    furnish(tmp_path, datetime.now(UTC))
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("language", TONGUES)
def test_a_source_that_breaks_keeps_its_last_good_values_and_says_since_when(
    home: Path, visit, picture, language: str
) -> None:
    with serving(home, "--readings", "readings.csv") as server:
        page = visit(server, "/", language=language, quiet=False)  # the server ends before the page
        expect(page.locator("#readings")).to_contain_text("410", timeout=LONG)
        (home / "readings.csv").write_text("station,latitude\nnonsense\n", encoding="utf-8")
        sources = page.locator("#sources")
        expect(sources).to_contain_text("readings.csv")
        expect(sources.locator(".broken, .failed, [data-state=broken]").first).to_be_visible(timeout=LONG)
        expect(page.locator("#readings")).to_contain_text("410")
        picture(page, f"broken-source-{language}", whole=True)
        (home / "readings.csv").write_text(readings(datetime.now(UTC)).replace(",410,", ",733,"), encoding="utf-8")
        expect(page.locator("#readings")).to_contain_text("733", timeout=LONG)
        expect(sources.locator(".broken, .failed, [data-state=broken]")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("language", TONGUES)
def test_with_nothing_at_hand_every_page_says_what_to_do(tmp_path: Path, visit, picture, language: str) -> None:
    (tmp_path / "empty").mkdir()
    with serving(tmp_path / "empty") as server:
        page = visit(server, "/", language=language, quiet=False)  # 409: the atlas is being prepared
        expect(page.locator("#regimes .state").first).to_be_visible(timeout=LONG)
        expect(page.locator("#readings")).to_contain_text("--readings")
        picture(page, f"empty-situation-{language}", whole=True)
        page.goto(server.address + "/evidence")
        expect(page.locator("#evidence")).to_contain_text("oberih evidence", timeout=LONG)
        page.goto(server.address + "/event")
        expect(page.locator("#without")).to_be_visible(timeout=LONG)
        picture(page, f"empty-event-{language}")
        page.goto(server.address + "/designer")
        expect(page.locator("#told, #headline, #basis").first).to_be_visible()
        page.wait_for_timeout(2000)
        picture(page, f"atlas-in-the-making-{language}")


@pytest.mark.slow
def test_on_a_slow_link_the_words_come_before_the_map(server: Server, visit) -> None:
    page = visit(server, "/api")
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000},
    )
    page.goto(server.address + "/", wait_until="commit")
    expect(page.locator("#regimes .state").first).to_be_visible(timeout=LONG)
    assert page.locator("canvas").count() == 0  # MapLibre's megabyte is still on its way


@pytest.mark.slow
def test_a_lost_connection_is_told_and_found_again(home: Path, visit, picture) -> None:
    port = free_port()
    with serving(home, "--readings", "readings.csv", port=port) as server:
        page = visit(server, "/", quiet=False)
        expect(page.locator("#readings")).to_contain_text("410", timeout=LONG)
        os.killpg(server.process.pid, signal.SIGKILL)
        expect(page.locator("#notice")).to_be_visible(timeout=LONG)
        expect(page.locator("#readings")).to_contain_text("410")
        picture(page, "lost-connection")
    (home / "readings.csv").write_text(readings(datetime.now(UTC)).replace(",410,", ",733,"), encoding="utf-8")
    with serving(home, "--readings", "readings.csv", port=port):
        expect(page.locator("#notice")).to_be_hidden(timeout=LONG)
        expect(page.locator("#readings")).to_contain_text("733", timeout=LONG)


@pytest.fixture
def guarded(home: Path) -> Iterator[Server]:
    """A server with accounts."""
    for role in ("administrator", "reader"):
        subprocess.run(
            [OBERIH, "users", "add", role, "--role", role, "--password-stdin", "--users", "people.sqlite"], cwd=home,
            env=environment(home), input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    with serving(home, "--users", "people.sqlite", "--readings", "readings.csv") as server:
        yield server


def sign_in(page, name: str) -> None:
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button").first.click()


@pytest.mark.slow
def test_a_session_that_ended_is_told_and_one_comes_back_to_where_one_was(guarded: Server, visit, picture) -> None:
    page = visit(guarded, "/evidence?text=line", quiet=False)
    expect(page).to_have_url(re.compile(r"/account\?next="))
    picture(page, "sign-in")
    sign_in(page, "reader")
    expect(page).to_have_url(re.compile(r"/evidence\?text=line"), timeout=LONG)
    expect(page.locator("#evidence")).to_contain_text("Off-site power line lost", timeout=LONG)
    page.context.clear_cookies()
    page.goto(guarded.address + "/")
    expect(page).to_have_url(re.compile("/account"))
    sign_in(page, "reader")
    expect(page.locator("#regimes .state").first).to_be_visible(timeout=LONG)
    page.context.clear_cookies()  # the session is gone while the page stands
    page.evaluate("import('/static/js/ask.js').then((m) => m.ask('/api/v1/situation').catch(() => 0))")
    expect(page.locator("#notice a")).to_have_text(message("shell.sign-in"), timeout=LONG)
    picture(page, "session-ended")


PAGES = ("/", "/designer", "/event", "/regimes", "/evidence", "/report", "/api")


@pytest.mark.slow
def test_no_stored_text_runs_on_any_page(home: Path, visit, picture) -> None:
    keeping = Keeping(store=str(home / ".oberih/evidence/record.sqlite"), environment=environment(home))
    assert store_hostile(keeping, now=datetime.now(UTC)) > 5
    site = hostile_site(home)
    with serving(home, "--site", str(site), "--readings", "readings.csv") as server:
        for path in (*PAGES, "/evidence?id=hostile-1", "/evidence?text=%3Cscript%3E"):
            page = visit(server, path, quiet=False)
            page.wait_for_timeout(2500)
            assert page.evaluate(f"Boolean({DONE})") is False, path
        picture(page, "hostile", whole=True)
        assert httpx.get(server.address + "/api/v1/situation", timeout=30).status_code == 200
