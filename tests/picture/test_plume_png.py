"""Laws of the picture of a plume: it is the same each time, as PNG and as SVG, and refuses what does not fit."""

from __future__ import annotations

import dataclasses
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.image import imread

from oberih.earth.grid import Grid
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError
from oberih.picture.palette import FIELD_SHARE, class_colours, paler
from oberih.picture.plume_png import PlumePanel, PlumeScene, decades, draw_plume

GRID = Grid(rings=20, sectors=36, outer_radius=80e3)


def scene(value: float = 5e3) -> PlumeScene:
    """A plume to the east in one panel, nothing in the other."""
    corners = LocalProjection(47.5, 34.6).cell_corners(GRID)
    after = np.roll(corners, -1, axis=1)
    cells = np.stack([corners[:-1], corners[1:], after[1:], after[:-1]], axis=2).reshape(-1, 4, 2)
    values = np.zeros((GRID.rings, GRID.sectors))
    values[:, 7:12] = value
    levels = decades(9e3, count=4)
    panels = tuple(
        PlumePanel(f"hour {i}", v.ravel(), "Cs-137 [Bq/m³]", levels, 100e3)
        for i, v in enumerate((values, 0.0 * values))
    )
    return PlumeScene("A & B <site>", 47.5, 34.6, "A plume", "made", "none", cells, panels, covered=90e3)


def pixels(data: bytes) -> np.ndarray:
    return np.round(imread(io.BytesIO(data))[..., :3] * 255).astype(int)


def test_the_colour_of_the_class_is_on_the_map_and_only_where_the_plume_is() -> None:
    picture = pixels(draw_plume(scene()))
    top = paler(class_colours(4)[3], FIELD_SHARE)
    rgb = [int(top[i : i + 2], 16) for i in (1, 3, 5)]
    height, width = picture.shape[:2]
    first, second = picture[int(0.06 * height) : int(0.43 * height), : width // 3], None
    second = picture[int(0.06 * height) : int(0.43 * height), width // 3 : 2 * width // 3]
    seen, unseen = ((part == rgb).all(axis=-1) for part in (first, second))
    assert seen.sum() > 2000 and unseen.sum() == 0
    east = np.nonzero(seen)[1].mean() / first.shape[1]
    assert east > 0.6


def test_the_same_scene_gives_the_same_bytes() -> None:
    assert draw_plume(scene()) == draw_plume(scene())
    assert draw_plume(scene(), svg=True) == draw_plume(scene(), svg=True)


def test_the_svg_is_well_formed_and_its_words_are_words() -> None:
    root = ET.fromstring(draw_plume(scene(), svg=True))
    assert root.tag.endswith("svg")
    words = " ".join("".join(t.itertext()) for t in root.iter() if t.tag.endswith("text"))
    assert "A plume" in words and "Cs-137 [Bq/m³]" in words


@pytest.mark.parametrize(("most", "first"), [(1.0, 1e-5), (9.99e3, 1e-2), (0.0, 1e-5), (2e-7, 1e-12)])
def test_classes_are_decades_up_to_the_most(most: float, first: float) -> None:
    levels = decades(most)
    assert len(levels) == 6 and levels[0] == pytest.approx(first)
    assert np.allclose(np.diff(np.log10(levels)), 1.0)


def test_values_that_do_not_fit_the_cells_are_refused() -> None:
    given = scene()
    short = dataclasses.replace(given.panels[0], values=given.panels[0].values[1:])
    with pytest.raises(InputError, match="do not fit"):
        dataclasses.replace(given, panels=(short,))
    with pytest.raises(InputError, match="one to six"):
        dataclasses.replace(given, panels=())
