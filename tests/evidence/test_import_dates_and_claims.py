"""Dates and attributions as others write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.evidence.read.attributions import claims_in
from oberih.evidence.read.moments import check_format, moment_from


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_a_day_written_in_words_is_the_same_day(day: date) -> None:
    written = f"{day.day:02d} {day:%B} {day.year:04d}"
    assert moment_from(written, ("%d %B %Y",), zone=None) == day.isoformat()


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_time_without_leading_zeros_is_filled_by_the_template_alone(hour: int, minute: int) -> None:
    written = f"2024-04-07 {hour:02d}{minute:02d}"
    assert moment_from(written, ("%Y-%m-%d %H%M",), zone="Z") == f"2024-04-07T{hour:02d}:{minute:02d}Z"
    if hour == 0:
        with pytest.raises(InputError):
            moment_from(f"2024-04-07 {minute}", ("%Y-%m-%d %H%M",), zone="Z")


def test_what_is_known_to_the_month_stays_a_month() -> None:
    assert moment_from("2023-12", ("iso",), zone=None) == "2023-12"
    assert moment_from("16 December 2023", ("%d %B %Y",), zone=None, cut="month") == "2023-12"


def test_a_time_since_1970_is_a_time_in_utc() -> None:
    assert moment_from("1646352000", ("unix",), zone=None) == "2022-03-04T00:00:00Z"


@pytest.mark.parametrize("text", ["4 Mars 2022", "٠٤ March 2022", "04.03.2022", "", "04 March 22", "yesterday"])
def test_what_no_declared_format_fits_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a date of the form"):
        moment_from(text, ("%d %B %Y", "iso"), zone=None)


@pytest.mark.parametrize(
    ("pattern", "zone", "wrong"),
    [
        ("%Y-%m-%d %H:%M", None, "needs a zone"),
        ("%Y %d", None, "leaves out a part"),
        ("%d.%m", None, "no year"),
        ("%Y-%m-%d %I", None, "a code %I"),
        ("%Y-%Y", None, "twice"),
        ("iso", "Kyiv", "a zone"),
        ("%Y-%m-%d %H", "Z", "leaves out a part"),
    ],
)
def test_a_format_that_would_have_to_guess_is_refused(pattern: str, zone: str | None, wrong: str) -> None:
    assert wrong in (check_format(pattern, zone) or "")


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Russia: two drone strikes; Ukraine: arson or negligence",
         [("Russia", "two drone strikes"), ("Ukraine", "arson or negligence")]),
        ("Ukraine regulator/IAEA DG: Russian projectile", [("Ukraine regulator/IAEA DG", "Russian projectile")]),
        ("each side accuses the other", [("each side", "accuses the other")]),
        ("Ukraine claims strike", [("Ukraine", "claims strike")]),
        ("Russian shelling per Energoatom", [("Energoatom", "Russian shelling")]),
        ("Russian military; Russia confirmed temporary detention to IAEA",
         [("reporter", "Russian military"), ("Russia", "confirmed temporary detention to IAEA")]),
        ("Russian forces", [("reporter", "Russian forces")]),
        ("see https://example.org", [("reporter", "see https://example.org")]),
        ("ten blasts per day", [("reporter", "ten blasts per day")]),
        ("  ;  ", []),
    ],
)  # fmt: skip
def test_who_says_so_is_taken_from_the_words(text: str, claims: list[tuple[str, str]]) -> None:
    assert [(c["by"], c["says"]) for c in claims_in(text, reported_by="reporter")] == claims


@given(st.text(min_size=1, max_size=200))
def test_no_word_of_an_attribution_is_lost_or_invented(text: str) -> None:
    for claim in claims_in(text, reported_by="the reporter"):
        assert claim["says"].strip() and claim["says"] in text
        assert claim["by"] == "the reporter" or claim["by"] in text


def test_days_follow_each_other(first: date = date(2024, 2, 28)) -> None:
    days = [first + timedelta(days=i) for i in range(3)]
    assert [moment_from(f"{d.day} {d:%b} {d.year}", ("%d %b %Y",), zone=None) for d in days] == [
        "2024-02-28", "2024-02-29", "2024-03-01",
    ]  # fmt: skip
