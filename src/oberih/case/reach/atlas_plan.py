"""What is an atlas to be built from: puffs in the weather of a place, or particles in fields of the air?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from oberih.atlas.layout import AtlasPlan, FlowAt
from oberih.atlas.particle_block import flow_name
from oberih.case.progress import Progress, advancing
from oberih.case.reach.atlas_request import CLIMATE, AtlasRequest
from oberih.case.reach.ground import HEIGHTS, ground_of, settings_of
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_file import save_flow
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.unit import ParticleSettings
from oberih.earth.grid import Grid
from oberih.earth.site import Site
from oberih.errors import InputError
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from oberih.weather.volume_air import air_of_fields

__all__ = ["BLOCK_HOURS", "GRID", "plan_of"]

GRID = Grid(rings=94, sectors=72, outer_radius=1000e3)
"""Of an atlas of particles: as fine near the site as one of puffs, and out to 1,000 km."""

BLOCK_HOURS = 6
"""Release hours of a task, carried in one pass over the fields: a build that is killed loses little, and many workers
have something to do.  The number changes nothing in the result."""


def plan_of(
    request: AtlasRequest,
    site: Site,
    *,
    flows: Path,
    progress: Progress,
    keep: Callable[[Path, Flow], object] = save_flow,
) -> AtlasPlan:
    """What the atlas of a request is built from.

    Parameters
    ----------
    request : AtlasRequest
    site : Site
    flows : Path
        Folder in which the fields that carry particles are kept, as `oberih.atlas.particle_block.flow_name` says.
    progress : Progress
    keep : callable
        Given the folder and the fields that are to be kept there.

    Raises
    ------
    InputError, WeatherRefused
        If the weather cannot be used, or is too short.
    """
    if request.engine == "particles":
        return _particles(request, site, flows, progress, keep)
    if len(request.weather) != 1:
        raise InputError("names several files", field="--weather", value=", ".join(request.weather),
                         cure="give one series, or --engine particles with fields on levels")  # fmt: skip
    plan = ground_of(request.as_plan(), site, progress=progress).plan
    return plan if request.heights is None else replace(plan, heights=request.heights)


def _particles(
    request: AtlasRequest, site: Site, flows: Path, progress: Progress, keep: Callable[[Path, Flow], object]
) -> AtlasPlan:
    if request.weather == (CLIMATE,):
        raise InputError("particles need fields of the air, not the statistics of a place", field="--weather",
                         value=CLIMATE, cure="give files of fields on levels, GRIB or netCDF")  # fmt: skip
    progress.stage("fields of the air", total=100)
    raw = volume_of(_files(request.weather), told=advancing(progress))
    fields = fields_of_volume(raw, roughness_length=site.roughness_length)
    here = {"latitude": site.latitude, "longitude": site.longitude}
    air = air_of_fields(fields, **here)
    hours = int(fields.time[-1] - fields.time[0]) // SECONDS_PER_HOUR
    releases = min(hours - request.follow, len(air))
    if releases < 1:
        raise InputError(
            f"{hours} hours of fields, {stamp(int(fields.time[0]))} to {stamp(int(fields.time[-1]))}, are too few for "
            f"releases that are followed for {request.follow} h",
            field="--weather", value=", ".join(request.weather), cure="give more hours, or a shorter --follow",
        )  # fmt: skip
    flow = flow_of_fields(fields)
    keep(flows / flow_name(flow.digest), flow)
    x, y = fields.place(longitude=site.longitude, latitude=site.latitude, field=f"site {site.id}")
    at = FlowAt(flow.digest, x, y, site.latitude, site.longitude, flow_name(flow.digest))
    settings = ParticleSettings(
        particles=request.particles, oldest=float(request.follow * SECONDS_PER_HOUR), seed=request.seed
    )  # fmt: skip
    return AtlasPlan(
        site.id, air, GRID, request.heights or HEIGHTS, settings_of(site), releases, settings, at, BLOCK_HOURS
    )  # fmt: skip


def _files(names: tuple[str, ...]) -> list[Path]:
    """Files, and those of folders."""
    found: list[Path] = []
    for path in map(Path, names):
        if not path.exists():
            raise InputError(
                "no such file",
                field="--weather",
                value=str(path),
                cure="give files of fields on levels, GRIB or netCDF",
            )
        found += sorted(f for f in path.iterdir() if f.is_file()) if path.is_dir() else [path]
    return found
