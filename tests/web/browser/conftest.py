"""A real browser before a real server: Debian's Chromium before ``oberih serve``.

Screenshots are kept in ``out/screenshots`` (or the folder that OBERIH_SCREENSHOTS names), so that whoever runs
this can look at them.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.web.browser.material import OBERIH, environment, furnish

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = os.environ.get("OBERIH_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
SCREENSHOTS = Path(os.environ.get("OBERIH_SCREENSHOTS", ROOT / "out" / "screenshots"))
TONGUES = (pytest.param("en", marks=pytest.mark.slow), "uk")
"""Ukrainian always, whose words are longer and whose readers are on duty; English, in which other tests look, too."""

WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 360, "height": 740}


@dataclass
class Server:
    """A server that runs: where it answers, and the folder that it lives in."""

    address: str
    home: Path
    process: subprocess.Popen[str]

    def get(self, path: str, **given: object) -> httpx.Response:
        return httpx.get(self.address + path, timeout=60, **given)  # type: ignore[arg-type]

    def wait_for_atlas(self, seconds: float = 240.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = self.get("/api/v1/design/choices").json()["atlas"]
            if state["state"] == "ready":
                return
            assert state["state"] != "failed", state
            time.sleep(0.5)
        raise AssertionError(f"no atlas after {seconds} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, *words: str, port: int | None = None) -> Iterator[Server]:
    """Run ``oberih serve`` with these words in a folder, until the block ends."""
    port = port or free_port()
    log = (home / "server.log").open("a")
    process = subprocess.Popen(
        [OBERIH, "serve", "--port", str(port), *words], cwd=home, env=environment(home), stdout=log, stderr=log,
        text=True, start_new_session=True,
    )  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", home, process)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                server.get("/openapi.json")
                break
            except httpx.TransportError:
                assert process.poll() is None, (home / "server.log").read_text()[-2000:]
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.2)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


DUTY_ROOM = (
    "--weather", "month.csv", "--mapping", "mast.toml", "--forecast", "forecast.csv", "--readings", "readings.csv",
)  # fmt: skip


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The duty room: a month of weather, a forecast, readings, a record."""
    home = tmp_path_factory.mktemp("duty-room")
    furnish(home, datetime.now(UTC))
    with serving(home, *DUTY_ROOM) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A browser for each file: while it runs an event loop stands in this process, in which no other test could."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium: apt-get install chromium, or name one in OBERIH_CHROMIUM")
    with playwright_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: object, request: pytest.FixtureRequest) -> Iterator[Callable[..., object]]:
    """Open a page as a visitor does: ``visit(server, "/designer", language="uk", size=PHONE)``.

    What the browser's console complains of, and what was asked for elsewhere, fails the test.
    """
    contexts = []
    complaints: list[str] = []

    def open_page(
        server: Server, path: str, *, language: str = "en", size: dict[str, int] | None = None, quiet: bool = True,
        **options: object,
    ) -> object:  # fmt: skip
        context = browser.new_context(  # type: ignore[attr-defined]
            viewport=size or WIDE, locale={"en": "en-GB", "uk": "uk-UA"}[language], accept_downloads=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        if quiet:
            page.on("console", lambda m: complaints.append(f"{m.type}: {m.text}") if m.type == "error" else None)
            page.on("pageerror", lambda e: complaints.append(f"error: {e}"))
            page.on(
                "request", lambda r: complaints.append(f"elsewhere: {r.url}") if _elsewhere(r.url, server) else None
            )
        page.goto(server.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _elsewhere(url: str, server: Server) -> bool:
    return not url.startswith((server.address, "data:", "blob:"))


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Keep a screenshot: ``picture(page, "designer-en")``."""

    def keep(page: object, name: str, *, whole: bool = False) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=whole)  # type: ignore[attr-defined]
        assert path.stat().st_size > 5_000
        return path

    return keep


@pytest.fixture
def accessible() -> Callable[..., None]:
    """Let axe look at a page: WCAG 2.1 A and AA, no violation."""
    axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

    def check(page: object) -> None:
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
        found = axe_api.Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
        told = [
            f"{v['id']}: {v['help']}: " + "; ".join(n["html"][:160] for n in v["nodes"][:4])
            for v in found.response["violations"]
        ]
        assert told == []

    return check
