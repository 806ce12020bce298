"""The laws of the picture on paper."""

import dataclasses
import io
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
import shapely
from matplotlib import image

from oberih.picture.map_png import draw_png, save_png
from oberih.picture.scene import SceneZone
from tests.picture.scenes import event, far, lobed, nowhere, plan


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(image.imread(io.BytesIO(png))[..., :3])


def test_the_same_scene_gives_the_same_bytes() -> None:
    assert draw_png(plan()) == draw_png(plan())


def test_the_same_scene_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib; from tests.picture.scenes import event; from oberih.picture.map_png import draw_png; "
        "print(hashlib.sha256(draw_png(event())).hexdigest())"
    )
    run = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                          cwd=Path(__file__).parents[2], env={"PYTHONHASHSEED": seed, "HOME": "/nonexistent"})
           for seed in ("1", "2")]  # fmt: skip
    assert run[0].stdout == run[1].stdout


def test_the_picture_carries_no_metadata() -> None:
    png = draw_png(plan())
    assert b"Software" not in png
    assert b"tEXt" not in png[:4096]


def test_every_zone_changes_the_picture() -> None:
    whole = pixels(draw_png(plan()))
    scene = plan()
    for zone in scene.zones:
        gone = dataclasses.replace(zone, geometry=shapely.Polygon())
        zones = tuple(gone if z is zone else z for z in scene.zones)
        assert np.any(pixels(draw_png(dataclasses.replace(scene, zones=zones))) != whole), zone.name


def test_a_zone_may_be_a_geojson_mapping() -> None:
    scene = plan()
    mapped = tuple(dataclasses.replace(z, geometry=shapely.geometry.mapping(z.geometry)) for z in scene.zones)
    assert draw_png(dataclasses.replace(scene, zones=mapped)) == draw_png(scene)


def test_the_weather_is_told_in_the_picture() -> None:
    assert np.any(pixels(draw_png(plan())) != pixels(draw_png(plan(weather_label="five real years"))))


@pytest.mark.parametrize("contours", [True, False])
def test_a_field_is_drawn_where_it_reaches_its_first_level(contours: bool) -> None:
    scene = event(contours=contours)
    assert scene.field is not None
    nothing = dataclasses.replace(scene.field, values=np.zeros_like(scene.field.values))
    with_field, without = pixels(draw_png(scene)), pixels(draw_png(dataclasses.replace(scene, field=nothing)))
    changed = np.any(with_field != without, axis=-1)
    height, width = changed.shape
    map_only = changed[:, : int(0.59 * width)]
    south, north = map_only[height // 2 :, :].sum(), map_only[: height // 3, :].sum()
    assert south > 20 * max(int(north), 1)


@pytest.mark.parametrize(("latitude", "longitude"), [(-10.0, 179.95), (89.5, 0.0), (-90.0, 0.0), (0.0, 0.0)])
def test_a_site_anywhere_can_be_drawn(latitude: float, longitude: float) -> None:
    scene = plan(latitude, longitude, places=())
    gone = tuple(dataclasses.replace(z, geometry=shapely.Polygon()) for z in scene.zones)
    empty = dataclasses.replace(scene, zones=gone)
    assert np.any(pixels(draw_png(scene)) != pixels(draw_png(empty)))


def test_a_scene_with_nothing_in_it_can_be_drawn() -> None:
    assert draw_png(plan(zones=(), rose=None, tables=(), places=(), warnings=(), sources=(), footer="", headline=""))


def test_signs_of_mathematics_are_only_signs() -> None:
    assert draw_png(plan(title=r"costs $5 \frac{1}{2 and $^", headline="a_b $x$ {", footer="^_^ $"))


def test_long_words_do_not_stop_the_drawing() -> None:
    zone = SceneZone("N" * 200, "A" * 400, lobed(47.51, 34.59, 5e3, 0.0), "no such key", 99.0, "D" * 50, "P" * 50)
    assert draw_png(plan(zones=(zone,) * 3, title="T" * 300, warnings=("w " * 900,)))


def test_a_picture_is_saved_as_drawn(tmp_path: Path) -> None:
    save_png(plan(), tmp_path / "plan.png")
    assert (tmp_path / "plan.png").read_bytes() == draw_png(plan())


def test_drawing_takes_about_a_second() -> None:
    scene = plan()
    draw_png(scene)
    begin = perf_counter()
    draw_png(scene)
    assert perf_counter() - begin < 4.0  # 0.5 s on an idle machine; the room is for a busy one


def test_a_zone_beyond_the_map_changes_the_overview_only() -> None:
    scene = far()
    moved = dataclasses.replace(scene.zones[-1], geometry=lobed(47.51, 34.59, 250e3, 1.0))
    changed = np.any(
        pixels(draw_png(scene)) != pixels(draw_png(dataclasses.replace(scene, zones=(*scene.zones[:-1], moved)))),
        axis=-1,
    )
    rows, columns = np.nonzero(changed)
    height, width = changed.shape
    assert len(rows) > 100
    assert np.ptp(rows) < 0.3 * height
    assert np.ptp(columns) < 0.25 * width


def test_two_zones_of_one_outline_are_both_seen() -> None:
    scene = plan()
    first = scene.zones[0]
    same = dataclasses.replace(first, colour="upz", name="Same")
    other = dataclasses.replace(first, colour="iodine", name="Same")
    pictures = [draw_png(dataclasses.replace(scene, zones=z)) for z in ((first, same), (first, other), (same, other))]
    whole = [pixels(p)[:, :1100] for p in pictures]
    assert np.any(whole[0] != whole[1])
    assert np.any(whole[1] != whole[2])


def test_a_zone_needed_nowhere_is_told_but_not_drawn() -> None:
    told, without = pixels(draw_png(nowhere())), pixels(draw_png(plan()))
    width = told.shape[1]
    assert not np.any(told[:, : int(0.59 * width)] != without[:, : int(0.59 * width)])
    assert np.any(told != without)


def test_the_zone_as_drawn_and_the_circle_that_holds_are_seen() -> None:
    scene = plan()
    assert scene.rose is not None
    bare = pixels(draw_png(scene))
    rose = dataclasses.replace(scene.rose, drawn=1.3 * scene.rose.high)
    assert np.any(pixels(draw_png(dataclasses.replace(scene, rose=rose))) != bare)
    ringed = dataclasses.replace(scene.zones[0], circle=22e3)
    changed = np.any(pixels(draw_png(dataclasses.replace(scene, zones=(ringed, *scene.zones[1:])))) != bare, axis=-1)
    assert changed[:, : int(0.59 * bare.shape[1])].sum() > 300
