"""A small plan to report on: five weeks of made-up weather, one release height, two releases."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pypdfium2

from oberih.case.reach.request import PlanRequest
from oberih.picture.report import Report, blocks_of, texts_of

NUMBER = re.compile(r"\d[\d\u00a0]*(?:[.,]\d+)*")


def weather(folder: Path, hours: int = 35 * 24) -> Path:
    """Hourly weather that turns through every direction, with its mapping beside it."""
    rng = np.random.default_rng(3)
    turn = np.cumsum(rng.normal(0.0, 12.0, hours))
    lines = ["time,speed,direction,temperature,cloud,rain"]
    start = np.datetime64("2023-05-01T00:00")
    for i in range(hours):
        speed = 4.0 + 2.0 * np.sin(i / 9.0)
        rain = 0.4 if i % 50 < 4 else 0.0
        lines.append(f"{start + np.timedelta64(i, 'h')}Z,{speed:.2f},{(200.0 + turn[i]) % 360.0:.1f},15.0,0.5,{rain}")
    path = folder / "may.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = {
        "wind_speed": ("speed", "m/s"),
        "wind_direction": ("direction", "deg"),
        "temperature": ("temperature", "degC"),
        "cloud_cover": ("cloud", "fraction"),
        "precipitation": ("rain", "mm/h"),
    }
    mapping = 'label = "observed"\nsource = "a made-up mast, for tests"\nlatitude = 47.51\nlongitude = 34.59\n'
    mapping += 'wind_height = 10.0\n\n[time]\ncolumn = "time"\nformat = "iso"\nzone = "UTC"\n'
    for name, (column, unit) in columns.items():
        mapping += f'\n[columns.{name}]\ncolumn = "{column}"\nunit = "{unit}"\n'
    (folder / "mast.toml").write_text(mapping, encoding="utf-8")
    return path


def asked(path: Path, cache: Path, **changes: object) -> PlanRequest:
    """A plan of two releases over that weather."""
    return PlanRequest(
        **{"site": "zaporizhzhia", "scenarios": ("core-melt-early-failure", "pool-fire"), "weather": str(path),
           "mapping": path.with_name("mast.toml"), "cache": cache, "workers": 1, **changes}  # type: ignore[arg-type]
    )  # fmt: skip


class _Words(HTMLParser):
    """What a page says, without its head and the footer that a PDF repeats on every page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("head", "footer", "nav")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("head", "footer", "nav")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.said.append(data)


def words_of_html(page: str) -> str:
    """All that a page says; pieces of one line stay together as they do on paper."""
    reader = _Words()
    reader.feed(page)
    return " ".join(reader.said)


def pages_of_pdf(data: bytes) -> list[str]:
    """What each page of a PDF says."""
    document = pypdfium2.PdfDocument(data)
    return [document[i].get_textpage().get_text_range() for i in range(len(document))]


def figures_of(report: Report) -> Counter[str]:
    """Every number of a report's blocks, as the noun holds them."""
    found: Counter[str] = Counter()
    sections = [report.first, report.second, *(a.blocks for a in report.annexes)]
    for blocks in sections:
        for block in blocks_of(blocks):
            for text in texts_of(block):
                for run in text:
                    found.update(NUMBER.findall(run.text))
    return found
