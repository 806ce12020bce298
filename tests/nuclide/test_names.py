"""Is a nuclide read as people write it?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import UnknownName
from oberih.nuclide import GROUPS, element_group, half_lives, nuclide_name
from oberih.nuclide.names import element_groups


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Cs-137", "Cs-137"), ("I131", "I-131"), ("cs137", "Cs-137"), ("Ba-137m", "Ba-137m"), ("137Cs", "Cs-137"),
     ("BA137M", "Ba-137m"), ("te 131m", "Te-131m"), ("99m-Tc", "Tc-99m"), (" Sr_90 ", "Sr-90")],
)  # fmt: skip
def test_usual_spellings_are_read(written: str, meant: str) -> None:
    assert nuclide_name(written) == meant


@given(st.sampled_from(sorted(half_lives())), st.sampled_from(["-", "", " ", "_"]), st.booleans())
def test_every_nuclide_is_read_in_every_spelling(name: str, joint: str, upper: bool) -> None:
    element, mass = name.split("-")
    spelt = f"{element}{joint}{mass}"
    assert nuclide_name(spelt.upper() if upper else spelt.lower()) == name


@given(st.text(max_size=12))
def test_what_is_no_nuclide_is_refused_and_never_guessed(text: str) -> None:
    try:
        name = nuclide_name(text)
    except UnknownName:
        return
    assert name in half_lives()
    assert "".join(c for c in text if c.isdigit()).lstrip("0") == "".join(c for c in name if c.isdigit())


def test_an_unknown_nuclide_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"Cs-13[4-8]"):
        nuclide_name("Cs-139")


def test_groups_are_those_of_nureg_1465() -> None:
    assert set(element_groups().values()) == set(GROUPS)
    assert element_group("Rb-88") == "alkali metals"
    assert element_group("Np-239") == "cerium group"
    with pytest.raises(UnknownName, match="H"):
        element_group("H-3")
