"""Signed numbers say what was taken out, put in and moved."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oberih.evidence.walk import numbering_faults


def touched(signed: list[int | None]) -> set[int]:
    """Numbers that some fault names."""
    return {n for f in numbering_faults(signed) for n in range(f.first or 0, (f.last if f.last is not None else 0) + 1)}


@given(st.integers(1, 60))
def test_a_whole_log_has_no_fault(size: int) -> None:
    assert numbering_faults(list(range(size))) == []


@given(st.integers(2, 60), st.data())
def test_every_record_taken_out_is_named(size: int, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(0, size - 2), min_size=1))
    assert touched([n for n in range(size) if n not in gone]) == gone


@given(st.integers(2, 60), st.data())
def test_a_record_put_in_a_second_time_is_named_where_it_stands(size: int, data: st.DataObject) -> None:
    copy, at = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    signed: list[int | None] = [*range(at), copy, *range(at, size)]
    places = {f.where for f in numbering_faults(signed) if "inserted" in f.what}
    assert places & {f"place {at}", f"place {copy}", f"place {copy + 1}"}


@given(st.integers(3, 60), st.data())
def test_two_records_that_changed_places_are_within_what_is_named(size: int, data: st.DataObject) -> None:
    a, b = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=2, max_size=2)))
    signed: list[int | None] = list(range(size))
    signed[a], signed[b] = b, a
    assert {a, b} <= touched(signed)


@given(st.integers(1, 60), st.data())
def test_a_record_that_cannot_be_read_stands_for_its_own_number(size: int, data: st.DataObject) -> None:
    broken = data.draw(st.sets(st.integers(0, size - 1)))
    assert numbering_faults([None if n in broken else n for n in range(size)]) == []


@given(st.lists(st.none() | st.integers(0, 80), min_size=1, max_size=60))
def test_any_numbers_are_judged(signed: list[int | None]) -> None:
    faults = numbering_faults(signed)
    numbers = [n for n in signed if n is not None]
    if len(numbers) == len(signed) and numbers != list(range(len(numbers))):
        assert faults
