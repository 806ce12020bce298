"""Who did what, so that it can be shown later?

Defines the noun `Deed` and the story `audit`, which puts deeds into the record: signed, numbered and dated like
everything there.  A person stands in it by a random word, which the file of accounts alone can turn into a name: what
cannot be taken back out of the record names nobody.  Secrets are never part of a deed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import Written, record_all
from oberih.evidence.record import Record, read_record

__all__ = ["AUDIT_TAG", "Deed", "audit"]

AUDIT_TAG = "access"
"""By which what is audited is found in the record."""

PATIENCE = 5.0
"""How long a deed waits for another writer of the record [s]; somebody waits for the answer."""


@dataclass(frozen=True)
class Deed:
    """What somebody did, or tried to do.

    Parameters
    ----------
    action : str
        In two or three words, as ``sign in`` or ``change role``.
    actor : str
        The random word of who did it; ``nobody known`` where that is not known.
    role : str
        In which role.
    outcome : str
        ``done`` or ``refused``.
    subject : str
        To whom or what.
    about : mapping
        Anything further that JSON can hold.
    """

    action: str
    actor: str = "nobody known"
    role: str = "none"
    outcome: str = "done"
    subject: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


def audit(keeping: Keeping, deeds: Sequence[Deed], *, now: datetime) -> Written:
    """Put deeds into the record.

    Parameters
    ----------
    keeping : Keeping
    deeds : sequence of Deed
    now : datetime
        UTC.

    Raises
    ------
    InputError, StoreError
        If the record cannot be written, or no key may sign.
    """
    patient = replace(keeping, busy=min(keeping.busy, PATIENCE))
    return record_all(patient, [_record(deed, now) for deed in deeds], now=now)


def _record(deed: Deed, now: datetime) -> Record:
    towards = f" ({deed.subject})" if deed.subject else ""
    said = {"action": deed.action, "actor": deed.actor, "role": deed.role, "outcome": deed.outcome,
            "subject": deed.subject, **deed.about}  # fmt: skip
    fields = {
        "id": f"access-{secrets.token_hex(10)}", "kind": "event", "tags": [AUDIT_TAG],
        "text": f"{deed.action}{towards} by {deed.actor} as {deed.role}: {deed.outcome}",
        "happened": {"from": now.strftime("%Y-%m-%dT%H:%M:%SZ")}, "data": {k: v for k, v in said.items() if v != ""},
        "source": {"who": "oberih serve", "channel": "other"},
    }  # fmt: skip
    return read_record(fields, now=now)
