"""May a record that is read be believed?

What is shown, searched or judged is held against its signature first: number, key and words must be those that were
signed.  The tree is not looked at here; that is `oberih.evidence.verify`.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from oberih.errors import CorruptStore, InputError
from oberih.evidence.entry import Entry, read_entry
from oberih.evidence.envelope import Envelope, pre_authentication
from oberih.evidence.keyring import Keyring
from oberih.evidence.keys import public_key

__all__ = ["believed", "fits"]


def fits(key: Ed25519PublicKey, envelope: Envelope) -> bool:
    """Whether an envelope's signature is by this key."""
    try:
        key.verify(envelope.signature, pre_authentication(envelope.payload))
    except InvalidSignature:
        return False
    return True


def believed(data: bytes, *, place: int, keyring: Keyring, where: str) -> Entry:
    """Read an entry of the log, and make sure that it was signed as it stands.

    Parameters
    ----------
    data : bytes
    place : int
        Number under which it is kept.
    keyring : Keyring
    where : str
        The store, named when it is refused.

    Raises
    ------
    CorruptStore
        If it cannot be read, is signed under another number, by a key that might not, or does not fit its signature.
    """
    try:
        entry = read_entry(data)
    except InputError as error:
        raise _spoilt(where, place, f"was changed: it {error.message}") from error
    if entry.seq != place:
        raise _spoilt(where, place, f"is signed as number {entry.seq}")
    refusal, held = keyring.refusal(entry.keyid, seq=entry.seq), keyring.tenures.get(entry.keyid)
    if refusal is not None or held is None:
        raise _spoilt(where, place, f"is {refusal}")
    if not fits(public_key(held.public), entry.envelope):
        raise _spoilt(where, place, "does not fit its signature: it was changed")
    return entry


def _spoilt(where: str, place: int, what: str) -> CorruptStore:
    return CorruptStore(f"{where}: record {place} {what}; nothing of it is shown; run: oberih evidence verify")
