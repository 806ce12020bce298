"""How long from a slider's move to the new zone on the screen?

Opens the designer of a running server in Debian's Chromium, moves the percentile, and takes the time until the sentence
is new and until the map has drawn the new zone; then drags for some seconds and counts the answers.

    oberih serve --port 8540 &
    python -m benchmarks.designer_page http://127.0.0.1:8540

Prints one JSON line last: median and 95th percentile of both times [ms], and the answers of the drag.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright
from validation.door import Words, answering, whole_number

from benchmarks.machine import load, machine
from oberih.errors import InputError

FLAGS = ("--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--no-first-run")

HOLD_THE_MAP = """
let library;
Object.defineProperty(window, "maplibregl", { get: () => library, set(given) {
  library = new Proxy(given, { get: (all, name) => name !== "Map" ? all[name]
    : class extends all.Map { constructor(options) { super(options); window.heldMap = this; } } });
} });
"""

MOVES = """async (count) => {
  const slider = document.getElementById("percentile"), headline = document.getElementById("headline"), times = [];
  for (let i = 0; i < count; i += 1) {
    slider.value = 80 + ((i * 37) % 39) * 0.5;
    const begin = performance.now();
    const said = new Promise((done) => {
      const watch = new MutationObserver(() => { watch.disconnect(); done(performance.now() - begin); });
      watch.observe(headline, { childList: true, characterData: true, subtree: true });
    });
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const sentence = await Promise.race([said, new Promise((late) => setTimeout(() => late(null), 10000))]);
    if (sentence === null) continue;
    await new Promise((done) => { window.heldMap.once("idle", done); window.heldMap.triggerRepaint(); });
    times.push([sentence, performance.now() - begin]);
    await new Promise((rest) => setTimeout(rest, 60));
  }
  return times;
}"""

COUNT_ANSWERS = """() => {
  window.answersSeen = 0;
  new MutationObserver(() => { window.answersSeen += 1; })
    .observe(document.getElementById("headline"), { childList: true });
}"""


def told(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile of times [ms]."""
    ordered = sorted(milliseconds)
    return {"p50": round(statistics.median(ordered)), "p95": round(ordered[int(0.95 * (len(ordered) - 1))])}


def drag(page: Page, seconds: float) -> int:
    """Drag the percentile's slider for so long [s]; the answers shown meanwhile."""
    page.evaluate(COUNT_ANSWERS)
    slider = page.locator("#percentile")
    slider.scroll_into_view_if_needed()
    box: Any = slider.bounding_box()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < seconds:
        share = 0.9 - 0.6 * abs(passed % 2 - 1)
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_timeout(16)
    shown = int(page.evaluate("window.answersSeen"))
    page.mouse.up()
    return shown


def measured(page: Page, address: str, moves: int) -> dict[str, object]:
    """Times of so many moves, and the answers of a drag."""
    begin = time.monotonic()
    page.goto(f"{address}/designer")
    page.wait_for_selector("#designer:not([data-state=loading])")
    first = time.monotonic() - begin
    page.wait_for_selector("#designer[data-state=full]")
    while not page.evaluate("Boolean(window.heldMap && window.heldMap.loaded())"):
        page.wait_for_timeout(200)
    page.wait_for_timeout(2000)
    times = page.evaluate(MOVES, moves)
    if not times:
        raise InputError("no move was answered", file=address)
    return {
        "first_answer_s": round(first, 2), "moves": len(times), "sentence_ms": told([t[0] for t in times]),
        "zone_on_the_map_ms": told([t[1] for t in times]), "answers_in_3_s": drag(page, 3.0),
    }  # fmt: skip


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure, and tell."""
    words = Words("benchmarks.designer_page", __doc__)
    words.add_argument("address")
    words.add_argument("--moves", type=whole_number, default=40)
    given = words.parse_args(arguments)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS])
            page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-GB")
            page.add_init_script(HOLD_THE_MAP)
            figures = measured(page, given.address, given.moves)
            browser.close()
        except Error as error:
            cure = "start `oberih serve` and give its address; Debian: apt install chromium"
            raise InputError(str(error).splitlines()[0], file=given.address, cure=cure) from None
    print(json.dumps({**figures, "load": load(), "machine": machine()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
