"""RFC 8785's own vectors, and the same bytes by the fast way and by the slow one."""

from __future__ import annotations

import json
import struct

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.evidence.canonical import LARGEST_WHOLE, canonical_json, plain

# Appendix B: IEEE 754 bits and what they are written as.
NUMBERS = {
    "0000000000000000": "0", "8000000000000000": "0", "0000000000000001": "5e-324", "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308", "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992", "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000", "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23", "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000", "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21", "3eb0c6f7a0b5ed8c": "9.999999999999997e-7", "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332", "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333", "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343", "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}  # fmt: skip


@pytest.mark.parametrize("bits", NUMBERS)
def test_numbers_of_the_appendix_are_met(bits: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical_json(number).decode() == NUMBERS[bits]
    assert canonical_json({"n": [number]}).decode() == f'{{"n":[{NUMBERS[bits]}]}}'


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"])
def test_what_is_no_number_is_refused(bits: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    with pytest.raises(InputError):
        canonical_json({"n": number})


def test_the_example_of_section_3_2_2_is_met() -> None:
    given_text = (
        '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}'
    )
    wanted = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json(json.loads(given_text)).decode() == wanted


def test_keys_sort_by_utf_16_units_as_in_section_3_2_3() -> None:
    keys = {"€": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew", "1": "One", "😀": "Emoji", "\x80": "Control",
            "ö": "o umlaut"}  # fmt: skip
    order = list(json.loads(canonical_json(keys)))
    assert order == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_WHOLE, LARGEST_WHOLE) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5), max_leaves=20,
)  # fmt: skip


@settings(max_examples=500)
@given(JSON)
def test_the_fast_way_writes_what_the_slow_way_writes(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(plain(value))


@given(st.floats(1e-7, 1e18) | st.floats(-1e18, -1e-7))
def test_numbers_about_the_bounds_of_the_fast_way_are_the_same(number: float) -> None:
    assert canonical_json([number]) == rfc8785.dumps([number])
