"""The laws of the picture of findings over time."""

from __future__ import annotations

import dataclasses
import io
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import image
from matplotlib.colors import to_rgb

from oberih.picture.timeline import STATUS_STYLES, Stretch, TimelineRow, TimelineScene, draw_png, draw_svg

WORDS = {
    "holds": "holds", "unknown": "unknown", "at-risk": "at risk", "compromised": "compromised",
    "does not apply": "does not apply", "suspension-claimed": "suspension claimed", "contested by": "contested by",
    "not-yet": "not yet in force", "ended": "ended",
}  # fmt: skip


def stretch(first: int, last: int, status: str | None, applicability: str = "in-force", *by: str) -> Stretch:
    return Stretch(date(first, 1, 1), date(last, 1, 1), applicability, status, by)


ROW = TimelineRow("A", "At most a hundred boats.", "north", (
    stretch(2018, 2019, None, "not-yet"), stretch(2019, 2020, "holds"), stretch(2020, 2021, "at-risk"),
    stretch(2021, 2022, "compromised"), stretch(2022, 2023, "unknown"), stretch(2023, 2024, None, "ended"),
))  # fmt: skip


def scene(*rows: TimelineRow, title: str = "A small pact: findings over time") -> TimelineScene:
    return TimelineScene(
        title, "known by: all that is known now", date(2018, 1, 1), date(2024, 1, 1), rows or (ROW,), WORDS,
        ("claims stay claims",), "small 3",
    )  # fmt: skip


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(image.imread(io.BytesIO(png))[..., :3])


def changed(one: TimelineScene, other: TimelineScene) -> np.ndarray:
    return np.any(pixels(draw_png(one)) != pixels(draw_png(other)), axis=-1)


def with_stretch(number: int, **fields: object) -> TimelineScene:
    stretches = list(ROW.stretches)
    stretches[number] = dataclasses.replace(stretches[number], **fields)  # type: ignore[arg-type]
    return scene(dataclasses.replace(ROW, stretches=tuple(stretches)))


def test_the_same_scene_gives_the_same_bytes() -> None:
    assert draw_png(scene()) == draw_png(scene())
    assert draw_svg(scene()) == draw_svg(scene())


def test_the_same_scene_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib; from tests.picture.test_timeline import scene, draw_png, draw_svg; "
        "print(hashlib.sha256(draw_png(scene()) + draw_svg(scene())).hexdigest())"
    )
    run = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                          cwd=Path(__file__).parents[2], env={"PYTHONHASHSEED": seed, "HOME": "/nonexistent"})
           for seed in ("1", "2")]  # fmt: skip
    assert run[0].stdout == run[1].stdout


def test_no_time_of_making_is_in_the_picture() -> None:
    svg = draw_svg(scene())
    assert b"<dc:date>" not in svg and b"matplotlib" not in svg.lower().replace(b"matplotlib.axis", b"")
    assert b"Software" not in draw_png(scene())


def test_the_svg_is_xml_and_names_its_title() -> None:
    svg = draw_svg(scene(title="Pact <of> the “north” & $south$"))
    text = "".join(ElementTree.fromstring(svg).itertext())
    assert "Pact <of> the “north” & $south$" in text


@pytest.mark.parametrize("status", ["holds", "at-risk", "compromised", "unknown"])
def test_each_status_looks_unlike_every_other(status: str) -> None:
    for other in set(STATUS_STYLES) - {status}:
        assert changed(with_stretch(1, status=status), with_stretch(1, status=other)).sum() > 1000


def test_statuses_are_told_apart_without_colour() -> None:
    grey = {s: float(np.dot(to_rgb(style.colour), (0.299, 0.587, 0.114))) for s, style in STATUS_STYLES.items()}
    hatches = [style.hatch for style in STATUS_STYLES.values()]
    assert len(set(hatches)) == len(hatches)
    assert grey["compromised"] < min(grey["holds"], grey["at-risk"]) - 0.15 < grey["unknown"]


@pytest.mark.parametrize("kind", ["protanopia", "deuteranopia"])
def test_statuses_are_told_apart_by_readers_who_see_no_red_or_no_green(kind: str) -> None:
    # Linear RGB as such eyes see it: Viénot, Brettel & Mollon (1999), dichromats' reduced colour space.
    see = {
        "protanopia": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
        "deuteranopia": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
    }[kind]
    colours = [see @ np.array(to_rgb(style.colour)) ** 2.2 for style in STATUS_STYLES.values()]
    apart = [np.abs(a - b).max() for i, a in enumerate(colours) for b in colours[:i]]
    assert min(apart) > 0.2


def test_a_contest_and_a_claimed_suspension_are_marked() -> None:
    for fields in ({"contested_by": ("south",)}, {"applicability": "suspension-claimed"}):
        assert 100 < changed(scene(), with_stretch(2, **fields)).sum() < 20_000


def test_who_contests_is_named() -> None:
    one, other = (with_stretch(2, contested_by=(who,)) for who in ("south", "north"))
    assert changed(one, other).any()


def test_where_no_rule_speaks_nothing_is_filled() -> None:
    nothing = scene(dataclasses.replace(ROW, stretches=(stretch(2018, 2024, None, "ended"),)))
    picture = pixels(draw_png(nothing))
    rows = picture[int(0.50 * picture.shape[0]) :, int(0.31 * picture.shape[1]) :]
    for status in ("holds", "at-risk", "compromised"):
        assert not np.all(np.abs(rows - np.array(to_rgb(STATUS_STYLES[status].colour))) < 0.02, axis=-1).any()


@pytest.mark.parametrize("count", [0, 1, 40])
def test_any_number_of_rows_is_drawn(count: int) -> None:
    rows = tuple(dataclasses.replace(ROW, label=f"A{n}", group=f"group {n // 10}") for n in range(count))
    made = dataclasses.replace(scene(), rows=rows)
    assert pixels(draw_png(made)).shape[0] > 300
    assert len(re.findall(rb"<!-- A\d+ -->", draw_svg(made))) == count


@pytest.mark.parametrize(("first", "last"), [("2022-07-01", "2022-07-02"), ("1895-01-01", "2026-01-01")])
def test_a_day_and_a_century_can_be_drawn(first: str, last: str) -> None:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    row = dataclasses.replace(ROW, stretches=(Stretch(start, end, "in-force", "holds", ("x",)),))
    assert draw_png(dataclasses.replace(scene(row), start=start, end=end))


def test_long_and_strange_text_does_no_harm() -> None:
    row = dataclasses.replace(ROW, label="B" * 300, text="a$b_{c}\\d -- --> " * 200)
    assert draw_png(scene(row)) and ElementTree.fromstring(draw_svg(scene(row))) is not None
