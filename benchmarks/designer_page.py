"""How long from a slider's move to the new zone on the screen?

Opens the designer of a running server in Debian's Chromium, moves the percentile, and takes the time until the sentence
is new and until the map has drawn the new zone; then drags for some seconds and counts the answers.

    oberih serve --port 8540 &
    python -m benchmarks.designer_page http://127.0.0.1:8540
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, sync_playwright

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


def told(name: str, seconds: Sequence[float]) -> str:
    """Median and 95th percentile of times [ms], in one line."""
    ordered = sorted(seconds)
    return f"{name}: median {statistics.median(ordered):.0f} ms, p95 {ordered[int(0.95 * (len(ordered) - 1))]:.0f} ms"


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


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--moves", type=int, default=40)
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS])
        page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-GB")
        page.add_init_script(HOLD_THE_MAP)
        begin = time.monotonic()
        page.goto(f"{asked.address}/designer")
        page.wait_for_selector("#designer:not([data-state=loading])")
        print(f"load {os.getloadavg()[0]:.1f}; first answer after {time.monotonic() - begin:.2f} s")
        page.wait_for_selector("#designer[data-state=full]")
        while not page.evaluate("Boolean(window.heldMap && window.heldMap.loaded())"):
            page.wait_for_timeout(200)
        page.wait_for_timeout(2000)
        times = page.evaluate(MOVES, asked.moves)
        print(told(f"sentence, {len(times)} moves", [t[0] for t in times]))
        print(told("zone on the map", [t[1] for t in times]))
        print(f"answers shown while dragging for 3 s: {drag(page, 3.0)}")
        browser.close()


if __name__ == "__main__":
    main()
