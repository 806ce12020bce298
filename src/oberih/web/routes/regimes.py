"""Do the rules hold, as of a day, by what was known, and since when?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response

from oberih.case.hold import findings_export as export
from oberih.case.hold.judgement import Judgement
from oberih.case.hold.oscal import as_oscal
from oberih.case.hold.regime import check
from oberih.case.hold.regime_board import Board, refuse_day
from oberih.case.hold.regime_explain import explain, only, recipe
from oberih.case.hold.timeline_pages import history_sheet
from oberih.case.hold.timeline_products import changes_as_csv, changes_as_json
from oberih.errors import UnknownName
from oberih.web.access.may import may
from oberih.web.problem import refusals
from oberih.web.routes.regime_models import HistoryOf, ObligationOf, RegimeBoard, RegimeRow, RegimeTable
from oberih.web.state import Shared, State

router = APIRouter(prefix="/api/v1/regimes", tags=["regimes"], dependencies=[may("read")])

Name = Annotated[str, InPath(max_length=100, description="Of a regime that ships, as seven-pillars.")]
Obligation = Annotated[str, InPath(max_length=100)]
Day = Annotated[date | None, Query(description="As 2022-09-02; today if not given.")]
KnownBy = Annotated[date | None, Query(description="Only what was known by then counts; all that is known now.")]
Lang = Annotated[Literal["en", "uk"], Query(description="Language of texts; what a rule says stays English.")]
Form = Literal["json", "csv", "md", "oscal"]

MEDIA = {"json": "application/json", "oscal": "application/json", "csv": "text/csv; charset=utf-8",
         "md": "text/markdown; charset=utf-8"}  # fmt: skip
REFUSED = refusals(401, 403, 404, 422, 503)


def _board(request: Request, state: Shared) -> Board:
    """The board of this server; made with its first question."""
    kept: Board | None = getattr(request.app.state, "board", None)
    if kept is None:
        kept = request.app.state.board = Board(state.settings.keeping)
    return kept


Boarded = Annotated[Board, Depends(_board)]


def _days(state: State, as_of: date | None, known_by: date | None) -> date:
    today = state.clock().date()
    refuse_day(as_of, today=today, name="as_of")
    refuse_day(known_by, today=today, name="known_by")
    return as_of or today


@router.get("", responses=refusals(401, 403, 422, 503))
def regimes(
    state: Shared, board: Boarded, as_of: Day = None, known_by: KnownBy = None, lang: Lang = "en"
) -> RegimeTable:
    """Every regime with how it stands on a day."""
    day = _days(state, as_of, known_by)
    found = [board.judgement(name, as_of=day, known_by=known_by) for name in board.names()]
    return RegimeTable(
        as_of=day, known_by=known_by, own_record=any(k == "own record" for k, _, _ in found[0].rests_on),
        rests_on=RegimeBoard.of(found[0], lang).rests_on, regimes=[RegimeRow.of(j, lang) for j in found],
    )  # fmt: skip


@router.get("/{name}", responses=REFUSED)
def regime_board(
    state: Shared, board: Boarded, name: Name, as_of: Day = None, known_by: KnownBy = None, lang: Lang = "en"
) -> RegimeBoard:
    """One regime: every obligation for every subject, whether it applies, how it stands, who contests it and why."""
    return RegimeBoard.of(board.judgement(name, as_of=_days(state, as_of, known_by), known_by=known_by), lang)


@router.get("/{name}/obligations/{obligation}", responses=REFUSED)
def regime_obligation(
    state: Shared, board: Boarded, name: Name, obligation: Obligation, as_of: Day = None, known_by: KnownBy = None,
    lang: Lang = "en",
) -> ObligationOf:  # fmt: skip
    """One obligation laid open: its text, what would support or compromise it, every observation and why it counted."""
    judgement = board.judgement(name, as_of=_days(state, as_of, known_by), known_by=known_by)
    kept = only(judgement, obligation)
    return ObligationOf.of(kept, board.recorded(kept), recipe(kept), lang)


@router.get("/{name}/history", responses=REFUSED)
def regime_history(
    state: Shared, board: Boarded, name: Name,
    start: Annotated[date | None, Query(description="First day; the year in which what is known of it begins.")] = None,
    end: Day = None, known_by: KnownBy = None,
    rolling: Annotated[bool, Query(description="Judge each day by what was known on it.")] = False,
    obligation: Annotated[str | None, Query(max_length=100)] = None, lang: Lang = "en",
) -> HistoryOf:  # fmt: skip
    """When findings changed, to the day, and why."""
    last = _days(state, end, known_by)
    refuse_day(start, today=state.clock().date(), name="start")
    found = board.history(name, start=start, end=last, known_by=known_by, rolling=rolling)
    known = [o.id for o in found.regime.obligations]
    if obligation is not None and obligation not in known:
        raise UnknownName("obligation", obligation, known=known)
    return HistoryOf.of(found, obligation, lang)


@router.get("/{name}/history/export/{form}", responses=REFUSED, response_class=Response)
def regime_history_export(
    state: Shared, board: Boarded, name: Name, form: Literal["json", "csv", "md"], start: Day = None, end: Day = None,
    known_by: KnownBy = None, rolling: bool = False, lang: Lang = "en",
) -> Response:  # fmt: skip
    """The changes as a file, as `oberih regime timeline` writes them."""
    last = _days(state, end, known_by)
    refuse_day(start, today=state.clock().date(), name="start")
    found = board.history(name, start=start, end=last, known_by=known_by, rolling=rolling)
    match form:
        case "json":
            data = changes_as_json(found)
        case "csv":
            data = changes_as_csv(found)
        case _:
            data = export.sheets_as_markdown([history_sheet(found, lang)])
    return _file(data, form, f"{name}-history-{last}")


@router.get("/{name}/export/{form}", responses=REFUSED, response_class=Response)
def regime_export(
    state: Shared, board: Boarded, name: Name, form: Form, as_of: Day = None, known_by: KnownBy = None,
    obligation: Annotated[str | None, Query(max_length=100)] = None, lang: Lang = "en",
) -> Response:  # fmt: skip
    """Findings as a file, as `oberih regime check` and `explain` write them; JSON can be computed again by anyone."""
    day = _days(state, as_of, known_by)
    judgement = board.judgement(name, as_of=day, known_by=known_by)
    if obligation is None:
        return _file(_written(judgement, form, lang), form, f"{name}-{day}")
    kept = only(judgement, obligation)
    if form == "md":
        return _file(export.sheets_as_markdown(explain(kept, obligation, lang)), form, f"{name}-{obligation}-{day}")
    data = export.observations_as_csv(kept) if form == "csv" else _written(kept, form, lang)
    return _file(data, form, f"{name}-{obligation}-{day}")


def _written(judgement: Judgement, form: Form, lang: str) -> bytes:
    match form:
        case "oscal":
            return as_oscal(judgement, lang).data
        case "md":
            return export.sheets_as_markdown((check(judgement, lang),))
        case "csv":
            return export.as_csv(judgement)
        case _:
            return export.as_json(judgement)


def _file(data: bytes, form: str, name: str) -> Response:
    ending = f"{form}.json" if form == "oscal" else form
    given = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(data, media_type=MEDIA[form], headers=given)
