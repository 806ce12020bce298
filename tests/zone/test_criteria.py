import dataclasses
import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, UnknownName
from oberih.zone.criteria import list_criteria, load_criteria
from oberih.zone.criterion import ACTIONS
from tests.conftest import SHARED, needs_shared

EVERY = [(name, c) for name in list_criteria() for c in load_criteria(name).criteria]
ROW = {
    "name": "mine", "action": "evacuate", "level": 100, "unit": "mSv", "organ": "effective", "age": "adult",
    "window": 7, "window_unit": "d", "source": "the district's plan", "verified": False,
}  # fmt: skip


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, list):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=True).replace("\\ud", "\\u0")


def written(folder, row, *, head=None, schema=1):
    head = {"name": "own", "title": "Own", "title_uk": "Власний"} if head is None else head
    lines = [f"schema = {toml(schema)}", "[set]", *(f"{json.dumps(k)} = {toml(v)}" for k, v in head.items())]
    lines += ["[[criterion]]", *(f"{json.dumps(k)} = {toml(v)}" for k, v in row.items())]
    path = folder / "own.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def changed(**fields):
    return {**ROW, **fields}


def test_the_sets_that_ship_are_the_ones_promised():
    assert {"iaea", "germany", "canada", "ukraine", "herca-wenra"} <= set(list_criteria())


@pytest.mark.parametrize("name", list_criteria())
def test_a_set_that_ships_reads_and_names_its_sources(name):
    found = load_criteria(name)
    assert found.name == name and found.title_uk
    for row in (*found.criteria, *found.prescriptions):
        assert row.source and row.title and row.title_uk and row.action in ACTIONS
        assert row.url or not row.verified


@pytest.mark.parametrize(("name", "criterion"), EVERY, ids=lambda v: getattr(v, "key", v))
def test_a_level_a_thousand_times_off_is_refused(name, criterion, tmp_path):
    row = changed(action=criterion.action, organ=criterion.organ, age=criterion.age, unit=criterion.unit)
    assert load_criteria(written(tmp_path, {**row, "level": criterion.level})).criteria[0].level == criterion.level
    for slip in (1e3, 1e-3):
        with pytest.raises(InputError, match="implausible") as caught:
            load_criteria(written(tmp_path, {**row, "level": criterion.level * slip}))
        assert "prefix" in str(caught.value) and "own.toml" in str(caught.value)


@pytest.mark.parametrize(("level", "unit"), [(100, "Sv"), (1e-6, "Sv"), (100, "uSv"), (0, "mSv"), (-100, "mSv")])
def test_evacuation_at_a_hundred_sievert_or_a_microsievert_is_refused(level, unit, tmp_path):
    with pytest.raises(InputError, match="implausible"):
        load_criteria(written(tmp_path, changed(level=level, unit=unit)))


@pytest.mark.parametrize(("value", "unit"), [(100, "mSv"), (0.1, "Sv"), (100000, "uSv"), (100000, "µSv")])
def test_levels_come_out_in_sievert(value, unit, tmp_path):
    assert load_criteria(written(tmp_path, changed(level=value, unit=unit))).criteria[0].level == pytest.approx(0.1)


def test_numbers_are_those_of_the_texts():
    germany = load_criteria("germany")
    assert germany.criterion("shelter").level == pytest.approx(0.010)
    assert germany.criterion("evacuate").level == pytest.approx(0.100)
    assert germany.criterion("iodine-child").level == pytest.approx(0.050)
    assert germany.criterion("iodine-adult").level == pytest.approx(0.250)
    assert all(c.window == 7 * 86400 for c in germany.criteria)
    ukraine = load_criteria("ukraine")
    assert [ukraine.criterion(f"evacuate-{t}").level for t in ("lower", "upper")] == pytest.approx([0.05, 0.5])
    assert not ukraine.verified and all(c.basis == "averted" and c.window == 14 * 86400 for c in ukraine.criteria)
    assert not load_criteria("iaea").verified and load_criteria("germany").verified
    distances = {p.name: (p.distance, p.extended) for p in load_criteria("herca-wenra").prescriptions}
    assert distances == {"evacuate": (5e3, 20e3), "shelter": (20e3, 100e3), "iodine": (20e3, 100e3)}


@needs_shared
def test_verified_levels_are_among_those_that_were_seen():
    rows = json.loads((SHARED / "data/criteria/criteria.json").read_text())["entries"]
    seen = {(r["url"], r["value"]) for r in rows if r["status"] == "seen"}
    for _, criterion in EVERY:
        if criterion.verified:
            assert (criterion.url, pytest.approx(criterion.level * 1e3)) in [
                (url, value) for url, value in seen if url == criterion.url and isinstance(value, int | float)
            ], criterion.key


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        (changed(levle=100), "did you mean level"), (changed(action="evacuat"), "did you mean evacuate"),
        (changed(organ="thyriod"), "did you mean thyroid"), (changed(age="adlut"), "did you mean adult"),
        (changed(pathways=["clowd"]), "did you mean cloud"), (changed(nuclides="iodine"), "radioiodine"),
        (changed(unit="msv"), "mSv"), (changed(unit="rem"), "mSv"), (changed(window_unit="days"), "window_unit"),
        (changed(level=float("nan")), "finite"), (changed(level=float("inf")), "finite"),
        (changed(level="100"), "finite"),
        (changed(level=True), "finite"), (changed(window=7, window_unit="s"), "window"),
        (changed(unit="mGy"), "effective"), (changed(organ="red_marrow"), "red_marrow"),
        (changed(verified=True), "url"), (changed(verified="yes"), "true or false"),
        (changed(pathways=["cloud", "cloud"]), "twice"), (changed(pathways=[]), "list"),
        ({k: v for k, v in ROW.items() if k != "source"}, "source"), (changed(name=" "), "name"),
        ({k: v for k, v in ROW.items() if k != "level"}, "level"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_one_line_that_names_file_and_field(fields, names, tmp_path):
    with pytest.raises(InputError) as caught:
        load_criteria(written(tmp_path, fields))
    line = str(caught.value)
    assert names in line and "own.toml" in line and "\n" not in line
    assert caught.value.exit_code == 2


def test_factors_must_be_shares_of_known_pathways(tmp_path):
    for text, ok in (("inhalation = 0.5", True), ("inhalation = 5", False), ("inhaltion = 0.5", False)):
        path = written(tmp_path, ROW)
        path.write_text(path.read_text() + f"\n[criterion.factors]\n{text}\n")
        if ok:
            assert load_criteria(path).criteria[0].quantity.factors == (("inhalation", 0.5),)
        else:
            with pytest.raises(InputError):
                load_criteria(path)


def test_the_same_name_twice_is_refused(tmp_path):
    path = written(tmp_path, ROW)
    text = path.read_text()
    path.write_text(text + "\n" + text[text.index("[[criterion]]") :])
    with pytest.raises(InputError, match="twice"):
        load_criteria(path)


def test_an_unknown_set_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean germany"):
        load_criteria("germny")


def test_an_unknown_criterion_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean evacuate"):
        load_criteria("germany").criterion("evacuation")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"schema = ", b"", b"schema = 2\n[set]\nname='a'", b"schema = 1\nset = 3"]
)
def test_a_file_that_is_no_set_is_refused(content, tmp_path):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.toml"):
        load_criteria(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_criteria(tmp_path / "absent.toml")


def test_ingestion_is_shown_but_never_computed():
    food = load_criteria("canada").criterion("food")
    assert not food.computable and food not in load_criteria("canada").computable
    with pytest.raises(InputError, match="not computed"):
        _ = food.quantity


def test_another_age_group_changes_nothing_else():
    adult = load_criteria("germany").criterion("evacuate")
    child = adult.for_age("5y")
    assert child.quantity.age == "5y" and dataclasses.replace(child, age="adult") == adult
    with pytest.raises(UnknownName):
        adult.for_age("teen")


VALUES = st.one_of(
    st.none().map(lambda _: []), st.booleans(), st.floats(), st.integers(-(2**40), 2**40),
    st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=12),
    st.sampled_from(["mSv", "Gy", "thyroid", "adult", "shelter", "cloud"]),
    st.lists(st.sampled_from(["cloud", "inhalation", "ingestion", "x"]), max_size=3),
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from([*ROW, "pathways", "basis", "tier", "nuclides", "factors", "wrong"]), VALUES, max_size=3
    )
)
def test_any_file_is_read_whole_or_refused_in_one_line(tmp_path, fields):
    try:
        found = load_criteria(written(tmp_path, {**ROW, **fields}))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        (row,) = found.criteria
        assert math.isfinite(row.level) and 1e-6 <= row.level <= 20.0
        assert row.window >= 3600.0 and "wrong" not in fields
