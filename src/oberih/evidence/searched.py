"""What is copied out of a record so that it can be found?

The copies prove nothing: `oberih.evidence.verify` holds them against what is signed.
"""

from __future__ import annotations

from typing import Any

from oberih.evidence.entry import Entry
from oberih.evidence.moment import covered

__all__ = ["kept_of", "searched"]


def kept_of(one: Entry) -> dict[str, Any]:
    """What the database keeps of an entry."""
    return {"seq": one.seq, "leaf": one.leaf, "data": one.data, **searched(one)}


def searched(one: Entry) -> dict[str, Any]:
    """What is copied out of an entry so that it can be found."""
    r = one.record
    begins = ends = None
    if r.happened:
        begins, ends = covered(r.happened["from"], r.happened.get("to", r.happened["from"]))
    words = [r.id, r.text, r.place.get("name", ""), *r.tags, *[c["by"] + " " + c["says"] for c in r.claims]]
    return {
        "id": r.id, "kind": r.kind, "recorded_at": one.recorded_at,
        "folded": "\n".join(words).casefold(),
        "who": f"{r.source.get('who', '')}\n{r.source.get('url', '')}".casefold() if r.source else "",
        "begins": begins, "ends": ends,
        "longitude": r.place.get("longitude"), "latitude": r.place.get("latitude"), "corrects": r.corrects,
    }  # fmt: skip
