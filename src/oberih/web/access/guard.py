"""Which gates stand around the application, in which order?

From outside to inside: is what nobody read thrown away (`Emptied`), is it our name that is asked (`Hosts`), not too
often (`Pace`), by whom (`Gate`), are they not many at once (`InTurn`), is it a write that has to be noted (`Noted`), is
what is sent small, quick and of the right kind (`Bodies`).
"""

from __future__ import annotations

from fastapi import FastAPI

from oberih.web.access.bodies import Bodies
from oberih.web.access.documented import document_gates
from oberih.web.access.emptied import Emptied
from oberih.web.access.gate import Gate
from oberih.web.access.hosts import Hosts
from oberih.web.access.in_turn import InTurn
from oberih.web.access.noted import Noted
from oberih.web.access.pace import Pace, Paces
from oberih.web.access.porter import open_porter
from oberih.web.access.sessions import Lasting
from oberih.web.access.telling import tell_refusals
from oberih.web.access.turns import Turns
from oberih.web.state import State

__all__ = ["guard"]


def guard(app: FastAPI, state: State) -> None:
    """Put the gates around an application.

    Parameters
    ----------
    app : FastAPI
    state : State

    Raises
    ------
    InputError, StoreError
        If there is a file of accounts that cannot be used, or nobody in it who looks after it.
    """
    settings, paces, porter = state.settings, Paces(state.clock), None
    if settings.users is not None:
        lasting = Lasting(idle=round(settings.session_idle), longest=round(settings.session_longest))
        porter = open_porter(settings.users, settings.keeping, clock=state.clock, lasting=lasting)
    app.state.porter, app.state.paces, app.state.turns = porter, paces, Turns()
    tell_refusals(app)
    document_gates(app)
    app.add_middleware(Bodies)  # the last that is put is the first that a request meets
    if porter is not None:
        app.add_middleware(Noted, porter=porter)
        app.add_middleware(InTurn)
    app.add_middleware(Gate, porter=porter, paces=paces)
    app.add_middleware(Pace, paces=paces)
    app.add_middleware(Hosts, settings=settings)
    app.add_middleware(Emptied)
