"""Which small rules can an obligation be tested with?

Each file is one family; each test is a pure function of the observations, its parameters, the day and
a way to say where an event lies, with a declared model of its parameters.  `TESTS` is the one registry: the reader
of regime files, the published schema and the judge all ask it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oberih.regimes.finding import Verdict
from oberih.regimes.rules.composed import Derived, RecordedOnly, derived, recorded_only
from oberih.regimes.rules.events import NoEvent, no_event
from oberih.regimes.rules.limits import AtLeast, AtMost, Bands, at_least, at_most, bands
from oberih.regimes.rules.reporting import CountInYear, ReportedWithin, count_in_year, reported_within
from oberih.regimes.rules.rule import Rule
from oberih.regimes.rules.states import StateIs, state_is

__all__ = ["TESTS", "Test", "rule_of"]


@dataclass(frozen=True)
class Test:
    """One entry of the registry.

    Parameters
    ----------
    name : str
        As regime files call it.
    model : type of Rule
        Its parameters.
    run : callable
        ``run(observations, rule, as_of=, place=) -> Verdict``.
    """

    __test__ = False  # no test of pytest's

    name: str
    model: type[Rule]
    run: Callable[..., Verdict]


TESTS: dict[str, Test] = {
    test.name: test
    for test in (
        Test("at_most", AtMost, at_most),
        Test("at_least", AtLeast, at_least),
        Test("bands", Bands, bands),
        Test("reported_within", ReportedWithin, reported_within),
        Test("count_in_year", CountInYear, count_in_year),
        Test("state_is", StateIs, state_is),
        Test("no_event", NoEvent, no_event),
        Test("recorded_only", RecordedOnly, recorded_only),
        Test("derived", Derived, derived),
    )
}
"""By name."""


def rule_of(test: str, parameters: Any) -> Rule:
    """Return the parameters of a test as its model, checked.

    Raises
    ------
    KeyError
        If there is no such test.
    pydantic.ValidationError
        If the parameters are not those that it declares.

    Examples
    --------
    >>> rule_of("at_most", {"indicator": "launchers", "limit": 800}).reads()
    ('launchers',)
    """
    return TESTS[test].model.model_validate({**parameters, "test": test, "name": test})
