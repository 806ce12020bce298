// Does this bundle hold, by itself, without the network and without the server it came from?
//
// A complete bundle is walked from its first record: the tree is built from its lines and must give the roots that were
// signed.  Of a selection each record is led to the last checkpoint by its proof, each checkpoint to the next.  What
// manifest and keys.json say is held against the records and never believed.

import { checkKeys, checkOlder, moment, signedByLog } from "./anchors.js";
import { Wrong, equal, fromBase64, hex, sha256 } from "./bytes.js";
import { canonical, readCanonical } from "./canonical.js";
import { ability } from "./ed25519.js";
import { COSIGNATURE, readClosed, readSignature, readVkey, signedNote } from "./note.js";
import { grew, inTree } from "./tree.js";
import { Walk, splitLines } from "./walk.js";
import { content, members } from "./zip.js";

export const HOW_SHA256 = "2729b8c6093d1a92276d82329c77727bc942031689f0b8e574adf123ee481e0f";
export const SCHEMA = "oberih/bundle/1";

const NAMES = new Set([
  "manifest.json", "HOW-TO-VERIFY.txt", "keys.json", "checkpoints.jsonl", "cosignatures.jsonl", "timestamps.jsonl",
  "consistency.jsonl", "records.jsonl", "proofs.jsonl",
]);
const LARGEST = 1024 * 2 ** 20;

/** Check a bundle given as bytes; `advance(done, all)` hears how far it is. Gives {closed, keyring, noteText, walk}. */
export async function verifyBundle({ bytes, anchors, steps, advance = () => {} }) {
  const able = await ability();
  if (able !== "yes") {
    steps.failed("browser", able === "insecure" ? "insecure" : "no-ed25519");
    return {};
  }
  const box = await steps.check("file", () => opened(bytes, steps));
  if (box === null) return {};
  const closed = await steps.check("checkpoints", () => checkpoints(box));
  if (closed === null || closed.length === 0) return {};
  const walk = new Walk(new Set([...closed, ...anchors.older].map((c) => c.size)));
  const records = await steps.check("records", () => box.lines("records.jsonl"));
  if (records === null) return {};
  await steps.check("records", () => walked(box, walk, records, steps, advance));
  await steps.check("tree", () => (box.manifest.complete ? whole(closed, walk, steps) : selection(box, closed, walk, steps)));
  const last = closed[closed.length - 1], keyring = walk.keyring;
  await steps.check("checkpoints", () => signedAll(closed, keyring, steps));
  await checkKeys(steps, anchors, { keyring, closed: last });
  const proofFor = () => { throw new Wrong("ask-whole"); };
  const rootAt = (size) => (box.manifest.complete ? walk.roots.get(size) : closed.find((c) => c.size === size)?.root);
  for (const one of anchors.older) await checkOlder(steps, one, { keyring, closed: last, proofFor, rootAt });
  await steps.check("attachments", () => attachments(box, walk, steps));
  await steps.check("manifest", () => said(box, closed, walk, steps));
  await witnesses(box, closed, steps);
  await tellOpen(box, anchors, steps);
  return { closed: last, keyring, noteText: box.noteTexts.at(-1), walk, manifest: box.manifest };
}

async function opened(bytes, steps) {
  if (bytes.length > LARGEST) throw new Wrong("too-large-here");
  const found = members(bytes);
  for (const name of found.keys()) {
    if (!NAMES.has(name) && !/^attachments\/[0-9a-f]{64}$/.test(name)) throw new Wrong("strange-member", { name });
  }
  const part = async (name) => {
    if (!found.has(name)) throw new Wrong("missing-member", { name });
    return content(bytes, found.get(name));
  };
  const object = async (name) => {
    const data = await part(name);
    if (data.at(-1) !== 10) throw new Wrong("not-canonical");
    return readCanonical(data.subarray(0, -1));
  };
  const lines = async (name) => splitLines(await part(name));
  const rows = async (name) => (await lines(name)).map(readCanonical);
  const manifest = await object("manifest.json");
  const kinds = { schema: "string", origin: "string", size: "number", records: "number", complete: "boolean", attachments: "string", first_key: "string" };
  for (const [name, kind] of Object.entries(kinds)) if (typeof manifest[name] !== kind) throw new Wrong("not-a-bundle");
  if (manifest.schema !== SCHEMA) throw new Wrong("not-a-bundle");
  steps.held("file", { members: found.size, bytes: bytes.length }, [`sha256 ${hex(await sha256(bytes))}`]);
  return { found, part, object, lines, rows, manifest, noteTexts: [] };
}

async function checkpoints(box) {
  const closed = [];
  for (const row of await box.rows("checkpoints.jsonl")) {
    if (typeof row.note !== "string") throw new Wrong("not-a-note");
    const one = { ...readClosed(row.note), noteText: row.note };
    if (one.size !== row.size) throw new Wrong("other-size", { said: row.size, found: one.size });
    if (one.origin !== box.manifest.origin) throw new Wrong("other-origin", { wanted: box.manifest.origin, found: one.origin });
    closed.push(one);
  }
  closed.sort((a, b) => a.size - b.size);
  box.noteTexts = closed.map((c) => c.noteText);
  if (closed.length === 0) throw new Wrong("no-checkpoint");
  return closed;
}

async function walked(box, walk, records, steps, advance) {
  await walk.take(records, { complete: box.manifest.complete, advance });
  for (const fault of walk.faults.slice(0, 50)) steps.failed("records", fault.why, fault.values);
  if (walk.faults.length > 50) steps.failed("records", "more", { count: walk.faults.length - 50 });
  const values = { count: walk.count, first: walk.firstTime, last: walk.lastTime };
  if (walk.faults.length === 0) steps.held("records", values);
  if (walk.keyring.tenures.size) {
    const held = [...walk.keyring.tenures].map(([id, t]) => `${id} ${t.name} ${t.added}–${t.revoked ?? ""}`);
    steps.held("keys", { count: walk.keyring.tenures.size, first: walk.keyring.first.slice(0, 16) }, held);
  }
}

/** The tree over all lines gives the root of every checkpoint, and nothing is missing behind or left over. */
async function whole(closed, walk, steps) {
  for (const one of closed) {
    if (one.size > walk.count) throw new Wrong("cut-off", { here: walk.count, size: one.size });
    const root = walk.roots.get(one.size);
    if (!root || !equal(root, one.root)) throw new Wrong("other-root", { size: one.size });
  }
  const last = closed.at(-1);
  if (walk.count > last.size) throw new Wrong("uncovered", { here: walk.count, size: last.size });
  steps.held("tree", { count: walk.count, checkpoints: closed.length }, [`root ${hex(last.root)}`]);
}

/** Each record leads to the last checkpoint, each checkpoint to the next. */
async function selection(box, closed, walk, steps) {
  const last = closed.at(-1);
  const proofs = new Map((await box.rows("proofs.jsonl")).map((row) => [row.seq, hashes(row.proof)]));
  for (const { leaf, seq } of walk.leaves) {
    const proof = proofs.get(seq);
    if (proof === undefined) throw new Wrong("unproven", { number: seq });
    proofs.delete(seq);
    if (!(await inTree(leaf, seq, last.size, proof, last.root))) throw new Wrong("not-in-tree", { number: seq, size: last.size });
  }
  for (const seq of proofs.keys()) throw new Wrong("record-missing", { number: seq });
  const growth = new Map((await box.rows("consistency.jsonl")).map((row) => [`${row.first} ${row.second}`, hashes(row.proof)]));
  for (let i = 1; i < closed.length; i += 1) {
    const [a, b] = [closed[i - 1], closed[i]], proof = growth.get(`${a.size} ${b.size}`);
    const grown = a.size === b.size ? equal(a.root, b.root) : proof !== undefined && (await grew(a.size, b.size, proof, a.root, b.root));
    if (!grown) throw new Wrong("rewritten", { size: a.size, now: b.size });
  }
  steps.held("selection", { count: walk.count, size: last.size }, [`root ${hex(last.root)}`]);
}

function hashes(value) {
  if (!Array.isArray(value) || value.length > 128) throw new Wrong("no-proof");
  return value.map(fromBase64);
}

async function signedAll(closed, keyring, steps) {
  for (const one of closed) if (!(await signedByLog(one, keyring))) throw new Wrong("checkpoint-unsigned-of", { size: one.size });
  steps.held("checkpoints", { count: closed.length, size: closed.at(-1).size }, [`root ${hex(closed.at(-1).root)}`]);
}

async function attachments(box, walk, steps) {
  const there = new Set([...box.found.keys()].filter((n) => n.startsWith("attachments/")).map((n) => n.slice(12)));
  let looked = 0, absent = 0;
  for (const [digest, one] of walk.attachments) {
    if (!there.has(digest)) {
      if (box.manifest.attachments === "included") throw new Wrong("attachment-missing", { name: one.name, number: one.seq });
      absent += 1;
      continue;
    }
    const data = await box.part(`attachments/${digest}`);
    if (hex(await sha256(data)) !== digest || data.length !== one.size) throw new Wrong("attachment-other", { name: one.name, number: one.seq });
    looked += 1;
  }
  for (const digest of there) if (!walk.attachments.has(digest)) throw new Wrong("attachment-strange", { name: digest.slice(0, 12) });
  if (looked) steps.held("attachments", { count: looked });
  if (absent) steps.open("attachments", { count: absent });
}

/** What manifest, keys.json and the words for people say, held against the records. */
async function said(box, closed, walk, steps) {
  const { manifest } = box;
  if (manifest.records !== walk.count) throw new Wrong("manifest-records", { said: manifest.records, found: walk.count });
  if (manifest.size !== closed.at(-1).size) throw new Wrong("manifest-size", { said: manifest.size, found: closed.at(-1).size });
  if (manifest.first_key !== walk.keyring.first) throw new Wrong("manifest-key");
  const real = Object.fromEntries([...walk.keyring.tenures].map(([id, t]) => [id, { added: t.added, name: t.name, public: btoa(String.fromCharCode(...t.raw)), revoked: t.revoked }]));
  if (canonical(await box.object("keys.json")) !== canonical(real)) throw new Wrong("keys-file");
  const surplus = manifest.complete ? ["proofs.jsonl", "consistency.jsonl"].find((n) => box.found.has(n)) : undefined;
  if (surplus) throw new Wrong("strange-member", { name: surplus });
  if (hex(await sha256(await box.part("HOW-TO-VERIFY.txt"))) !== HOW_SHA256) throw new Wrong("other-words");
  steps.held("manifest", {});
}

async function witnesses(box, closed, steps) {
  const rows = await steps.check("witness", () => box.rows("cosignatures.jsonl"));
  for (const one of rows ?? []) {
    await steps.check("witness", async () => {
      const on = closed.find((c) => c.size === one.size);
      if (!on) throw new Wrong("witness-line", { name: "?" });
      const key = await readVkey(one.vkey);
      const note = { text: on.note.text, signatures: [readSignature(one.line)] };
      const seen = key.kind === COSIGNATURE ? await signedNote(note, key.name, key.key, COSIGNATURE) : { found: "" };
      if (seen.found !== "holds") throw new Wrong("witness-line", { name: key.name });
      steps.open("witness", { name: key.name, when: moment(seen.at) }, [one.vkey]);
    });
  }
  box.cosigned = (rows ?? []).length;
}

async function tellOpen(box, anchors, steps) {
  const stamps = await steps.check("timestamps", () => box.rows("timestamps.jsonl"));
  if (stamps?.length) steps.open("timestamps", { count: stamps.length });
  const own = Object.values(anchors).reduce((n, list) => n + list.length, 0);
  if (own === 0) steps.open("no-anchor-file");
  if (box.cosigned === 0 && anchors.older.length === 0) steps.open("nobody-outside");
  if (!box.manifest.complete) steps.open("selection-only");
  steps.open("code");
  steps.open("truth");
}
