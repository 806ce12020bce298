"""Which atlases are kept, what is in them, and are they whole?"""

from __future__ import annotations

import os
from pathlib import Path

from oberih.atlas.store import Atlas, open_atlas, unseal
from oberih.atlas.store import verify as faults_of
from oberih.case.ground import atlas_of, ground_of
from oberih.case.progress import Progress
from oberih.case.request import PlanRequest
from oberih.case.sheet import Sheet
from oberih.case.wording import stamp
from oberih.earth.site import load_site
from oberih.errors import CorruptStore, OberihError

__all__ = ["build", "info", "list_atlases", "verify"]


def build(request: PlanRequest, *, progress: Progress) -> Sheet:
    """Build the atlas that a plan would stand on, or finish one that was interrupted.

    Raises
    ------
    InputError, WeatherRefused, StoreError
        As for a plan.
    """
    site = load_site(request.site)
    ground = ground_of(request, site, progress=progress)
    atlas = atlas_of(ground, request, progress=progress)
    progress.done()
    return _described(atlas, f"Atlas of {site.name}")


def list_atlases(cache: Path) -> Sheet:
    """The atlases kept in a cache."""
    rows = []
    for path in sorted((cache / "atlas").glob("*.zarr")):
        try:
            atlas = open_atlas(path, complete=False)
            state = f"{len(atlas.missing())} blocks missing" if atlas.missing() else "complete"
            rows.append((path.name, str(atlas.facts["site"]), str(atlas.facts["air"]["label"]), state, _size(path)))
        except OberihError as error:
            rows.append((path.name, "?", "?", str(error), _size(path)))
    notes = () if rows else (f"none in {cache / 'atlas'}; build one with 'oberih atlas build SITE'",)
    return Sheet("Atlases", columns=("name", "site", "weather", "state", "MiB"), rows=tuple(rows), notes=notes)


def info(path: Path) -> Sheet:
    """What is in an atlas.

    Raises
    ------
    InputError, CorruptStore
        If there is none, or it cannot be read.
    """
    return _described(open_atlas(path, complete=False), f"Atlas {path.name}")


def verify(path: Path, *, progress: Progress) -> Sheet:
    """Check every chunk against its seal.

    Raises
    ------
    CorruptStore
        If anything is missing or not as it was written; the blocks concerned lose their seals, so
        that the next build makes them anew.
    """
    atlas = open_atlas(path, complete=False)
    progress.stage("chunks against their checksums")
    faults = faults_of(atlas)
    progress.done()
    if faults:
        broken = unseal(atlas, faults)
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise CorruptStore(f"{path}: {faults[0]}{more}; {broken} blocks unsealed: build again, it makes them anew")
    return Sheet(f"{path.name}: every chunk is as it was written", facts=(("blocks", str(_blocks(atlas))),))


def _blocks(atlas: Atlas) -> int:
    return len(list((atlas.path / "seals").glob("[0-9]*.json")))


def _described(atlas: Atlas, title: str) -> Sheet:
    facts, air, grid = atlas.facts, atlas.facts["air"], atlas.grid
    missing = len(atlas.missing())
    aloft = float(atlas.balance[:, :, 1, 6].mean()) if not missing else float("nan")
    return Sheet(
        title,
        facts=(
            ("path", os.fspath(atlas.path)),
            ("site", str(facts["site"])),
            ("weather", f"{air['label']} ({air['source']})"),
            ("release hours", f"{atlas.releases} from {stamp(int(atlas.times[0]))}"),
            ("heights", ", ".join(f"{h:g} m" for h in atlas.heights)),
            ("grid", f"{grid.rings} rings × {grid.sectors} sectors to {grid.outer_radius / 1e3:g} km"),
            ("forms", ", ".join(atlas.group.attrs["forms"])),
            ("state", "complete" if not missing else f"{missing} blocks missing; build again, it resumes"),
            ("aerosol still aloft at the end", "unknown" if missing else f"{100 * aloft:.2g} %"),
            ("size", f"{_size(atlas.path)} MiB"),
            ("digest", atlas.digest),
            ("engine", str(facts["engine"])[:16]),
        ),
    )  # fmt: skip


def _size(path: Path) -> str:
    return f"{sum(f.stat().st_size for f in path.rglob('*') if f.is_file()) / 2**20:.0f}"
