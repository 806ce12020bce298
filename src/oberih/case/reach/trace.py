"""Where did the air of a sample come from, and what would a release have to be to explain it?

Backward runs of particles from the samples through a person's own fields: a field of sensitivity hour by hour, a map,
and for a named site the hours in which a release there would have reached the station, with the amount that alone would
explain what was measured.  It says what could have been, never who did it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from oberih.case.progress import Progress, advancing
from oberih.case.reach.products import check_paths
from oberih.case.reach.trace_begun import begun_at, drop_begun, keep_footprint, kept_footprint
from oberih.case.reach.trace_fields import Array, Sensitivity, clock_hours, ground_density, named, sensitivity_of
from oberih.case.reach.trace_file import CAVEAT, hours_csv, sensitivity_netcdf
from oberih.case.reach.trace_map import footprint_scene
from oberih.case.reach.trace_request import Sample, TraceRequest
from oberih.case.sheet import Sheet
from oberih.case.wording import stamp
from oberih.constants import FORMS, SECONDS_PER_HOUR
from oberih.dispersion.particles.backward import Receptor, backward, reversed_flow
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.follow import Cells
from oberih.earth.site import Site, load_site
from oberih.errors import InputError, StoreError
from oberih.evidence.digest import sha256_of_file, sha256_of_value
from oberih.evidence.keep import RESULT, keep_products
from oberih.evidence.provenance import Provenance
from oberih.nuclide import half_life
from oberih.weather.fields import Fields
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import cut, fields_of_volume

__all__ = ["trace"]

MOST_VALUES = 100_000_000
"""Values of the output at most, over all samples and hours: 0.8 GB with their noise."""

MOST_MAPS = 12
"""Samples that are drawn; the file holds them all."""

CLEAR = 2.0
"""A release reaches the station where the sensitivity exceeds this many standard errors."""


def trace(request: TraceRequest, *, progress: Progress) -> Sheet:
    """Go back from the samples and keep what is found.

    Raises
    ------
    InputError, WeatherRefused
        If the fields cannot be used, or do not cover a sample.
    StoreError
        If the products cannot be written.
    """
    check_paths(request.out, None, names=_names(request))
    site = None if request.site is None else load_site(request.site)
    decay = 0.0 if request.nuclide is None else float(np.log(2.0)) / half_life(request.nuclide)
    progress.stage("fields", total=100)
    fields, density, turned, starts = _air(request, progress)
    cells = _cells(fields, request, len(starts))
    at = None
    if site is not None:
        at = fields.place(longitude=site.longitude, latitude=site.latitude, field=f"--site {site.id}")
    for sample in request.samples:  # all of them before the first is followed
        _place(fields, sample)
    found, digest = [], turned.digest
    for sample in request.samples:
        found.append(_one(request, sample, fields, density, turned, cells, starts, decay, progress, digest))
    progress.stage("files")
    sheet, rows, heads = _sheet(request, site, at, fields, cells, found, dense=density is not None)
    _keep(request, site, fields, cells, found, sheet, rows, heads)
    progress.done()
    return sheet


def _names(request: TraceRequest) -> tuple[str, ...]:
    """Of the files to be."""
    maps = [f"{name}.{kind}" for name in _map_names(len(request.samples)) for kind in ("png", "svg")]
    return ("sensitivity.nc", RESULT, *maps, *(("hours.csv",) if request.site is not None else ()))


def _map_names(samples: int) -> list[str]:
    return ["map"] if samples == 1 else [f"map-{i}" for i in range(1, min(samples, MOST_MAPS) + 1)]


def _air(request: TraceRequest, progress: Progress) -> tuple[Fields, Array | None, Flow, Any]:
    """Fields as far back as is asked or known, density at the ground, the air met back in time, and the hours."""
    raw = volume_of(request.fields, told=advancing(progress))
    first = None if len(raw.time) == 1 else int(raw.time[0])
    starts = clock_hours(request.samples, back=request.back, first=first)
    latest = max(s.end for s in request.samples)
    if first is not None:
        last = int(raw.time[-1])
        for one in request.samples:
            if one.start < first or one.end > last:
                early = one.start < first
                raise InputError(
                    f"{one.name} is not covered by the fields, which go from {stamp(first)} to {stamp(last)}",
                    field="--from" if early else "--to", value=stamp(one.start if early else one.end),
                    cure="give fields that hold the whole sampling",
                )  # fmt: skip
        cut(raw, start=max(int(starts[0]), first), end=latest)
    fields = fields_of_volume(raw, roughness_length=request.roughness_length)
    return fields, ground_density(raw, fields), reversed_flow(flow_of_fields(fields)), starts


def _cells(fields: Fields, request: TraceRequest, hours: int) -> Cells:
    rows, columns = (len(fields.y) - 1) * request.finer, (len(fields.x) - 1) * request.finer
    if rows * columns * hours * len(request.samples) > MOST_VALUES:
        raise InputError(
            f"gives {rows} x {columns} cells over {hours} h for {len(request.samples)} samples, more than "
            f"{MOST_VALUES:,} values", field="--finer", value=request.finer,
            cure="take fewer samples at a time, fewer hours or coarser cells",
        )  # fmt: skip
    scale = float(request.finer)
    return Cells(rows, columns, scale, 0.0, scale, 0.0, request.layer)


def _place(fields: Fields, sample: Sample) -> tuple[float, float]:
    return fields.place(longitude=sample.longitude, latitude=sample.latitude, field=f"station of {sample.name}")


def _one(
    request: TraceRequest, sample: Sample, fields: Fields, density: Array | None, turned: Flow, cells: Cells,
    starts: Any, decay: float, progress: Progress, digest: str,
) -> Sensitivity:  # fmt: skip
    x, y = _place(fields, sample)
    earliest = max(sample.start - request.back * SECONDS_PER_HOUR, int(starts[0]))
    if turned.times > 1:
        earliest = max(earliest, -round(turned.end))
    hours = max(1, (-(-sample.end // SECONDS_PER_HOUR) * SECONDS_PER_HOUR - earliest) // SECONDS_PER_HOUR)
    number = request.samples.index(sample) + 1
    progress.stage(f"back from {sample.name} ({number} of {len(request.samples)})", total=hours)
    begun = begun_at(request, sample, flow=digest, hours=hours)
    footprint = kept_footprint(begun) or backward(
        turned, Receptor(sample.start, sample.end, x, y, request.low, request.high), cells, hours=hours,
        form=FORMS.index(request.form), particles=request.particles, decay=decay, seed=request.seed,
        threads=request.threads, told=lambda done, of: progress.advance(),
    )  # fmt: skip
    if not begun.exists():
        keep_footprint(begun, footprint)
    thinner = float(np.exp(-turned.lapse * (0.5 * (request.low + request.high) - 0.5 * request.layer)))
    return sensitivity_of(
        sample, footprint, fields, cells, starts=starts, density=density, place=(x, y), thinner=thinner,
    )  # fmt: skip


def _sheet(
    request: TraceRequest, site: Site | None, at: tuple[float, float] | None, fields: Fields, cells: Cells,
    found: list[Sensitivity], *, dense: bool,
) -> tuple[Sheet, list[list[str]], tuple[str, ...]]:  # fmt: skip
    heads = ("sample", "hour from", "Bq/m3 per Bq", "standard error", "amount that alone would explain it [Bq]")
    rows: list[list[str]] = []
    facts = [
        ("weather", f"{named(fields.source)}: {stamp(int(fields.time[0]))} to {stamp(int(fields.time[-1]))}"),
        ("samples", f"{len(found)}, drawn at {request.low:g} to {request.high:g} m"),
        ("release looked for", f"{request.form}, in the lowest {request.layer:g} m, "
                               f"{request.nuclide or 'without decay'}"),
        ("particles", f"{request.particles:,} a sample"),
    ]  # fmt: skip
    for one in found:
        facts.append((one.sample.name, _said(one.sample)))
        facts.append(("  left the fields on the way back", f"{100 * one.gone:.1f} %"))
    if site is not None and at is not None:
        facts.append(("site looked at", site.name))
        cell = (int(at[1] * cells.scale_y), int(at[0] * cells.scale_x))
        for one in found:
            rows += _hours(one, cell)
        if not rows:
            facts.append(("hours that reach", f"none above {CLEAR:g} standard errors"))
    notes = (CAVEAT, *_notes(request, found, dense), *fields.derived)
    shown = tuple(tuple(r) for r in rows)
    return Sheet("Where the air of a sample came from", tuple(facts), heads if rows else (), shown, notes), rows, heads


def _said(sample: Sample) -> str:
    span = f"{sample.latitude:g}, {sample.longitude:g}, {stamp(sample.start)} to {stamp(sample.end)}"
    if sample.value is None:
        return f"{span}, no value given"
    limit = "" if sample.limit is None else f" (limit {sample.limit:g})"
    return f"{span}: {sample.value:g} Bq/m3{limit}" + ("" if sample.seen else ", nothing seen")


def _hours(one: Sensitivity, cell: tuple[int, int]) -> list[list[str]]:
    """Hours in which a release in a cell reaches the sample, beyond the noise."""
    rows = []
    for k in np.flatnonzero(one.known):
        value, noise = float(one.values[(k, *cell)]), float(one.noise[(k, *cell)])
        if value <= CLEAR * noise or value <= 0.0:
            continue
        rows.append([one.sample.name, stamp(int(one.starts[k])), f"{value:.3g}", f"{100 * noise / value:.0f} %",
                     _amount(one.sample, value)])  # fmt: skip
    return rows


def _amount(sample: Sample, value: float) -> str:
    """The release that alone would give the measured value, or that could have stayed unseen."""
    if sample.seen and sample.value is not None:
        return f"{sample.value / value:.3g}"
    if sample.limit is not None:
        return f"not above {sample.limit / value:.3g}, else it would have been seen"
    return "no value given"


def _notes(request: TraceRequest, found: list[Sensitivity], dense: bool) -> list[str]:
    notes = [
        "The standard error is that of the particles alone; the error of the weather is not in it: a wind that turns "
        "by 25° moves the whole field.",
    ]
    if request.site is not None:
        notes.append(
            "The amount that alone would explain a value takes for granted that all came from that place in that hour; "
            "any other hour, any other place on the map and any mixture of them would do as well."
        )
        notes.append(f"Hours whose sensitivity is not above {CLEAR:g} standard errors are left out.")
    if any(one.gone > 0.05 for one in found):
        notes.append("Part of the air came from beyond the fields; what happened there is not known.")
    if not dense:
        notes.append("Nothing says the pressure at the ground: the air is taken as equally dense all over; a release "
                     "on mountains counts up to a fifth too little.")  # fmt: skip
    if request.nuclide is not None:
        notes.append("Amounts released are those at the time of release, values those at the time of sampling.")
    return notes


def _keep(
    request: TraceRequest, site: Site | None, fields: Fields, cells: Cells, found: list[Sensitivity], sheet: Sheet,
    rows: list[list[str]], heads: tuple[str, ...],
) -> None:  # fmt: skip
    from oberih.picture.footprint import draw_footprint  # matplotlib takes a while, and mistakes answer at once

    products = {"sensitivity.nc": sensitivity_netcdf(request, fields, cells, found, sheet.notes)}
    for name, one in zip(_map_names(len(found)), found, strict=False):
        scene = footprint_scene(request, site, fields, cells, one)
        products[f"{name}.png"], products[f"{name}.svg"] = draw_footprint(scene)
    if site is not None:
        products["hours.csv"] = hours_csv(rows, heads)
    parameters = {
        k: v for k, v in asdict(request).items() if k not in ("fields", "out", "samples", "seed", "threads")
    } | {"samples": [asdict(s) for s in request.samples], "fields": fields.source}  # fmt: skip
    inputs = {f"fields {i + 1}: {path.name}": sha256_of_file(path) for i, path in enumerate(request.fields)}
    if site is not None:
        inputs["site"] = sha256_of_value(site)
    provenance = Provenance("trace", inputs=inputs, parameters=parameters, seed=request.seed)
    result = {"facts": [list(f) for f in sheet.facts], "columns": list(heads), "rows": rows, "notes": list(sheet.notes)}
    try:
        keep_products(request.out, products, result=result, provenance=provenance)
    except StoreError as error:
        raise type(error)(f"{error}; the way back is kept beside it: the same command goes on from there") from error
    drop_begun(request)
