"""One meaning, one text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.evidence.canonical import LARGEST_WHOLE, canonical_json
from oberih.evidence.digest import sha256_of_array, sha256_of_bytes, sha256_of_file, sha256_of_value

NUMBERS = st.integers(-LARGEST_WHOLE, LARGEST_WHOLE) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


# RFC 8785, Appendix B: the number as it must be written, by its IEEE 754 bits.
@pytest.mark.parametrize(
    ("bits", "text"),
    [
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("44b52d02c7e14af6", "1e+23"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
    ],
)
def test_numbers_are_written_as_the_standard_says(bits: str, text: str) -> None:
    number = np.frombuffer(bytes.fromhex(bits), dtype=">f8")[0]
    assert canonical_json(float(number)).decode() == text


@given(VALUES)
def test_what_is_written_reads_back_the_same(value: object) -> None:
    # as the standard has it, every number is read as a double: 2.965765341017129e16 is written 29657653410171290
    assert json.loads(canonical_json(value), parse_int=float) == value


@given(st.dictionaries(st.text(), VALUES, max_size=6))
def test_order_of_keys_changes_nothing(value: dict[str, object]) -> None:
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))


def test_numpy_paths_tuples_and_dataclasses_are_their_plain_equivalents() -> None:
    @dataclass(frozen=True)
    class Thing:
        level: float
        where: Path

    labelled = {"a": np.float32(0.5), "b": np.arange(3), "c": (True, np.int64(7)), "d": Thing(1.0, Path("x/y"))}
    plain = {"a": 0.5, "b": [0, 1, 2], "c": [True, 7], "d": {"level": 1, "where": "x/y"}}
    assert canonical_json(labelled) == canonical_json(plain)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"dose": [0.0, float("nan")]}, "dose[1]"),
        ({"dose": {"max": float("inf")}}, "dose.max"),
        ({"dose": np.array([1.0, np.nan])}, "dose[1]"),
        ({"seed": 2**53}, "seed"),
        ({"set": {1, 2}}, "set"),
        ({"a": {1: "x"}}, "a"),
        ({"name": "caf\udce9"}, "name"),
    ],
)
def test_what_json_cannot_hold_is_refused_by_its_path(value: object, named: str) -> None:
    with pytest.raises(InputError, match=r"^" + named.replace("[", r"\[")):
        canonical_json(value)


def test_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"air" * 100_000)
    assert sha256_of_file(tmp_path / "file") == sha256_of_bytes(b"air" * 100_000)


def test_digest_of_a_missing_file_names_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone"):
        sha256_of_file(tmp_path / "gone")


def test_digest_of_an_array_knows_type_and_shape_but_not_layout() -> None:
    a = np.arange(12, dtype=np.int32).reshape(3, 4)
    assert sha256_of_array(a) == sha256_of_array(a[::1].copy(order="F")) == sha256_of_array(a.astype(">i4"))
    others = [a.astype(np.int64), a.reshape(4, 3), a.reshape(12), a[:, ::-1], a.T]
    assert len({sha256_of_array(x) for x in [a, *others]}) == 6


def test_an_array_of_objects_has_no_digest() -> None:
    with pytest.raises(InputError, match="object"):
        sha256_of_array(np.array([object()]))


@given(VALUES, VALUES)
def test_digests_are_equal_exactly_when_the_texts_are(a: object, b: object) -> None:
    assert (sha256_of_value(a) == sha256_of_value(b)) == (canonical_json(a) == canonical_json(b))
