"""What was released, in which air, and what did the arcs measure?

Reads an experiment in the layout of the tidy Prairie Grass tables (``runs.csv``,
``arc_summary.csv``).  Defines the nouns `Run` and `Arc`.  A run without the meteorology that a
prediction needs is left out and the reason is kept; nothing is filled in silently.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from oberih.dispersion.kernels.profile import friction_from_wind
from oberih.errors import InputError
from validation.shelf import Row, number, read_table

WIND_HEIGHT = 2.0  # [m] of wind_speed_m_s, as the tables' source says
ROUGHNESS = 0.006  # [m] mown prairie at O'Neill; widely quoted, e.g. van Ulden (1978)
CORIOLIS = 9.85e-5  # [1/s] at 42.49 N
UNSTABLE_LAYER = 1000.0  # [m] taken where an unstable run has no mixing height
MISPRINT = 0.5  # an SO2 loss factor below this is a printing error (run 12 at 200 m reads 0.09)


@dataclass(frozen=True)
class Run:
    """Ten minutes of release.

    Parameters
    ----------
    name : str
    release_height, sampler_height : float
        [m]
    inverse_length, friction, mixing_height, wind : float
        1/L [1/m], u* [m/s], [m], at `WIND_HEIGHT` [m/s].
    sigma_azimuth : float
        Measured standard deviation of the wind's azimuth [rad]; NaN when not measured.
    """

    name: str
    release_height: float
    sampler_height: float
    inverse_length: float
    friction: float
    mixing_height: float
    wind: float
    sigma_azimuth: float


@dataclass(frozen=True)
class Arc:
    """What one arc of samplers measured.

    Parameters
    ----------
    run : str
    distance : float
        [m]
    maximum : float
        Greatest concentration over the release rate [s/m3].
    integral : float
        Crosswind-integrated concentration over the release rate [s/m2]; NaN when not known.
    loss_factor : float
        Of the tracer [1]; 1 where not known or a misprint.
    """

    run: str
    distance: float
    maximum: float
    integral: float
    loss_factor: float


@dataclass(frozen=True)
class Experiment:
    """Runs with their arcs, and what was left out with the reason."""

    runs: dict[str, Run]
    arcs: tuple[Arc, ...]
    skipped: dict[str, str]


def read_experiment(folder: Path) -> Experiment:
    """Read an experiment's folder.

    Raises
    ------
    InputError
        If a table is missing or malformed, or no run can be used.
    """
    if not folder.is_dir():
        cure = "give the folder as the argument, or set OBERIH_SHARED to the folder that holds data/"
        raise InputError("no such folder", file=folder, cure=cure)
    arcs = _arcs(folder / "arc_summary.csv")
    file = folder / "runs.csv"
    skipped: dict[str, str] = {}
    runs: dict[str, Run] = {}
    for row in read_table(file, needs=("run", "release_height_m", "L_m", "wind_speed_m_s")):
        name = row["run"]
        reason = _reason(row, file) or ("" if any(a.run == name for a in arcs) else "no usable arc")
        if reason:
            skipped[name] = reason
        else:
            runs[name] = _run(row, file)
    for name in sorted({a.run for a in arcs} - set(runs) - set(skipped)):
        skipped[name] = "arcs without a row in runs.csv"
    if not runs:
        raise InputError("no run has both meteorology and arcs", file=folder, cure=f"{len(skipped)} were left out")
    return Experiment(runs, tuple(a for a in arcs if a.run in runs), skipped)


def _reason(row: Row, file: Path) -> str:
    """Why a run cannot be used; empty when it can."""
    length, wind = number(row, "L_m", file=file), number(row, "wind_speed_m_s", file=file)
    height = number(row, "release_height_m", file=file)
    if math.isnan(length):
        return "no Obukhov length"
    if length == 0.0:
        return "Obukhov length is 0"
    if math.isnan(wind) or wind <= 0.0:
        return "no wind speed"
    return "no release height" if math.isnan(height) or height < 0.0 else ""


def _run(row: Row, file: Path) -> Run:
    inverse_length = 1.0 / number(row, "L_m", file=file)
    wind = number(row, "wind_speed_m_s", file=file)
    friction = float(friction_from_wind(wind, WIND_HEIGHT, ROUGHNESS, inverse_length))
    mixing = number(row, "mixing_height_m", file=file)
    if math.isnan(mixing) or mixing <= 0.0:
        mixing = default_mixing_height(friction=friction, inverse_length=inverse_length)
    sampler = number(row, "sampler_height_m", file=file)
    azimuth = number(row, "sigma_azimuth_deg", file=file)
    return Run(
        row["run"],
        number(row, "release_height_m", file=file),
        1.5 if math.isnan(sampler) else sampler,
        inverse_length,
        friction,
        mixing,
        wind,
        math.radians(azimuth) if azimuth > 0.0 else math.nan,
    )


def default_mixing_height(*, friction: float, inverse_length: float) -> float:
    """Mixing height [m] where none was listed: ``0.4 √(u* L / f)`` when stable (Zilitinkevich 1972)."""
    if inverse_length < 0.0:
        return UNSTABLE_LAYER
    return max(0.4 * math.sqrt(friction / (inverse_length * CORIOLIS)), 20.0)


def _arcs(file: Path) -> tuple[Arc, ...]:
    """Arcs with a positive maximum."""
    arcs = []
    for row in read_table(file, needs=("run", "arc_m", "max_conc_over_Q_s_m3")):
        maximum = number(row, "max_conc_over_Q_s_m3", file=file)
        distance = number(row, "arc_m", file=file)
        if not maximum > 0.0 or not distance > 0.0:
            continue
        integral = number(row, "cwi_over_Q_s_m2", file=file)
        factor = number(row, "so2_loss_factor", file=file)
        usable = MISPRINT <= factor <= 1.0
        arcs.append(
            Arc(row["run"], distance, maximum, integral if integral > 0.0 else math.nan, factor if usable else 1.0)
        )
    return tuple(arcs)
