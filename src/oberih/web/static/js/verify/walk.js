// Is every line what was signed, where it was signed, by a key that might?  The records of a bundle, one after another.

import { Wrong } from "./bytes.js";
import { fits, readEntry } from "./envelope.js";
import { Keyring, TELLS } from "./keyring.js";
import { Frontier, leafHash } from "./tree.js";

const LARGEST_LINE = 4 * 2 ** 20;
const TOGETHER = 200;

/** The lines of a member, without their line feeds; the last must have one. */
export function splitLines(bytes) {
  const lines = [];
  let begin = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, begin)) {
    if (at - begin > LARGEST_LINE) throw new Wrong("line-long", { line: lines.length + 1 });
    lines.push(bytes.slice(begin, at));
    begin = at + 1;
  }
  if (begin !== bytes.length) throw new Wrong("line-cut", { line: lines.length + 1 });
  return lines;
}

export class Walk {
  keyring = new Keyring();
  faults = []; // {why, values}
  roots = new Map(); // root after so many records, where it is wanted
  leaves = []; // {seq, leaf}
  attachments = new Map(); // sha256 -> {name, size, seq}
  entries = []; // {seq, fields, recordedAt}, to be shown
  count = 0;
  firstTime = "";
  lastTime = "";
  #frontier = new Frontier();
  #ids = new Map();
  #corrected = [];

  /** `sizes`: numbers of records after which the root is wanted. */
  constructor(sizes) {
    this.sizes = sizes;
  }

  async take(lines, { complete, advance }) {
    let before = -1;
    for (let at = 0; at < lines.length; at += TOGETHER) {
      const some = await Promise.all(lines.slice(at, at + TOGETHER).map((line) => readEntry(line).catch((error) => error)));
      const waiting = [];
      for (const [i, entry] of some.entries()) before = await this.#one(entry, lines[at + i], { complete, before, waiting });
      for (const { seq, sound } of await Promise.all(waiting)) if (!sound) this.#fault("signature-of", { number: seq });
      advance(this.count, lines.length);
    }
    if (complete) {
      for (const { seq, old } of this.#corrected) if (!this.#ids.has(old)) this.#fault("corrects-none", { number: seq });
    }
  }

  async #one(entry, line, { complete, before, waiting }) {
    const place = complete ? this.count : before + 1;
    this.count += 1;
    if (entry instanceof Error) {
      this.#fault("changed", { number: place, how: entry.why ?? entry.message });
      await this.#grow(await leafHash(line), place);
      return place;
    }
    await this.#grow(entry.leaf, entry.seq);
    if (complete && entry.seq !== place) this.#fault("out-of-order", { number: entry.seq, place });
    if (!complete && entry.seq <= before) this.#fault("out-of-order", { number: entry.seq, place });
    await this.#keys(entry, waiting);
    this.#look(entry);
    return entry.seq;
  }

  async #grow(leaf, seq) {
    this.leaves.push({ seq, leaf });
    await this.#frontier.append(leaf);
    if (this.sizes.has(this.#frontier.size)) this.roots.set(this.#frontier.size, await this.#frontier.root());
  }

  async #keys(entry, waiting) {
    try {
      if (TELLS.has(entry.fields.kind)) {
        await this.keyring.read(entry);
        return;
      }
      const held = this.keyring.tenures.get(entry.keyid);
      if (!held || held.added >= entry.seq) throw new Wrong("unknown-key-of", { number: entry.seq });
      if (held.revoked !== null && held.revoked < entry.seq) throw new Wrong("revoked-key-of", { number: entry.seq, record: held.revoked });
      waiting.push(fits(entry, held.key).then((sound) => ({ seq: entry.seq, sound })));
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      this.#fault(error.why === "signature" ? "signature-of" : error.why, { ...error.values, number: entry.seq });
    }
  }

  #look(entry) {
    const { fields, seq, recordedAt } = entry;
    if (this.lastTime && recordedAt < this.lastTime) this.#fault("back-dated", { number: seq, when: recordedAt, before: this.lastTime });
    else this.lastTime = recordedAt;
    this.firstTime ||= recordedAt;
    if (this.#ids.has(fields.id)) this.#fault("id-twice", { number: seq, other: this.#ids.get(fields.id) });
    else this.#ids.set(fields.id, seq);
    if (fields.corrects) this.#corrected.push({ seq, old: fields.corrects });
    for (const one of fields.attachments ?? []) if (!this.attachments.has(one.sha256)) this.attachments.set(one.sha256, { ...one, seq });
    this.entries.push({ seq, fields, recordedAt });
  }

  #fault(why, values) {
    this.faults.push({ why, values });
  }
}
