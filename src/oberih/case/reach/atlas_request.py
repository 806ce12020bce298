"""What is asked of whoever builds an atlas?

Defines the noun `AtlasRequest`: what stands in an atlas, where it is to stand and who does the work,
as it was put, before anything is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from oberih.case.reach.request import DEFAULT_CACHE, DEFAULT_SEED, PlanRequest

__all__ = ["CLIMATE", "FOLLOW", "PARTICLES", "AtlasRequest"]

CLIMATE = "climate"
"""The embedded statistics, for puffs."""

PARTICLES = 3840
"""Of a release hour, unless asked otherwise; as `oberih.dispersion.particles.unit.ParticleSettings` has it."""

FOLLOW = 72
"""Hours for which a release by particles is followed, unless asked otherwise."""


@dataclass(frozen=True)
class AtlasRequest:
    """Which atlas, where, and by whom?

    Parameters
    ----------
    site, mapping, server, cache, workers, scheduler, seed
        As in `PlanRequest`.
    weather : tuple of str
        As there; for particles one or several files or folders of fields on levels.
    engine : str
        Of `oberih.case.reach.request.ENGINES`.
    particles : int
        Of a release hour, for that engine.
    follow : int
        How long its releases are followed [h].
    heights : tuple of float or None
        Release heights [m], rising; None for those that a plan needs.
    store : str or None
        URL of a place in an object store, ``s3://bucket/prefix``; None for the cache.
    """

    site: str
    weather: tuple[str, ...] = (CLIMATE,)
    engine: str = "puffs"
    particles: int = PARTICLES
    follow: int = FOLLOW
    mapping: Path | None = None
    server: str | None = None
    heights: tuple[float, ...] | None = None
    store: str | None = None
    cache: Path = field(default=DEFAULT_CACHE)
    workers: int | None = None
    scheduler: str | None = None
    seed: int = DEFAULT_SEED

    def as_plan(self) -> PlanRequest:
        """The plan's request that would stand on it."""
        return PlanRequest(
            site=self.site, weather=self.weather[0], mapping=self.mapping, server=self.server, cache=self.cache,
            workers=self.workers, scheduler=self.scheduler, seed=self.seed,
        )  # fmt: skip
