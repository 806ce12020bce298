"""What is kept of an answer, and what does it rest on?

Makes the files of an answer: map (PNG), page (HTML), zones (GeoJSON), distances (CSV), and the
machine-readable result with its provenance.  The same inputs give the same bytes.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oberih.case.reach.answer import Answer, Reach
from oberih.case.reach.outcome import Found
from oberih.case.reach.sources import Released
from oberih.earth.site import Site
from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_array, sha256_of_value
from oberih.evidence.keep import RESULT, keep_products, refuse_precious
from oberih.evidence.provenance import Provenance
from oberih.picture.map_html import draw_html
from oberih.picture.map_png import draw_png
from oberih.picture.scene import MapScene
from oberih.zone.criterion import CriteriaSet
from oberih.zone.geojson import collection_geojson

ROOM = 64 * 2**20
"""That an answer's files need at most, with some to spare [bytes]."""

PLAIN = ("map.png", "map.html", "zones.geojson", RESULT)
"""Files of every answer."""


def check_paths(out: Path | None, population: Path | None, *, names: Sequence[str] = PLAIN) -> None:
    """Refuse, before any work is done, a folder or a file that cannot serve.

    Parameters
    ----------
    names : sequence of str
        Of the files that will be written into ``out``.

    Raises
    ------
    InputError
        If ``out`` is a file or cannot be written, has no room, or holds what is never overwritten in the place of a
        product; or if ``population`` is not there.
    """
    if out is not None:
        check_folder(out, field="--out")
        for name in names:
            refuse_precious(out / name)
            if (out / name).is_dir():
                raise InputError(f"holds a folder named {name}, where a file is to stand", field="--out",
                                 value=str(out), cure="choose another")  # fmt: skip
    if population is not None and not population.is_file():
        raise InputError("no such file", field="--population", value=str(population), cure="give a GeoTIFF")


def check_folder(folder: Path, *, field: str, room: int = ROOM) -> None:
    """Refuse a folder that is none, cannot be written or made, or has no room: a file is tried where it would stand.

    Parameters
    ----------
    field : str
        The option, named when it is refused.
    room : int
        That is needed [bytes].

    Raises
    ------
    InputError
        If it cannot serve.
    """
    there = next((p for p in (folder, *folder.parents) if os.path.lexists(p)), Path("."))
    if not there.is_dir():
        what = "is a link to nowhere" if there.is_symlink() and not there.exists() else "is a file, no folder"
        raise InputError(f"is no folder that can be written: {there} {what}", field=field, value=str(folder),
                         cure="choose another")  # fmt: skip
    try:
        with tempfile.NamedTemporaryFile(prefix=".oberih-", dir=there) as tried:
            tried.write(bytes(4096))
            tried.flush()
        free = shutil.disk_usage(there).free
    except OSError as error:
        raise InputError(f"is no folder that can be written: {there}: {error.strerror}", field=field,
                         value=str(folder), cure="choose another") from error  # fmt: skip
    if free < room:
        raise InputError(f"has {free / 2**20:.0f} MiB of room, and {room / 2**20:.0f} may be needed", field=field,
                         value=str(folder), cure="free some, or choose another")  # fmt: skip


def provenance_of(
    product: str, *, site: Site, criteria: CriteriaSet, released: Sequence[Released], inputs: Mapping[str, str],
    parameters: Mapping[str, Any], seed: int,
) -> Provenance:  # fmt: skip
    """What an answer rests on: digests of site, criteria, releases and what else is given."""
    digests = {"site": sha256_of_value(site), "criteria": sha256_of_value(criteria), **inputs}
    for r in released:
        digests[f"release {r.scenario.name}"] = sha256_of_array(r.source_term.activity)
    return Provenance(product, inputs=digests, parameters=parameters, seed=seed)


def keep(
    out: Path | None, answer: Answer, scene: MapScene, zones: Sequence[dict[str, Any]], provenance: Provenance,
    *, extra: Mapping[str, bytes] | None = None,
) -> Answer:  # fmt: skip
    """Write the products, if a folder is given; the answer with its files and data.

    Raises
    ------
    StoreFull, StoreError
        If they cannot be written; then no ``result.json`` is left.
    """
    if out is None:
        return with_origin(answer, provenance)
    zones_file = {**collection_geojson(list(zones)), "provenance": provenance.digest}
    products = {
        "map.png": draw_png(scene),
        "map.html": draw_html(scene).encode(),
        "zones.geojson": (json.dumps(zones_file, ensure_ascii=False, sort_keys=True) + "\n").encode(),
        **(extra or {}),
    }
    manifest = keep_products(out, products, result=answer.data, provenance=provenance)
    files = tuple(out / name for name in sorted([*products, RESULT]))
    return dataclasses.replace(answer, files=files, data=manifest)


def with_origin(answer: Answer, provenance: Provenance) -> Answer:
    """The answer with what it rests on, where no files are kept."""
    data = {"result": answer.data, "provenance": {**provenance.as_dict(), "digest": provenance.digest}}
    return dataclasses.replace(answer, data=data)


def reach_data(reach: Reach) -> dict[str, Any]:
    """A row of an answer as plain values, SI."""
    return {name: _plain(getattr(reach, name)) for name in reach.__dataclass_fields__}


def distances_csv(found: Sequence[Found]) -> bytes:
    """Distances by scenario, criterion, percentile and sector [m], with their bands."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scenario", "criterion", "percentile", "azimuth_deg", "distance_m", "low_m", "high_m"])
    for f in found:
        d = f.distances
        for i, percentile in enumerate(d.percentiles):
            for k, azimuth in enumerate(np.degrees(d.azimuths)):
                band = ["" if b is None else f"{b[i][k]:.0f}" for b in (d.sector_low, d.sector_high)]
                writer.writerow(
                    [f.question.released.scenario.name, f.criterion.key, f"{percentile:g}", f"{azimuth:g}",
                     f"{d.sector[i][k]:.0f}", *band]
                )  # fmt: skip
    return text.getvalue().encode()


def release_data(released: Released) -> dict[str, Any]:
    """A release as plain values: totals by nuclide [Bq], where it came from, what is unverified."""
    term = released.source_term
    totals = sorted(term.total().items(), key=lambda item: -item[1])
    return {
        "scenario": released.scenario.name,
        "title": dict(released.scenario.title),
        "fuel": released.fuel,
        "hours": term.hours,
        "height_m": [float(h) for h in sorted(set(term.height.tolist()))],
        "total_Bq": {n: float(f"{a:.4g}") for n, a in totals if a > 0.0},
        "verified": released.verified,
        "unverified": list(released.scenario.unverified),
        "sources": list(released.scenario.sources),
    }


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, np.floating) else value
