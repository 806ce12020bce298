"""What must be summed over an atlas to get these doses?

Turns responses into the tables that `oberih.atlas.superpose` reads: doses per unit of tic, gamma
and deposit of each form, for up to eight quantities side by side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels.superpose import LANES, TERMS
from oberih.atlas.packed import TABLE_STEP
from oberih.atlas.superpose import Source
from oberih.constants import FORMS, SECONDS_PER_HOUR
from oberih.dose.quantity import Response
from oberih.errors import OutOfRange
from oberih.release.source_term import SourceTerm

__all__ = ["source_for"]

Floats = npt.NDArray[np.float64]


def source_for(
    source_term: SourceTerm, responses: Sequence[Response], *, oldest: float = 72.0 * SECONDS_PER_HOUR
) -> Source:
    """The tables of a release for up to eight quantities.

    Parameters
    ----------
    source_term : SourceTerm
    responses : sequence of Response
        Of that source term; their order is the order of the lanes.
    oldest : float
        Age to which the tables reach [s].

    Raises
    ------
    OutOfRange
        If there are more than eight.
    """
    if len(responses) > LANES:
        raise OutOfRange(f"more than {LANES} quantities at once", field="responses", value=len(responses))
    ages = np.arange(0.0, oldest + 0.5 * TABLE_STEP, TABLE_STEP)
    tables = np.zeros((source_term.hours, len(ages), TERMS, LANES), dtype=np.float32)
    forms = len(FORMS)
    for lane, response in enumerate(responses):
        for first, per_unit in enumerate((response.inhalation, response.cloud, response.deposit)):
            at_ages = _at(ages, response.ages, per_unit)
            tables[:, :, first * forms : (first + 1) * forms, lane] = at_ages.transpose(0, 2, 1)
    tables[:, :, 2 * forms, :] = 0.0  # the noble gas does not deposit
    return Source(
        tables, np.asarray(source_term.height, dtype=float), np.asarray(source_term.heat, dtype=float),
        source_term.exit_velocity, source_term.exit_diameter,
    )  # fmt: skip


def _at(ages: Floats, known: Floats, values: Floats) -> Floats:
    """Values of shape (…, known ages) at other ages, linear between, held beyond the last."""
    upper = np.clip(np.searchsorted(known, ages), 1, len(known) - 1)
    share = np.clip((ages - known[upper - 1]) / (known[upper] - known[upper - 1]), 0.0, 1.0)
    return np.asarray(values[..., upper - 1] * (1.0 - share) + values[..., upper] * share)
