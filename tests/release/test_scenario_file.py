"""Is a stranger's scenario read strictly?"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, UnknownName
from oberih.release import list_scenarios, load_scenario, release_of
from oberih.release.custom_table import read_table
from oberih.release.scenario_file import _SHELF

GOOD = (_SHELF / "core-melt-vented.toml").read_text(encoding="utf-8")
TOTALS = (_SHELF / "chernobyl-1986.toml").read_text(encoding="utf-8")


def _file(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_shipped_scenario_reads_the_same_from_a_file(tmp_path: Path) -> None:
    for name in list_scenarios():
        copy = _file(tmp_path, (_SHELF / f"{name}.toml").read_text(encoding="utf-8"))
        assert load_scenario(copy) == load_scenario(name)


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("hours = 48", "hours = 480", "hours", "outside"),
        ("hours = 48", "hours = 1.5", "hours", "whole"),
        ("hours = 48", 'hours = "48"', "hours", "not a number"),
        ("hours = 48", "hours = nan", "hours", "not a number"),
        ("height_m = [[0, 30], [24, 100]]", "height_m = -3", "height_m", "negative"),
        ("height_m = [[0, 30], [24, 100]]", "height_m = 30000", "height_m", "outside"),
        ("height_m = [[0, 30], [24, 100]]", "height_km = 0.03", "height_m", "missing"),
        ("height_m = [[0, 30], [24, 100]]", "height_m = [[5, 30]]", "height_m", "start at hour 0"),
        ("height_m = [[0, 30], [24, 100]]", "height_m = 30\nheat_MW = 3", "heat_MW", "heat_W"),
        ("aerosol = 0.95", "aerosol = 0.85", "iodine", "add up to 1"),
        ("aerosol = 0.95", "aerosol = 1.95", "iodine.aerosol", "outside"),
        ("per_h = 0.000125", "per_h = -0.1", "per_h", "negative"),
        ("per_h = 0.000125", "per_h = 300", "per_h", "outside"),
        ('aerosol = "filters"', 'aerosol = "filter"', "reduction mechanism", "filters"),
        ('removal = "natural"', 'removal = "nature"', "removal", "natural"),
        ('fractions = "pwr-core-melt"', 'fractions = "pwr-core"', "fuel.fractions", "pwr-core-melt"),
        ('fractions = "pwr-core-melt"', 'fractions = "pwr-core-melt"\nshare = 2', "fuel.share", "outside"),
        ('needs = "core"', 'needs = "cores"', "needs", "core"),
        ('to = "outside"', 'to = "inside"', "to", "outside"),
        ('uk = "Роз', 'de = "Роз', "title.uk", "missing"),
        ("verified = false", 'verified = "no"', "verified", "true or false"),
        ("[fuel]", "[fuel", "mine.toml", "not TOML"),
    ],
)
def test_a_slip_is_refused_in_one_line_with_file_and_field(
    tmp_path: Path, old: str, new: str, field: str, says: str
) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        load_scenario(_file(tmp_path, GOOD.replace(old, new, 1)))
    line = str(caught.value)
    assert "\n" not in line
    assert field in line
    assert says in line


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [("Cs-137 = 8.51e16", "Cs-139 = 8.51e16", "Cs-13"), ("Cs-137 = 8.51e16", "Cs-137 = -1.0", "negative"),
     ("Cs-137 = 8.51e16", "Cs-137 = 8.51e25", "outside"), ("Cs-137 = 8.51e16", "Cs-137 = inf", "not a number"),
     ('unit = "Bq"', 'unit = "Sv"', "activity")],
)  # fmt: skip
def test_totals_are_checked(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        load_scenario(_file(tmp_path, TOTALS.replace(old, new)))


def test_an_unknown_scenario_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="core-melt-vented"):
        load_scenario("core-melt-vent")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_scenario(tmp_path / "none.toml")


def test_a_table_is_released_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "leak.csv"
    path.write_text(
        "hour,until_hour,nuclide,form,activity_TBq\n0,2,Cs-137,,4\n1,,I131,organic_iodine,1\n3,,xe133,,5\n",
        encoding="utf-8",
    )
    source = release_of(load_scenario(path))
    assert source.hours == 4
    cs, iodine, xe = (source.nuclides.index(n) for n in ("Cs-137", "I-131", "Xe-133"))
    assert source.activity[:, cs, 1].tolist() == [2e12, 2e12, 0.0, 0.0]
    assert source.activity[1, iodine].tolist() == [0.0, 0.0, 0.0, 1e12]
    assert source.activity[3, xe].tolist() == [5e12, 0.0, 0.0, 0.0]
    assert source.total()["Ba-137m"] == pytest.approx(0.94399 * 4e12, rel=1e-5)


def test_a_scenario_may_name_its_table(tmp_path: Path) -> None:
    (tmp_path / "leak.csv").write_text("hour,nuclide,activity_Bq\n5,Cs-137,4e9\n", encoding="utf-8")
    head = TOTALS.split("[totals]")[0].replace("hours = 72", 'hours = 6\ntable = "leak.csv"')
    scenario = load_scenario(_file(tmp_path, head))
    assert release_of(scenario).total()["Cs-137"] == 4e9
    with pytest.raises(InputError, match="shorter than its table"):
        load_scenario(_file(tmp_path, head.replace("hours = 6", "hours = 5")))


@pytest.mark.parametrize(
    ("text", "says"),
    [("hour,nuclide\n0,Cs-137\n", "activity_Bq"), ("hour,nuclide,activity_kg\n0,Cs-137,1\n", "unit of activity"),
     ("nuclide,activity_Bq\nCs-137,1\n", "hour"), ("hour,nuclide,activity_Bq\n", "no rows"), ("", "activity_Bq"),
     ("hour,nuclide,activity_Bq\n0,Cs-137,-1\n", "line 2, activity_Bq = -1.0: must not be negative"),
     ("hour,nuclide,activity_Bq\n0,Cs-137,nan\n", "not a number"),
     ("hour,nuclide,activity_Bq\n0,Cs-137,x\n", "not a n"),
     ("hour,nuclide,activity_PBq\n0,Cs-137,8.5e16\n", "outside"),
     ("hour,nuclide,activity_Bq\n99,Cs-137,1\n", "outside"),
     ("hour,nuclide,activity_Bq\n0,Cz-137,1\n", "did you mean"),
     ("hour,nuclide,form,activity_Bq\n0,Cs-137,gas,1\n", "form"),
     ("hour,nuclide,form,activity_Bq\n0,Cs-137,noble_gas,1\n", "no such form"),
     ("hour,nuclide,form,activity_Bq\n0,I-131,noble_gas,1\n", "no such form"),
     ("hour,until_hour,nuclide,activity_Bq\n2,1,Cs-137,1\n", "whole hours"),
     ("hour,nuclide,activity_Bq,colour\n0,Cs-137,1,red\n", "colour")],
)  # fmt: skip
def test_a_bad_table_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_table(text, file="leak.csv")
    assert says in str(caught.value)
    assert str(caught.value).startswith("leak.csv")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("hour,nclidetvyBq_\n0123456789.-CsIe+ "), max_size=80))
def test_any_text_is_a_table_or_an_input_error(tail: str) -> None:
    try:
        rows = read_table("hour,nuclide,activity_Bq\n" + tail, file="x.csv")
    except InputError:
        return
    assert all(math.isfinite(r.activity) and r.activity >= 0.0 and 0 <= r.first < r.last <= 72 for r in rows)
