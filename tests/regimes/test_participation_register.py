"""Conflicts stand side by side, dates keep their precision, and what was not public is not known."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.regimes.participation import Figure, When, in_conflict
from oberih.regimes.read.participation_cells import known_states, when_of
from oberih.regimes.read.participation_tables import lint_participation, shipped_participation

SHIPPED = Path(str(files("oberih.regimes"))) / "data" / "participation"
DAY = When("2018", date(2018, 1, 1), date(2018, 12, 31))


def figure(value: int, bound: str = "exactly") -> Figure:
    return Figure("e", "participants", value, bound, "iaea", DAY, "s", True)


def test_the_register_that_ships_has_no_mistake() -> None:
    assert lint_participation(SHIPPED) == ()


def test_every_row_that_ships_has_its_source() -> None:
    register = shipped_participation()
    rows = [*register.events.values(), *register.series.values(), *register.organisations.values(), *register.schedules]
    rows += [*register.roles, *register.figures, *register.positions, *register.votes, *register.claims]  # type: ignore[list-item]
    assert len(rows) > 150
    assert [row for row in rows if not row.source.strip()] == []


def test_two_sources_of_one_event_are_one_event_with_both_figures() -> None:
    register = shipped_participation()
    assert "TSO-2018" in register.events and "TSO-2018-b" not in register.events
    for what, values in (("participants", {220, 290}), ("states", {54, 65})):
        figures = [f for f in register.figures if f.event == "TSO-2018" and f.what == what]
        assert {f.value for f in figures} == values and {f.by for f in figures} == {"iaea", "eimv"}
        assert in_conflict(figures)
    same = [f for f in register.figures if f.event == "TSO-2018" and f.what == "organisations"]
    assert len(same) == 2 and not in_conflict(same)


def test_a_schedule_known_only_as_a_season_stays_a_season() -> None:
    first, *_, last = shipped_participation().versions("TSO-RU")
    assert first.start.text == "2022-spring"
    assert (first.start.first, first.start.last) == (date(2022, 3, 1), date(2022, 5, 31))
    assert last.start.text == "" and last.start.first is None


def test_votes_of_the_board_sum_to_its_seats() -> None:
    register = shipped_participation()
    whole = [p for p in register.positions if p.body == "iaea-bog" and p.form == "vote" and len(p.counts) == 4]
    assert len(whole) == 3
    assert {sum(p.counts.values()) for p in whole} == {register.organisations["iaea-bog"].seats} == {35}
    assert sum(r.event == "BOG-2023" and r.role == "member" for r in register.roles) == 35


def test_a_normative_claim_is_recorded_as_one() -> None:
    claims = {c.id: c for c in shipped_participation().claims}
    assert claims["CL4"].normative and not claims["CL1"].normative
    assert claims["CL4"].event == "TSO-RU" and claims["CL4"].claimant == "sstc-nrs"


@given(st.dates(date(2006, 1, 1), date(2026, 1, 1)), st.dates(date(2006, 1, 1), date(2026, 1, 1)))
def test_what_was_public_stays_public(one: date, other: date) -> None:
    early, late = (shipped_participation().as_of(d) for d in sorted((one, other)))
    assert set(early.events) <= set(late.events)
    for name in ("schedules", "roles", "figures", "positions", "votes", "claims"):
        assert set(map(str, getattr(early, name))) <= set(map(str, getattr(late, name)))
    assert all(s.public.last and s.public.last <= max(one, other) for s in late.schedules)


def test_nothing_of_an_event_is_known_before_it_was_announced() -> None:
    register = shipped_participation()
    assert "TSO-RU" not in register.as_of(date(2023, 3, 6)).events
    known = register.as_of(date(2023, 3, 7))
    assert [v.status for v in known.versions("TSO-RU")] == ["planned", "postponed"]
    assert [v.status for v in register.as_of(date(2023, 3, 31)).versions("TSO-RU")][-1] == "planned"
    assert "CL1" in {c.id for c in known.claims} and known.as_of(date(2018, 1, 1)).claims == ()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018-10-15", date(2018, 10, 15), date(2018, 10, 15)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("2022-winter", date(2022, 12, 1), date(2023, 2, 28)),
        ("2022-autumn", date(2022, 9, 1), date(2022, 11, 30)),
        ("2022-Q2", date(2022, 4, 1), date(2022, 6, 30)),
        ("2022-H2", date(2022, 7, 1), date(2022, 12, 31)),
    ],
)
def test_a_date_of_any_precision_has_its_span(text: str, first: date, last: date) -> None:
    assert when_of(text) == When(text, first, last)


@pytest.mark.parametrize(
    "text", ["2022-13", "2022-02-30", "0000", "9999", "spring 2022", "2022-Q5", "٢٠٢٢", "2022-3-1"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        when_of(text)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        when = when_of(text)
    except ValueError:
        return
    assert when.first is None or (when.last is not None and when.first <= when.last)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(["exactly", "at least", "about"])), max_size=5))
def test_figures_conflict_where_no_number_satisfies_all(given_: list[tuple[int, str]]) -> None:
    figures = [figure(value, bound) for value, bound in given_]
    spans = [f.span for f in figures]
    candidates = [low for low, _ in spans]
    agreed = any(all(low <= c <= high for low, high in spans) for c in candidates)
    assert in_conflict(figures) == bool(spans and not agreed)


def test_at_least_is_no_conflict_with_more() -> None:
    assert not in_conflict([figure(130, "at least"), figure(142)])
    assert in_conflict([figure(130), figure(142)])
    assert not in_conflict([])


def test_states_are_those_of_iso() -> None:
    assert {"UA", "RU", "AT", "GB"} <= set(known_states()) and not {"UK", "EU", "AN", "CS"} & set(known_states())
