"""Was this result made here, and is it still what was signed?

A result's ``result.json`` names every product by its hash; what it says itself nothing protects, until it
is kept in the record: then its own hash is signed, numbered and in the tree.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from oberih.case.catalogue import kept_result
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import Written, record_one
from oberih.case.sheet import Sheet
from oberih.errors import CorruptStore
from oberih.evidence.check import check_products
from oberih.evidence.digest import sha256_of_file
from oberih.evidence.entry import Entry
from oberih.evidence.keep import RESULT

__all__ = ["keep_result", "verified_result"]


def keep_result(keeping: Keeping, folder: Path, *, now: datetime) -> Written:
    """Put a finished result into the record, with its ``result.json``.

    Raises
    ------
    InputError, CorruptStore
        If the folder holds no finished result, or one of its products was changed.
    StoreError
        If it cannot be written.
    """
    manifest = check_products(folder)
    origin = manifest["provenance"]
    sha256 = sha256_of_file(folder / RESULT)
    _refuse_another(_entry(keeping, origin["digest"]), sha256, folder)
    headline = manifest["result"].get("headline") if isinstance(manifest["result"], dict) else None
    fields = {
        "id": _id(sha256), "kind": "document",
        "text": f"Result of oberih {origin['product']}" + (f": {headline}" if headline else ""),
        "source": {"who": f"oberih {origin['software'].get('oberih', '')}".strip(), "channel": "other"},
        "tags": ["result", origin["product"], f"made-from:{origin['digest']}"],
        "data": {"product": origin["product"], "made_from": origin["digest"], "result_sha256": sha256},
    }  # fmt: skip
    return record_one(keeping, fields, files=[folder / RESULT], now=now)


def verified_result(keeping: Keeping, folder: Path) -> Sheet:
    """Check a kept result's products, and say whether the record holds its ``result.json``.

    Raises
    ------
    InputError
        As `oberih.case.catalogue.kept_result`.
    CorruptStore
        As well, and where the record holds another ``result.json`` made from the same.
    """
    sheet = kept_result(folder)
    sha256 = sha256_of_file(folder / RESULT)
    entry = _entry(keeping, check_products(folder)["provenance"]["digest"])
    _refuse_another(entry, sha256, folder)
    if entry is None:
        said = f"no; what {RESULT} itself says is protected once it is: oberih evidence keep {folder}"
    else:
        said = (
            f"as number {entry.seq}, written {entry.recorded_at}, key {entry.keyid[:12]}; see: oberih evidence verify"
        )
    return Sheet(sheet.title, (("in the record", said), *sheet.facts), sheet.columns, sheet.rows, sheet.notes)


def _refuse_another(entry: Entry | None, sha256: str, folder: Path) -> None:
    """The same inputs give the same bytes: another result made from them was changed."""
    if entry is not None and entry.record.data.get("result_sha256") != sha256:
        raise CorruptStore(
            f"{folder / RESULT}: is not the one that the record holds as number {entry.seq}, made from the same inputs;"
            " make the result again"
        )


def _id(sha256: str) -> str:
    return f"result-{sha256[:32]}"


def _entry(keeping: Keeping, made_from: str) -> Entry | None:
    """The record of a result made from these inputs, the last one where there are several."""
    if not keeping.exists:
        return None
    with closing(keeping.log()) as log:
        found = log.find(text=f"made-from:{made_from}", kind="document", newest=True, limit=1)
    return found[0] if found else None
