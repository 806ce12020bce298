// Is this record what was signed, in the log that was signed?  One record of a server, without believing the server.
//
// `given(address)` fetches JSON under /api/v1/evidence; what it answers is material to be checked, nothing else.

import { checkKeys, checkOlder, moment, signedByLog } from "./anchors.js";
import { Wrong, fromBase64, hex, toBase64, utf8 } from "./bytes.js";
import { ability } from "./ed25519.js";
import { readEntry } from "./envelope.js";
import { Keyring, TELLS } from "./keyring.js";
import { COSIGNATURE, readClosed, readSignature, readVkey, signedNote } from "./note.js";
import { inTree } from "./tree.js";

const MOST_KEYS = 500;

/**
 * Check the log's last checkpoint, its keys, and the reader's own anchors; then, where a number is given, one record.
 * Gives {closed, keyring, entry, noteText}; what is missing failed.
 */
export async function verifyRecord({ given, number = null, id = null, anchors, steps }) {
  const able = await ability();
  if (able !== "yes") {
    steps.failed("browser", able === "insecure" ? "insecure" : "no-ed25519");
    return {};
  }
  const standing = await steps.check("checkpoint", () => given(""));
  if (standing === null) return {};
  if (!standing.exists) {
    for (const one of anchors.older) steps.failed("older", "gone", { size: one.size, from: one.from });
    if (!anchors.older.length) steps.open("empty");
    return {};
  }
  const closed = await steps.check("checkpoint", () => readClosed(standing.checkpoint));
  if (closed === null) return {};
  const keyring = await checkKeyring(standing, closed, given, steps);
  if (keyring === null) return { closed };
  if (!(await steps.check("checkpoint", () => closeds(closed, keyring, steps)))) return { closed, keyring };
  await checkKeys(steps, anchors, { keyring, closed });
  const proofFor = async (first, second) => proofOf(await given(`/consistency?first=${first}&second=${second}`));
  for (const one of anchors.older) await checkOlder(steps, one, { keyring, closed, proofFor });
  const entry = number === null && id === null ? null : await checkEntry({ given, number, id, closed, keyring, steps });
  await checkWitnesses(standing, closed, steps);
  tellOpen(standing, closed, anchors, steps);
  return { closed, keyring, entry, noteText: standing.checkpoint };
}

async function closeds(closed, keyring, steps) {
  if (!(await signedByLog(closed, keyring))) throw new Wrong("checkpoint-unsigned");
  steps.held("checkpoint", { size: closed.size, origin: closed.origin }, [`root ${hex(closed.root)}`]);
  return true;
}

/** The history of keys: each record of it signed by a key in force there, and in the log that the checkpoint closes. */
async function checkKeyring(standing, closed, given, steps) {
  return steps.check("keys", async () => {
    const keyring = new Keyring();
    const said = [...standing.key_records].sort((a, b) => a.number - b.number);
    if (said.length === 0 || said.length > MOST_KEYS || said[0].number !== 0) throw new Wrong("no-first-key");
    for (const one of said) {
      const entry = await readEntry(utf8(one.envelope));
      if (entry.seq !== one.number || !TELLS.has(entry.fields.kind)) throw new Wrong("other-number", { wanted: one.number, found: entry.seq });
      await keyring.read(entry);
      await leads(entry, closed, given);
    }
    const held = [...keyring.tenures].map(([id, t]) => `${id} ${t.name} ${t.added}–${t.revoked ?? ""}`);
    steps.held("keys", { count: keyring.tenures.size, first: keyring.first.slice(0, 16) }, held);
    return keyring;
  });
}

function proofOf(answer) {
  if (!Array.isArray(answer?.proof) || answer.proof.length > 128) throw new Wrong("no-proof");
  return answer.proof;
}

/** Make sure that an entry is in the log that the checkpoint closes; gives the proof. */
async function leads(entry, closed, given) {
  const answer = await given(`/proof/${entry.seq}?size=${closed.size}`);
  const proof = proofOf(answer).map(fromBase64);
  if (!(await inTree(entry.leaf, entry.seq, closed.size, proof, closed.root))) {
    throw new Wrong("not-in-tree", { number: entry.seq, size: closed.size });
  }
  return proof;
}

async function checkEntry({ given, number, id, closed, keyring, steps }) {
  const entry = await steps.check("envelope", async () => {
    const address = number === null ? `/record?id=${encodeURIComponent(id)}` : `/records/${number}`;
    const found = await readEntry(utf8((await given(address)).envelope));
    if (number !== null && found.seq !== number) throw new Wrong("other-number", { wanted: number, found: found.seq });
    if (number === null && found.fields.id !== id) throw new Wrong("other-id", { wanted: id, found: found.fields.id });
    steps.held("envelope", { number: found.seq, bytes: found.payload.length }, [`leaf ${hex(found.leaf)}`]);
    return found;
  });
  if (entry === null) return null;
  await steps.check("signature", async () => {
    await keyring.check(entry);
    const { name } = keyring.tenures.get(entry.keyid);
    steps.held("signature", { name, key: entry.keyid.slice(0, 16) },
      [`key ${entry.keyid}`, `signature ${toBase64(entry.signature)}`]);
  });
  await steps.check("inclusion", async () => {
    const proof = await leads(entry, closed, given);
    steps.held("inclusion", { number: entry.seq, size: closed.size, hashes: proof.length }, proof.map(hex));
  });
  return entry;
}

/** Lines of witnesses fit the keys that this server names for them; whose keys these are nobody checked. */
async function checkWitnesses(standing, closed, steps) {
  for (const one of standing.cosignatures.filter((c) => c.size === closed.size)) {
    await steps.check("witness", async () => {
      const key = await readVkey(one.vkey);
      const note = { text: closed.note.text, signatures: [readSignature(one.line)] };
      const seen = key.kind === COSIGNATURE ? await signedNote(note, key.name, key.key, COSIGNATURE) : { found: "" };
      if (seen.found !== "holds") throw new Wrong("witness-line", { name: key.name });
      steps.open("witness", { name: key.name, when: moment(seen.at) }, [one.vkey]);
    });
  }
}

function tellOpen(standing, closed, anchors, steps) {
  const stamps = standing.timestamps.length, seen = standing.cosignatures.map((c) => c.size);
  const latest = Math.max(0, ...seen.filter(Number.isSafeInteger));
  if (latest && latest < closed.size) steps.open("witness-earlier", { size: latest, later: closed.size - latest });
  if (stamps) steps.open("timestamps", { count: stamps });
  const own = anchors.keyids.length + anchors.keys.length + anchors.older.length + anchors.witnesses.length;
  if (own === 0) steps.open("no-anchor");
  if (seen.length === 0 && anchors.older.length === 0) steps.open("nobody-outside");
  steps.open("withheld");
  steps.open("code");
  steps.open("truth");
}
