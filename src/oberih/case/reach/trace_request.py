"""What is asked of a trace?

Defines the nouns `Sample` and `TraceRequest`, in SI units but for degrees and hours, before any field is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from oberih.weather.volume import ROUGHNESS

__all__ = ["ONE_SAMPLE", "Sample", "TraceRequest"]

ONE_SAMPLE = "the sample"
"""Name of a sample that was given without one."""


@dataclass(frozen=True)
class Sample:
    """Air that was drawn through a filter, or into a bag.

    Parameters
    ----------
    name : str
    latitude, longitude : float
        [°]
    start, end : int
        Seconds since 1970, UTC.
    value : float or None
        Mean concentration measured [Bq/m3].
    limit : float or None
        Below which nothing would have been seen [Bq/m3].
    """

    name: str
    latitude: float
    longitude: float
    start: int
    end: int
    value: float | None = None
    limit: float | None = None

    @property
    def seen(self) -> bool:
        """Whether a value stands that is above 0 and not below the limit."""
        return self.value is not None and self.value > 0.0 and (self.limit is None or self.value >= self.limit)


@dataclass(frozen=True)
class TraceRequest:
    """Samples, and how far back to look.

    Parameters
    ----------
    fields : tuple of Path
        Wind on levels, and the ground.
    samples : tuple of Sample
    out : Path
        Folder of the products.
    site : str or None
        Name or file of a site that is looked at in particular.
    back : int
        Hours before the beginning of each sampling.
    low, high : float
        Between which heights above ground air was drawn [m].
    layer : float
        Depth of the lowest layer into which a release would go [m].
    form : str
        Of `oberih.constants.FORMS`.
    nuclide : str or None
        Whose decay on the way counts; none decays where None.
    particles : int
        For each sample.
    finer : int
        Cells of the output to a cell of the fields, each way.
    roughness_length : float
        [m]
    seed, threads : int
    """

    fields: tuple[Path, ...]
    samples: tuple[Sample, ...]
    out: Path
    site: str | None = None
    back: int = 72
    low: float = 0.0
    high: float = 100.0
    layer: float = 100.0
    form: str = "aerosol"
    nuclide: str | None = None
    particles: int = 100_000
    finer: int = 1
    roughness_length: float = ROUGHNESS
    seed: int = 1
    threads: int = 2
