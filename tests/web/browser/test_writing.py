"""A custodian writes into the record from a page: signed, with the role, and put right by a later record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oberih.language.catalogue import message
from tests.web.access.people import PASSWORD, Clock, House, house
from tests.web.browser.conftest import TONGUES
from tests.web.browser.record import Liar, lying


@pytest.fixture
def people(tmp_path: Path) -> House:
    return house(tmp_path, Clock())


@pytest.fixture
def served(people: House) -> Iterator[Liar]:
    with lying(people.settings.keeping) as liar:
        liar.app = people.app
        yield liar


def enter(page: Any, name: str) -> None:
    """Sign in as that account, from the page itself."""
    status = page.evaluate(
        """async ([name, password]) => (await fetch("/api/v1/account/sign-in", { method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name, password, code: "" }) })).status""",
        [name, PASSWORD],
    )
    assert status == 204


def go(page: Any, path: str) -> None:
    page.goto("/".join(page.url.split("/")[:3]) + path)


@pytest.mark.parametrize("language", TONGUES)
def test_a_custodian_writes_corrects_and_attaches(
    visit: Any, served: Liar, tmp_path: Path, picture: Any, accessible: Any, language: str
) -> None:
    page = visit(served, "/account", language=language, quiet=False)
    enter(page, "custodian")
    go(page, "/evidence?view=write")
    page.fill("#write-text", "Сирена пролунала двічі")
    page.fill("#write-from", "2026-03-01")
    page.fill("#write-who", "a mission")
    page.fill("#write-claims", "one side: the other side did it")
    page.fill("#write-latitude", "47.5, 34.6")
    accessible(page)
    picture(page, f"evidence-write-{language}", whole=True)
    page.get_by_role("button", name=message("evidence.write", language)).click()
    page.wait_for_selector(".result[data-verdict=within]")
    facts = page.inner_text(".facts")
    assert "Сирена" in facts and "entered_by_role" in facts and "the other side did it" in facts and "47.5" in facts
    correct = page.locator("form.writing", has=page.locator("textarea"))
    correct.locator("textarea").fill("Сирена пролунала тричі")
    correct.get_by_role("button").click()
    page.locator(".said", has_text="тричі").wait_for()
    page.wait_for_selector(".result[data-verdict=within]")
    (tmp_path / "note.txt").write_text("heard", encoding="utf-8")
    page.set_input_files("#write-file", tmp_path / "note.txt")
    page.locator("form.writing", has=page.locator("#write-file")).locator("button").click()
    page.get_by_text("note.txt").first.wait_for()
    page.wait_for_selector(".result[data-verdict=within]")


@pytest.mark.slow
def test_an_observation_written_in_the_page_is_on_the_board_at_once(visit: Any, served: Liar) -> None:
    page = visit(served, "/account", quiet=False)
    enter(page, "custodian")
    go(page, "/evidence?view=write")
    page.select_option("#write-kind", "observation")
    page.select_option("#write-channel", "inspected")
    for name, text in {
        "text": "two lines carry power", "from": "2026-03-01", "who": "a mission", "indicator": "offsite-lines",
        "subject": "zaporizhzhia", "value": "2",
    }.items():  # fmt: skip
        page.fill(f"#write-{name}", text)
    page.get_by_role("button", name="Record it").click()
    page.wait_for_selector(".result[data-verdict=within]")
    go(page, "/regimes?regime=seven-pillars&obligation=P4&as_of=2026-03-04")
    page.locator(".observations", has_text="two lines carry power").first.wait_for()
    page.get_by_role("link", name="in this server's record, with its proof").first.wait_for()


@pytest.mark.slow
def test_what_is_refused_is_told_beside_the_form_and_nothing_is_lost(visit: Any, served: Liar) -> None:
    page = visit(served, "/account", quiet=False)
    enter(page, "custodian")
    go(page, "/evidence?view=write")
    page.fill("#write-text", "a siren")
    page.fill("#write-from", "the day before yesterday")
    page.get_by_role("button", name="Record it").click()
    page.locator(".bad", has_text="is not a date or time").wait_for()
    assert page.input_value("#write-text") == "a siren"


@pytest.mark.slow
@pytest.mark.parametrize("role", ["reader", "analyst", "administrator"])
def test_nobody_else_is_shown_a_form(visit: Any, served: Liar, role: str) -> None:
    page = visit(served, "/account", quiet=False)
    enter(page, role)
    go(page, "/evidence?view=write")
    page.get_by_text("Nothing has been recorded yet").or_(page.locator("#find-text")).first.wait_for()
    assert page.locator("#write-text").count() == 0


@pytest.mark.slow
def test_a_session_that_ended_is_told_and_what_was_shown_stays(visit: Any, served: Liar) -> None:
    page = visit(served, "/account", quiet=False)
    enter(page, "custodian")
    go(page, "/regimes")
    page.wait_for_selector("#regimes tbody tr")
    page.context.clear_cookies()
    page.get_by_role("link", name="Seven pillars").click()
    page.locator("#notice", has_text="session has ended").wait_for()
    assert page.locator("#notice a").get_attribute("href").startswith("/account?next=")
