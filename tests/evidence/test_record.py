"""A record says what it was given, or is refused by the field that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.evidence.moment import first_day, last_day, span
from oberih.evidence.record import CHANNELS, KINDS, read_record, record_fields

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SIREN: dict[str, Any] = {"kind": "event", "text": "A siren was heard", "happened": {"from": "2022-03-04"}}

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(lambda t: t.strip())
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_:/+@-]{0,30}", fullmatch=True)
days = st.dates(datetime(1896, 1, 1).date(), NOW.date()).map(lambda d: d.isoformat())
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8,
)  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": draw(st.sampled_from(KINDS[:10])), "text": draw(texts)}
    optional = {
        "id": ids, "happened": days.map(lambda d: {"from": d}), "known_on": days,
        "place": st.fixed_dictionaries({"longitude": st.floats(-180, 180), "latitude": st.floats(-90, 90)}),
        "source": st.fixed_dictionaries({"who": texts, "channel": st.sampled_from(CHANNELS)}),
        "reliability": st.sampled_from("ABCDEF"), "credibility": st.integers(1, 6),
        "claims": st.lists(st.fixed_dictionaries({"by": texts, "says": texts}), max_size=3),
        "tags": st.lists(texts, max_size=3), "rests_on": st.lists(ids, max_size=3),
        "data": st.dictionaries(texts, plain, max_size=3),
    }  # fmt: skip
    for name in draw(st.sets(st.sampled_from(sorted(optional)))):
        fields[name] = draw(optional[name])
    return fields


@given(records())
def test_a_record_read_is_written_the_same_again(fields: dict[str, Any]) -> None:
    record = read_record(fields, now=NOW)
    assert read_record(record_fields(record), now=NOW) == record


@given(records())
def test_the_same_content_has_the_same_id(fields: dict[str, Any]) -> None:
    fields.pop("id", None)
    again = dict(reversed(list(fields.items())))
    assert read_record(fields, now=NOW).id == read_record(again, now=NOW).id


BAD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "rumour"}, "kind"), ({"kind": None}, "kind"), ({"text": ""}, "text"), ({"text": "   "}, "text"),
    ({"text": 5}, "text"), ({"text": "x" * 10_000_000}, "text"), ({"text": "a\x00b"}, "text"),
    ({"text": "a\ud800b"}, "text"), ({"text": "a\x1b[31m"}, "text"), ({"who": "x"}, "who"),
    ({"id": "../../etc/passwd"}, "id"), ({"id": ""}, "id"), ({"id": "a" * 300}, "id"), ({"id": 5}, "id"),
    ({"happened": {"from": "0000-01-01"}}, "happened.from"), ({"happened": {"from": "2044-01-01"}}, "happened.from"),
    ({"happened": {"from": "1642-01-01"}}, "happened.from"), ({"happened": {"from": "2022-02-30"}}, "happened.from"),
    ({"happened": {"from": "yesterday"}}, "happened.from"), ({"happened": {"from": "2022-03-04T10:00"}}, "happened"),
    ({"happened": {"to": "2022-03-04"}}, "happened.from"), ({"happened": "2022-03-04"}, "happened"),
    ({"happened": {"from": "2022-03-04", "to": "2022-03-03"}}, "happened.to"), ({"known_on": "9999-12-31"}, "known_on"),
    ({"place": {"latitude": 95.0, "longitude": 0.0}}, "place.latitude"), ({"place": {"latitude": 5.0}}, "place.longit"),
    ({"place": {"latitude": float("nan"), "longitude": 0.0}}, "place.latitude"),
    ({"place": {"latitude": True, "longitude": 0.0}}, "place.latitude"), ({"place": {"height": 3}}, "place.height"),
    ({"source": {"channel": "gossip"}}, "source.channel"), ({"reliability": "G"}, "reliability"),
    ({"credibility": 7}, "credibility"), ({"credibility": True}, "credibility"), ({"credibility": "2"}, "credibility"),
    ({"claims": [{"by": "A"}]}, "claims[0]"), ({"claims": "A: b"}, "claims"), ({"tags": [""]}, "tags"),
    ({"data": {"n": 2**53}}, "data.n"), ({"data": {"n": float("inf")}}, "data.n"), ({"data": {"n": {1: 2}}}, "data.n"),
    ({"data": {"n": "x" * 1_100_000}}, "data"), ({"data": [1]}, "data"), ({"rests_on": ["a b"]}, "rests_on"),
    ({"attachments": [{"name": "../x", "sha256": "0" * 64, "size": 1}]}, "attachments.name"),
    ({"attachments": [{"name": "a/b", "sha256": "0" * 64, "size": 1}]}, "attachments.name"),
    ({"attachments": [{"name": "..", "sha256": "0" * 64, "size": 1}]}, "attachments.name"),
    ({"attachments": [{"name": "c:\\x", "sha256": "0" * 64, "size": 1}]}, "attachments.name"),
    ({"attachments": [{"name": "x", "sha256": "0" * 63, "size": 1}]}, "attachments.sha256"),
    ({"attachments": [{"name": "x", "sha256": "0" * 64, "size": -1}]}, "attachments.size"),
    ({"attachments": [{"name": "x"}]}, "attachments"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field"), BAD, ids=[f"{f}-{i}" for i, (_, f) in enumerate(BAD)])
def test_what_cannot_be_is_refused_by_its_field_in_one_short_line(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        read_record({**SIREN, **change}, now=NOW, file="events.csv, row 17")
    said = str(caught.value)
    assert said.startswith(f"events.csv, row 17: {field}")
    assert "\n" not in said and len(said) < 400
    assert caught.value.exit_code == 2


def test_data_nested_without_end_are_refused() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InputError, match="nested too deeply"):
        read_record({**SIREN, "data": {"deep": deep}}, now=NOW)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2022-03-04T01:30+02:00", "2022-03-03", "2022-03-03"),
    ],
)
def test_a_date_stands_for_as_much_as_it_says(text: str, first: str, last: str) -> None:
    assert (first_day(text).isoformat(), last_day(text).isoformat()) == (first, last)
    begin, end = span(text)
    assert begin < end


def test_what_happens_now_anywhere_on_earth_is_not_the_future() -> None:
    read_record({**SIREN, "happened": {"from": "2026-11-26"}}, now=NOW)  # it is the 26th in Kiribati
    with pytest.raises(InputError):
        read_record({**SIREN, "happened": {"from": "2026-11-27"}}, now=NOW)
