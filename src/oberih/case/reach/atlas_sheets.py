"""How is an atlas described, whole or half built, in a folder or in an object store?

Of one that others are at work on, the sealed part is told: how much, from when to when, at which
pace, and what it says so far.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from oberih.atlas import seal
from oberih.atlas.coverage import Coverage
from oberih.atlas.remote_seals import FarAtlas
from oberih.atlas.store import FATES, Atlas
from oberih.case.reach.atlas_cache import size_mib
from oberih.case.sheet import Sheet
from oberih.case.wording import stamp
from oberih.constants import FORMS
from oberih.earth.grid import Grid

__all__ = ["coverage_here", "coverage_there", "described", "described_there", "state_of"]

MOST_SPANS = 3
"""Spans of hours that are named; the others are counted."""

RECENT = 50
"""Seals from which the pace of a build is told."""

PARTLY = (
    "partly built: the sealed hours can be read as they are; a plan waits for the whole, since the starts of some "
    "seasons are not those of all years"
)


def coverage_here(atlas: Atlas) -> Coverage:
    """What is sealed of an atlas in a folder."""
    missing = set(atlas.missing())
    pairs = {(block, height) for block in range(atlas.blocks) for height in range(len(atlas.heights))}
    return Coverage(
        frozenset(pairs - missing), atlas.releases, len(atlas.heights), int(atlas.group.attrs["block_hours"])
    )


def coverage_there(far: FarAtlas) -> Coverage:
    """What is sealed of an atlas in a store."""
    facts = far.facts
    return Coverage(
        frozenset(far.whole), int(facts["releases"]), len(facts["heights"]), int(far.attributes["block_hours"])
    )


def state_of(coverage: Coverage) -> str:
    """Say in a line whether it is complete."""
    missing = coverage.tasks - len(coverage.sealed)
    return "complete" if not missing else f"{missing} blocks missing; build again, it resumes"


def described(atlas: Atlas, title: str) -> Sheet:
    """What is in an atlas in a folder."""
    coverage = coverage_here(atlas)
    aloft = f"{100 * float(atlas.balance[:, :, 1, 6].mean()):.2g} %" if coverage.complete else "unknown"
    own = [("aerosol still aloft at the end", aloft), ("size", f"{size_mib(atlas.path)} MiB")]
    laid = {} if coverage.complete else _laid_down(atlas, coverage)
    return _sheet(title, os.fspath(atlas.path), atlas.group.attrs, coverage, own + _pace(atlas.path, coverage), laid)


def described_there(far: FarAtlas, title: str) -> Sheet:
    """What is in an atlas in a store, as its listing tells."""
    own = [("files", str(len(far.names)))]
    return _sheet(title, far.store.url, far.attributes, coverage_there(far), own, {})


def _sheet(
    title: str, place: str, attributes: Any, coverage: Coverage, own: list[tuple[str, str]], laid: dict[int, str]
) -> Sheet:
    facts = attributes["facts"]
    air, grid = facts["air"], Grid(**facts["grid"])
    given = [
        ("path", place),
        ("site", str(facts["site"])),
        ("weather", f"{air['label']} ({air['source']})"),
        ("release hours", f"{coverage.releases} from {stamp(int(air['start']))}"),
        ("heights", ", ".join(f"{h:g} m" for h in facts["heights"])),
        ("grid", f"{grid.rings} rings × {grid.sectors} sectors to {grid.outer_radius / 1e3:g} km"),
        ("forms", ", ".join(attributes["forms"])),
        ("state", state_of(coverage)),
    ]
    names = [("digest", str(attributes["digest"])), ("engine", str(facts["engine"])[:16])]
    if coverage.complete:
        return Sheet(title, facts=(*given, *own, *names))
    share = f"{len(coverage.sealed)} of {coverage.tasks} blocks, {100 * len(coverage.sealed) / coverage.tasks:.0f} %"
    part = [("sealed", share), ("sealed at every height", _spans(coverage.spans(), facts))]
    rows = tuple(_row(h, float(height), coverage, facts, laid) for h, height in enumerate(facts["heights"]))
    columns = ("height [m]", "hours sealed", "from – to") + (("aerosol laid down inside [%]",) if laid else ())
    return Sheet(title, facts=(*given, *part, *own, *names), columns=columns, rows=rows, notes=(PARTLY,))


def _row(index: int, height: float, coverage: Coverage, facts: Any, laid: dict[int, str]) -> tuple[str, ...]:
    hours = f"{coverage.hours(index)} of {coverage.releases}"
    return (f"{height:g}", hours, _spans(coverage.spans(index), facts), *([laid[index]] if laid else []))


def _spans(spans: list[range], facts: Any) -> str:
    """Spans of release hours as times."""
    if not spans:
        return "none"
    start, step = int(facts["air"]["start"]), float(facts["air"]["step"])
    named = [f"{stamp(start + int(s.start * step))} – {stamp(start + int(s.stop * step))}" for s in spans[:MOST_SPANS]]
    more = [f"{len(spans) - MOST_SPANS} more spans"] if len(spans) > MOST_SPANS else []
    return "; ".join(named + more)


def _laid_down(atlas: Atlas, coverage: Coverage) -> dict[int, str]:
    """Of the aerosol released in the sealed hours, what was laid down within the grid, by height [%]."""
    balance = atlas.balance_so_far()[:, :, FORMS.index("aerosol")]
    inside = balance[:, :, FATES.index("dry in grid")] + balance[:, :, FATES.index("wet in grid")]
    found = {}
    for height in range(coverage.heights):
        hours = [hour for span in coverage.spans(height) for hour in span]
        found[height] = f"{100.0 * inside[hours, height].mean():.1f}" if hours else "–"
    return found


def _pace(path: Path, coverage: Coverage) -> list[tuple[str, str]]:
    """How fast the last blocks were sealed, the first ones since the layout was, and how long the rest takes so."""
    files = [path / seal.SEALS / seal.LAYOUT, *(path / seal.SEALS).glob("[0-9]*.json")]
    times = sorted(f.stat().st_mtime for f in files)[-RECENT:]
    left = coverage.tasks - len(coverage.sealed)
    if not left or len(times) < 2 or times[-1] == times[0]:
        return []
    a_minute = 60.0 * (len(times) - 1) / (times[-1] - times[0])
    said = (
        f"{a_minute:.3g} blocks a minute, the last at {stamp(int(times[-1]))}; {left / a_minute:.0f} min for the rest"
    )
    return [("pace of the last blocks", said)]
