"""An atlas's name says all it was built from: another fact, another name."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.atlas import layout
from oberih.atlas.layout import AtlasPlan
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange
from tests.atlas.small import changing_air

HOURS = 6

plans = st.builds(
    lambda seed, cyclic, rings, sectors, radius, heights, puffs, oldest, releases: AtlasPlan(
        "somewhere", changing_air(hours=HOURS, seed=seed, cyclic=cyclic), Grid(rings, sectors, radius),
        tuple(sorted(heights)), PuffSettings(puffs_per_hour=puffs, oldest=oldest), releases,
    ),
    st.integers(0, 99), st.booleans(), st.integers(2, 80), st.integers(8, 90), st.floats(1e3, 5e5),
    st.sets(st.floats(0.0, 1499.0), min_size=1, max_size=4), st.integers(1, 12), st.floats(3600.0, 3e5),
    st.integers(1, HOURS - 1),
)  # fmt: skip


def air(**changed: Any) -> Callable[[AtlasPlan], AtlasPlan]:
    return lambda p: dataclasses.replace(p, air=dataclasses.replace(p.air, **changed))


def of_air(name: str) -> Callable[[AtlasPlan], AtlasPlan]:
    """One hour's value, changed by its last bit but a few."""

    def change(p: AtlasPlan) -> AtlasPlan:
        values = getattr(p.air, name).copy()
        values[3] = values[3] * (1.0 + 1e-12) + (1e-4 if name == "precipitation" else 1e-12)  # less is no rain
        return air(**{name: values})(p)

    return change


def changed_settings(name: str) -> Callable[[AtlasPlan], AtlasPlan]:
    return lambda p: dataclasses.replace(
        p, settings=dataclasses.replace(p.settings, **{name: getattr(p.settings, name) + 1})
    )


CHANGES: dict[str, Callable[[AtlasPlan], AtlasPlan]] = {
    "site": lambda p: dataclasses.replace(p, site=p.site + "2"),
    "releases": lambda p: dataclasses.replace(p, releases=p.releases + 1),
    "heights": lambda p: dataclasses.replace(p, heights=(*p.heights, 1500.0)),
    "rings": lambda p: dataclasses.replace(p, grid=dataclasses.replace(p.grid, rings=p.grid.rings + 1)),
    "sectors": lambda p: dataclasses.replace(p, grid=dataclasses.replace(p.grid, sectors=p.grid.sectors + 1)),
    "radius": lambda p: dataclasses.replace(p, grid=dataclasses.replace(p.grid, outer_radius=1e6)),
    "label": air(label="another"), "source": air(source="another"), "start": air(start=3600),
    "latitude": air(latitude=-47.5), "roughness": air(roughness_length=0.11), "wind height": air(wind_height=11.0),
    "cyclic": lambda p: air(cyclic=not p.air.cyclic)(p),
    **{f"settings {f.name}": changed_settings(f.name) for f in dataclasses.fields(PuffSettings)},
    **{
        f"air {name}": of_air(name)
        for name in ("east", "north", "friction_velocity", "inverse_obukhov_length", "mixing_height",
                     "convective_velocity", "precipitation", "cloud_base")
    },
}  # fmt: skip


@given(p=plans, which=st.sampled_from(sorted(CHANGES)))
@settings(max_examples=100, deadline=None)
def test_another_fact_is_another_name(p: AtlasPlan, which: str) -> None:
    assert CHANGES[which](p).digest != p.digest


@given(p=plans)
@settings(max_examples=20, deadline=None)
def test_the_same_facts_are_the_same_name(p: AtlasPlan) -> None:
    same = dataclasses.replace(p, air=dataclasses.replace(p.air, east=p.air.east.copy()), grid=Grid(**vars_of(p.grid)))
    assert same.digest == p.digest
    assert len(p.digest) == 64
    assert p.tasks == [(b, h) for b in range(p.blocks) for h in range(len(p.heights))]


def vars_of(grid: Grid) -> dict[str, Any]:
    return {f.name: getattr(grid, f.name) for f in dataclasses.fields(grid)}


def any_plan(**changed: Any) -> AtlasPlan:
    kwargs: dict[str, Any] = {
        "site": "somewhere", "air": changing_air(hours=HOURS), "grid": Grid(), "heights": (10.0, 100.0),
        "settings": PuffSettings(), "releases": HOURS,
    }  # fmt: skip
    return AtlasPlan(**{**kwargs, **changed})


@pytest.mark.parametrize(
    ("field", "value"),
    [("heights", ()), ("heights", (100.0, 10.0)), ("heights", (10.0, 10.0)), ("heights", (-1.0, 10.0)),
     ("heights", (10.0, 1600.0)), ("heights", (float("nan"),)), ("releases", 0), ("releases", HOURS + 1),
     ("grid", Grid(rings=183, sectors=360))],
)  # fmt: skip
def test_a_plan_that_the_store_could_not_hold_is_refused(field: str, value: Any) -> None:
    with pytest.raises(OutOfRange, match=field):
        any_plan(**{field: value})


def test_blocks_cover_every_hour_once() -> None:
    for releases in (1, 167, 168, 169, 400):
        p = any_plan(air=changing_air(hours=400), releases=releases)
        assert [h for b in range(p.blocks) for h in p.hours_of(b)] == list(range(releases))


@pytest.mark.parametrize(
    "file",
    ["dispersion/kernels/puff.py", "dispersion/puffs.py", "dispersion/data/gamma_mixture.json", "atlas/layout.py"],
)
def test_another_engine_is_another_name(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("dispersion", "atlas"):
        shutil.copytree(str(resources.files(f"oberih.{room}")), tmp_path / room)
    monkeypatch.setattr(layout.resources, "files", lambda room: tmp_path.joinpath(*room.split(".")[1:]))
    digest = layout.engine_digest.__wrapped__
    before, engine = any_plan().digest, layout.engine_digest()  # kept from here on, as the real files have them
    assert digest() == engine
    with (tmp_path / file).open("a") as text:
        text.write("\n")
    assert digest() != engine
    assert any_plan().digest == before
    monkeypatch.setattr(layout, "engine_digest", digest)
    assert any_plan().digest != before
    assert np.isfinite(any_plan().air.east).all()
