"""What is asked of an event, and can it be answered and kept, before anything is computed?

Defines the noun `Event`, the beginning of both stories of one event: that of puffs (`oberih.case.reach.assess`) and
that of particles (`oberih.case.reach.assess_particles`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from oberih.case.reach.assess_told import questions_of
from oberih.case.reach.doses import OLDEST, Question
from oberih.case.reach.products import PLAIN, check_folder, check_paths
from oberih.case.reach.request import AssessRequest
from oberih.earth.population import PopulationRaster
from oberih.earth.site import Site, load_site
from oberih.zone.criteria import load_criteria
from oberih.zone.criterion import CriteriaSet

__all__ = ["Event", "begun"]

AT_SITE = 1e-3
"""Around the site, of the piece of a raster of people that is tried [°]."""


@dataclass(frozen=True)
class Event:
    """What is asked of an event.

    Parameters
    ----------
    request : AssessRequest
    site : Site
    questions : tuple of Question
    hours : int
        Of the longest release [h].
    """

    request: AssessRequest
    site: Site
    questions: tuple[Question, ...]
    hours: int


def begun(
    request: AssessRequest, *, names: Sequence[str] = PLAIN, oldest: float = OLDEST, computes: bool = True
) -> tuple[Event, CriteriaSet]:
    """Read what is asked, once what is to be written can be.

    Parameters
    ----------
    request : AssessRequest
    names : sequence of str
        Of the files to be written.
    oldest : float
        As for `oberih.case.reach.doses.question` [s].
    computes : bool
        Whether the cache will be written.

    Raises
    ------
    InputError
        If a file or folder cannot serve, or a name is unknown.
    """
    check_paths(request.out, request.population, names=names)
    if computes:
        check_folder(request.cache, field="--cache")
    site, criteria = load_site(request.site), load_criteria(request.criteria)
    if request.population is not None:  # what is no raster of the place is refused now, not after minutes of work
        here = shapely.Point(site.longitude, site.latitude).buffer(AT_SITE)
        PopulationRaster(request.population).people_within(here)
    return Event(request, site, *questions_of(request, site, criteria, oldest=oldest)), criteria
