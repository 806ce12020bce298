"""Which keys may sign, and how do they come and go?

Stories: `keys` (the history), `new_key` (a file), `add_key` and `revoke_key` (records of the log itself).
"""

from __future__ import annotations

import base64
from contextlib import closing
from datetime import datetime

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import Written, record_all
from oberih.case.sheet import Sheet
from oberih.errors import InputError
from oberih.evidence.keyring import key_record, revocation_record
from oberih.evidence.keys import new_key_file

__all__ = ["add_key", "keys", "new_key", "revoke_key"]


def keys(keeping: Keeping) -> Sheet:
    """List the keys that the log knows.

    Raises
    ------
    InputError
        If no record is kept.
    """
    with closing(keeping.log()) as log:
        tenures = log.keyring().tenures
    rows = tuple(
        (t.name, k, f"record {t.added}", "–" if t.revoked is None else f"record {t.revoked}")
        for k, t in tenures.items()
    )
    return Sheet(f"{keeping.store}: keys", columns=("holder", "key", "may sign from", "revoked by"), rows=rows)


def new_key(keeping: Keeping) -> Sheet:
    """Make a key file, and say what to give to the custodian of a record.

    Raises
    ------
    InputError
        If one is there already.
    """
    path = keeping.key_file
    if path.exists():
        raise InputError(
            "is there already; a key is never overwritten", file=path, field="key", cure="name another --key"
        )
    signer = new_key_file(path, name=keeping.name, passphrase=keeping.passphrase())
    facts = (("file", str(path)), ("id", signer.keyid), ("public", base64.b64encode(signer.public).decode()))
    safe = (
        "it is encrypted with your passphrase"
        if keeping.passphrase()
        else "it is not encrypted: set OBERIH_KEY_PASSPHRASE"
    )
    return Sheet("a key was made", facts=facts, notes=(safe,))


def add_key(keeping: Keeping, public: str, *, name: str, now: datetime) -> Written:
    """Let another key sign from now on: a record signed by a key in force.

    Parameters
    ----------
    public : str
        32 bytes in base64, as `new_key` shows.
    name : str
        Of its holder: a role or organisation.

    Raises
    ------
    InputError
        If it is no key, or is there already.
    """
    try:
        raw = base64.b64decode(public.strip(), validate=True)
    except ValueError as error:
        raise InputError("is not base64", field="PUBLIC", value=public[:60], cure="as shown by key new") from error
    if len(raw) != 32:
        raise InputError("is not an Ed25519 public key (32 bytes)", field="PUBLIC", value=public[:60])
    return record_all(keeping, [key_record(name=name, public=raw)], now=now)


def revoke_key(keeping: Keeping, keyid: str, *, reason: str, now: datetime) -> Written:
    """Let a key sign no longer.

    Parameters
    ----------
    keyid : str
        Or its beginning.

    Raises
    ------
    InputError
        If no key, or more than one, begins so, it is revoked already, or it is the last one in force.
    """
    with closing(keeping.log()) as log:
        tenures = log.keyring().tenures
    found = [k for k in tenures if k.startswith(keyid.lower())]
    if len(found) != 1 or len(keyid) < 6:
        cure = "give at least its first 6 digits; see: oberih evidence key list"
        raise InputError("names no single key of this record", field="KEY", value=keyid, cure=cure)
    if tenures[found[0]].revoked is not None:
        raise InputError("is revoked already", field="KEY", value=keyid)
    if sum(t.revoked is None for t in tenures.values()) == 1:
        cure = "add its successor first: oberih evidence key add; nothing was stored"
        raise InputError("is the last key in force: nobody could write any more", field="KEY", value=keyid, cure=cure)
    record = revocation_record(keyid=found[0], name=tenures[found[0]].name, reason=reason)
    return record_all(keeping, [record], now=now)
