"""Which zones are in force, and who says so?

Zones in force are those of a kept plan that somebody names when the server starts.  They are shown only while every
product of the plan is what its ``result.json`` says, and the record tells whether and when that plan was put into it,
by which key.

Defines the noun `InForce`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_data import opened
from oberih.errors import CorruptStore, InputError
from oberih.evidence.check import check_products
from oberih.evidence.digest import sha256_of_bytes, sha256_of_file
from oberih.evidence.keep import RESULT

__all__ = ["ZONES", "InForce", "zones_in_force"]

ZONES = "zones.geojson"


@dataclass(frozen=True)
class InForce:
    """Zones in force.

    Parameters
    ----------
    folder : str
        Name of the plan's folder.
    headline : str
        The plan's answer in one sentence.
    zones : dict
        GeoJSON of the parts of the plan: those features that name a ``part``.
    sha256 : str
        Of ``zones.geojson``, checked against ``result.json``.
    made_from : str
        Digest of what the plan was made from.
    verified : bool
        Whether every number it rests on was checked against its text.
    recorded_at : str or None
        When the plan was put into the record, UTC; None where the record does not hold it.
    recorded_by : str
        The key that signed that, by its holder's name.
    record : str
        Id of that record.
    """

    folder: str
    headline: str
    zones: dict[str, Any]
    sha256: str
    made_from: str
    verified: bool
    recorded_at: str | None = None
    recorded_by: str = ""
    record: str = ""


def zones_in_force(folder: Path, keeping: Keeping) -> InForce:
    """Read the zones of a kept plan, after checking every product of it.

    Raises
    ------
    InputError
        If the folder holds no finished plan, or no zones.
    CorruptStore
        If a product was changed or is missing, or the record holds another result made from the same inputs; the
        file is named.
    """
    with _without_place(folder):
        return _read(folder, keeping)


@contextmanager
def _without_place(folder: Path) -> Iterator[None]:
    """Name the folder in what goes wrong, and not where it lies."""
    place = f"{folder.parent}/" if folder.parent != Path() else ""
    try:
        yield
    except InputError as error:
        raise InputError(error.message, file=folder.name, field=error.field, cure=error.cure) from error
    except CorruptStore as error:
        raise CorruptStore(str(error).replace(place, "") if place else str(error)) from error
    except OSError as error:
        raise CorruptStore(f"{folder.name}: cannot be read ({error.strerror})") from error


def _read(folder: Path, keeping: Keeping) -> InForce:
    manifest = check_products(folder)
    if ZONES not in manifest["products"]:
        raise InputError(f"has no {ZONES}", file=folder, cure="name the folder of a plan: oberih plan --out")
    data = (folder / ZONES).read_bytes()
    if sha256_of_bytes(data) != manifest["products"][ZONES]["sha256"]:  # changed since it was checked, a moment ago
        raise CorruptStore(f"{folder / ZONES}: not what was written (its SHA-256 differs); make the result again")
    found = _collection(data, folder / ZONES)
    parts = [f for f in found["features"] if f["properties"].get("part") and f["geometry"]]
    result = manifest["result"] if isinstance(manifest["result"], dict) else {}
    made_from = str(manifest["provenance"]["digest"])
    when, who, record = _in_record(keeping, made_from, folder)
    return InForce(
        folder=folder.resolve().name, headline=str(result.get("headline", "")),
        zones={"type": "FeatureCollection", "features": parts}, sha256=manifest["products"][ZONES]["sha256"],
        made_from=made_from, verified=all(f["properties"].get("verified", False) for f in parts),
        recorded_at=when, recorded_by=who, record=record,
    )  # fmt: skip


def _collection(data: bytes, file: Path) -> dict[str, Any]:
    try:
        found = json.loads(data)
        sound = isinstance(found["features"], list) and all(
            isinstance(f["properties"], dict) and "geometry" in f for f in found["features"]
        )
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise CorruptStore(f"{file}: is no GeoJSON of zones; make the plan again")
    return dict(found)


def _in_record(keeping: Keeping, made_from: str, folder: Path) -> tuple[str | None, str, str]:
    """When and by whom the plan was put into the record; the last time where there are several."""
    if not keeping.exists:
        return None, "", ""
    with opened(keeping) as log:
        found = log.find(text=f"made-from:{made_from}", kind="document", newest=True, limit=1)
        tenures = log.keyring().tenures if found else {}
    if not found:
        return None, "", ""
    entry = found[0]
    if entry.record.data.get("result_sha256") != sha256_of_file(folder / RESULT):
        raise CorruptStore(
            f"{folder / RESULT}: is not the one that the record holds as number {entry.seq}; make the plan again"
        )
    holder = tenures.get(entry.keyid)
    return entry.recorded_at, holder.name if holder else entry.keyid[:12], entry.record.id
