"""Protection: factors multiply, know their organ, and are refused when they cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.dose.protection import factors, measures, read_protection
from oberih.dose.quantity import ORGANS, PATHWAYS
from oberih.errors import InputError, UnknownName

HEADER = "measure,title,pathway,organ,factor,source,verified\n"


@given(st.lists(st.sampled_from(sorted(measures())), max_size=4), st.sampled_from(ORGANS))
def test_protection_never_adds_dose(names: list[str], organ: str) -> None:
    for pathway, factor in factors(names, organ=organ):
        assert pathway in PATHWAYS
        assert 0.0 <= factor < 1.0


def test_outdoors_leaves_everything() -> None:
    assert factors(["outdoors"], organ="effective") == ()


def test_evacuated_before_leaves_nothing() -> None:
    assert dict(factors(["evacuated before"], organ="effective")) == dict.fromkeys(PATHWAYS, 0.0)


def test_a_tablet_spares_nothing_that_caesium_gives() -> None:
    assert factors(["iodine in time"], organ="thyroid", nuclides="all") == ()
    assert factors(["house"], organ="thyroid", nuclides="all") == factors(["house"], organ="thyroid")


def test_iodine_tablet_protects_the_thyroid_only() -> None:
    assert factors(["iodine in time"], organ="effective") == ()
    assert dict(factors(["iodine in time"], organ="thyroid")) == {"inhalation": 0.05}


def test_every_factor_has_a_source() -> None:
    assert all(row.source for rows in measures().values() for row in rows)


def test_unknown_measure_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean basement"):
        factors(["basment"], organ="effective")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x,t,cloud,all,1.2,s,true", "between 0 and 1"),
        ("x,t,cloud,all,nan,s,true", "between 0 and 1"),
        ("x,t,cloud,all,half,s,true", "between 0 and 1"),
        ("x,t,rain,all,0.5,s,true", "pathway"),
        ("x,t,cloud,skin,0.5,s,true", "organ"),
        ("x,t,cloud,all,0.5,s,yes", "true or false"),
    ],
)
def test_bad_row_is_refused(line: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_protection(HEADER + line + "\n", file="p.csv")


def test_missing_column_is_refused() -> None:
    with pytest.raises(InputError, match="columns missing: factor"):
        read_protection("measure,title,pathway,organ,source,verified\n", file="p.csv")
