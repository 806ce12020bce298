"""Laws of patience: asked ever more slowly, never faster than the other side wishes, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.far.deadline import Deadline, Stopped, TooLate, slept
from oberih.far.patience import Again, Patience, PatienceEnded, ask_patiently, drawn


class Hours:
    """A clock that waits at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def sleep(self, seconds: float, stopped: Callable[[], bool]) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def patience(self, **changed: object) -> Patience:
        return Patience(sleep=self.sleep, clock=lambda: self.now, **changed)  # type: ignore[arg-type]


def failing(*wishes: float | None, gained: bool = False) -> Callable[[], str]:
    """Fails so often, with these wishes, then answers."""
    left = list(wishes)

    def request() -> str:
        if left:
            raise Again("busy", wait=left.pop(0), gained=gained)
        return "answer"

    return request


@given(
    first=st.floats(0.01, 10.0), longest=st.floats(10.0, 100.0), spread=st.floats(0.0, 1.0),
    wishes=st.lists(st.none() | st.floats(0.0, 120.0), max_size=8), name=st.text(),
)  # fmt: skip
def test_no_wait_is_shorter_than_our_own_or_than_wished_and_our_own_doubles(
    first: float, longest: float, spread: float, wishes: list[float | None], name: str
) -> None:
    hours = Hours()
    patience = hours.patience(attempts=None, first_wait=first, longest_wait=longest, spread=spread)
    assert ask_patiently(failing(*wishes), patience, name=name) == "answer"
    own = [min(first * 2.0**n, longest) for n in range(len(wishes))]
    for waited, mine, wish in zip(hours.waits, own, wishes, strict=True):
        least = max(mine, wish or 0.0)
        assert least <= waited <= least * (1.0 + spread) * (1.0 + 1e-12)


@given(attempts=st.integers(1, 20))
def test_it_is_asked_as_often_as_allowed_and_no_more(attempts: int) -> None:
    hours = Hours()
    with pytest.raises(PatienceEnded) as ended:
        ask_patiently(failing(*[None] * 99), hours.patience(attempts=attempts))
    assert (ended.value.attempts, len(hours.waits), ended.value.reason) == (attempts, attempts - 1, "busy")
    often = f"{attempts} attempt{'s' * (attempts > 1)}"
    assert str(ended.value) == f"does not answer: busy, {often} in {hours.now:.0f} s"


@given(lasts=st.floats(0.0, 1000.0), first=st.floats(0.01, 10.0))
def test_the_last_request_begins_as_patience_ends_and_none_after_it(lasts: float, first: float) -> None:
    hours = Hours()
    began: list[float] = []

    def request() -> None:
        began.append(hours.now)
        raise Again("busy")

    with pytest.raises(PatienceEnded):
        ask_patiently(request, hours.patience(attempts=None, lasts=lasts, first_wait=first, longest_wait=10.0))
    assert began[-1] == pytest.approx(lasts, rel=1e-12)
    assert all(a < b for a, b in pairwise(began))


def test_a_wish_beyond_the_bound_ends_it_at_once_and_is_named() -> None:
    hours = Hours()
    with pytest.raises(PatienceEnded) as ended:
        ask_patiently(failing(1e9), hours.patience())
    assert (ended.value.wait, ended.value.attempts, hours.waits) == (1e9, 1, [])
    assert str(ended.value) == "asks to wait 1000000000 s (busy)"


@given(lasts=st.floats(1.0, 1000.0), spread=st.floats(0.0, 5.0), part=st.floats(0.0, 0.999))
def test_a_wish_that_patience_has_time_for_is_waited_for_and_no_other(lasts: float, spread: float, part: float) -> None:
    hours = Hours()
    patience = hours.patience(attempts=None, lasts=lasts, first_wait=1e-3, longest_asked=1e9, spread=spread)
    assert ask_patiently(failing(part * lasts), patience) == "answer"
    with pytest.raises(PatienceEnded) as ended:
        ask_patiently(failing(0.0, lasts), patience)
    assert (ended.value.wait, ended.value.attempts) == (lasts, 2)


def test_what_has_come_in_part_is_asked_for_the_rest_at_once_but_not_for_ever() -> None:
    hours = Hours()
    assert ask_patiently(failing(None, None, gained=True), hours.patience()) == "answer"
    with pytest.raises(PatienceEnded):
        ask_patiently(failing(*[None] * 99, gained=True), hours.patience())
    assert hours.waits == []


def test_what_cannot_be_mended_is_raised_at_once() -> None:
    hours = Hours()

    def request() -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        ask_patiently(request, hours.patience())
    assert hours.waits == []


def test_why_and_how_long_is_said_each_time() -> None:
    said: list[str] = []
    ask_patiently(failing(None, 7.0), Hours().patience(spread=0.0), said=said.append)
    assert said == ["busy; attempt 1 of 5, waiting 1 s", "busy; attempt 2 of 5, waiting 7 s"]


def test_whoever_wants_it_no_more_is_not_asked_again() -> None:
    asked: list[int] = []

    def request() -> None:
        asked.append(1)
        raise Again("busy")

    with pytest.raises(Stopped):
        ask_patiently(request, Patience(first_wait=100.0), stopped=lambda: bool(asked))
    assert asked == [1]


def test_the_same_question_waits_as_long_another_time_and_many_questions_are_spread() -> None:
    assert drawn("a", 1) == drawn("a", 1)
    many = sorted(drawn(f"file {n}", 1) for n in range(1000))
    assert 0.0 <= many[0] < 0.01 and 0.99 < many[-1] < 1.0
    assert max(b - a for a, b in pairwise(many)) < 0.02


def test_a_deadline_counts_down_and_ends() -> None:
    now = [0.0]
    deadline = Deadline.within(5.0, clock=lambda: now[0])
    assert deadline.left() == 5.0
    now[0] = 4.0
    assert deadline.left() == 1.0
    now[0] = 5.0
    with pytest.raises(TooLate):
        deadline.left()
    assert Deadline().left() == inf


def test_sleep_ends_when_nobody_wants_it() -> None:
    looks: list[int] = []
    slept(1000.0, lambda: len(looks) == 3 or bool(looks.append(1)))
    assert len(looks) == 3
