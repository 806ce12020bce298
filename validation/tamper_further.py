"""Is what only a patient attacker would think of found too?

What stands in a column is of another kind; several deeds at once; numbers, depths and times without measure; records
laundered through the custodian's next append; a ZIP file that shows two faces; what nobody reads; single bytes of the
files as they lie on the disk.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from oberih.errors import CorruptStore, InputError, OberihError
from oberih.evidence.closing import digest_of_note
from oberih.evidence.entry import read_entry
from oberih.evidence.envelope import Envelope, pre_authentication, write_envelope
from oberih.evidence.moment import instant
from oberih.evidence.note import COSIGNATURE, cosign, read_note, vkey
from oberih.evidence.report import Report
from oberih.evidence.verify_bundle import verify_bundle
from validation.tamper_bundle import Members, put_together, taken_apart
from validation.tamper_scene import (
    BEGIN,
    FIRST,
    SECOND,
    STRANGER,
    Scene,
    changed_text,
    checkpoint_over,
    replace_rows,
    signed_anew,
    statement,
)
from validation.tamper_store import verified
from validation.tamper_verdict import Outcome, judged

try:
    from tests.evidence.tsa_simulator import Forger, issue, stamping
except ImportError:  # without pytest there is no authority to play with
    Forger = None  # type: ignore[assignment, misc]

Place = tuple[int, int] | str
Rows = list[bytes]
NEXT = BEGIN + timedelta(days=1200)


def further(scene: Scene, folder: Path) -> Iterator[Outcome]:
    """All of it."""
    folder.mkdir(parents=True)
    deeds = [*ON_THE_STORE, *([A_TIMESTAMP] if Forger is not None else [])]
    for number, (name, do, places) in enumerate(deeds):
        copy = scene.copy(folder / f"f{number}")
        do(copy)
        yield _all_named(f"store: {name}", verified(copy), places)
    yield _laundered(scene.copy(folder / "laundered"))
    yield _damaged_last(scene.copy(folder / "last"))
    for kind in ("whole", "some"):
        yield from _on_bundle(kind, scene, folder)
    yield from _bytes_of_the_database(scene, folder)


def _all_named(name: str, report: Report | str, places: Sequence[Place]) -> Outcome:
    """Detected, and every place named."""
    if isinstance(report, str):
        return Outcome(name, True, all(isinstance(p, str) and p in report for p in places), report)
    found = [
        judged(name, report, where=p) if isinstance(p, str) else judged(name, report, *p, slack=8 * (p[0] != p[1]))
        for p in places
    ]
    return Outcome(name, not report.holds, all(o.located for o in found), found[0].said)


# on the live store


def _sql(*statements: str) -> Callable[[Scene], None]:
    def do(scene: Scene) -> None:
        with closing(scene.sql()) as connection, connection:
            for one in statements:
                if connection.execute(one).rowcount == 0:
                    raise ValueError(f"touched nothing: {one}")

    return do


def _rows(change: Callable[[Rows], Rows]) -> Callable[[Scene], None]:
    return lambda scene: replace_rows(scene, change([e.data for e in scene.entries()]))


def _raw(text: str) -> bytes:
    """A payload of any kind, signed by a stranger."""
    payload = text.encode()
    return write_envelope(Envelope(payload, STRANGER.keyid, STRANGER.private.sign(pre_authentication(payload))))


def _payload(seq: int, text: str = '"x"') -> bytes:
    when = "2026-09-27T12:00:00Z"
    return _raw(
        f'{{"id":"zz","kind":"event","recorded_at":"{when}","schema":"oberih/record/1","seq":{seq},"text":{text}}}'
    )


def _put_in(data: bytes) -> Callable[[Rows], Rows]:
    return lambda r: [*r[:60], data, *r[60:]]


def _deleted_and_changed(r: Rows) -> Rows:
    return [*r[:25], *r[26:60], changed_text(r[60]), *r[61:]]


def _dated_forward(r: Rows) -> Rows:
    entry = read_entry(r[100])
    later = instant(entry.recorded_at) + timedelta(days=300)
    return [*r[:100], signed_anew(entry.record, seq=100, at=later, by=SECOND), *r[101:]]


def _cosignature_of(at: int) -> Callable[[Scene], None]:
    """A witness of one's own, of another age."""

    def do(scene: Scene) -> None:
        with closing(scene.log()) as log:
            note = dict(log.checkpoints())[66]
            line = cosign(read_note(note).text, "witness.example.org", STRANGER.private, at)
            log.add_cosignature(66, line, vkey("witness.example.org", STRANGER.public, COSIGNATURE))

    return do


def _timestamp_moved(scene: Scene) -> None:
    """A true reply over the checkpoint of 66, kept beside that of 91."""
    with closing(scene.log()) as log:
        root = issue("root", by=None, ca=True)
        digest = digest_of_note(read_note(dict(log.checkpoints())[66]))
        log.add_timestamp(91, Forger(stamping("authority", by=root), digest).token())


def _all_but_the_head(scene: Scene) -> None:
    _sql(*(f"DELETE FROM oberih_{t}" for t in ("entry", "node", "checkpoint", "cosignature")))(scene)


ON_THE_STORE: Sequence[tuple[str, Callable[[Scene], None], Sequence[Place]]] = (
    ("a record changed by a statement that leaves text", _sql(
        "UPDATE oberih_entry SET data = replace(data, 'payload\":\"e', 'payload\":\"f') WHERE seq = 40"), [(40, 40)]),
    ("a number in place of a record", _sql("UPDATE oberih_entry SET data = 99999999999 WHERE seq = 41"), [(41, 41)]),
    ("a leaf hash that is text", _sql("UPDATE oberih_entry SET leaf = 'abc' WHERE seq = 42"), [(42, 42)]),
    ("a node that is text", _sql("UPDATE oberih_node SET hash = 'abc' WHERE number = 81"), [(40, 41)]),
    ("what is searched is no text", _sql("UPDATE oberih_entry SET folded = CAST(x'ff41' AS TEXT) WHERE seq = 43"),
     [(43, 43)]),
    ("a place that is a word", _sql("UPDATE oberih_entry SET latitude = 'north' WHERE seq = 44"), [(44, 44)]),
    ("a time of writing changed beside the record", _sql(
        "UPDATE oberih_entry SET recorded_at = '9999-01-01T00:00:00Z' WHERE seq = 122"), [(122, 122)]),
    ("the record of a revocation hidden", _sql("UPDATE oberih_entry SET kind = 'event' WHERE seq = 82"), [(82, 82)]),
    ("a checkpoint that is a number", _sql("UPDATE oberih_checkpoint SET note = 5 WHERE size = 74"),
     ["checkpoint of 74 records"]),
    ("a cosignature beside a word", _sql("UPDATE oberih_cosignature SET size = 'abc'"), ["cosignature"]),
    ("a cosignature that is no text", _sql("UPDATE oberih_cosignature SET line = x'00'"), ["cosignature"]),
    ("a timestamp that is text", _sql("INSERT INTO oberih_timestamp VALUES (1, 66, 'abc')"), ["timestamp"]),
    ("a cosignature of the year 33658", _cosignature_of(10**12), ["cosignature on the checkpoint of 66 records"]),
    ("a cosignature of no year", _cosignature_of(2**62), ["cosignature on the checkpoint of 66 records"]),
    ("a node too many", _sql("INSERT INTO oberih_node VALUES (99999, zeroblob(32))"), ["tree"]),
    ("the log given another name", _sql("UPDATE oberih_meta SET value = 'x'"), ["checkpoint of 123 records"]),
    ("all records removed", _sql("DELETE FROM oberih_entry"), [(0, 122)]),
    ("everything removed but the head", _all_but_the_head, [(0, 122)]),
    ("a record numbered below the first", _sql("UPDATE oberih_entry SET seq = -5 WHERE seq = 5"), [(5, 5)]),
    ("a record put in under number 10^12", _rows(_put_in(_payload(10**12))), [(60, 60)]),
    ("a record put in that is nested 300 deep", _rows(_put_in(_payload(60, "[" * 300 + "]" * 300))), [(60, 60)]),
    ("a record put in that is nested 5000 deep", _rows(_put_in(_payload(60, "[" * 5000 + "]" * 5000))), [(60, 60)]),
    ("one record deleted and another changed", _rows(_deleted_and_changed), [(25, 25), (60, 60)]),
    ("a record dated forward by its custodian", _rows(_dated_forward), [(100, 100)]),
)  # fmt: skip


A_TIMESTAMP = ("a timestamp moved", _timestamp_moved, ["timestamp on the checkpoint of 91 records"])


def _laundered(scene: Scene) -> Outcome:
    """The past is rewritten with a revoked key, later checkpoints removed, and the custodian writes on."""
    rows = [e.data for e in scene.entries()]
    rows[60] = signed_anew(statement(908), seq=60, at=instant(read_entry(rows[60]).recorded_at), by=FIRST)
    replace_rows(scene, rows)
    _sql("DELETE FROM oberih_checkpoint WHERE size > 58", "DELETE FROM oberih_cosignature")(scene)
    return _append_refused("store: rewritten with a revoked key, to be signed by the next append", scene, "covers 58")


def _damaged_last(scene: Scene) -> Outcome:
    _sql("UPDATE oberih_entry SET data = replace(data, 'payload', 'pAyload') WHERE seq = 122")(scene)
    return _append_refused("store: the last record changed, to be covered by the next append", scene, "last record")


def _append_refused(name: str, scene: Scene, word: str) -> Outcome:
    with closing(scene.log()) as log:
        try:
            log.append([statement(700)], signer=SECOND, now=NEXT)
        except CorruptStore as error:
            return Outcome(name, not verified(scene).holds, word in str(error), str(error))
    return Outcome(name, False, False, "appended")


# on bundles


def _on_bundle(kind: str, scene: Scene, folder: Path) -> Iterator[Outcome]:
    path, called = folder.parent / "bundles" / f"{kind}.zip", {"whole": "bundle", "some": "selection"}[kind]
    members, rows = taken_apart(path), [e.data for e in scene.entries()]
    for name, do, places in (*BOTH, *(WHOLE if kind == "whole" else SELECTION)):
        changed = put_together(folder / "x.zip", do(dict(members), rows))
        yield _all_named(f"{called}: {name}", _read(changed), places)
    for name, change, word in FILES:
        (folder / "x.zip").write_bytes(change(path))
        yield _all_named(f"{called}: {name}", _read(folder / "x.zip"), [word])
    yield from _bytes_of_a_bundle(called, path, folder / "x.zip", step=211)


def _read(path: Path) -> Report | str:
    try:
        return verify_bundle(path)
    except InputError as error:
        return str(error)


def _with(member: str, data: bytes) -> Callable[[Members, Rows], Members]:
    return lambda members, rows: {**members, member: data}


def _also(member: str, *lines: dict[str, object]) -> Callable[[Members, Rows], Members]:
    more = b"".join(json.dumps(one).encode() + b"\n" for one in lines)
    return lambda members, rows: {**members, member: members[member] + more}


def _contradiction(size: int) -> Callable[[Members, Rows], Members]:
    """A second checkpoint of that size, signed by the custodian over other records."""

    def do(members: Members, rows: Rows) -> Members:
        other = list(rows)
        other[95] = signed_anew(statement(905), seq=95, at=instant(read_entry(rows[95]).recorded_at), by=SECOND)
        note = checkpoint_over(other[:size], by=SECOND).decode()
        return _also("checkpoints.jsonl", {"note": note, "size": size})(members, rows)

    return do


def _signed_by(by: object, size: int) -> Callable[[Members, Rows], Members]:
    """The same checkpoint, signed by somebody else."""

    def do(members: Members, rows: Rows) -> Members:
        lines = [json.loads(line) for line in members["checkpoints.jsonl"].splitlines()]
        for one in lines:
            if one["size"] == size:
                one["note"] = checkpoint_over(rows[:size], by=by).decode()  # type: ignore[arg-type]
        return {**members, "checkpoints.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in lines)}

    return do


def _forked_selection(members: Members, rows: Rows) -> Members:
    """The custodian rewrote record 60, and kept the checkpoint of 66 that a witness saw."""
    other = list(rows)
    other[60] = signed_anew(statement(909), seq=60, at=instant(read_entry(rows[60]).recorded_at), by=FIRST)
    lines = [json.loads(line) for line in members["checkpoints.jsonl"].splitlines()]
    lines[-1]["note"] = checkpoint_over(other, by=SECOND).decode()
    return {**members, "checkpoints.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in lines)}


def _another_proof(members: Members, rows: Rows) -> Members:
    first, *rest = members["consistency.jsonl"].splitlines()
    step = json.loads(first)
    step["proof"] = step["proof"][::-1]
    return {**members, "consistency.jsonl": b"\n".join([json.dumps(step).encode(), *rest]) + b"\n"}


def _another_of_the_log(members: Members, rows: Rows) -> Members:
    lines = members["records.jsonl"].splitlines()
    at = next(i for i, line in enumerate(lines) if read_entry(line).seq == 21)
    return {**members, "records.jsonl": b"\n".join([*lines[:at], rows[22], *lines[at + 1 :]]) + b"\n"}


def _manifest(**others: object) -> Callable[[Members, Rows], Members]:
    return lambda m, rows: {**m, "manifest.json": json.dumps(json.loads(m["manifest.json"]) | others).encode()}


def _without_revocation(members: Members, rows: Rows) -> Members:
    """As if no key had ever been revoked; ``keys.json`` is forgotten."""
    records = [line for line in members["records.jsonl"].splitlines() if read_entry(line).seq != 82]
    proofs = [line for line in members["proofs.jsonl"].splitlines() if json.loads(line)["seq"] != 82]
    fewer = {**members, "records.jsonl": b"\n".join(records) + b"\n", "proofs.jsonl": b"\n".join(proofs) + b"\n"}
    return _manifest(records=len(records))(fewer, rows)


Changes = Sequence[tuple[str, Callable[[Members, Rows], Members], Sequence[Place]]]

BOTH: Changes = (
    ("words for people changed", _with("HOW-TO-VERIFY.txt", b"It holds. No need to look.\n"), ["HOW-TO-VERIFY.txt"]),
    ("the last checkpoint signed by a stranger", _signed_by(STRANGER, 123), ["checkpoint of 123 records"]),
    ("the log given another name", _manifest(origin="x"), ["checkpoint of 123 records"]),
    ("a first key of one's own claimed", _manifest(first_key=STRANGER.keyid), ["manifest.json"]),
    ("fewer records claimed", _manifest(records=1), ["manifest.json"]),
    ("attachments of an unknown kind claimed", _manifest(attachments="lots"), ["manifest.json"]),
    ("a cosignature of no checkpoint", _also("cosignatures.jsonl", {"size": 50, "line": "x", "vkey": "y"}),
     ["checkpoint of 50 records"]),
    ("a timestamp of no form", _also("timestamps.jsonl", {"size": 66, "reply": "AAAA"}), ["timestamp"]),
    ("an attachment that no record has", _with(f"attachments/{'0' * 64}", b"x"), ["attachment 000000000000"]),
    ("keys as a list", _with("keys.json", b"[]\n"), ["keys.json"]),
)  # fmt: skip

WHOLE: Changes = (
    ("two checkpoints that contradict", _contradiction(99), [(91, 98)]),
    ("a member that is not looked at", _with("proofs.jsonl", b"whatever\n"), ["proofs.jsonl"]),
    ("a record put in under number 10^12",
     lambda m, r: {**m, "records.jsonl": b"\n".join(_put_in(_payload(10**12))(r)) + b"\n"}, [(60, 60)]),
    ("one record deleted and another changed",
     lambda m, r: {**m, "records.jsonl": b"\n".join(_deleted_and_changed(r)) + b"\n"}, [(25, 25), (60, 60)]),
    ("a record dated forward by its custodian",
     lambda m, r: {**m, "records.jsonl": b"\n".join(_dated_forward(r)) + b"\n"}, [(100, 100)]),
)  # fmt: skip

SELECTION: Changes = (
    ("two checkpoints that contradict", _contradiction(123), ["checkpoint of 123 records"]),
    ("the past rewritten, before what a witness saw", _forked_selection, ["checkpoint of 66 records"]),
    ("a proof of consistency changed", _another_proof, ["checkpoint of 66 records"]),
    ("a proof of consistency of no numbers", _with("consistency.jsonl", b'{"first":[],"second":1,"proof":[]}\n'),
     ["consistency.jsonl", (66, 122)]),
    ("a record put in place of another", _another_of_the_log, [(21, 21), (22, 22)]),
    ("the record of a revocation left out", _without_revocation, ["keys.json"]),
    ("a selection that calls itself complete", _manifest(complete=True), ["proofs.jsonl", (1, 3)]),
)  # fmt: skip


def _hidden(path: Path) -> bytes:
    """Bytes between the last member and the directory, which is moved to fit."""
    data, extra = path.read_bytes(), b"PK\x03\x04 what nobody is shown"
    with zipfile.ZipFile(path) as bundle:
        at = bundle.start_dir
    end = data.rfind(b"PK\x05\x06")
    moved = data[end : end + 16] + struct.pack("<L", at + len(extra)) + data[end + 20 :]
    return data[:at] + extra + data[at:end] + moved


def _commented(path: Path) -> bytes:
    data = path.read_bytes()
    return data[:-2] + b"\x05\x00words"


def _two_faces(path: Path) -> bytes:
    """Before its content the member bears another name than in the directory."""
    data = path.read_bytes()
    at = data.index(b"records.jsonl")
    return data[:at] + b"rECORDS.jsonl" + data[at + 13 :]


def _packed_otherwise(path: Path) -> bytes:
    """Bzip2 unpacks without bound: 20 MB here, and thousands of times as many where somebody means it."""
    with zipfile.ZipFile(path) as bundle:
        members = {i.filename: bundle.read(i) for i in bundle.infolist()}
    out = path.with_name("bzip2.zip")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members.items():
            bundle.writestr(name, data)
        bundle.writestr(f"attachments/{'1' * 64}", bytes(1_000_000), compress_type=zipfile.ZIP_BZIP2)
    return out.read_bytes()


FILES: Sequence[tuple[str, Callable[[Path], bytes], str]] = (
    ("bytes before the first member", lambda p: b"#!/bin/sh\n" + p.read_bytes(), "belong to no member"),
    ("bytes between members and directory", _hidden, "belong to no member"),
    ("bytes behind the end", _commented, "belong to no member"),
    ("a member with two names", _two_faces, "records.jsonl"),
    ("a member packed in another way", _packed_otherwise, "1111"),
    ("the file cut in the middle", lambda p: p.read_bytes()[: p.stat().st_size // 2], "not a bundle"),
    ("the last byte cut off", lambda p: p.read_bytes()[:-1], "not a bundle"),
)


# single bytes as they lie


def _bytes_of_a_bundle(called: str, original: Path, path: Path, *, step: int) -> Iterator[Outcome]:
    """One bit turned at many places of the file; what changes nothing that a bundle holds is no attack."""
    data, before = original.read_bytes(), taken_apart(original)
    for at in range(3, len(data), step):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x04]) + data[at + 1 :])
        report = _read(path)
        if isinstance(report, Report) and report.holds and taken_apart(path) == before:
            continue
        found = isinstance(report, str) or not report.holds
        said = report if isinstance(report, str) else "; ".join(map(str, report.faults[:3]))
        yield Outcome(f"{called}: a bit turned at byte {at}", found, bool(said), said)


def _bytes_of_the_database(scene: Scene, folder: Path) -> Iterator[Outcome]:
    """One bit turned inside the envelope of a record, in the database's own file: that record must be named."""
    copy = scene.copy(folder / "bytes")
    data = copy.store.read_bytes()
    for seq in range(2, 120, 13):
        envelope = scene.entries()[seq].data
        at = data.find(envelope[10:90])
        if at < 0:
            continue  # it lies on two pages
        copy.store.write_bytes(data[: at + 30] + bytes([data[at + 30] ^ 0x04]) + data[at + 31 :])
        try:
            outcome = _all_named(f"store: a bit turned in the file, in record {seq}", verified(copy), [(seq, seq)])
        except (OberihError, sqlite3.Error) as error:
            outcome = Outcome(f"store: a bit turned in the file, in record {seq}", True, False, str(error))
        yield outcome
