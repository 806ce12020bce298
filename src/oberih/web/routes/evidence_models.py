"""In which form does the record go over HTTP?"""

from __future__ import annotations

import base64
from typing import Any

from pydantic import BaseModel, Field

from oberih.case.prove.record_data import One, Page, Standing
from oberih.case.prove.record_proofs import Proof
from oberih.case.prove.recording import Written

__all__ = [
    "ConsistencyProof", "FullRecord", "InclusionProof", "KeyTenure", "RecordPage", "RecordStanding", "Reference",
    "WrittenRecord",
]  # fmt: skip


class Reference(BaseModel):
    """Another record."""

    number: int
    id: str


class KeyTenure(BaseModel):
    """From where to where a key may sign."""

    name: str
    keyid: str = Field(description="SHA-256 of the 32 bytes of the public key, hexadecimal.")
    public: str = Field(description="The public key (Ed25519), base64.")
    added: int = Field(description="Number of the record that added it.")
    revoked: int | None = Field(description="Number of the record that revoked it.")


class KeyRecord(BaseModel):
    """A record that tells of keys."""

    number: int
    envelope: str


class Cosignature(BaseModel):
    """What a witness signed."""

    size: int
    line: str
    vkey: str = Field(description="The witness's verifier key, as this server was told it.")


class Timestamp(BaseModel):
    """What an authority signed (RFC 3161)."""

    size: int
    reply: str = Field(description="DER, base64.")


class RecordStanding(BaseModel):
    """How the record stands."""

    exists: bool
    name: str = Field(description="Of the store, without its folder.")
    origin: str = Field(description="Under which it signs its checkpoints.")
    size: int = Field(description="Records that the last checkpoint covers.")
    checkpoint: str = Field(description="The last signed note (C2SP tlog-checkpoint), witnesses' lines below it.")
    keys: list[KeyTenure]
    key_records: list[KeyRecord]
    cosignatures: list[Cosignature]
    timestamps: list[Timestamp]

    @classmethod
    def of(cls, s: Standing) -> RecordStanding:
        """Make it from the story's answer."""
        return cls(
            exists=s.exists, name=s.name, origin=s.origin, size=s.size, checkpoint=s.checkpoint,
            keys=[KeyTenure(**{**k, "public": b64(k["public"])}) for k in s.keys],
            key_records=[KeyRecord(number=n, envelope=e) for n, e in s.key_records],
            cosignatures=[Cosignature(size=n, line=line, vkey=v) for n, line, v in s.cosignatures],
            timestamps=[Timestamp(size=n, reply=b64(r)) for n, r in s.timestamps],
        )  # fmt: skip


class RecordPage(BaseModel):
    """Some records, the newest first."""

    records: list[dict[str, Any]] = Field(description="Every field of each, with number, recorded_at and corrected_by.")
    size: int = Field(description="Records in the log.")
    below: int | None = Field(description="Ask for those below this number for the next page; null: there are no more.")

    @classmethod
    def of(cls, page: Page) -> RecordPage:
        """Make it from the story's answer."""
        return cls(records=list(page.records), size=page.size, below=page.below)


class FullRecord(BaseModel):
    """One record as it was signed."""

    number: int
    recorded_at: str
    keyid: str
    key_name: str
    envelope: str = Field(description="DSSE envelope, to the byte: the leaf of the tree.")
    leaf: str = Field(description="SHA-256(0x00 || envelope), hexadecimal.")
    fields: dict[str, Any] = Field(description="What the payload says, in the order in which it is shown.")
    corrects: list[Reference] = Field(description="What it replaces, the nearest first.")
    corrected_by: list[Reference] = Field(description="What replaces it, the nearest first.")
    rests_on: list[Reference] = Field(description="Records that it names and that are here.")
    there: list[str] = Field(description="SHA-256 of the attachments whose content lies here.")

    @classmethod
    def of(cls, r: One) -> FullRecord:
        """Make it from the story's answer."""

        def named(pairs: tuple[tuple[int, str], ...]) -> list[Reference]:
            return [Reference(number=n, id=i) for n, i in pairs]

        return cls(
            number=r.number, recorded_at=r.recorded_at, keyid=r.keyid, key_name=r.key_name, envelope=r.envelope,
            leaf=r.leaf, fields=r.fields, corrects=named(r.corrects), corrected_by=named(r.corrected_by),
            rests_on=named(r.rests_on), there=list(r.there),
        )  # fmt: skip


class InclusionProof(BaseModel):
    """A record is in a log (RFC 9162, 2.1.3)."""

    number: int
    size: int
    proof: list[str] = Field(description="Hashes, base64, from the leaf up.")

    @classmethod
    def of(cls, p: Proof) -> InclusionProof:
        """Make it from the story's answer."""
        return cls(number=p.first, size=p.second, proof=[b64(h) for h in p.hashes])


class ConsistencyProof(BaseModel):
    """A log begins with an earlier one (RFC 9162, 2.1.4)."""

    first: int
    second: int
    proof: list[str] = Field(description="Hashes, base64.")

    @classmethod
    def of(cls, p: Proof) -> ConsistencyProof:
        """Make it from the story's answer."""
        return cls(first=p.first, second=p.second, proof=[b64(h) for h in p.hashes])


class WrittenRecord(BaseModel):
    """What was written."""

    records: list[Reference]
    known: list[str] = Field(description="Ids of those that were there already with the same content.")
    size: int
    notes: list[str]

    @classmethod
    def of(cls, w: Written) -> WrittenRecord:
        """Make it from the story's answer; a note that names a file of the machine stays there."""
        return cls(
            records=[Reference(number=n, id=i) for n, i in w.records], known=list(w.known), size=w.size,
            notes=[note.split(":", 1)[0] for note in w.notes],
        )  # fmt: skip


def b64(data: bytes) -> str:
    """Write bytes as base64."""
    return base64.b64encode(data).decode()
