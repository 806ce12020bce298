"""Is every deed found in a bundle, whole or a selection?

The ZIP file is taken apart, changed and put together again with right checksums, as anybody can; and single bytes
of it are turned as they lie.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from oberih.errors import InputError
from oberih.evidence.bundle import write_bundle
from oberih.evidence.entry import read_entry
from oberih.evidence.keys import Signer
from oberih.evidence.moment import instant
from oberih.evidence.report import Report
from oberih.evidence.verify_bundle import verify_bundle
from validation.tamper_attacks import RECORD_DEEDS, Deed
from validation.tamper_scene import FIRST, SECOND, STRANGER, Scene, checkpoint_over, signed_anew, statement
from validation.tamper_verdict import Outcome, judged

Members = dict[str, bytes]
CHOSEN = tuple(f"e{n:03d}" for n in (3, 20, 30, 55, 71, 90, 101, 118))
"""Of the selection; it also holds the records of keys."""


@dataclass(frozen=True)
class Change:
    """What is done to a bundle's members, and the record or the place that must be named."""

    name: str
    do: Callable[[Members], Members]
    where: str | tuple[int, int]


def taken_apart(path: Path) -> Members:
    """Members by name, in order."""
    with zipfile.ZipFile(path) as bundle:
        return {i.filename: bundle.read(i) for i in bundle.infolist()}


def put_together(path: Path, members: Members) -> Path:
    """A ZIP file of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members.items():
            bundle.writestr(name, data)
    return path


def on_bundles(scene: Scene, folder: Path) -> Iterator[Outcome]:
    """Do everything to copies of the bundle and of the selection."""
    folder.mkdir(parents=True)
    log = scene.log()
    write_bundle(folder / "whole.zip", log, attachments=scene.attachments)
    write_bundle(folder / "some.zip", log, ids=CHOSEN, attachments=scene.attachments)
    log.close()
    whole, some = taken_apart(folder / "whole.zip"), taken_apart(folder / "some.zip")
    for deed in RECORD_DEEDS:
        path = put_together(folder / "x.zip", _lines_changed(whole, deed))
        yield _outcome(f"bundle: {deed.name}", path, deed)
    for kind, members, changes in (("bundle", whole, WHOLE), ("selection", some, SELECTION)):
        for change in changes:
            path = put_together(folder / "x.zip", change.do(dict(members)))
            yield _changed(f"{kind}: {change.name}", path, change.where)
    yield from _bytes_turned(folder / "whole.zip", folder / "x.zip")


def _lines(members: Members, name: str = "records.jsonl") -> list[bytes]:
    return members[name].splitlines()


def _joined(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _lines_changed(members: Members, deed: Deed) -> Members:
    rows = deed.do(_lines(members))
    manifest = json.loads(members["manifest.json"]) | {"records": len(rows)}
    return {**members, "records.jsonl": _joined(rows), "manifest.json": json.dumps(manifest).encode()}


def _report(path: Path) -> Report | str:
    try:
        return verify_bundle(path)
    except InputError as error:
        return str(error)


def _outcome(name: str, path: Path, deed: Deed) -> Outcome:
    report = _report(path)
    if isinstance(report, str):
        return Outcome(name, True, False, report)
    return judged(name, report, deed.first, deed.last, slack=deed.slack)


def _changed(name: str, path: Path, where: str | tuple[int, int]) -> Outcome:
    report = _report(path)
    if isinstance(report, str):
        return Outcome(name, True, isinstance(where, str) and where in report, report)
    if isinstance(where, str):
        return judged(name, report, where=where)
    return judged(name, report, *where, slack=8)


def _bytes_turned(original: Path, path: Path) -> Iterator[Outcome]:
    """One bit turned in the packed bytes of each member, at places all over it."""
    data = original.read_bytes()
    with zipfile.ZipFile(original) as bundle:
        infos = [i for i in bundle.infolist() if i.compress_size > 40]
    for info in infos:
        begin = info.header_offset + 30 + len(info.filename.encode()) + len(_extra(data, info.header_offset))
        steps = 8 if info.filename == "records.jsonl" else 1
        for step in range(1, steps + 1):
            at = begin + info.compress_size * step // (steps + 1)
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
            place = info.filename.removeprefix("attachments/")[:12]
            if info.filename == "HOW-TO-VERIFY.txt":
                continue  # words for people, which prove nothing and are not read
            yield _changed(f"bundle: a bit turned in {info.filename[:30]} ({step})", path, place)


def _extra(data: bytes, offset: int) -> bytes:
    length = int.from_bytes(data[offset + 28 : offset + 30], "little")
    return bytes(length)


def _object(change: Callable[[dict[str, object]], None], member: str, line: int = 0) -> Callable[[Members], Members]:
    """Change one JSON object of a member."""

    def do(members: Members) -> Members:
        lines = members[member].splitlines()
        found = json.loads(lines[line])
        change(found)
        lines[line] = json.dumps(found).encode()
        return {**members, member: _joined(lines)}

    return do


def _checkpoint(size: int, by: Signer) -> Callable[[Members], Members]:
    def do(members: Members) -> Members:
        note = checkpoint_over(_lines(members)[:size], by=by).decode()
        lines = [json.loads(line) for line in members["checkpoints.jsonl"].splitlines()]
        lines = [{"note": note, "size": size} if one["size"] == size else one for one in lines]
        return {**members, "checkpoints.jsonl": _joined([json.dumps(one).encode() for one in lines])}

    return do


def _fork(members: Members) -> Members:
    rows = _lines(members)
    when = instant(read_entry(rows[103]).recorded_at)
    rows[103] = signed_anew(statement(904), seq=103, at=when, by=SECOND)
    forked = {**members, "records.jsonl": _joined(rows)}
    for size in (115, 123):
        forked = _checkpoint(size, SECOND)(forked)
    return forked


def _without(member: str, number: int) -> Callable[[Members], Members]:
    return lambda m: {**m, member: _joined([x for i, x in enumerate(m[member].splitlines()) if i != number])}


def _swapped_proofs(members: Members) -> Members:
    one, two, *rest = [json.loads(line) for line in members["proofs.jsonl"].splitlines()]
    one["proof"], two["proof"] = two["proof"], one["proof"]
    return {**members, "proofs.jsonl": _joined([json.dumps(x).encode() for x in (one, two, *rest)])}


def _attachment(change: Callable[[bytes], bytes | None]) -> Callable[[Members], Members]:
    def do(members: Members) -> Members:
        name = next(n for n in members if n.startswith("attachments/"))
        after = change(members[name])
        rest = {n: d for n, d in members.items() if n != name}
        return rest if after is None else {**rest, name: after}

    return do


def _selected_deed(number: int, change: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    def do(members: Members) -> Members:
        rows = [change(r) if read_entry(r).seq == number else r for r in _lines(members)]
        return {**members, "records.jsonl": _joined(rows)}

    return do


def _by_name(name: str) -> Deed:
    return next(d for d in RECORD_DEEDS if d.name == name)


def _changed_record(data: bytes) -> bytes:
    return _by_name("a byte of a record changed").do([data] * 18)[17]


def _changed_signature(data: bytes) -> bytes:
    return _by_name("a byte of a signature changed").do([data] * 65)[64]


def _rewritten(data: bytes) -> bytes:
    """The custodian signs it anew with other words."""
    entry = read_entry(data)
    return signed_anew(statement(906), seq=entry.seq, at=instant(entry.recorded_at), by=SECOND)


def _strange(data: bytes) -> bytes:
    entry = read_entry(data)
    return signed_anew(entry.record, seq=entry.seq, at=instant(entry.recorded_at), by=STRANGER)


def _moved_cosignature(found: dict[str, object]) -> None:
    found["size"] = 91


def _claims_more(found: dict[str, object]) -> None:
    found["size"] = 200


def _another_key(found: dict[str, object]) -> None:
    for about in found.values():
        about["public"] = base64.b64encode(STRANGER.public).decode()  # type: ignore[index]


def _another_first(found: dict[str, object]) -> None:
    found["first_key"] = STRANGER.keyid


WHOLE: Sequence[Change] = (
    Change("an attachment changed", _attachment(lambda d: b"!" + d[1:]), "attachment"),
    Change("an attachment removed", _attachment(lambda d: None), "attachment"),
    Change("a checkpoint signed anew by a stranger", _checkpoint(74, STRANGER), "checkpoint of 74 records"),
    Change("a checkpoint signed anew by a revoked key", _checkpoint(107, FIRST), "checkpoint of 107 records"),
    Change("the log forked between two checkpoints", _fork, (99, 106)),
    Change("the last checkpoint removed", _without("checkpoints.jsonl", 14), (115, 122)),
    Change("a cosignature moved", _object(_moved_cosignature, "cosignatures.jsonl"), "checkpoint of 91 records"),
    Change("keys.json changed", _object(_another_key, "keys.json"), "keys.json"),
    Change("the manifest claims more", _object(_claims_more, "manifest.json"), "manifest.json"),
    Change("the manifest names another key", _object(_another_first, "manifest.json"), "manifest.json"),
)

SELECTION: Sequence[Change] = (
    Change("a byte of a record changed", _selected_deed(4, _changed_record), (4, 4)),
    Change("a byte of a signature changed", _selected_deed(57, _changed_signature), (57, 57)),
    Change("a record rewritten by its custodian", _selected_deed(104, _rewritten), (104, 104)),
    Change("a record signed by a stranger", _selected_deed(104, _strange), (104, 104)),
    Change("a record left out, its proof kept", _without("records.jsonl", 1), (4, 4)),
    Change("a proof left out", _without("proofs.jsonl", 1), (4, 4)),
    Change("two proofs swapped", _swapped_proofs, (0, 4)),
    Change("a proof of consistency left out", _without("consistency.jsonl", 0), (66, 122)),
    Change("an attachment changed", _attachment(lambda d: b"!" + d[1:]), "attachment"),
    Change("a cosignature moved", _object(_moved_cosignature, "cosignatures.jsonl"), "checkpoint of 91 records"),
    Change("the last checkpoint signed anew by a stranger", _checkpoint(123, STRANGER), "checkpoint of"),
)
