"""Does this bundle hold, by itself, without the network and without the log it came from?

A complete bundle is walked like the live record: the tree is built from its lines.  Of a
selection each record is led to the last checkpoint by its proof of inclusion, and each
checkpoint to the next by its proof of consistency.  What the manifest and ``keys.json`` say
is held against the records and never believed.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from oberih.errors import InputError
from oberih.evidence.bundle_file import BundleFile, hashes
from oberih.evidence.closing import (
    Closed,
    by_size,
    check_cosignatures,
    check_roots,
    check_signature,
    check_timestamps,
    read_closed,
)
from oberih.evidence.entry import read_entry
from oberih.evidence.record import Attachment
from oberih.evidence.report import Fault, Report
from oberih.evidence.tree import leaf_hash, verify_consistency, verify_inclusion
from oberih.evidence.verify import keys_of, notes_for, ordered, uncovered, untrusted
from oberih.evidence.walk import Walk

__all__ = ["verify_bundle"]

_OF_A_SELECTION = (
    "what was not selected cannot be seen here, a key's later revocation neither: ask for the whole bundle, or compare "
    "the last checkpoint with one kept elsewhere (--against)"
)


def verify_bundle(
    path: Path, *, against: Sequence[tuple[str, bytes]] = (), trusted: str | None = None, roots: Sequence[bytes] = (),
    advance: Callable[[int], None] = lambda n: None,
) -> Report:  # fmt: skip
    """Verify a bundle.

    Parameters
    ----------
    path : Path
    against, trusted, roots, advance
        As for `oberih.evidence.verify.verify_log`.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        If the file is no bundle at all, or not safe to read.
    """
    with BundleFile(path) as bundle:
        origin = bundle.manifest["origin"]
        faults: list[Fault] = []
        closed, wrong = read_closed(_checkpoints(bundle, faults), origin=origin)
        outside = []
        for name, data in against:
            read, more = read_closed([(None, data)], origin=origin, label=name)
            outside += read
            wrong += more
        faults += wrong
        complete = bundle.manifest["complete"]
        walk = Walk(sizes={c.checkpoint.size for c in [*closed, *outside]})
        if complete:
            faults += _whole(bundle, walk, closed, outside, advance)
        else:
            faults += _selection(bundle, walk, closed, outside, advance)
        absent = _attachments(bundle, walk)
        faults = walk.faults + faults + untrusted(walk, trusted) + _said(bundle, walk, closed)
        witnesses, wrong = check_cosignatures(_cosignatures(bundle, faults), closed)
        stamped, wrong_too = check_timestamps(_timestamps(bundle, faults), closed, roots=roots)
        last = closed[-1].checkpoint if closed else None
        return Report(
            str(path), "bundle" if complete else "selection", ordered([*faults, *wrong, *wrong_too]),
            records=len(walk.signed), size=last.size if last else 0, root=last.root.hex() if last else "",
            origin=origin, first_key=walk.first_key, keys=keys_of(walk), checkpoints=len(closed),
            first_recorded=walk.first_recorded, last_recorded=walk.last_recorded,
            attachments=len(walk.attachments) - absent, absent_attachments=absent, witnesses=tuple(witnesses),
            timestamps=tuple(stamped),
            notes=(*notes_for(trusted, witnesses, stamped, against), *(() if complete else (_OF_A_SELECTION,))),
        )  # fmt: skip


def _whole(
    bundle: BundleFile, walk: Walk, closed: list[Closed], outside: list[Closed], advance: Callable[[int], None]
) -> list[Fault]:
    """All records from the first on: build the tree."""
    place = 0
    for place, line in _guarded(bundle, "records.jsonl", walk.faults):
        walk.take(line, place=place)
        if place % 1000 == 999:
            advance(1000)
    records = len(walk.signed)
    walk.finish()
    covered = closed[-1].checkpoint.size if closed else 0
    faults = check_roots(by_size([*closed, *outside]), walk.keyring, roots=walk.roots, reached=walk.reached)
    return faults + uncovered(records, covered)


def _selection(
    bundle: BundleFile, walk: Walk, closed: list[Closed], outside: list[Closed], advance: Callable[[int], None]
) -> list[Fault]:
    """Some records: each by its proof."""
    faults: list[Fault] = []
    proofs = {}
    for number, one in _rows(bundle, "proofs.jsonl", faults):
        try:
            where = f"proofs.jsonl, line {number + 1}"
            proofs[_whole_number(one, "seq", where)] = hashes(one.get("proof"), file=where, field="proof")
        except InputError as error:
            faults.append(Fault(where, error.message))
    last = closed[-1].checkpoint if closed else None
    before = -1
    for place, line in _guarded(bundle, "records.jsonl", walk.faults):
        seq = _signed_number(line, before)
        entry, _ = walk.take(line, place=seq)
        if entry is not None and entry.seq <= before:
            walk.fault(f"stands behind record {before}: moved, or there twice", at=entry.seq)
        before = seq
        if last is None or seq not in proofs:
            walk.fault("comes without a proof that it is in the log", at=seq)
        elif not verify_inclusion(leaf_hash(line), seq, last.size, proofs.pop(seq), last.root):
            walk.fault(
                f"is not in the log of {last.size} records that was signed: its proof does not lead there", at=seq
            )
        if place % 1000 == 999:
            advance(1000)
    faults += [Fault(f"record {s}", "is missing: its proof is here and it is not", s, s) for s in sorted(proofs)]
    walk.finish(whole=False)
    faults += [f for c in closed if (f := check_signature(c, walk.keyring)) is not None]
    return faults + _consistent(bundle, closed, faults) + _outside_selection(outside, closed, walk)


def _consistent(bundle: BundleFile, closed: list[Closed], faults: list[Fault]) -> list[Fault]:
    """Each checkpoint extends the one before."""
    steps: dict[tuple[int, int], dict[str, Any]] = {}
    for number, one in _rows(bundle, "consistency.jsonl", faults):
        try:
            where = f"consistency.jsonl, line {number + 1}"
            steps[_whole_number(one, "first", where), _whole_number(one, "second", where)] = one
        except InputError as error:
            faults.append(Fault(where, error.message))
    pairs = itertools.pairwise(closed)
    return [f for a, b in pairs if (f := _step(a, b, steps.get((a.checkpoint.size, b.checkpoint.size)))) is not None]


def _step(a: Closed, b: Closed, step: dict[str, Any] | None) -> Fault | None:
    """What is wrong with the proof that one checkpoint extends another; None where nothing is."""
    first, second = a.checkpoint, b.checkpoint
    if first.size == second.size:
        what = "two checkpoints of this size contradict each other: the log was forked before it"
        return None if first.root == second.root else Fault(b.label, what, 0, second.size - 1)
    where = f"records {first.size} to {second.size - 1}"
    if step is None:
        what = f"no proof shows that the {b.label} extends the {a.label}"
        return Fault(where, what, first.size, second.size - 1)
    try:
        proof = hashes(step.get("proof"), file="consistency.jsonl", field="proof")
    except InputError as error:
        return Fault(where, error.message, first.size, second.size - 1)
    if verify_consistency(first.size, second.size, proof, first.root, second.root):
        return None
    what = f"the {b.label} does not extend it: records before it were rewritten, or the proof was changed"
    return Fault(a.label, what, 0, first.size - 1)


def _outside_selection(outside: list[Closed], closed: list[Closed], walk: Walk) -> list[Fault]:
    """Checkpoints kept elsewhere: of a selection only those of a size that is here can be compared."""
    here = {c.checkpoint.size: c.checkpoint.root for c in closed}
    faults = [f for c in outside if (f := check_signature(c, walk.keyring)) is not None]
    for one in outside:
        size = one.checkpoint.size
        if size not in here:
            what = f"cannot be compared: this selection holds no checkpoint of {size} records; ask for the whole bundle"
            faults.append(Fault(one.label, what))
        elif here[size] != one.checkpoint.root:
            faults.append(Fault(one.label, "has another root: the log was forked", 0, size - 1))
    return faults


def _attachments(bundle: BundleFile, walk: Walk) -> int:
    """Look at included files; how many are known by hash alone."""
    there, absent = bundle.attachment_hashes, 0

    def fault(attachment: Attachment) -> str | None:
        try:
            digest, size = bundle.attachment_digest(attachment.sha256)
        except InputError as error:
            return error.message
        return (
            None
            if (digest, size) == (attachment.sha256, attachment.size)
            else "is not what was attached (its hash differs)"
        )

    for sha256, (attachment, place) in walk.attachments.items():
        where = f"attachment {attachment.name} ({sha256[:12]}) of record {place}"
        if sha256 not in there:
            absent += 1
            if bundle.manifest["attachments"] == "included":
                walk.faults.append(
                    Fault(where, "is missing, though the bundle says that it includes attachments", place, place)
                )
        elif (wrong := fault(attachment)) is not None:
            walk.faults.append(Fault(where, wrong, place, place))
    for sha256 in sorted(there - set(walk.attachments)):
        walk.faults.append(Fault(f"attachment {sha256[:12]}", "belongs to no record of this bundle"))
    return absent


def _said(bundle: BundleFile, walk: Walk, closed: list[Closed]) -> list[Fault]:
    """What manifest and keys say that is not so."""
    faults, manifest = [Fault(member, why) for member, why in bundle.strangers()], bundle.manifest
    if manifest["records"] != len(walk.signed):
        faults.append(Fault("manifest.json", f"speaks of {manifest['records']} records; {len(walk.signed)} are here"))
    if not closed or manifest["size"] != closed[-1].checkpoint.size:
        faults.append(Fault("manifest.json", f"speaks of a log of {manifest['size']} records; no checkpoint does"))
    if walk.first_key and manifest["first_key"] != walk.first_key:
        faults.append(Fault("manifest.json", "names another first key than record 0"))
    try:
        keys = bundle.keys()
    except InputError as error:
        return [*faults, Fault("keys.json", error.message)]
    real = {
        k: {"name": t.name, "public": base64.b64encode(t.public).decode(), "added": t.added, "revoked": t.revoked}
        for k, t in walk.keyring.tenures.items()
    }
    if keys != real:
        faults.append(Fault("keys.json", "does not say what the records say of keys"))
    return faults


def _guarded(bundle: BundleFile, member: str, faults: list[Fault]) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers; damage ends them and is a fault."""
    place = -1
    try:
        for place, line in enumerate(bundle.lines(member)):
            yield place, line
    except InputError as error:
        faults.append(Fault(f"{member}, after line {place + 1}", error.message, place + 1, place + 1))


def _rows(bundle: BundleFile, member: str, faults: list[Fault]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects with their numbers; damage ends them and is a fault."""
    place = -1
    try:
        for place, one in enumerate(bundle.objects(member)):
            yield place, one
    except InputError as error:
        faults.append(Fault(f"{member}, after line {place + 1}", error.message))


def _checkpoints(bundle: BundleFile, faults: list[Fault]) -> Iterator[tuple[int | None, bytes]]:
    for number, one in _rows(bundle, "checkpoints.jsonl", faults):
        size, note = one.get("size"), one.get("note")
        if type(size) is not int or not isinstance(note, str):
            faults.append(Fault(f"checkpoints.jsonl, line {number + 1}", "is no checkpoint"))
            continue
        yield size, note.encode(errors="replace")


def _cosignatures(bundle: BundleFile, faults: list[Fault]) -> Iterator[tuple[int, str, str]]:
    for number, one in _rows(bundle, "cosignatures.jsonl", faults):
        size, line, vkey = one.get("size"), one.get("line"), one.get("vkey")
        if type(size) is int and isinstance(line, str) and isinstance(vkey, str):
            yield size, line, vkey
        else:
            faults.append(Fault(f"cosignatures.jsonl, line {number + 1}", "is no cosignature"))


def _timestamps(bundle: BundleFile, faults: list[Fault]) -> Iterator[tuple[int, bytes]]:
    for number, one in _rows(bundle, "timestamps.jsonl", faults):
        try:
            reply = base64.b64decode(one.get("reply", ""), validate=True)
            yield _whole_number(one, "size", "timestamps.jsonl"), reply
        except (ValueError, TypeError, InputError):
            faults.append(Fault(f"timestamps.jsonl, line {number + 1}", "is no timestamp"))


def _whole_number(one: dict[str, Any], name: str, where: str) -> int:
    value = one.get(name)
    if type(value) is not int or not 0 <= value < 2**53:
        raise InputError("is no number of a record", file=where, field=name, value=str(value)[:40])
    return value


def _signed_number(line: bytes, before: int) -> int:
    """The number under which a line is signed; the next one where it cannot be read."""
    try:
        return read_entry(line).seq
    except InputError:
        return before + 1
