"""A duty office for tests of a forecast that stands ready: its clock goes on while it waits; its power may fail."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from oberih.atlas.build import build
from oberih.case.progress import Progress, Silent
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import ReadyAtlas
from oberih.case.reach.forecast_watch import keep_ready
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.earth.site import load_site
from oberih.weather.perturb import Perturbation, perturbed
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import cut, fields_of_volume
from tests.weather.live.conftest import NOW, QUICK
from tests.weather.live.simulator import ForecastServer

SITE = "zaporizhzhia"


class Office:
    """A clock that goes on while the service waits, and what it said."""

    def __init__(self, cache: Path, server: ForecastServer, *, now: int = NOW, **changed: object) -> None:
        self.now, self.said, self.looks = now, [], 0  # type: ignore[var-annotated]
        self.until = now
        self.at_look: Callable[[int], None] = lambda look: None
        self.progress: Progress = Silent()
        self.request = ForecastRequest(
            site=SITE, source="nomads", server=server.url, cache=cache, hours=18, follow=3, particles=64, workers=1
        )
        self.request = dataclasses.replace(self.request, **changed)  # type: ignore[arg-type]

    def wait(self, seconds: float) -> None:
        self.now += int(seconds)
        self.looks += 1
        self.at_look(self.looks)

    def run(self, *, hours: float = 0.0) -> ReadyAtlas | None:
        """Let the service run so long, or for one look."""
        self.until = self.now + int(3600 * hours)
        return keep_ready(
            self.request, clock=lambda: self.now, wait=self.wait, told=self.said.append, progress=self.progress,
            once=not hours, patience=QUICK, stopped=lambda: self.now > self.until,
        )  # fmt: skip

    @property
    def log(self) -> str:
        return "\n".join(self.said)


def flow_digest(entry: ReadyAtlas, by: Perturbation | None = None, files: list[Path] | None = None) -> str:
    """Of the fields of the run that the atlas says it was made from, or of another course of the same hours."""
    raw = volume_of(files or [Path(p) for p in entry.fields])
    cut(raw, start=entry.first, end=int(raw.time[-1]))
    fields = fields_of_volume(raw, roughness_length=load_site(SITE).roughness_length, label="forecast")
    return flow_of_fields(fields if by is None else perturbed(fields, by)).digest


class PowerCut(BaseException):
    """Nothing of ours is run after it."""


def power_fails_after(tasks: int) -> Callable[..., object]:
    """A build that the power ends after so many tasks."""

    def cut_off(path: Path, plan: object, *, scheduler: object, told: Callable[[int, int], None]) -> object:
        def count(done: int, total: int) -> None:
            told(done, total)
            if done >= tasks:
                raise PowerCut

        return build(path, plan, scheduler=scheduler, told=count)  # type: ignore[arg-type]

    return cut_off
