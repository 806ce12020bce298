"""Is every deed found on the live record?

Each deed is done to a copy of the store with SQL, as somebody with the file can, and the store is verified.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from oberih.evidence.keys import Signer
from oberih.evidence.moment import instant
from oberih.evidence.note import cosign, read_note
from oberih.evidence.report import Report
from oberih.evidence.verify import verify_log
from validation.tamper_attacks import RECORD_DEEDS, Deed
from validation.tamper_scene import (
    FIRST,
    SECOND,
    STRANGER,
    Scene,
    checkpoint_over,
    replace_rows,
    signed_anew,
    statement,
)
from validation.tamper_verdict import Outcome, judged

Do = Callable[[Scene], None]


def verified(scene: Scene, against: Sequence[tuple[str, bytes]] = ()) -> Report:
    """Verify a scene's store."""
    log = scene.log()
    try:
        return verify_log(log, attachments=scene.attachments, against=against)
    finally:
        log.close()


def on_the_store(original: Scene, folder: Path) -> Iterator[Outcome]:
    """Do everything to copies of the store, and say what was found."""
    number = 0
    for deed in RECORD_DEEDS:
        for manner, do in (("careless", _careless), ("careful", _careful)):
            scene = original.copy(folder / f"s{number}")
            number += 1
            do(scene, deed)
            yield judged(f"store, {manner}: {deed.name}", verified(scene), deed.first, deed.last, slack=deed.slack)
    for name, action, place in OTHER_DEEDS:
        scene = original.copy(folder / f"s{number}")
        number += 1
        action(scene)
        report = verified(scene)
        if isinstance(place, str):
            yield judged(f"store: {name}", report, where=place)
        else:
            yield judged(f"store: {name}", report, *place, slack=8)


def _careless(scene: Scene, deed: Deed) -> None:
    """Change the entries alone: the rows keep the hashes and copies that stood in their place."""
    rows = [e.data for e in scene.entries()]
    after = deed.do(rows)
    with scene.sql() as sql:
        for number in range(len(after), len(rows)):
            sql.execute("DELETE FROM oberih_entry WHERE seq = ?", (number,))
        for number, data in enumerate(after):
            if number < len(rows):
                sql.execute("UPDATE oberih_entry SET data = ? WHERE seq = ?", (data, number))
            else:
                _append_row(sql, number, data)
    sql.close()


def _append_row(sql: sqlite3.Connection, number: int, data: bytes) -> None:
    marks = ",".join("?" * 13)
    row = (number, bytes(32), data, f"new-{number}", "event", "", "", "", None, None, None, None, None)
    sql.execute(f"INSERT INTO oberih_entry VALUES ({marks})", row)


def _careful(scene: Scene, deed: Deed) -> None:
    replace_rows(scene, deed.do([e.data for e in scene.entries()]))


def _execute(statement_: str, *values: object) -> Do:
    def do(scene: Scene) -> None:
        with scene.sql() as sql:
            if not sql.execute(statement_, values).rowcount:
                raise ValueError(f"touched nothing: {statement_}")
        sql.close()

    return do


def _attachment(change: Callable[[Path], None]) -> Do:
    def do(scene: Scene) -> None:
        (attachment,) = scene.entries()[21].record.attachments
        path = scene.attachments.path(attachment.sha256)
        path.chmod(0o644)
        change(path)

    return do


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(bytes(data))


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _sign_checkpoint(size: int, by: Signer) -> Do:
    def do(scene: Scene) -> None:
        note = checkpoint_over([e.data for e in scene.entries()][:size], by=by)
        _execute("UPDATE oberih_checkpoint SET note = ? WHERE size = ?", note, size)(scene)

    return do


def _before_the_witness(scene: Scene) -> None:
    """The first custodian, still holding the old key, rewrites record 60 and signs anew all that follows."""
    rows = [e.data for e in scene.entries()]
    rows[60] = signed_anew(statement(908), seq=60, at=instant(scene.entries()[60].recorded_at), by=FIRST)
    replace_rows(scene, rows)
    for size in (66, 74):
        _sign_checkpoint(size, FIRST)(scene)
    for size in (83, 91, 99, 107, 115, 123):
        _sign_checkpoint(size, SECOND)(scene)
    (scene.folder / "record.sqlite.head").write_bytes(checkpoint_over(rows, by=SECOND))


def _fork(scene: Scene) -> None:
    """The custodian rewrites record 103 and signs every later checkpoint anew but one that others have seen."""
    rows = [e.data for e in scene.entries()]
    entry = scene.entries()[103]
    rows[103] = signed_anew(statement(904), seq=103, at=instant(entry.recorded_at), by=SECOND)
    replace_rows(scene, rows)
    for size in (115, 123):
        _sign_checkpoint(size, SECOND)(scene)
    (scene.folder / "record.sqlite.head").write_bytes(checkpoint_over(rows, by=SECOND))


def _contradiction(scene: Scene) -> None:
    """Two checkpoints, both signed by the custodian: one over records that are not these."""
    rows = [e.data for e in scene.entries()]
    rows[95] = signed_anew(statement(905), seq=95, at=instant(scene.entries()[95].recorded_at), by=SECOND)
    note = checkpoint_over(rows[:99], by=SECOND)
    _execute("UPDATE oberih_checkpoint SET note = ? WHERE size = 99", note)(scene)


def _cut_with_checkpoints(scene: Scene) -> None:
    replace_rows(scene, [e.data for e in scene.entries()][:107])
    _execute("DELETE FROM oberih_checkpoint WHERE size > 107")(scene)


def _later_by_revoked(scene: Scene) -> None:
    """Who found the lost laptop adds a record and closes the log with its key."""
    rows = [e.data for e in scene.entries()]
    rows.append(signed_anew(statement(902), seq=123, at=instant(scene.entries()[-1].recorded_at), by=FIRST))
    replace_rows(scene, rows)
    note = checkpoint_over(rows, by=FIRST)
    _execute("INSERT INTO oberih_checkpoint VALUES (?, ?)", len(rows), note)(scene)


def _strange_cosignature(scene: Scene) -> None:
    log = scene.log()
    size, _, _ = log.cosignatures()[0]
    text = next(read_note(n).text for s, n in log.checkpoints() if s == size)
    log.close()
    forged = cosign(text, "witness.example.org", STRANGER.private, 1_700_000_000)
    _execute("UPDATE oberih_cosignature SET line = ?", forged)(scene)


def _head(data: bytes) -> Do:
    def do(scene: Scene) -> None:
        (scene.folder / "record.sqlite.head").write_bytes(data)

    return do


OTHER_DEEDS: Sequence[tuple[str, Do, str | tuple[int, int]]] = (
    ("a byte of an attachment changed", _attachment(_flip), (21, 21)),
    ("an attachment cut short", _attachment(_cut_short), (21, 21)),
    ("an attachment removed", _attachment(lambda p: p.unlink()), (21, 21)),
    ("a row taken out, a gap left", _execute("DELETE FROM oberih_entry WHERE seq = 33"), (33, 33)),
    ("a leaf hash changed", _execute("UPDATE oberih_entry SET leaf = zeroblob(32) WHERE seq = 44"), (44, 44)),
    ("a node of the tree changed", _execute("UPDATE oberih_node SET hash = zeroblob(32) WHERE number = 81"), (40, 41)),
    ("a node of the tree removed", _execute("DELETE FROM oberih_node WHERE number = 81"), (40, 41)),
    ("what is searched changed", _execute("UPDATE oberih_entry SET folded = 'nothing' WHERE seq = 55"), (55, 55)),
    ("a place that is searched changed", _execute("UPDATE oberih_entry SET latitude = 0 WHERE seq = 56"), (56, 56)),
    ("the end cut off with its checkpoints", _cut_with_checkpoints, (107, 122)),
    ("the log forked between two checkpoints", _fork, (99, 106)),
    ("two checkpoints that contradict", _contradiction, (91, 98)),
    ("a checkpoint signed anew by a stranger", _sign_checkpoint(74, STRANGER), "checkpoint of 74 records"),
    ("a checkpoint signed anew by a revoked key", _sign_checkpoint(107, FIRST), "checkpoint of 107 records"),
    ("the last checkpoint signed anew by a stranger", _sign_checkpoint(123, STRANGER), "checkpoint of 123 records"),
    ("a revoked key adds a record and a checkpoint", _later_by_revoked, (123, 123)),
    ("the last checkpoint removed", _execute("DELETE FROM oberih_checkpoint WHERE size = 123"), (115, 122)),
    (
        "a checkpoint kept under another size",
        _execute("UPDATE oberih_checkpoint SET size = 45 WHERE size = 41"),
        "checkpoint of 41 records",
    ),
    ("the checkpoint beside the database changed", _head(b"not a note"), "beside the database"),
    (
        "the past rewritten, before what a witness saw",
        _before_the_witness,
        "checkpoint of 66 records",
    ),
    ("a cosignature moved", _execute("UPDATE oberih_cosignature SET size = 91"), "checkpoint of 91 records"),
    ("a cosignature forged", _strange_cosignature, "cosignature"),
)
