"""A bundle verifies alone, and a stranger's file is read or refused, never more."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from validation.tamper_bundle import put_together, taken_apart
from validation.tamper_scene import build

from oberih.errors import InputError
from oberih.evidence.bundle import write_bundle
from oberih.evidence.bundle_file import BundleFile
from oberih.evidence.report import Report
from oberih.evidence.verify_bundle import verify_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    scene = build(folder / "scene")
    log = scene.log()
    write_bundle(folder / "whole.zip", log, attachments=scene.attachments)
    log.close()
    return folder / "whole.zip"


def read(path: Path) -> Report | InputError:
    """What comes of any file: a report, or a refusal, and nothing else."""
    try:
        return verify_bundle(path)
    except InputError as error:
        return error


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        scene = build(tmp_path / name)
        log = scene.log()
        write_bundle(tmp_path / f"{name}.zip", log)
        log.close()
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_bundle_verifies_with_nothing_else_at_hand(bundle: Path, tmp_path: Path) -> None:
    alone = tmp_path / "b.zip"
    alone.write_bytes(bundle.read_bytes())
    script = (
        "import socket; from pathlib import Path;"
        "from oberih.evidence.verify_bundle import verify_bundle; socket.socket.connect = None;"
        "r = verify_bundle(Path('b.zip')); print(r.holds, r.records, r.attachments)"
    )
    lean = {"PATH": "/nowhere", "HOME": "/nowhere", "LANG": os.environ.get("LANG", "C.UTF-8")}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=lean, capture_output=True, text=True)
    assert done.stdout.strip() == "True 123 2", done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.zip"]


def test_an_export_that_fails_leaves_what_was_there(bundle: Path, tmp_path: Path) -> None:
    scene = build(tmp_path / "scene")
    out = tmp_path / "out.zip"
    out.write_bytes(b"yesterday's")
    (attachment,) = scene.entries()[21].record.attachments
    scene.attachments.path(attachment.sha256).unlink()
    log = scene.log()
    with pytest.raises(InputError, match="missing from the store"):
        write_bundle(out, log, attachments=scene.attachments)
    log.close()
    assert out.read_bytes() == b"yesterday's"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.zip", "scene"]


def zip_of(members: dict[str, bytes], **info: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            about = zipfile.ZipInfo(name)
            about.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(about, key, value)
            file.writestr(about, data)
    return out.getvalue()


HOSTILE = {
    "path traversal": zip_of({"../../etc/cron.d/x": b"x"}),
    "an absolute path": zip_of({"/etc/passwd": b"x"}),
    "a name of Windows": zip_of({"..\\..\\x": b"x"}),
    "a strange member": zip_of({"manifest.json": b"{}", "run.sh": b"x"}),
    "a symbolic link": zip_of({"link": b"/etc/passwd"}, external_attr=0o120777 << 16),
    "a bomb": zip_of({"records.jsonl": bytes(300_000_000)}),
    "a nested bomb": zip_of({"attachments/" + "0" * 64: zip_of({"x": bytes(50_000_000)})}),
    "no manifest": zip_of({"records.jsonl": b""}),
    "an empty archive": zip_of({}),
    "a manifest that is no object": zip_of({"manifest.json": b"[1]"}),
    "a manifest with a key twice": zip_of({"manifest.json": b'{"size":1,"size":2}'}),
    "a manifest without end": zip_of({"manifest.json": b'{"a":' * 50_000}),
    "a manifest too large": zip_of({"manifest.json": os.urandom(1_100_000)}),
    "no zip": b"PK is not enough",
    "nothing": b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line_that_names_it(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(HOSTILE[kind])
    answer = read(path)
    assert isinstance(answer, InputError)
    assert str(answer).startswith(str(path)) and "\n" not in str(answer)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.zip"]


def test_a_member_that_is_there_twice_is_refused(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(bundle.read_bytes())
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning):
        file.writestr("records.jsonl", b"")
    assert "there twice" in str(read(path))


def test_a_bomb_that_lies_about_its_size_unpacks_no_further(bundle: Path, tmp_path: Path) -> None:
    members = taken_apart(bundle)
    data = bytearray(zip_of({**members, "records.jsonl": bytes(5_000_000)}))
    true, said = (5_000_000).to_bytes(4, "little"), (900_000).to_bytes(4, "little")
    assert data.count(true) >= 1
    path = tmp_path / "b.zip"
    path.write_bytes(bytes(data).replace(true, said))
    answer = read(path)
    assert isinstance(answer, InputError) or not answer.holds


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("records.jsonl", b"x" * 5_000_000 + b"\n"),
        ("records.jsonl", b"no line feed"),
        ("records.jsonl", b"\xff\xfe\n"),
        ("records.jsonl", b""),
        ("checkpoints.jsonl", b'{"size":"nine","note":5}\n'),
        ("checkpoints.jsonl", b'{"size":9,"note":"no note"}\n'),
        ("checkpoints.jsonl", b"\n"),
        ("cosignatures.jsonl", b'{"size":9}\n'),
        ("timestamps.jsonl", b'{"size":9,"reply":"AAAA"}\n'),
        ("timestamps.jsonl", b'{"size":9,"reply":5}\n'),
        ("keys.json", b"null"),
    ],
)
def test_a_member_of_another_form_is_a_fault(bundle: Path, tmp_path: Path, member: str, content: bytes) -> None:
    path = put_together(tmp_path / "b.zip", {**taken_apart(bundle), member: content})
    answer = read(path)
    assert isinstance(answer, InputError) or not answer.holds


@pytest.mark.parametrize("member", ["records.jsonl", "checkpoints.jsonl", "cosignatures.jsonl", "keys.json"])
def test_a_member_that_is_missing_is_a_fault(bundle: Path, tmp_path: Path, member: str) -> None:
    path = put_together(tmp_path / "b.zip", {n: d for n, d in taken_apart(bundle).items() if n != member})
    answer = read(path)
    assert isinstance(answer, Report) and not answer.holds


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.floats(0.0, 1.0), at=st.floats(0.0, 1.0), noise=st.binary(max_size=30))
def test_any_damage_is_a_fault_a_refusal_or_without_effect(
    bundle: Path, tmp_path: Path, cut: float, at: float, noise: bytes
) -> None:
    data = bundle.read_bytes()
    place = int(at * len(data))
    path = tmp_path / "b.zip"
    path.write_bytes((data[:place] + noise + data[place + len(noise) :])[: 1 + int(cut * len(data))])
    answer = read(path)
    if isinstance(answer, Report) and answer.holds:  # only what is not evidence can differ
        assert [m for m in taken_apart(path) if m == "records.jsonl"]
        assert taken_apart(path)["records.jsonl"] == taken_apart(bundle)["records.jsonl"]


@given(st.binary(max_size=2000))
def test_any_bytes_are_refused(data: bytes) -> None:
    path = Path(os.environ.get("PYTEST_TMP", "/tmp")) / f"oberih-noise-{os.getpid()}.zip"
    path.write_bytes(data)
    try:
        assert isinstance(read(path), InputError)
    finally:
        path.unlink()


def test_the_words_for_people_name_every_member(bundle: Path) -> None:
    with BundleFile(bundle) as file:
        assert json.loads(json.dumps(file.manifest))["complete"] is True
    how = taken_apart(bundle)["HOW-TO-VERIFY.txt"].decode()
    assert [m for m in taken_apart(bundle) if m.split("/")[0].split(".")[0] not in how and "HOW" not in m] == [
        "manifest.json"
    ]
