"""Coefficients: against independent files, and refused when they cannot be."""

from __future__ import annotations

import csv
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.constants import AGES, FORMS
from oberih.dose.breathing import breathing_rate
from oberih.dose.coefficients import absorption_types, coefficients, read_table, table
from oberih.errors import InputError, UnknownName
from tests.conftest import SHARED, needs_shared

HEADER = "nuclide,type,infant,1y,5y,10y,15y,adult,unit,source,verified"
TABLES = ("external_ground", "external_air", "inhalation_effective", "inhalation_thyroid")


def crosscheck(quantity: str) -> list[dict[str, str]]:
    path = SHARED / "data/dose_crosscheck/dose_coefficient_crosscheck.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return [r for r in csv.DictReader(stream) if r["quantity"].startswith(quantity)]


def ours(row: dict[str, str], name: str) -> float:
    kind = row["quantity"].rsplit("type ", 1)[1]
    age = {"3mo": "infant"}.get(row["age"], row["age"])
    return table(name).values[row["nuclide"], kind][AGES.index(age)]


@needs_shared
def test_inhalation_agrees_with_the_independent_values() -> None:
    rows = crosscheck("inhalation_effective")
    ratios = {
        (r["nuclide"], r["age"], r["quantity"]): ours(r, "inhalation_effective") / float(r["value_2"]) for r in rows
    }
    assert len(ratios) > 50
    assert {k: v for k, v in ratios.items() if not 0.9725 < v < 1.0405} == {}


@needs_shared
def test_thyroid_agrees_with_the_independent_values() -> None:
    rows = crosscheck("inhalation_thyroid")
    ratios = [ours(r, "inhalation_thyroid") / float(r["value_2"]) for r in rows]
    assert len(ratios) == 6
    assert all(0.97 <= q <= 1.02 for q in ratios)


@needs_shared
def test_ground_is_two_thirds_of_fgr_12_for_hard_photons() -> None:
    with (SHARED / "data/dose_external_fgr12_excerpt/fgr12_ground_HE_excerpt.csv").open(encoding="utf-8") as stream:
        old = {r["nuclide"]: float(r["ground_surface_HE_Sv_per_s_per_Bq_m2"]) for r in csv.DictReader(stream)}
    new = table("external_ground").values
    ratios = [new[(n,)][5] / v for n, v in old.items() if (n,) in new and n in ("Co-60", "Ba-137m", "Cs-134", "I-131")]
    assert ratios
    assert all(0.62 < q < 0.71 for q in ratios)


def test_thyroid_of_iodine_131_is_twenty_times_its_effective_dose() -> None:
    for kind in ("F", "V(g)", "V(h)"):
        effective, thyroid = (table(f"inhalation_{q}").values["I-131", kind] for q in ("effective", "thyroid"))
        for e, h in zip(effective, thyroid, strict=True):
            assert 0.05 * h == pytest.approx(e, rel=0.02)


def test_effective_dose_of_inhaled_iodine_agrees_with_the_doe_standard() -> None:
    # DOE-STD-1196-2011 Table A-2: I-131, I-133 adult by type; decay data differ (ICRP-38, ICRP-107).
    listed = {"F": 7.38e-9, "V(g)": 1.98e-8, "V(h)": 1.54e-8}
    for kind, value in listed.items():
        assert table("inhalation_effective").values["I-131", kind][5] == pytest.approx(value, rel=0.005)


def test_every_emergency_nuclide_has_external_coefficients() -> None:
    named = (
        "Kr-88 Rb-88 Xe-133 Xe-138 Cs-138 I-131 I-132 Te-132 Cs-134 Cs-137 Ba-137m Sr-90 Ru-106 Rh-106 Ce-144 Pr-144"
    )
    for nuclide in named.split():
        assert (nuclide,) in table("external_ground").values
        assert (nuclide,) in table("external_air").values


def test_young_are_not_less_sensitive_to_inhaled_iodine() -> None:
    for kind in ("F", "V(g)", "V(h)"):
        values = table("inhalation_thyroid").values["I-131", kind]
        assert list(values) == sorted(values, reverse=True)


def test_forms_of_iodine_have_their_own_coefficients() -> None:
    known = coefficients(("I-131", "Cs-137"), organ="effective", age="adult")
    by_form = dict(zip(FORMS, known.inhaled[:, 0], strict=True))
    assert by_form["aerosol"] == 7.389e-9
    assert by_form["elemental_iodine"] == 1.982e-8
    assert by_form["organic_iodine"] == 1.541e-8
    assert set(known.inhaled[:, 1]) == {4.68e-9}


def test_noble_gas_is_neither_breathed_nor_on_the_ground() -> None:
    known = coefficients(("Xe-133",), organ="effective", age="adult")
    assert known.inhaled.sum() == known.ground.sum() == 0.0
    assert known.air[0] > 0.0
    assert known.without == ()


def test_nuclide_without_coefficient_is_named() -> None:
    assert coefficients(("Cs-137", "Ra-226"), organ="effective", age="adult").without == ("Ra-226",)


def test_default_types_cover_every_inhaled_element() -> None:
    elements = {n.split("-")[0] for n, _ in table("inhalation_effective").values}
    assert elements == set(absorption_types())


@pytest.mark.parametrize("name", TABLES)
def test_shipped_table_is_sound(name: str) -> None:
    known = table(name)
    assert known.source
    assert known.verified <= set(known.values)
    assert all(len(v) == len(AGES) for v in known.values.values())
    assert {k[0] for k, v in known.values.items() if min(v) <= 0.0} <= {"U-235m"}  # 77 eV: nothing gets out


def test_breathing_grows_with_age_and_plume_exceeds_daily() -> None:
    rates = [breathing_rate(a)[0] for a in AGES]
    assert rates == sorted(rates)
    assert breathing_rate("adult", phase="plume") == (
        pytest.approx(3.33e-4),
        breathing_rate("adult", phase="plume")[1],
        True,
    )
    assert breathing_rate("adult")[2] is False


def test_unknown_age_and_organ_are_refused() -> None:
    with pytest.raises(UnknownName, match="age"):
        coefficients(("Cs-137",), organ="effective", age="grown-up")
    with pytest.raises(UnknownName, match="organ"):
        coefficients(("Cs-137",), organ="lung", age="adult")
    with pytest.raises(UnknownName, match="age"):
        breathing_rate("grown-up")


def row(value: str, *, unit: str = "Sv/Bq", verified: str = "true", nuclide: str = "Cs-137") -> str:
    return f"{HEADER}\n{nuclide},F,{value},1e-9,1e-9,1e-9,1e-9,1e-9,{unit},x,{verified}\n"


@given(st.floats(0.0, 9.9e-4))
def test_reader_keeps_a_credible_value_exactly(value: float) -> None:
    assert read_table(row(repr(value)), file="t.csv").values["Cs-137", "F"][0] == value


@given(st.one_of(st.floats(1e-3, 1e300), st.floats(max_value=-5e-324), st.just(math.nan), st.just(math.inf)))
def test_reader_refuses_lost_exponents_negatives_and_nan(value: float) -> None:
    with pytest.raises(InputError, match=r"t\.csv: Cs-137 F infant"):
        read_table(row(repr(value)), file="t.csv")


@given(st.text(alphabet="abcxyz -", max_size=6))
def test_reader_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(InputError):
        read_table(row(text), file="t.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (row("1e-9", unit="mSv/Bq"), "unknown unit"),
        (row("1e-9", verified="perhaps"), "true or false"),
        (row("1e-9", nuclide=""), "empty or repeated"),
        (row("1e-9") + row("1e-9").splitlines()[1], "empty or repeated"),
        ("nuclide,infant\nCs-137,1e-9\n", "columns missing"),
        (HEADER, "one unit a table"),
    ],
)
def test_reader_names_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_table(text, file="t.csv")
