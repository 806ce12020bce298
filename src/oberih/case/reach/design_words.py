"""What must the reader of a designed zone know?

Notes are messages of the catalogue by key, so that a page, a report and a program say them in either language.
"""

from __future__ import annotations

from oberih.case.reach.design_answer import Note, Starts
from oberih.case.reach.design_bench import Bench
from oberih.case.reach.design_request import DesignRequest
from oberih.case.reach.outcome import Found
from oberih.case.reach.sources import Released
from oberih.case.wording import day, km
from oberih.dose.protection import measures
from oberih.language.catalogue import message
from oberih.release.inventory import MISSING

__all__ = ["measure_key", "notes_of"]


def measure_key(measure: str) -> str:
    """Key of a measure's title in the catalogue.

    Examples
    --------
    >>> measure_key("iodine after 1 h")
    'design.measure-iodine-after-1-h'
    """
    return f"design.measure-{measure.replace(' ', '-')}"


def notes_of(
    request: DesignRequest, released: Released, starts: Starts, drawn: Found, bench: Bench
) -> tuple[Note, ...]:
    """What the reader must know of a designed zone, the weightiest first."""
    counted = {"counted": starts.counted, "full": starts.full, "stride": starts.stride}
    notes = [Note("design.note-draft" if starts.counted < starts.full else "design.note-full", counted)]
    if drawn.zone.outline.reaches_edge:
        notes.append(Note("design.note-edge", {"edge": km(bench.atlas.grid.outer_radius)}))
    if not request.all_year:
        notes.append(Note("design.note-times"))
    if request.weather == "forecast":
        notes.append(Note("design.note-forecast", {"hours": len(bench.air)}))
    notes += _of_fuel(request, released)
    notes.append(_of_protection(request))
    notes += [Note("design.note-one"), Note("design.note-arrival"), Note("design.note-people")]
    notes += [Note("design.note-weather", {"text": text}) for text in bench.weather_notes]
    notes.append(Note("design.note-model"))
    if bench.site.note:
        notes.append(Note("design.note-site", {"text": bench.site.note}, {"text": bench.site.note_uk}))
    notes.append(Note("design.note-unverified"))
    return tuple(notes)


def _of_fuel(request: DesignRequest, released: Released) -> list[Note]:
    needs = released.scenario.needs
    if needs == "nothing":
        notes = [Note("design.note-given" if request.upload is None else "design.note-upload")]
    else:
        decayed = {"day": day(request.day), "fuel": released.fuel}
        notes = [Note("design.note-fuel", decayed, {"fuel": released.fuel_uk})]
    if request.shutdown is not None and needs == "core":
        notes.append(Note("design.note-shutdown-yours"))
    if request.shutdown is not None and needs in ("pool", "cask"):
        notes.append(Note("design.note-shutdown-core"))
    if request.unit is not None and needs == "cask":
        notes.append(Note("design.note-unit-cask"))
    if request.upload is not None and needs != "nothing":
        notes.append(Note("design.note-upload"))
    if released.missing == MISSING:
        notes.append(Note("design.note-missing-actinides"))
    elif released.missing:
        notes.append(Note("design.note-missing", {"missing": released.missing}))
    return notes


def _of_protection(request: DesignRequest) -> Note:
    if not request.protection:
        return Note("design.note-unprotected")
    known = measures()
    marks = {m: "" if all(row.verified for row in known[m]) else " †" for m in request.protection}
    told = [", ".join(message(measure_key(m), lang) + mark for m, mark in marks.items()) for lang in ("en", "uk")]
    return Note("design.note-protection", {"measures": told[0]}, {"measures": told[1]})
