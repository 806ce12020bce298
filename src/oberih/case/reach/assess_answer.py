"""What is said of an event that particles carried: in numbers, in words, how sure?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from oberih.case.reach.answer import Answer, Reach
from oberih.case.reach.assess_courses import Band, Run
from oberih.case.reach.assess_event import Event
from oberih.case.reach.assess_fields import FieldSource, covered_note
from oberih.case.reach.assess_run import Stand
from oberih.case.reach.assess_told import ToldPlace, dose_note, headline, release_notes
from oberih.case.reach.doses import Question
from oberih.case.reach.outcome import Found, dominant, reach_of
from oberih.case.reach.plume import Plume, noise_at
from oberih.case.reach.products import reach_data, release_data
from oberih.case.wording import km, stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.weather.perturb import MOST_TURN, RANGES

__all__ = ["COUNTED_OUT", "answer_of", "leading", "sureness"]

COUNTED_OUT = 0.01
"""Share of the aerosol that is still in the air, or left the fields, from which on distances are least values [1]."""

DERIVED_TOLD = 4
"""Sentences on derived fields in the notes; all are in ``result.json``."""

NOISE_AT = (3e3, 30e3, 300e3)
"""Distances at which the particles' noise is told [m]."""

ALWAYS = ("Cs-137", "I-131", "Xe-133")
"""Nuclides whose plume is kept wherever they are released."""


def leading(question: Question) -> tuple[str, ...]:
    """The nuclides whose plume is kept: those that make the dose, and those that everybody asks about."""
    released = question.released.source_term.total()
    names = [*(n for n, _ in dominant(question)), *ALWAYS]
    return tuple(n for n in dict.fromkeys(names) if released.get(n, 0.0) > 0.0)


def answer_of(
    event: Event, source: FieldSource, stand: Stand, runs: Sequence[Run], found: Sequence[Found],
    bands: Sequence[Band], told: Sequence[ToldPlace], *, plume: Plume | None, criteria: str,
) -> Answer:  # fmt: skip
    """The answer in numbers and words.

    Parameters
    ----------
    stand : Stand
        Of the first course.
    runs : sequence of Run
        The first course's first.
    found : sequence of Found
        Of the only course, or of half of them.
    bands : sequence of Band
        Of several courses; empty for one.
    told : sequence
        Doses at settlements of the first course.
    plume : Plume or None
        Whose noise is told.
    criteria : str
        The set's title.
    """
    noise = {} if plume is None else {d: noise_at(plume, d) for d in NOISE_AT}
    noise = {d: share for d, share in noise.items() if np.isfinite(share)}
    request, site = event.request, event.site
    reaches = tuple(_reach(f, bands[i] if bands else None) for i, f in enumerate(found))
    first = _headline(found, bands, told, least=_least(found, runs[0], stand))
    fates = _fate_notes(runs[0], noise, measured=plume is not None)
    notes = (*_weather_notes(event, source, stand), *fates, *_course_notes(runs),
             *release_notes(request, event.questions), *dose_note(event.questions[0], told))  # fmt: skip
    data = {
        "site": site.id, "at": stamp(request.at), "headline": first, "engine": "particles",
        "particles_per_release_hour": stand.settings.particles,
        "followed_h": stand.settings.oldest / SECONDS_PER_HOUR,
        "weather": {"label": stand.label, "source": stand.source, "grid": stand.grid, "derivation": list(stand.derived),
                    "covered_m": stand.covered, "notes": list(source.notes)},
        "criteria": {"set": request.criteria}, "reaches": [reach_data(r) for r in reaches],
        "places": [{"name": n, "distance_m": d, "people": p, "dose_mSv": v} for n, d, p, v in told],
        "releases": [release_data(q.released) for q in event.questions],
        "heights_m": list(stand.atlas.heights), "fate_of_the_aerosol": runs[0].fate,
        "noise_by_distance_m": {f"{d:g}": float(f"{share:.3g}") for d, share in noise.items()},
        "courses": [{"name": r.course.name, **r.course.by.told, "fate_of_the_aerosol": r.fate} for r in runs],
        "bands": [b.as_data() for b in bands],
    }  # fmt: skip
    return Answer(
        title=f"{site.name}: a release at {stamp(request.at)}", weather_label=stand.label, weather_source=stand.source,
        criteria=criteria, percentile=None, reaches=reaches,
        dominant=tuple((q.released.scenario.title["en"], dominant(q)) for q in event.questions),
        notes=(first, *notes), data=data, headline=first,
    )  # fmt: skip


def sureness(runs: Sequence[Run]) -> tuple[str, ...]:
    """How sure the answer is, in sentences for the picture."""
    released = "What is released is assumed, and moves the distances most; no course of the weather holds that."
    if len(runs) == 1:
        return (f"One release in one course of the weather: no band is stated. {released}",)
    return (*_course_notes(runs), f"Bands are from the least to the most of {len(runs)} courses. {released}")


def _reach(found: Found, band: Band | None) -> Reach:
    reach = reach_of(found, percentile=0.5)
    if band is None:
        return dataclasses.replace(reach, low=None, high=None, median=None, share=None)
    return dataclasses.replace(
        reach, distance=band.median, low=band.low, high=band.high, median=band.median, share=band.share,
        people=int(np.median(band.people)),
    )  # fmt: skip


def _headline(found: Sequence[Found], bands: Sequence[Band], told: Sequence[ToldPlace], *, least: bool) -> str:
    said = headline(found, told, least=least)
    evacuate = [b for b in bands if b.criterion.action == "evacuate"]
    if not evacuate:
        return said
    far = max(evacuate, key=lambda b: (b.median, b.high))
    count = len(far.farthest)
    if far.high <= 0.0:
        return f"{said} That is so in every one of {count} courses of the weather."
    needed = round(far.share * count)
    span = f"{km(far.low) if far.low > 0.0 else 'nowhere'} to {km(far.high)} km"
    people = f"{min(far.people):,} to {max(far.people):,} people".replace(",", " ") if any(far.people) else "no people"
    return f"{said} Over {count} courses of the weather: {span}, {people}; needed in {needed} of {count}."


def _least(found: Sequence[Found], run: Run, stand: Stand) -> bool:
    """Whether the evacuation's distance may be too small: it comes near to where the fields end."""
    lost = run.fate["aloft"] + run.fate["left"]
    far = max((f.distances.at(0.5).distance for f in found if f.criterion.action == "evacuate"), default=0.0)
    return lost > COUNTED_OUT and far > 0.5 * stand.covered


def _weather_notes(event: Event, source: FieldSource, stand: Stand) -> list[str]:
    notes = [f"Weather: {stand.source}: {stand.grid}."]
    if "held still" in stand.grid:
        notes.append("One time of the fields only, held still for the whole event.")
    notes += source.notes
    if covered := covered_note(stand.covered):
        notes.append(covered)
    if stand.rain_unknown:
        notes.append("Rain is unknown in the fields and was counted as none: wet deposit is a least value.")
    if stand.derived:
        more = len(stand.derived) - DERIVED_TOLD
        rest = f"; and {more} more in result.json" if more > 0 else ""
        notes.append(f"Not in the fields and derived: {'; '.join(stand.derived[:DERIVED_TOLD])}{rest}.")
    count = f"{stand.settings.particles:,}".replace(",", " ")
    followed = f"{stand.settings.oldest / SECONDS_PER_HOUR:.0f} h"
    notes.append(f"Particles: {count} for each hour of release and height, followed for {followed}.")
    if stand.ends is not None:
        last = (stand.ends - event.request.at) / SECONDS_PER_HOUR - event.hours
        notes.append(f"The fields end at {stamp(stand.ends)}: the last hour of release is followed for "
                     f"{max(last, 0.0) + 1.0:.0f} h at most, so doses far away are least values.")  # fmt: skip
    return notes


def _fate_notes(run: Run, noise: dict[float, float], *, measured: bool) -> list[str]:
    notes = []
    if noise:
        told = ", ".join(f"{100 * share:.2g} % at {km(d)} km" for d, share in noise.items())
        notes.append(f"Noise of the particles (one standard error, where the plume is dense): {told}.")
    elif measured:
        notes.append("The noise of so few particles is not known, and may be large; take more with --particles.")
    aloft, left = run.fate["aloft"], run.fate["left"]
    if aloft > COUNTED_OUT:
        notes.append(f"{100 * aloft:.0f} % of the aerosol is still in the air when the hours end: what it would do "
                     "later is not counted, so doses far away are least values.")  # fmt: skip
    if left > COUNTED_OUT:
        notes.append(f"{100 * left:.0f} % of the aerosol left the fields, or the 1,000 km: it is not seen coming back.")
    return notes


def _course_notes(runs: Sequence[Run]) -> list[str]:
    """What the courses are, and what they are not."""
    if len(runs) == 1:
        return []
    members = sum(r.course.member is not None for r in runs)
    if members:
        beside = "" if members == len(runs) else "The weather as forecast and "
        return [f"{beside}{members} members of the ensemble in the fields; distances are the median with the least and "
                "the most. An ensemble tends to spread less than the truth does near the site."]  # fmt: skip
    turn = f"{np.degrees(MOST_TURN):.0f}°"
    factors = ", ".join(
        f"{words} x/÷ {RANGES[name]:g}" for name, words in (
            ("speed", "wind speed"), ("mixing", "mixing height"), ("rain", "rain"), ("height", "release height"),
        )
    )  # fmt: skip
    return [
        f"{len(runs)} courses of the weather: the one given and {len(runs) - 1} drawn around it, evenly, with the wind "
        f"turned by up to {turn} (Leadbetter et al. 2020), {factors} (ranges not verified). This is no forecast "
        "ensemble: it does not know how the atmosphere errs. All have the same seed."
    ]
