"""What does this regime's file promise?

`load_regime` reads one file into the noun `Regime` and refuses it at its first mistake; `list_regimes` reads those
that come with Oberih, from ``regimes/data/regimes``.  `mistakes_in_regime` finds every mistake at once.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from oberih.errors import InputError, UnknownName
from oberih.regimes.read.across import check_across
from oberih.regimes.read.instrument_table import known_instruments
from oberih.regimes.read.mistake import Mistake, Sheet, from_model, in_order, open_sheet
from oberih.regimes.read.model import (
    AreaRow,
    ConditionRow,
    ContestRow,
    ObligationRow,
    RegimeFile,
    SpanRow,
    SuspensionRow,
)  # fmt: skip
from oberih.regimes.regime import Condition, Contest, Obligation, Part, Regime, Span, Suspension, ZoneArea
from oberih.regimes.rules import TESTS

__all__ = ["list_regimes", "load_regime", "mistakes_in_regime", "shipped_regimes"]


def shipped_regimes() -> dict[str, Path]:
    """Return the files that come with Oberih, by id."""
    folder = Path(str(files("oberih.regimes"))) / "data" / "regimes"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


@lru_cache(maxsize=1)
def list_regimes() -> tuple[Regime, ...]:
    """Return every regime that comes with Oberih, by id."""
    return tuple(load_regime(name) for name in shipped_regimes())


def load_regime(name_or_path: str | Path) -> Regime:
    """Read a regime by its name or from a file.

    Raises
    ------
    UnknownName
        If there is neither a regime of that name nor such a file.
    InputError
        With the first mistake in the file and its line.
    """
    shipped = shipped_regimes()
    path = shipped.get(str(name_or_path), Path(name_or_path))
    if not path.is_file() and (path.suffix == "" or (isinstance(name_or_path, str) and "/" not in name_or_path)):
        raise UnknownName("regime", str(name_or_path), known=shipped)
    read, mistakes = _read(path)
    if mistakes:
        raise mistakes[0].as_error(path)
    if read is None:
        raise InputError("could not be read", file=path)
    return _regime(read, hashlib.sha256(path.read_bytes()).hexdigest())


def mistakes_in_regime(path: Path) -> tuple[Mistake, ...]:
    """Return every mistake of a regime file, by line.

    Raises
    ------
    InputError
        If the file cannot be opened.
    """
    return _read(path)[1]


def _read(path: Path) -> tuple[RegimeFile | None, tuple[Mistake, ...]]:
    sheet: Sheet = open_sheet(path)
    read = None
    if not sheet.mistakes:
        read = cast("RegimeFile | None", from_model(sheet, RegimeFile, tags=TESTS))
        check_across(sheet, instruments=known_instruments())
    return read, in_order(sheet.mistakes)


def _regime(read: RegimeFile, sha256: str) -> Regime:
    return Regime(
        id=read.id, version=read.version, title=read.title.model_dump(), text=read.text.model_dump(),
        subjects=tuple(read.subjects), instruments=tuple(read.instruments), spans=tuple(map(_span, read.span)),
        suspensions=tuple(map(_suspension, read.suspension)), obligations=tuple(map(_obligation, read.obligation)),
        contests=tuple(map(_contest, read.contest)), areas={row.name: _area(row) for row in read.area}, sha256=sha256,
    )  # fmt: skip


def _span(row: SpanRow) -> Span:
    return Span(row.start, row.end, row.source, row.verified)


def _suspension(row: SuspensionRow) -> Suspension:
    return Suspension(row.subject, row.start, row.end, tuple(row.disputed_by), row.source, row.verified)


def _contest(row: ContestRow) -> Contest:
    return Contest(row.obligation, row.subject, row.by, row.start, row.end, row.claim, row.source, row.verified)


def _area(row: AreaRow) -> ZoneArea:
    corners = tuple((p[0], p[1]) for p in row.polygon or ())
    return ZoneArea(row.name, row.site or "", row.radius_m, corners, row.source, row.verified)


def _condition(row: ConditionRow | None) -> Condition | None:
    return None if row is None else Condition(row.indicator, tuple(row.values), row.why)


def _part(row: Any) -> Part:
    parameters = row.model_dump(by_alias=True, exclude={"name", "test"}, exclude_unset=True)
    return Part(row.name, row.test, parameters)


def _obligation(row: ObligationRow) -> Obligation:
    return Obligation(
        id=row.id, text=row.text.model_dump(), article=row.article, addressee=row.addressee, force=row.force,
        parts=tuple(map(_part, row.part)), start=row.start, end=row.end, subjects=tuple(row.subjects),
        requires=_condition(row.requires), excluded_while=_condition(row.excluded_while),
        supports=tuple(row.supports), compromises=tuple(row.compromises), insufficient=tuple(row.insufficient),
        source=row.source, verified=row.verified, note=row.note,
    )  # fmt: skip
