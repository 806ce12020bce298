"""A registry of instruments is whole, or its defects are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validation.registry import linted, written

from oberih.errors import InputError
from oberih.regimes.read.instrument_names import same_instrument, several_instruments
from oberih.regimes.read.instrument_table import known_instruments, list_instruments, load_instruments
from oberih.regimes.read.lint import lint_any
from oberih.regimes.read.mistake import Mistake

NPT = {
    "id": "npt", "title": "Treaty on the Non-Proliferation of Nuclear Weapons", "aliases": ["NPT"],
    "status": "in force", "adopted": "1968-06", "opened_for_signature": "1968-07", "in_force_from": "1970",
}  # fmt: skip
CNS = {"id": "cns", "title": "Convention on Nuclear Safety", "status": "in force", "in_force_from": "1996-10"}


def messages(folder: Path, *records: dict[str, object]) -> list[str]:
    return [f"{m.field}: {m.message}" for m in linted(records, folder)]


def test_a_right_registry_has_no_mistake_and_is_read(tmp_path: Path) -> None:
    assert messages(tmp_path, NPT, CNS) == []
    first, second = load_instruments(tmp_path / "registry.toml")
    assert (first.id, first.adopted, first.aliases, second.ended) == ("npt", "1968-06", ("NPT",), None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"in_force_from": "1967"}, "lies before it was adopted"),
        ({"opened_for_signature": "1967"}, "lies before it was adopted"),
        ({"opened_for_signature": "1971"}, "lies before it was opened for signature"),
        ({"status": "ended", "ended": "1969"}, "lies before it came into force"),
        ({"status": "ended"}, "has no date on which it ended"),
        ({"ended": "1995"}, "does not fit: it has ended"),
        ({"status": "never in force"}, "has a date of entry into force"),
        ({"status": "open for signature"}, "does not fit: it came into force"),
        ({"status": "adopted"}, "does not fit: it came into force"),
        ({"status": "proposal"}, "does not fit: it is adopted"),
        ({"status": "In Force"}, "is not known"),
        ({"in_force_from": "2070"}, "lies after the day of the registry"),
        ({"adopted": "0968"}, "is no year of such a text"),
        ({"adopted": "1968-13"}, "does not have the form"),
        ({"parties": 3, "party_ids": ["A", "B"]}, "is not the number of party_ids (2)"),
        ({"parties": 2, "party_ids": ["A", "A"]}, "names a party twice"),
        ({"parties": 0}, "is none, but it is in force"),
        ({"parties": -5}, "must be at least 0"),
        ({"sources": {"title": "x"}}, "has no source"),
        ({"sources": {"colour": "x"}}, "is the source of no field"),
        ({"id": ""}, "does not have the form"),
        ({"title": "NPT and CTBT"}, "names several: NPT, CTBT"),
    ],
)
def test_a_defect_is_named(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    assert any(said in m for m in messages(tmp_path, {**NPT, "aliases": [], **changed}, CNS))


def test_a_missing_id_and_an_id_given_twice_are_named(tmp_path: Path) -> None:
    assert any("is given twice" in m for m in messages(tmp_path, NPT, {**CNS, "id": "npt"}))
    path = tmp_path / "registry.toml"
    path.write_text(written([NPT, CNS]).replace('id = "cns"\n', ""), encoding="utf-8")
    (found,) = lint_any(path)
    assert (found.field, found.message) == ("instrument[1].id", "is missing")
    assert path.read_text(encoding="utf-8").splitlines()[found.line - 1] == "[[instrument]]"


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Nuclear Non-Proliferation Treaty"},
        {"title": "the treaty on the non-proliferation of nuclear weapon"},
        {"title": "A Pact", "aliases": ["NPT"]},
    ],
)  # fmt: skip
def test_two_records_of_one_instrument_are_named(tmp_path: Path, other: dict[str, object]) -> None:
    again = {"id": "again", "status": "in force", "in_force_from": "1970", **other}
    assert any("is the instrument of record 0" in m for m in messages(tmp_path, NPT, again))


def test_the_same_words_with_other_dates_are_another_instrument() -> None:
    old, new = (
        ["Convention on the Physical Protection of Fuel"],
        ["Amendment to the Convention on the Physical Protection of Fuel"],
    )
    assert same_instrument(old, new, same_dates=False) == ""
    assert same_instrument(old, new, same_dates=True) != ""


@pytest.mark.parametrize(
    "title",
    [
        "Convention on the Prohibition of the Development, Production and Stockpiling of Bacteriological (Biological) "
        "and Toxin Weapons and on their Destruction",
        "Joint Convention on the Safety of Spent Fuel Management and on the Safety of Radioactive Waste Management",
        "Agreement between Ukraine and the International Atomic Energy Agency for the Application of Safeguards in "
        "Connection with the Treaty on the Non-Proliferation of Nuclear Weapons",
        "Protocol Additional to the Geneva Conventions of 12 August 1949, and relating to the Protection of Victims of "
        "International Armed Conflicts (Protocol I)",
        "Treaty between the United States of America and the Russian Federation on Measures for the Further Reduction "
        "and Limitation of Strategic Offensive Arms",
    ],
)
def test_a_title_with_and_is_one_instrument(title: str) -> None:
    assert several_instruments(title) == ()


def test_a_day_known_to_the_month_breaks_a_rule_only_if_every_day_does(tmp_path: Path) -> None:
    fine = {**NPT, "adopted": "1970-03", "opened_for_signature": "1970-03", "in_force_from": "1970"}
    assert messages(tmp_path, fine) == []
    assert messages(tmp_path, {**fine, "in_force_from": "1970-02"})


def test_the_shipped_registry_has_no_mistake() -> None:
    if known_instruments() is None:
        pytest.skip("no registry of instruments here")
    assert len({i.id for i in list_instruments()}) == len(list_instruments()) > 0


def test_a_registry_with_a_mistake_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_text(written([{**NPT, "in_force_from": "1967"}]), encoding="utf-8")
    with pytest.raises(InputError, match=r"registry.toml, line \d+: instrument\[0\].in_force_from = '1967'"):
        load_instruments(path)


@settings(deadline=None)
@given(st.data())
def test_any_registry_is_linted_without_an_error(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    odd = st.sampled_from(["", "x", "1970", 3, True, ["x"], ["x", "x"], {}, {"title": "x"}, {"x": 1}])
    names = st.sampled_from([*sorted(NPT), "sources", "parties", "ended"])
    records = [{**NPT, data.draw(names): data.draw(odd)} for _ in "ab"]
    found: tuple[Mistake, ...] = linted(records, tmp_path_factory.getbasetemp())
    assert all(m.line >= 1 and m.message for m in found)
    assert found
