"""What do all requests share?

Defines the noun `State`: the settings, the clock, and the services that a server runs.  A route takes it as
``state: Shared``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from oberih.case.reach.response import Responder
from oberih.case.reach.response_plume import forecast_plume
from oberih.case.reach.response_weather import EventRoom
from oberih.case.watch.desk import Desk, OnDesk
from oberih.earth.site import load_site
from oberih.web.engine import Engine
from oberih.web.live import Live
from oberih.web.press import Press
from oberih.web.settings import ServeSettings

__all__ = ["Shared", "State"]


@dataclass
class State:
    """What a server holds.

    Parameters
    ----------
    settings : ServeSettings
    clock : callable
        Gives the time, UTC.
    engine : Engine
        Prepares the year's atlas, and computes.
    live : Live
        Looks at the sources of the situation, and tells the pages.
    events : Responder
        Answers what is asked of events.
    press : Press
        Sets reports.
    """

    settings: ServeSettings
    clock: Callable[[], datetime]
    engine: Engine = field(init=False)
    live: Live = field(init=False)
    events: Responder = field(init=False)
    press: Press = field(default_factory=Press, init=False)

    def __post_init__(self) -> None:
        """Lay out what the settings name."""
        s = self.settings
        self.engine = Engine(s, clock=self.clock)
        room = EventRoom(load_site(s.site), s.forecast, s.weather, s.mapping, s.cache, s.seed)
        self.events = Responder(room)
        desk = Desk(
            OnDesk(s.site, s.keeping, s.readings, s.in_force, s.forecast, s.cache),
            plume=lambda now: forecast_plume(self.events, now=now),
        )
        self.live = Live(desk, self.clock, engine=self.engine.told)


def _state(request: Request) -> State:
    held: State = request.app.state.held
    return held


Shared = Annotated[State, Depends(_state)]
