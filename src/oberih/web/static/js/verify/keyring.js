// Which keys may sign at which place of the log?  The log itself tells: record 0 names the first key and is signed by
// it; a further key is added by a record of kind "key", an old one withdrawn by one of kind "revocation".

import { Wrong, fromBase64 } from "./bytes.js";
import { fits } from "./envelope.js";
import { importKey, keyidOf } from "./ed25519.js";

export const TELLS = new Set(["key", "revocation"]);

export class Keyring {
  tenures = new Map(); // keyid -> {name, raw, key, added, revoked}

  /** Take in what an entry says of keys; it must be signed by a key that may. */
  async read(entry) {
    const { fields, seq, keyid } = entry;
    if (fields.kind === "key") {
      const raw = fromBase64(fields.data?.public);
      const key = await importKey(raw);
      const added = await keyidOf(raw);
      if (this.tenures.has(added)) throw new Wrong("key-twice", { key: added.slice(0, 12) });
      if (seq === 0 && added !== keyid) throw new Wrong("first-key");
      if (seq === 0 && !(await fits(entry, key))) throw new Wrong("signature");
      if (seq > 0) await this.check(entry);
      this.tenures.set(added, { name: String(fields.data.name ?? ""), raw, key, added: seq, revoked: null });
    } else if (fields.kind === "revocation") {
      const held = this.tenures.get(fields.data?.keyid);
      if (!held || held.revoked !== null) throw new Wrong("revokes-none");
      await this.check(entry);
      held.revoked = seq;
    }
  }

  /** Make sure that an entry is signed, by a key in force at its place. */
  async check(entry) {
    const held = this.tenures.get(entry.keyid);
    const first = held && held.added === 0 && entry.seq === 0;
    if (!held || (held.added >= entry.seq && !first)) throw new Wrong("unknown-key", { key: entry.keyid.slice(0, 12) });
    if (held.revoked !== null && held.revoked < entry.seq) {
      throw new Wrong("revoked-key", { key: entry.keyid.slice(0, 12), record: held.revoked });
    }
    if (!(await fits(entry, held.key))) throw new Wrong("signature");
  }

  /** The id of the key that began the log. */
  get first() {
    for (const [keyid, held] of this.tenures) if (held.added === 0) return keyid;
    return "";
  }

  /** Keys that may sign a checkpoint over so many records. */
  closing(size) {
    return [...this.tenures].filter(([, t]) => t.added < size && (t.revoked === null || t.revoked >= size));
  }
}
