"""Where does the designer's page put its question?

Two addresses: what can be chosen, and the answer to one setting of the sliders.  The query of the second is the query
of the page's own address, so that a link shares a setting.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from oberih.web.access.may import may
from oberih.web.problem import refusals
from oberih.web.routes.design_choices import DesignChoices
from oberih.web.routes.design_models import DesignAnswer
from oberih.web.routes.design_query import Asked, request_of
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1", tags=["design"])

Language = Annotated[Literal["en", "uk"], Query(description="Of texts.")]


@router.get("/design/choices", dependencies=[may("read")], responses=refusals(401, 403, 422))
def design_choices(state: Shared, lang: Language = "en") -> DesignChoices:
    """Give what can be chosen in the designer, and how far the year's atlas is."""
    return DesignChoices.of(state.settings.site, state.engine.readiness, state.engine.weathers, lang)


@router.get("/design", dependencies=[may("compute")], responses=refusals(401, 403, 404, 409, 422, 429, 503))
def design_zone(state: Shared, query: Asked) -> DesignAnswer:
    """Design a zone: how far must it reach if the sliders stand like this?

    A draft counts fewer starts than a plan, says how many, and is meant for moving sliders; ``detail=full`` counts all.
    The same query has the same answer.  While the year's atlas is being prepared the answer is 409, and where more is
    asked than can be computed soon 429, both with ``Retry-After``; 503 where the atlas could not be made.
    """
    return DesignAnswer.of(state.engine.design(request_of(query, seed=state.settings.seed)), query.lang)
