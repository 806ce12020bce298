"""Which gates stand around the application, in which order?"""

from __future__ import annotations

from fastapi import FastAPI

from oberih.web.access.gate import Gate
from oberih.web.state import State

__all__ = ["guard"]


def guard(app: FastAPI, state: State) -> None:
    """Put the gates around an application; the last one put is the first that a request meets.

    Parameters
    ----------
    app : FastAPI
    state : State
    """
    app.add_middleware(Gate, state=state)
