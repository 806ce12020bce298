"""Every mistake is explained, with its line and its cure."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, UnknownName
from oberih.regimes.read.instrument_table import known_instruments
from oberih.regimes.read.lint import LINTERS, lint, lint_any
from oberih.regimes.read.mistake import Mistake
from oberih.regimes.read.regime_file import list_regimes, load_regime, shipped_regimes
from tests.regimes.rules import REGIME, regime_file


def mistakes(folder: Path, text: str) -> tuple[Mistake, ...]:
    return lint(regime_file(folder, text))


def changed(old: str, new: str, count: int = 1) -> tuple[str, int]:
    """The regime with one thing changed, and the line of the change."""
    assert old in REGIME
    return REGIME.replace(old, new, count), REGIME[: REGIME.index(old)].count("\n") + 1


CHANGES = [
    # old text, new text, line after the changed one, field, message, cure
    ('schema = "oberih/regime/1"', 'schema = "oberih/regime/9"', 0, "schema", "is not known",
     "did you mean oberih/regime/1"),
    ("to = 2026-02-05", "to = 2010-02-05", 0, "span[0].to", "ends before it begins", "first day no longer"),
    ("from = 2011-02-05", 'from = "2011-02-05"', 0, "span[0].from", "is not a date", "without quotes"),
    ("from = 2011-02-05", "from = 0011-02-05", 0, "span[0].from", "no year", "correct the year"),
    ('source = "https://example.org/span"\n', "", -3, "span[0].source", "is missing", "every value has a source"),
    ('source = "https://example.org/span"', 'sorce = "https://example.org/span"', 0, "span[0].sorce", "no such key",
     "did you mean source"),
    ('source = "https://example.org/span"\nverified = true', 'source = "https://example.org/span"\nverified = "yes"', 1,
     "span[0].verified", "must be true or false", "without quotes"),
    ('test = "at_most"', 'test = "at_mots"', 0, "obligation[0].part[0].test", "no such test", "did you mean at_most"),
    ('test = "at_most"\n', "", -2, "obligation[0].part[0].test", "is missing", "known: at_least"),
    ("limit = 800", "limt = 800", 0, "obligation[0].part[0].limt", "no such key", "did you mean limit"),
    ("limit = 800\n", "", -4, "obligation[0].part[0].limit", "is missing", "give limit"),
    ("limit = 800", 'limit = "800"', 0, "obligation[0].part[0].limit", "must be a number", "without quotes"),
    ("limit = 800", "limit = nan", 0, "obligation[0].part[0].limit", "finite", "give a number"),
    ("near = 0.02", "near = 2.0", 0, "obligation[0].part[0].near", "at most 1", "correct"),
    ("near = 0.02", "near = -0.1", 0, "obligation[0].part[0].near", "at least 0", "correct"),
    ("stale_after = 215", "stale_after = 0", 0, "obligation[0].part[0].stale_after", "more than 0", "correct"),
    ("stale_after = 215", "stale_after = 21.5", 0, "obligation[0].part[0].stale_after", "whole number", "whole"),
    ("window = 30\n", "", -4, "obligation[2].part[0]", "has no window", "persists = true"),
    ('force = "treaty"', 'force = "treety"', 0, "obligation[0].force", "is not known", "did you mean treaty"),
    ('id = "Y2"', 'id = "Y1"', 0, "obligation[1].id", "is given twice", "its own"),
    ('obligation = "Y1"\n', 'obligation = "Y9"\n', 0, "contest[0].obligation", "no such obligation", "known: Y1"),
    ('from = ["Y1", "Y3"]', 'from = ["Y1", "Z3"]', 0, "obligation[3].part[0].from[1]", "no such obligation", "Y3"),
    ('from = ["Y1", "Y3"]', 'from = ["Y4"]', 0, "obligation[3].part[0].from", "rests on itself", "do not rest on it"),
    ('area = "zone"', 'area = "zome"', 0, "obligation[2].part[0].area", "no such area", "did you mean zone"),
    ('site = "zaporizhzhia"', 'site = "zaporizhia"', 0, "area[0].site", "no such site", "did you mean zaporizhzhia"),
    ("radius_m = 30000", "radius_m = -1", 0, "area[0].radius_m", "more than 0", "correct"),
    ("radius_m = 30000\n", "", -3, "area[0]", "neither a radius nor a polygon", "give site and radius_m"),
    ("radius_m = 30000", "polygon = [[34, 47], [35, 48], [35, 47], [34, 48], [34, 47]]", 0, "area[0].polygon",
     "crosses itself", "in order"),
    ("radius_m = 30000", "polygon = [[34, 47], [35, 47], [35, 48]]", 0, "area[0].polygon", "is not closed", "repeat"),
    ("radius_m = 30000", "polygon = [[34, 97], [35, 47], [35, 48], [34, 97]]", 0, "area[0].polygon", "latitude 97",
     "in this order"),
    ('text = {en = "Few tubs.", uk = "Мало діжок."}', 'text = {en = "Few tubs."}', 0, "obligation[0].text.uk",
     "is missing", "Ukrainian"),
    ('text = {en = "Few tubs.", uk = "Мало діжок."}', 'text = {uk = "Мало діжок."}', 0, "obligation[0].text.en",
     "is missing", "English"),
    ('subject = "B"', 'subject = "C"', 0, "suspension[0].subject", "no such subject", "known: A, B"),
    ('subjects = ["A", "B"]', "subjects = []", 0, "subjects", "too few", "add"),
    ('holds = ["runs"]', 'holds = ["runs", "dry"]', -4, "obligation[2].part[1]", "overlap: dry", "in one list"),
    ('channels = ["treaty exchange"]', 'channels = ["treaty"]', 0, "obligation[1].part[0].channels[0]", "is not known",
     "did you mean"),
    ('[[span]]\nfrom = 2011-02-05', '[[span]]\nfrom = 2001-01-01\nto = 2012-01-01\nsource = "x y z"\nverified = true\n'
     "[[span]]\nfrom = 2011-02-05", 5, "span[1]", "overlaps span 0", "join"),
    ('id = "yard"', 'id = "a yard"', 0, "id", "does not have the form", ""),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "off", "field", "message", "cure"), CHANGES, ids=[c[3] for c in CHANGES])
def test_a_mistake_is_named_with_its_line_and_cure(
    tmp_path: Path, old: str, new: str, off: int, field: str, message: str, cure: str
) -> None:
    text, line = changed(old, new)
    found = [m for m in mistakes(tmp_path, text) if m.field == field]
    assert found, mistakes(tmp_path, text)
    assert message in found[0].message
    assert cure in found[0].cure
    assert found[0].line == line + off


def test_an_instrument_that_the_registry_does_not_know_is_named(tmp_path: Path) -> None:
    if known_instruments() is None:
        pytest.skip("no registry of instruments here")
    text, line = changed('subjects = ["A", "B"]', 'subjects = ["A", "B"]\ninstruments = ["new-strat"]')
    (found,) = mistakes(tmp_path, text)
    assert (found.line, found.field, found.cure) == (line + 1, "instruments[0]", "did you mean new-start?")


def test_a_right_file_has_no_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path, REGIME) == ()


def test_all_mistakes_are_found_at_once(tmp_path: Path) -> None:
    text = REGIME
    wrong = [c for c in CHANGES if c[0] in ("near = 0.02", "to = 2026-02-05", 'force = "treaty"', 'subject = "B"')]
    seen: set[str] = set()
    for old, new, *_ in (c for c in wrong if not (c[0] in seen or seen.add(c[0]))):  # type: ignore[func-returns-value]
        text = text.replace(old, new, 1)
    fields = {m.field for m in mistakes(tmp_path, text)}
    assert {"span[0].to", "obligation[0].part[0].near", "obligation[0].force", "suspension[0].subject"} <= fields


def test_mistakes_come_by_line_and_the_first_refuses_the_file(tmp_path: Path) -> None:
    text = REGIME.replace("near = 0.02", "near = 2.0").replace("to = 2026-02-05", "to = 2010-02-05")
    found = mistakes(tmp_path, text)
    assert [m.line for m in found] == sorted(m.line for m in found)
    with pytest.raises(InputError, match=rf"yard.toml, line {found[0].line}: span\[0\].to = '2010-02-05': ends"):
        load_regime(regime_file(tmp_path, text))


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a = 1\nb = = 2\n", 2, "is not TOML"), (b"a = 1\nb = 'open", 2, "is not TOML"),
        (b"a = 1\n\xff\xfe", 2, "UTF-8"),
        (b"a = 1\na = 2\n", 2, "is not TOML"), (b"x = " + b"[" * 100_000, 1, "nested too deeply"),
        (b"a = 1979-02-30\n", 1, "is not TOML"),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_one_mistake_with_its_line(tmp_path: Path, data: bytes, line: int, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(data)
    (found,) = lint_any(path)
    assert found.line in {line, 1}
    assert message in found.message


def test_one_door_finds_out_what_a_file_is(tmp_path: Path) -> None:
    assert lint_any(regime_file(tmp_path)) == ()
    path = tmp_path / "x.toml"
    path.write_text('\nschema = "oberih/regim/1"\n')
    assert (lint_any(path)[0].line, lint_any(path)[0].cure) == (2, "did you mean oberih/regime/1?")
    path.write_text("a = 1\n")
    assert (lint_any(path)[0].field, lint_any(path)[0].message) == ("schema", "is missing")
    assert set(LINTERS) >= {"oberih/regime/1", "oberih/instruments/1"}


def test_a_table_of_observations_is_linted_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    head = "id,indicator,subject,date,value,channel,source,verified"
    path.write_text(
        f"{head}\na,tubs,A,2023-02-30,1,press,who,yes\nb,tubs,A,2023,1,press,who,yes\nc,tubs,A,2023,1,talk,who,no\n"
    )
    assert [(m.line, m.field) for m in lint_any(path)] == [(2, "date"), (4, "channel")]
    path.write_text("colour,size\n")
    assert [m.message for m in lint_any(path)] == ["no such column"]
    path.write_text("id;indicator;subject;date;value\n")
    assert [m.message for m in lint_any(path)] == ["is separated by semicolons"]


def test_a_folder_is_a_register_of_participation(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("id;series;title_en\n", encoding="utf-8")
    assert [(m.field, m.message) for m in lint_any(tmp_path)] == [("events.csv", "is separated by semicolons")]
    assert [(m.field, m.line) for m in lint_any(tmp_path / "events.csv")] == [("", 1)]
    with pytest.raises(InputError, match="holds neither"):
        lint_any(tmp_path.parent)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        lint_any(tmp_path / "nothing.toml")
    with pytest.raises(InputError, match="holds neither events"):
        lint_any(tmp_path)
    with pytest.raises(UnknownName, match="did you mean new-start"):
        load_regime("new-strat")
    with pytest.raises(InputError, match="cannot be read"):
        load_regime(tmp_path / "nothing.toml")


def test_a_file_of_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.toml"
    path.write_text('a = "' + "x" * 10_000_000 + '"')
    with pytest.raises(InputError, match="larger than"):
        lint_any(path)


def test_what_ships_has_no_mistake() -> None:
    assert {name: lint_any(path) for name, path in shipped_regimes().items() if lint_any(path)} == {}
    assert [r.id for r in list_regimes()] == list(shipped_regimes())


ANYTHING = st.sampled_from(["= 1", "= []", '= "x"', "= {}", "= true", "= [{}]", "= 1979-01-01", "= [[1, 2]]", "= -0.0"])


@settings(deadline=None)
@given(st.data())
def test_a_regime_with_any_lines_lost_or_moved_is_linted_without_an_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    lines = REGIME.splitlines()
    for _ in range(data.draw(st.integers(1, 6))):
        i, j = (data.draw(st.integers(0, len(lines) - 1)) for _ in "ij")
        change = data.draw(st.integers(0, 3))
        if change == 0:
            del lines[i]
        elif change == 1:
            lines.insert(j, lines[i])
        elif change == 2:
            lines[i] = lines[i].partition("=")[0] + data.draw(
                st.sampled_from(
                    ["= 1", "= []", '= "x"', "= {}", "= true", "= [{}]", "= 1979-01-01", "= [[1, 2]]", "= -0.0"]
                )
            )
        else:
            lines[i] += data.draw(st.sampled_from(["x", " # x", "]", '"', " "]))
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = lint(path)
    assert all(1 <= m.line <= len(lines) + 1 and m.message for m in found)
    if not found:
        load_regime(path)
