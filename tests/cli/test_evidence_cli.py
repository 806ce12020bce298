"""The record on the command line: what a person types, right and wrong."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from oberih.cli.main import main

Capture = pytest.CaptureFixture[str]
ADD = ["evidence", "add", "--kind", "event", "--when", "2024-04-07", "--who", "IAEA"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder and a configuration of one's own."""
    for name in ("OBERIH_EVIDENCE", "OBERIH_KEY", "OBERIH_KEY_FILE", "OBERIH_KEY_PASSPHRASE", "OBERIH_EVIDENCE_FILES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def say(*words: str) -> int:
    return main([*ADD, "--text", " ".join(words)])


def found(capsys: Capture, *words: str) -> Any:
    capsys.readouterr()
    assert main(["evidence", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def typed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_the_first_record_makes_log_and_key_and_says_so(capsys: Capture, place: Path) -> None:
    assert say("three hits") == 0
    out, err = capsys.readouterr()
    assert "as number 1" in out
    assert "a key was made" in err and "key.pem" in err
    key = place.parent / "config" / "oberih" / "key.pem"
    assert key.stat().st_mode & 0o077 == 0
    assert (place / ".oberih" / "evidence" / "record.sqlite").is_file()


def test_a_record_comes_from_a_file_from_standard_input_and_from_words(
    capsys: Capture, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "r.json").write_text('\ufeff{"kind": "event", "text": "from a file", "credibility": 2}', encoding="utf-8")
    assert main(["evidence", "add", "r.json", "--credibility", "3", "--tag", "P1", "--data", "hits=3"]) == 0
    typed(monkeypatch, b'{"kind": "claim", "text": "from stdin"}')
    assert main(["evidence", "add", "-"]) == 0
    typed(monkeypatch, "словами".encode())
    assert main(["evidence", "add", "-", "--who", "чергова зміна"]) == 0
    records = found(capsys, "list")
    assert [r["text"] for r in records][:3] == ["словами", "from stdin", "from a file"]
    assert (records[2]["credibility"], records[2]["data"], records[2]["tags"]) == (3, {"hits": 3}, ["P1"])


def test_what_is_searched_is_found_whatever_its_case_and_script(capsys: Capture) -> None:
    say("Обстріл", "майданчика")
    main([*ADD, "--text", "A fire", "--latitude", "47.51", "--longitude", "34.59", "--id", "fire"])
    assert [r["text"] for r in found(capsys, "search", "ОБСТРІЛ")] == ["Обстріл майданчика"]
    assert [r["id"] for r in found(capsys, "search", "--near", "47.5,34.6,10")] == ["fire"]
    assert found(capsys, "search", "--near", "50.0,30.0,10") == []
    assert len(found(capsys, "search", "--since", "2024-04", "--until", "2024-04", "--source", "iaea")) == 2
    assert found(capsys, "search", "--since", "2024-05") == []
    assert found(capsys, "search", "100%_") == []


def test_a_correction_stands_beside_what_it_corrects(capsys: Capture) -> None:
    say("two hits")
    (old,) = found(capsys, "search", "hits")
    assert main(["evidence", "correct", "1", "--text", "three hits"]) == 0
    new, _ = found(capsys, "search", "hits")[::-1]
    assert (new["corrects"], new["source"]) == (old["id"], {"who": "IAEA"})
    assert found(capsys, "show", "1")[0]["corrected_by"] == new["id"]
    assert main(["evidence", "correct", "1", "--text", "four hits"]) == 2
    assert new["id"] in capsys.readouterr().err


def test_a_changed_record_is_named_and_the_exit_code_is_three(capsys: Capture, place: Path) -> None:
    say("one")
    say("two")
    assert main(["evidence", "verify"]) == 0
    assert capsys.readouterr().out.splitlines()[-1]
    with sqlite3.connect(place / ".oberih" / "evidence" / "record.sqlite") as sql:
        (data,) = sql.execute("SELECT data FROM oberih_entry WHERE seq = 2").fetchone()
        changed = bytes(data).replace(b'"sig":"', b'"sig":"A')
        sql.execute("UPDATE oberih_entry SET data = ? WHERE seq = 2", (changed,))
    sql.close()
    with pytest.raises(SystemExit) as caught:
        main(["evidence", "verify", "--quiet"])
    assert caught.value.code == 3
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("NO  ") and out[1].strip().startswith("record 2: ")


def test_a_bundle_travels_and_verifies(capsys: Capture, place: Path) -> None:
    (place / "photo.txt").write_text("seen")
    main([*ADD, "--text", "hits", "--attach", "photo.txt"])
    assert main(["evidence", "export", "b.zip", "--attachments"]) == 0
    assert main(["evidence", "export", "s.zip", "--search", "hits"]) == 0
    for name, kind in (("b.zip", "bundle"), ("s.zip", "selection")):
        capsys.readouterr()
        assert main(["evidence", "verify", name, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["holds"], told["kind"]) == (True, kind)
    key = told["first_key"]
    assert main(["evidence", "verify", "b.zip", "--trust", key[:16]]) == 0
    with pytest.raises(SystemExit):
        main(["evidence", "verify", "b.zip", "--trust", "0" * 16])


def test_a_key_with_a_passphrase_needs_it(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBERIH_KEY_PASSPHRASE", "correct horse")
    assert say("one") == 0
    assert "encrypted" in capsys.readouterr().err
    monkeypatch.setenv("OBERIH_KEY_PASSPHRASE", "wrong")
    assert say("two") == 2
    assert "passphrase" in capsys.readouterr().err
    monkeypatch.delenv("OBERIH_KEY_PASSPHRASE")
    assert say("three") == 2
    assert "OBERIH_KEY_PASSPHRASE" in capsys.readouterr().err
    monkeypatch.setenv("OBERIH_KEY_PASSPHRASE", "correct horse")
    assert say("four") == 0
    assert len(found(capsys, "list")) == 3


def test_a_key_comes_from_the_environment_too(capsys: Capture, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["evidence", "key", "new", "--key", "k.pem"]) == 0
    monkeypatch.setenv("OBERIH_KEY", (place / "k.pem").read_text())
    (place / "k.pem").unlink()
    assert say("signed from the environment") == 0
    assert main(["evidence", "verify", "--quiet"]) == 0
    monkeypatch.setenv("OBERIH_KEY", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    capsys.readouterr()
    assert say("with no key at all") == 2
    assert "OBERIH_KEY" in capsys.readouterr().err and "AAAA" not in capsys.readouterr().err


BAD: list[tuple[list[str], list[str]]] = [
    (["evidence", "lst"], ["lst", "list"]),
    (["evidence", "add"], ["text", "missing"]),
    (["evidence", "add", "--text", "x", "--kind", "rumour"], ["kind", "rumour", "event"]),
    (["evidence", "add", "--text", "x", "--when", "2044-01-01"], ["happened.from", "2044-01-01", "future"]),
    (["evidence", "add", "--text", "x", "--when", "0000-01-01"], ["happened.from", "0000-01-01"]),
    (["evidence", "add", "--text", "x", "--latitude", "95", "--longitude", "0"], ["place.latitude", "95"]),
    (["evidence", "add", "--text", "x", "--latitude", "nan", "--longitude", "0"], ["place.latitude", "nan"]),
    (["evidence", "add", "--text", "x", "--latitude", "5"], ["place.longitude"]),
    (["evidence", "add", "--text", "x", "--claim", "no colon"], ["--claim", "no colon"]),
    (["evidence", "add", "--text", "x", "--data", "n=9007199254740993"], ["data.n", "2^53"]),
    (["evidence", "add", "--text", "x", "--data", "novalue"], ["--data", "novalue"]),
    (["evidence", "add", "--text", "x", "--id", "../x"], ["id", "../x"]),
    (["evidence", "add", "--text", "x", "--attach", "gone.jpg"], ["gone.jpg"]),
    (["evidence", "add", "gone.json"], ["gone.json"]),
    (["evidence", "add", "bad.json"], ["bad.json", "line 1"]),
    (["evidence", "add", "nan.json"], ["nan.json", "NaN"]),
    (["evidence", "add", "twice.json"], ["twice.json", "stands twice"]),
    (["evidence", "add", "latin.json"], ["latin.json", "UTF-8"]),
    (["evidence", "add", "list.json"], ["list.json", "import"]),
    (["evidence", "add", "deep.json"], ["deep.json", "nested"]),
    (["evidence", "import", "gone.csv", "--mapping", "chronology"], ["gone.csv"]),
    (["evidence", "import", "bad.json", "--mapping", "cronology"], ["cronology", "chronology"]),
    (["evidence", "show", "1"], ["no record is kept here", "evidence add"]),
    (["evidence", "verify"], ["no record is kept here"]),
    (["evidence", "verify", "gone.zip"], ["gone.zip"]),
    (["evidence", "verify", "bad.json"], ["bad.json"]),
    (["evidence", "verify", "bad.json", "--trust", "xyz"], ["--trust", "xyz"]),
    (["evidence", "export", "b.zip"], ["no record is kept here"]),
    (["evidence", "search", "x", "--near", "here"], ["--near", "here"]),
    (["evidence", "witness"], ["--name", "--witness-key"]),
    (["evidence", "list", "--store", "mysql://host/x"], ["mysql"]),
    (["evidence", "key", "add", "not-base64!", "--name", "x"], ["PUBLIC"]),
]


@pytest.mark.parametrize(("words", "named"), BAD, ids=[" ".join(w) for w, _ in BAD])
def test_what_cannot_be_used_is_one_line_and_stores_nothing(
    words: list[str], named: list[str], capsys: Capture, place: Path
) -> None:
    (place / "bad.json").write_text("{")
    (place / "nan.json").write_text('{"kind": "event", "text": "x", "data": {"n": NaN}}')
    (place / "twice.json").write_text('{"kind": "event", "kind": "claim", "text": "x"}')
    (place / "latin.json").write_bytes('{"kind": "event", "text": "Grüße"}'.encode("latin-1"))
    (place / "list.json").write_text("[]")
    (place / "deep.json").write_text('{"data": ' + '{"a":' * 100_000 + "1" + "}" * 100_001)
    before = sorted(p.name for p in place.rglob("*"))
    code = main(words)
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert [word for word in named if word not in err] == []
    assert sorted(p.name for p in place.rglob("*")) == before
    assert not (place.parent / "config").exists()


def test_an_id_that_is_there_with_other_content_is_refused_and_nothing_is_stored(capsys: Capture) -> None:
    main([*ADD, "--text", "one", "--id", "x"])
    assert main([*ADD, "--text", "one", "--id", "x"]) == 0  # the same again is no fault
    capsys.readouterr()
    assert main([*ADD, "--text", "two", "--id", "x"]) == 2
    assert "other content" in capsys.readouterr().err
    assert len(found(capsys, "list")) == 2
