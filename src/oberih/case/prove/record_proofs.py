"""With which hashes can somebody else check it?

Stories: `inclusion` (this record is in that log), `consistency` (the log only grew), `bundle_for` (the record, or
some of it, as one file within limits).  A proof is made from what is stored and proves itself: whoever asks checks it
against a checkpoint of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.proving import export
from oberih.case.prove.record_data import opened, without_place
from oberih.errors import InputError
from oberih.evidence.tree import consistency_proof

__all__ = ["LARGEST_ATTACHED", "MOST_RECORDS", "Proof", "bundle_for", "consistency", "inclusion"]

MOST_RECORDS = 200_000
"""Of a bundle that is given out over a network."""

LARGEST_ATTACHED = 512 * 2**20
"""Bytes of attachments in such a bundle."""


@dataclass(frozen=True)
class Proof:
    """A proof in the tree of RFC 9162.

    Parameters
    ----------
    first, second : int
        Number of the record and size of the log (inclusion); sizes of both logs (consistency).
    hashes : tuple of bytes
    """

    first: int
    second: int
    hashes: tuple[bytes, ...]


def inclusion(keeping: Keeping, number: int, size: int | None = None) -> Proof:
    """Prove that record ``number`` is in the log of ``size`` records; of all that the last checkpoint covers.

    Raises
    ------
    InputError
        If there is no such record, or the log has not so many.
    """
    with opened(keeping) as log:
        covered, _ = log.last_checkpoint()
        wanted = covered if size is None else size
        if not 0 <= number < wanted <= covered:
            raise InputError(f"is not in a log of {wanted} records; the last checkpoint covers {covered}",
                             field="number", value=number)  # fmt: skip
        return Proof(number, wanted, tuple(log.proof(number, wanted)))


def consistency(keeping: Keeping, first: int, second: int | None = None) -> Proof:
    """Prove that the log of ``second`` records begins with that of ``first``.

    Raises
    ------
    InputError
        If the log has not so many.
    """
    with opened(keeping) as log:
        covered, _ = log.last_checkpoint()
        wanted = covered if second is None else second
        if not 0 < first <= wanted <= covered:
            raise InputError(f"no log of {wanted} records extends it here; the last checkpoint covers {covered}",
                             field="first", value=first)  # fmt: skip
        return Proof(first, wanted, tuple(consistency_proof(first, wanted, log.nodes)))


def bundle_for(keeping: Keeping, out: Path, *, ids: Sequence[str] | None, attachments: bool) -> dict[str, Any]:
    """Write the record, or some of it, as a bundle within `MOST_RECORDS` and `LARGEST_ATTACHED`.

    Raises
    ------
    InputError
        If it would be larger; the cure names the command that has no such limit.
    """
    cure = "choose some records, or ask the custodian for: oberih evidence export"
    with opened(keeping) as log:
        size = log.size
        if ids is None and size > MOST_RECORDS:
            what = f"has {size} records, {MOST_RECORDS} at most are given out here"
            raise InputError(what, field="bundle", cure=cure)
        if attachments:
            chosen = log.entries() if ids is None else (log.entry(i) for i in ids)
            sizes = {a.sha256: a.size for e in chosen for a in e.record.attachments}
            if sum(sizes.values()) > LARGEST_ATTACHED:
                what = f"would hold {sum(sizes.values())} bytes of files, {LARGEST_ATTACHED} at most"
                raise InputError(what, field="attachments", cure=f"leave the files out; {cure}")
    with without_place(keeping):
        return export(keeping, out, ids=ids, attachments=attachments)
