"""What do all requests share?

Defines the noun `State`: the settings, the clock, and the services that a server runs.  A route takes it as
``state: Shared``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

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
    """

    settings: ServeSettings
    clock: Callable[[], datetime]


def _state(request: Request) -> State:
    held: State = request.app.state.held
    return held


Shared = Annotated[State, Depends(_state)]
