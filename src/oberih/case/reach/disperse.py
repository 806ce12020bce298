"""Where would fields of the air carry a release, hour by hour?

The particle engine on a person's own files: wind on levels in, gridded concentration and deposition out, in the form
that other models' outputs have, so that they can be laid side by side.
"""

from __future__ import annotations

import numpy as np

from oberih.case.progress import Progress, advancing
from oberih.case.reach.disperse_request import DisperseRequest
from oberih.case.reach.dispersed_file import largest, write_dispersed
from oberih.case.reach.products import check_folder
from oberih.case.sheet import Sheet
from oberih.case.wording import stamp
from oberih.constants import FORMS, SECONDS_PER_HOUR
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.follow import Cells, Release, Trail, follow
from oberih.errors import InputError
from oberih.evidence.keep import refuse_precious
from oberih.weather.fields import Fields
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import cut, fields_of_volume

__all__ = ["disperse"]

MOST_CELLS = 4_000_000
"""Cells of the output at most, over all its hours."""


def disperse(request: DisperseRequest, *, progress: Progress) -> Sheet:
    """Follow a release through fields and write what it leaves.

    Raises
    ------
    InputError, WeatherRefused
        If the fields cannot be used, or do not hold the release.
    StoreError
        If the file cannot be written.
    """
    _check_out(request)
    if request.low > request.high:
        raise InputError(f"lies above --high = {request.high:g}", field="--low", value=f"{request.low:g}",
                         cure="give the lower height first, in metres above ground")  # fmt: skip
    progress.stage("fields", total=100)
    raw = volume_of(request.fields, area=request.area, member=request.member, told=advancing(progress))
    start = int(raw.time[0]) if request.start is None else request.start
    hours = _hours(raw, start) if request.hours is None else request.hours
    if request.release_hours > hours:
        raise InputError(f"is longer than the {hours} h that it is followed, so that part would never leave",
                         field="--release-hours", value=request.release_hours, cure="give more --hours")  # fmt: skip
    cut(raw, start=start, end=start + hours * SECONDS_PER_HOUR)
    fields = fields_of_volume(raw, roughness_length=request.roughness_length)
    x, y = fields.place(longitude=request.longitude, latitude=request.latitude)
    flow = flow_of_fields(fields)
    cells = _cells(fields, request, hours)
    check_folder(request.out.parent, field="--out", room=largest(cells, hours, request))
    release = Release(
        start, float(request.release_hours * SECONDS_PER_HOUR), x, y, request.low, request.high, request.particles,
        request.settling, request.seed,
    )  # fmt: skip
    progress.stage("particles", total=hours)
    trail = follow(
        flow, release, cells, hours=hours, threads=request.threads, told=lambda done, of: progress.advance(),
        decay=0.0 if request.half_life is None else float(np.log(2.0) / request.half_life),
    )  # fmt: skip
    progress.stage("file")
    write_dispersed(request.out, request, fields, cells, trail)
    progress.done()
    return _sheet(request, fields, cells, trail)


def _check_out(request: DisperseRequest) -> None:
    """Refuse a file that cannot be written, or must not be."""
    out = request.out
    if out.is_dir():
        raise InputError("is a folder", field="--out", value=str(out), cure="name a file such as cloud.nc")
    check_folder(out.parent, field="--out")
    if any(out.exists() and path.exists() and out.samefile(path) for path in request.fields):
        raise InputError("is one of the fields, which it would overwrite", field="--out", value=str(out),
                         cure="name another file")  # fmt: skip
    refuse_precious(out)


def _hours(raw: RawVolume, start: int) -> int:
    """Whole hours that the fields cover from a start on."""
    if len(raw.time) == 1:
        return 24
    return max(1, min(72, int(raw.time[-1] - start) // SECONDS_PER_HOUR))


def _cells(fields: Fields, request: DisperseRequest, hours: int) -> Cells:
    rows, columns = (len(fields.y) - 1) * request.finer, (len(fields.x) - 1) * request.finer
    if rows * columns * hours > MOST_CELLS:
        raise InputError(
            f"gives {rows} x {columns} cells over {hours} h, more than {MOST_CELLS:,}", field="--finer",
            value=request.finer, cure="take fewer hours or coarser cells, or cut out a smaller area",
        )  # fmt: skip
    scale = float(request.finer)
    return Cells(rows, columns, scale, 0.0, scale, 0.0, request.depth)


def _sheet(request: DisperseRequest, fields: Fields, cells: Cells, trail: Trail) -> Sheet:
    form = FORMS.index(request.form)
    ground = float(trail.deposit[:, form - 1].sum()) if form else 0.0
    most = np.unravel_index(int(trail.seconds[:, form].argmax()), trail.seconds[:, form].shape)
    facts = (
        ("weather", f"{fields.source}: {_span(fields)}"),
        ("grid", f"{len(fields.x)} x {len(fields.y)} cells" + (f" of {fields.crs}" if fields.crs else "")),
        ("release", f"{request.amount:g} Bq, {request.form}, {request.low:g} to {request.high:g} m, "
                    f"{request.release_hours:g} h from {stamp(trail.start)}"),
        ("followed", f"{len(trail.seconds)} h with {request.particles:,} particles, {trail.steps:,} particle-steps"),
        ("in the air at the end", f"{100 * trail.air[form]:.1f} %"),
        ("on the ground", f"{100 * ground:.1f} %"),
        ("left the fields, or fell beyond the cells", f"{100 * trail.gone[form]:.1f} %"),
        *((("decayed in the air", f"{100 * trail.decayed[form]:.1f} %"),) if request.half_life is not None else ()),
        ("highest hour", f"hour {int(most[0]) + 1}"),
        ("written", str(request.out)),
    )  # fmt: skip
    held = (f"one time only: the air was held still for {len(trail.seconds)} h",) if len(fields.time) == 1 else ()
    return Sheet("A release in fields of the air", facts, notes=(*held, *fields.derived))


def _span(fields: Fields) -> str:
    """From when to when the fields go."""
    first, last = stamp(int(fields.time[0])), stamp(int(fields.time[-1]))
    return f"{first}, held still" if first == last else f"{first} to {last}"
