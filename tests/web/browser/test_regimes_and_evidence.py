"""An inspector and a reader abroad walk from a board to an observation, to its record and its proof."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.proving import export
from oberih.case.prove.recording import record_one
from oberih.language.catalogue import catalogue, message
from oberih.web.pages import FOLDER
from tests.web.browser.conftest import PHONE, TONGUES
from tests.web.browser.record import EVIL, NOW, Liar, furnish, lying

JS = FOLDER / "static" / "js"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Keeping:
    kept = furnish(tmp_path_factory.mktemp("inspected") / "a")
    record_one(kept, {
        "kind": "observation", "id": "lines-now", "text": EVIL, "happened": {"from": "2026-03-01"},
        "source": {"who": EVIL, "url": "https://example.org/a?b", "channel": "inspected"}, "tags": [EVIL],
        "claims": [{"by": EVIL, "says": EVIL}], "place": {"name": EVIL}, "reliability": "B", "credibility": 2,
        "data": {"indicator": "offsite-lines", "subject": "zaporizhzhia", "value": 2, "x": EVIL},
    }, now=NOW)  # fmt: skip
    return kept


@pytest.fixture(scope="module")
def house(kept: Keeping) -> Iterator[Liar]:
    with lying(kept) as running:
        yield running


def settled(page: Any) -> None:
    page.wait_for_load_state("networkidle")
    page.locator("[data-verdict=checking]").first.wait_for(state="detached")  # no script: the page's policy forbids it


@pytest.mark.parametrize("language", TONGUES)
def test_from_the_board_to_the_proof_and_back(
    visit: Any, house: Liar, picture: Any, accessible: Any, language: str
) -> None:
    page = visit(house, "/regimes", language=language)
    title = {"en": "Seven pillars", "uk": "Сім опор"}[language]
    page.get_by_role("link", name=re.compile(title)).click()
    page.get_by_role("heading", level=2, name=re.compile(title)).wait_for()
    picture(page, f"regimes-board-{language}", whole=True)
    accessible(page)
    page.get_by_role("link", name="P4", exact=True).click()
    page.get_by_text("lines-now").first.wait_for()
    picture(page, f"regimes-obligation-{language}", whole=True)
    accessible(page)
    page.get_by_role("link", name=message("regimes.record-proof", language)).first.click()
    page.wait_for_selector(".result[data-verdict=within]")
    picture(page, f"evidence-record-{language}", whole=True)
    accessible(page)
    for _ in range(3):
        page.go_back()
    page.get_by_role("link", name=re.compile(title)).wait_for()
    assert page.url == house.address + "/regimes"


@pytest.mark.slow
@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/regimes", "regimes"), ("/regimes?regime=seven-pillars&view=history&to=2026-03-01", "regimes-history"),
        ("/regimes?view=participation", "participation"), ("/evidence", "evidence"),
        ("/evidence?view=check", "evidence-check"),
    ],
)  # fmt: skip
def test_every_view_is_readable_by_everyone(
    visit: Any, house: Liar, picture: Any, accessible: Any, language: str, path: str, name: str
) -> None:
    page = visit(house, path, language=language)
    settled(page)
    picture(page, f"{name}-{language}", whole=True)
    accessible(page)
    assert not re.search(r"\b(evidence|regimes|shell)\.[a-z-]+\b", page.inner_text("main")), "a message is missing"


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/regimes", "/regimes?regime=seven-pillars", "/regimes?regime=seven-pillars&obligation=P4",
        "/regimes?regime=seven-pillars&view=history", "/regimes?view=participation", "/evidence", "/evidence?record=15",
        "/evidence?view=check",
    ],
)  # fmt: skip
def test_on_a_phone_nothing_sticks_out(visit: Any, house: Liar, picture: Any, path: str) -> None:
    page = visit(house, path, size=PHONE, language="uk")
    settled(page)
    picture(page, "phone" + re.sub(r"\W+", "-", path))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(
    "path",
    ["/evidence", "/evidence?id=lines-now", "/regimes?regime=seven-pillars&obligation=P4", "/evidence?view=check"],
)
def test_what_strangers_wrote_does_nothing(visit: Any, house: Liar, path: str) -> None:
    page = visit(house, path)
    page.on("dialog", lambda d: pytest.fail(f"a stranger's script ran: {d.message}"))
    settled(page)
    if "check" in path:
        page.click("#check-whole")
        page.wait_for_selector("#evidence table")
    assert page.locator("main img").count() == 0
    shown = page.inner_text("main")
    assert "\u202e" not in shown and ("onerror=alert(1)" in shown)
    assert page.locator("main a[href^=javascript]").count() == 0
    for link in page.locator("main a[href^=http]").all():
        if not link.get_attribute("href").startswith(house.address):
            assert {"noreferrer", "noopener", "nofollow"} <= set(link.get_attribute("rel").split())


@pytest.mark.slow
def test_a_view_that_comes_late_does_not_cover_the_one_asked_for_after_it(visit: Any, house: Liar) -> None:
    page = visit(house, "/regimes")
    page.get_by_role("link", name=re.compile("Seven pillars")).wait_for()

    def late(route: Any) -> None:
        page.wait_for_timeout(1500)
        route.continue_()

    page.route("**/api/v1/regimes/seven-pillars*", late)
    page.get_by_role("link", name=re.compile("Seven pillars")).click()
    page.go_back()
    page.wait_for_timeout(3000)
    assert page.get_by_role("link", name=re.compile("Seven pillars")).is_visible()


@pytest.mark.slow
def test_another_day_is_another_board_and_has_its_own_address(visit: Any, house: Liar) -> None:
    page = visit(house, "/regimes?regime=seven-pillars")
    page.wait_for_selector("#regimes table")
    page.fill("#as_of", "2022-03-05")
    page.get_by_role("button", name="Judge").click()
    page.wait_for_url(re.compile("as_of=2022-03-05"))
    page.wait_for_selector("#regimes table")
    early = page.inner_text("#regimes table")
    page.reload()
    page.wait_for_selector("#regimes table")
    assert page.inner_text("#regimes table") == early and "2024" not in early


@pytest.mark.slow
def test_the_picture_of_a_history_and_its_table_say_the_same(visit: Any, house: Liar) -> None:
    page = visit(house, "/regimes?regime=seven-pillars&view=history&obligation=P4&to=2026-03-01")
    page.wait_for_selector("svg.timeline")
    bars = page.evaluate(
        "[...document.querySelectorAll('svg.timeline g > title')].map((t) => t.textContent.split(':')[0]).sort()"
    )
    rows = page.evaluate(
        "[...document.querySelectorAll('details tbody tr')].map((r) => "
        "r.cells[0].textContent + ' – ' + r.cells[1].textContent).sort()"
    )
    assert len(bars) > 10 and bars == rows
    assert page.locator("svg.timeline").get_attribute("aria-label")


@pytest.mark.slow
def test_the_search_finds_and_its_address_can_be_sent_on(visit: Any, house: Liar) -> None:
    page = visit(house, "/evidence")
    page.wait_for_selector("#find-text")
    page.fill("#find-text", "thing E007")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url(re.compile("text=thing"))
    page.get_by_role("link", name="8", exact=True).wait_for()
    page.reload()
    page.get_by_role("link", name="8", exact=True).wait_for()
    assert page.locator("#evidence tbody tr").count() == 1


@pytest.mark.parametrize("language", TONGUES)
def test_an_empty_store_says_what_to_do(visit: Any, tmp_path: Path, picture: Any, language: str) -> None:
    with lying(Keeping(str(tmp_path / "none.sqlite"), environment={})) as empty:
        page = visit(empty, "/evidence", language=language)
        page.get_by_text("oberih evidence add").wait_for()
        picture(page, f"evidence-empty-{language}")
        page = visit(empty, "/regimes", language=language)
        page.get_by_text("oberih evidence add").wait_for()
        assert page.locator("#regimes tbody tr").count() == 9


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_told_and_tried_again(visit: Any, house: Liar) -> None:
    page = visit(house, "/regimes", quiet=False)
    page.wait_for_selector("#regimes table")
    page.context.set_offline(True)
    page.get_by_role("link", name=re.compile("Seven pillars")).click()
    page.locator("#notice", has_text="No connection").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("heading", level=2, name=re.compile("Seven pillars")).wait_for()


# words


def test_every_message_that_the_pages_can_say_is_there() -> None:
    text = {p.name: p.read_text(encoding="utf-8") for p in [*JS.glob("*.js"), *(JS / "verify").glob("*.js")]}
    ours = "\n".join(t for n, t in text.items() if not n.startswith(("designer", "event")))
    said = set(re.findall(r'say\("((?:evidence|regimes)\.[a-z-]+)"', ours))
    said |= {f"evidence.wrong-{w}" for w in re.findall(r'(?:new Wrong\(|#fault\()"([a-z0-9-]+)"', ours)}
    for state, what, why in re.findall(r'steps\.(held|failed|open)\("([a-z-]+)"(?:, "([a-z0-9-]+)")?', ours):
        said |= {f"evidence.check-{what}", f"evidence.wrong-{why}" if state == "failed" and why else ""}
        said |= {f"evidence.{state}-{what}"} if state != "failed" else set()
    said |= {f"regimes.word-{w.replace(' ', '-')}" for w in re.findall(r'\bword\("([a-z -]+)"\)', ours)}
    said |= {f"evidence.verdict-{v}" for v in ("failed", "nothing", "anchored", "within")}
    said -= {"", "evidence.wrong-not-given", "regimes.word-"}
    assert len(said) > 200
    assert said - set(catalogue("en")) == set()


@pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("openssl", "xxd", "unzip", "sha256sum", "awk")),
    reason="needs openssl, xxd, unzip, sha256sum and awk",
)
@pytest.mark.parametrize("language", TONGUES)
def test_the_instructions_without_oberih_work_as_they_are_written(kept: Keeping, tmp_path: Path, language: str) -> None:
    text = (FOLDER / "static" / f"how-to-verify.{language}.txt").read_text(encoding="utf-8")
    commands = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    manifest = export(kept, tmp_path / "record.zip", attachments=True)
    script = "set -e\n" + "\n".join(commands) + "\n"
    done = subprocess.run(["sh"], input=script, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    out = done.stdout
    assert out.count("Signature Verified Successfully") == 2
    assert manifest["first_key"] in out
    roots = re.findall(r"^[0-9a-f]{64}$", out, re.MULTILINE)
    assert len(roots) == 2 and roots[0] == roots[1]
    for digest, name in re.findall(r"^([0-9a-f]{64})  attachments/([0-9a-f]{64})$", out, re.MULTILINE):
        assert digest == name
