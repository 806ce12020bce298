"""How is an atlas built ahead of its use, here, on a cluster, into a folder or an object store?"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from oberih.atlas.build import build as build_here
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.lend import lend
from oberih.atlas.remote_build import build_there
from oberih.atlas.schedule import scheduler_for
from oberih.case.progress import Progress
from oberih.case.reach.atlas_plan import plan_of
from oberih.case.reach.atlas_request import AtlasRequest
from oberih.case.reach.atlas_sheets import described, described_there
from oberih.case.reach.flow_lease import lease_flow
from oberih.case.reach.ground import HEIGHTS, atlas_path
from oberih.case.reach.products import check_folder
from oberih.case.sheet import Sheet
from oberih.dispersion.particles.flow import Flow
from oberih.earth.site import Site, load_site

__all__ = ["OTHER_HEIGHTS", "build", "far_url", "lend_workers"]

OTHER_HEIGHTS = "a plan stands on the heights {}; this atlas is for those who read it themselves"

OWN_READERS = "a plan stands on puffs; this atlas of particles is for those who read it themselves"


def build(request: AtlasRequest, *, progress: Progress) -> Sheet:
    """Build the atlas that a plan would stand on, or finish one that was interrupted.

    The fields that carry particles are kept in the cache while it is built, and no longer.

    Raises
    ------
    InputError, WeatherRefused, StoreError
        As for a plan; if a store refuses or fails for long.
    """
    site = load_site(request.site)
    if request.store is None or request.engine == "particles":
        check_folder(request.cache, field="--cache")
    with contextlib.ExitStack() as held:
        return _built(request, site, held, progress)


def _built(request: AtlasRequest, site: Site, held: contextlib.ExitStack, progress: Progress) -> Sheet:
    flows = request.cache / "atlas"

    def keep(folder: Path, flow: Flow) -> None:
        held.callback(lease_flow(folder, flow).let_go)

    plan = plan_of(request, site, flows=flows, progress=progress, keep=keep)
    workers = request.workers or os.cpu_count() or 1
    scheduler = scheduler_for(workers=workers, address=request.scheduler, said=progress.note)
    told = counting(plan, progress)
    if request.store is None:
        atlas = build_here(atlas_path(request.cache, plan), plan, scheduler=scheduler, told=told)
        progress.done()
        sheet = described(atlas, f"Atlas of {site.name}")
    else:
        fields = flows / plan.flow.folder if plan.flow else None
        far = build_there(far_url(request.store, plan), plan, scheduler=scheduler, told=told, fields=fields)
        progress.done()
        sheet = described_there(far, f"Atlas of {site.name}")
    own = [OWN_READERS] if plan.particles else []
    if plan.heights != HEIGHTS:
        own.append(OTHER_HEIGHTS.format(", ".join(f"{h:g} m" for h in HEIGHTS)))
    return dataclasses.replace(sheet, notes=(*sheet.notes, *own))


def lend_workers(scheduler: str, *, workers: int | None, progress: Progress) -> None:
    """Keep workers of this machine at a Dask scheduler until interrupted.

    Raises
    ------
    InputError
        If Dask is not installed.
    """
    count = workers or os.cpu_count() or 1
    progress.note(f"{count} workers for {scheduler}; end with Ctrl-C")
    for _ in lend(scheduler, workers=count, said=progress.note):
        pass


def far_url(store: str, plan: AtlasPlan) -> str:
    """Where the atlas of a plan stands in a store: under the name that it has in a cache."""
    return f"{store.rstrip('/')}/{plan.site}-{plan.digest[:12]}.zarr"


def counting(plan: AtlasPlan, progress: Progress) -> Callable[[int, int], None]:
    """Tell a watcher of the blocks that are left; what was sealed before is not part of the rate."""
    last: list[int] = []

    def told(done: int, total: int) -> None:
        if not last and done < total:
            before = f", {done} sealed before" if done else ""
            several = "" if len(plan.heights) == 1 else "s"
            title = (
                f"atlas: {plan.releases} release hours at {len(plan.heights)} height{several}, {total} blocks{before}"
            )
            progress.stage(title, total=total - done)
        elif last:
            progress.advance(done - last[-1])
        last.append(done)

    return told
