"""Reports in time, and counts in a year."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from oberih.regimes.rules.reporting import CountInYear, ReportedWithin, count_in_year, reported_within
from tests.regimes.rules import seen

RULE = ReportedWithin(name="told", test="reported_within", indicator="tubs", days=215)
YEAR = CountInYear(name="visits", test="count_in_year", indicator="visit", at_most=18, year_starts="02-05")


def test_asked_and_not_provided_is_a_breach_while_it_is_recent_and_then_unknown() -> None:
    asked = [seen("o", "tubs", "2023-03-01", given=False)]
    assert reported_within(asked, RULE, as_of=date(2023, 10, 2)).status == "compromised"
    later = reported_within(asked, RULE, as_of=date(2023, 10, 3))
    assert (later.status, later.why) == ("unknown", "no observation since 2023-03-01")


def test_an_absent_row_is_unknown_and_no_breach() -> None:
    assert reported_within([], RULE, as_of=date(2023, 4, 15)).why == "no observation"


def test_what_was_published_freely_is_no_exchange() -> None:
    rule = RULE.model_copy(update={"channels": ["treaty exchange"]})
    both = [
        seen("withheld", "tubs", "2023-03-01", given=False),
        seen("published", "tubs", "2023-03-01", 1419.0, channel="published voluntarily"),
    ]
    found = reported_within(both, rule, as_of=date(2023, 4, 15))
    assert (found.status, found.counted) == ("compromised", ("withheld",))
    assert dict(found.set_aside)["published"].startswith("came by published voluntarily")


def test_a_report_in_time_holds_and_a_later_refusal_is_named_beside_it() -> None:
    two = [seen("given", "tubs", "2022-09-01", 5.0), seen("refused", "tubs", "2023-03-01", given=False)]
    found = reported_within(two, RULE, as_of=date(2023, 3, 15))
    assert found.status == "holds"
    assert "asked for 2023-03-01, not provided" in found.why
    assert found.counted == ("given", "refused")


def test_the_regimes_year_begins_on_its_own_day() -> None:
    visits = [seen("a", "visit", "2012-02-04", 18.0), seen("b", "visit", "2012-02-05", 3.0)]
    assert count_in_year(visits[:1], YEAR, as_of=date(2012, 2, 4)).why == "18 <= 18 since 2011-02-05"
    found = count_in_year(visits, YEAR, as_of=date(2012, 2, 5))
    assert (found.why, found.counted) == ("3 <= 18 since 2012-02-05", ("b",))


def test_one_visit_too_many_is_a_breach_and_none_noted_is_unknown() -> None:
    visits = [seen(f"v{i:02}", "visit", "2012-03-01") for i in range(19)]
    assert count_in_year(visits, YEAR, as_of=date(2012, 4, 1)).status == "compromised"
    assert count_in_year([], YEAR, as_of=date(2012, 4, 1)).status == "unknown"


def test_a_total_counts_only_when_its_span_is_over() -> None:
    total = [seen("t", "visit", "2012-03-01", 19.0, end=date(2012, 12, 1))]
    assert count_in_year(total, YEAR, as_of=date(2012, 4, 1)).status == "unknown"
    assert count_in_year(total, YEAR, as_of=date(2012, 12, 1)).status == "compromised"


def test_too_few_is_a_breach_only_when_the_year_is_over() -> None:
    rule = CountInYear(name="visits", test="count_in_year", indicator="visit", at_least=2)
    one = [seen("a", "visit", "2012-03-01")]
    assert count_in_year(one, rule, as_of=date(2012, 12, 30)).status == "unknown"
    assert count_in_year(one, rule, as_of=date(2012, 12, 31)).status == "compromised"


def test_a_count_needs_a_limit() -> None:
    with pytest.raises(ValidationError, match="at_most or at_least"):
        CountInYear(name="visits", test="count_in_year", indicator="visit")
