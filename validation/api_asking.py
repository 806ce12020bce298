"""What is asked of every operation of an API, and what counts as a fault?

`fuzz` reads a server's own ``/openapi.json`` and asks each operation what schemathesis makes up: what fits the
description, and what does not.  Into what fits, names that exist are put half of the time (`KNOWN`), so that more
than the refusal of unknown names is asked.

Defines `Fault` and `Tally`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from oberih.constants import AGES
from oberih.dose.protection import measures
from oberih.release import list_scenarios
from oberih.zone.criteria import list_criteria

__all__ = ["BODIES", "CHECKS", "ENDLESS", "HEAVY", "KNOWN", "Fault", "Tally", "fuzz"]

CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
)  # fmt: skip
ENDLESS = frozenset({"live"})
"""Operations whose answer never ends; `tests.web.test_schema` asks them on its own."""

KNOWN: Mapping[str, tuple[Any, ...]] = {
    "scenario": tuple(list_scenarios()), "criteria": list_criteria(), "age": AGES, "unit": ("1", "6"),
    "protection": tuple([name] for name in measures()), "months": ("12,1,2", "7"), "number": (0, 1, 2),
    "weather": ("year",), "shutdown": ("at-power", "2022-09-11"), "action": ("evacuate", "shelter"),
    "name": ("seven-pillars", "npt", "reader"), "obligation": ("physical-integrity",),
}  # fmt: skip
"""Values that exist, by the name of the parameter."""

_SAID = {"kind": "event", "text": "A siren was heard", "happened": {"from": "2026-03-01"}}
BODIES: Mapping[str, Any] = {"evidence_add": _SAID, "evidence_correct": {"text": "A siren was heard twice"}}
"""Bodies that can be used, by the name of the operation; one is put in place of what was made up half of the time."""

HEAVY = frozenset({"design_export", "report_pdf", "report_html"})
"""Operations that take seconds; they are asked half as often."""

_MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@dataclass(frozen=True)
class Fault:
    """Where the API did not keep to what it says.

    Parameters
    ----------
    operation : str
        Method and path.
    kind : str
        Which check failed.
    detail : str
        In one line.
    curl : str
        Asks again.
    """

    operation: str
    kind: str
    detail: str
    curl: str


@dataclass
class Tally:
    """What was asked, and what came back.

    Parameters
    ----------
    statuses : dict of str to Counter
        By operation.
    faults : list of Fault
        One for each operation and kind.
    """

    statuses: dict[str, Counter[int]]
    faults: list[Fault]

    @property
    def asked(self) -> int:
        """Requests in all."""
        return sum(sum(c.values()) for c in self.statuses.values())

    def as_dict(self) -> dict[str, Any]:
        """As the last line says it."""
        seen: Counter[int] = Counter()
        for counted in self.statuses.values():
            seen.update(counted)
        return {
            "operations": len(self.statuses), "requests": self.asked,
            "statuses": {str(s): n for s, n in sorted(seen.items())}, "faults": len(self.faults),
        }  # fmt: skip


def fuzz(
    address: str, *, examples: int, seed: int = 1, only: str = "", headers: dict[str, str] | None = None,
    told: Callable[[str], None] = lambda line: None,
) -> Tally:  # fmt: skip
    """Ask every operation of a server.

    Parameters
    ----------
    address : str
        Of the server, without a slash at the end.
    examples : int
        For each operation, of what fits and of what does not.
    seed : int
    only : str
        Operations whose method and path hold this word.
    headers : dict, optional
        Sent with every request, such as a token.
    told : callable
        Told a line for each operation.
    """
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json", headers=headers or {})
    tally = Tally({}, [])
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # of our own schema: an error here is a fault
        name = f"{operation.method.upper()} {operation.path}"
        if operation.definition.raw.get("operationId") in ENDLESS or only not in name:
            continue
        begin = time.monotonic()
        often = max(2, examples // 2) if operation.definition.raw.get("operationId") in HEAVY else examples
        tally.statuses[name] = Counter()
        for mode in _MODES:
            _ask(operation, mode, name, tally, examples=often, seed=seed, headers=headers or {})
        told(f"{time.monotonic() - begin:5.1f} s  {name}  {dict(sorted(tally.statuses[name].items()))}")
    return tally


def _ask(
    operation: Any, mode: Any, name: str, tally: Tally, *, examples: int, seed: int, headers: dict[str, str]
) -> None:
    known = {(f.operation, f.kind) for f in tally.faults}

    def once(case: Any) -> None:
        response = case.call(headers=headers, timeout=60)
        tally.statuses[name][response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS, headers=headers)
        except (FailureGroup, Failure) as error:
            raised: tuple[Any, ...] = getattr(error, "exceptions", (error,))
            for failure in raised:
                if (name, failure.title) not in known:
                    known.add((name, failure.title))
                    tally.faults.append(Fault(name, failure.title, _line(failure), case.as_curl_command(headers)))

    asked = hypothesis.given(_cases(operation, mode))(once)
    asked = hypothesis.settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(asked)  # fmt: skip
    try:
        hypothesis.seed(seed)(asked)()
    except hypothesis.errors.Unsatisfiable:
        return  # nothing can be wrong with an operation that takes nothing


def _line(failure: Any) -> str:
    return " ".join(str(failure).split())[:400]


@st.composite
def _cases(draw: Any, operation: Any, mode: Any) -> Any:
    case = draw(operation.as_strategy(generation_mode=mode))
    if mode is schemathesis.GenerationMode.POSITIVE:
        body = BODIES.get(operation.definition.raw.get("operationId", ""))
        if body is not None and draw(st.booleans()):
            case.body = dict(body)
        for values in (case.path_parameters, case.query):
            for name in sorted(set(values or {}) & set(KNOWN)):
                if draw(st.booleans()):
                    values[name] = draw(st.sampled_from(KNOWN[name]))
    return case
