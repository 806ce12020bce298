"""What could the air have been, if the fields are a little wrong?

Defines the noun `Perturbation`: by how much a course of the weather, and the height of a release in it, differ from
what was given.  The first of any number is what was given; the others are drawn so that each input's range is filled
evenly (a Latin hypercube).  This is no forecast ensemble: nothing here knows how the atmosphere errs.

The wind is turned by turning its whole field about the site, rain and mixing height with it: so it stays as balanced
as it was, where turning each arrow in its place would make air flow together that does not.  Whoever has results on
rings and sectors turns those instead (`sectors_of`), exactly.

Sources: direction up to 25°: Leadbetter et al. (2020), Radioprotection 55, S51, table 1 (after Astrup & Mikkelsen
2010), where flat terrain is meant; that it is taken as even within that is our choice.  The other ranges are our
choices too: verified = false.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from oberih.errors import OutOfRange
from oberih.weather.fields import Fields

__all__ = ["MOST_TURN", "RANGES", "Perturbation", "perturbations", "perturbed", "sectors_of"]

MOST_TURN = np.radians(25.0)
"""[rad]"""

RANGES = {"speed": 1.3, "mixing": 1.5, "rain": 2.0, "height": 1.5}
"""Factors: each input is multiplied and divided by up to this, evenly in its logarithm [1]; verified = false."""

STEEPEST = 0.2
"""1/L is not let beyond this, either way [1/m], as `oberih.weather.volume` has it."""

LEAST_LAYER = 50.0
"""Mixing height is not let below this [m]."""


@dataclass(frozen=True)
class Perturbation:
    """By how much a course of the weather differs from what was given.

    Parameters
    ----------
    turn : float
        Of the wind, clockwise [rad].
    speed, mixing, rain : float
        Factors of the wind, the mixing height and the rain [1].
    height : float
        Factor of the release height [1].
    """

    turn: float = 0.0
    speed: float = 1.0
    mixing: float = 1.0
    rain: float = 1.0
    height: float = 1.0

    @property
    def told(self) -> dict[str, float]:
        """As plain values: the turn in degrees, factors."""
        return {"turn_deg": round(float(np.degrees(self.turn)), 2)} | {
            name: round(float(getattr(self, name)), 4) for name in RANGES
        }


def perturbations(count: int, *, seed: int) -> tuple[Perturbation, ...]:
    """Draw so many courses; the first is the weather as given.

    Raises
    ------
    OutOfRange
        If there are fewer than two.

    Notes
    -----
    Each input's range is cut into ``count - 1`` equal parts, one value drawn in each, and the parts of different
    inputs are joined at random (McKay et al. 1979).
    """
    if count < 2:
        raise OutOfRange("must be at least 2: the weather as given and another", field="perturbed", value=count)
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0x57EA]))
    n = count - 1
    columns = [(rng.permutation(n) + rng.uniform(size=n)) / n * 2.0 - 1.0 for _ in range(1 + len(RANGES))]
    drawn = [Perturbation()]
    for turn, *others in zip(*columns, strict=True):
        factors = {name: float(most**share) for (name, most), share in zip(RANGES.items(), others, strict=True)}
        drawn.append(Perturbation(float(turn * MOST_TURN), **factors))
    return tuple(drawn)


def perturbed(fields: Fields, by: Perturbation) -> Fields:
    """The fields with other wind speed, mixing height and rain; their direction is left to `sectors_of`.

    Notes
    -----
    The heat flux at the ground is kept: u* goes with the wind, 1/L with its inverse cube, w* with the cube root of the
    mixing height.  Rain that is unknown stays unknown.
    """
    if by == Perturbation():
        return fields
    return dataclasses.replace(
        fields,
        east=fields.east * by.speed, north=fields.north * by.speed, up=fields.up * by.speed,
        friction_velocity=fields.friction_velocity * by.speed,
        inverse_obukhov_length=np.clip(fields.inverse_obukhov_length / by.speed**3, -STEEPEST, STEEPEST),
        mixing_height=np.maximum(fields.mixing_height * by.mixing, LEAST_LAYER),
        convective_velocity=fields.convective_velocity * by.mixing ** (1.0 / 3.0),
        precipitation=fields.precipitation * by.rain,
        derived=(*fields.derived, "perturbed: wind speed, mixing height and rain"),
    )  # fmt: skip


def sectors_of(by: Perturbation, sectors: int) -> int:
    """By how many of so many sectors, clockwise, results on rings and sectors are turned, to the nearest."""
    return round(by.turn / (2.0 * np.pi / sectors))
