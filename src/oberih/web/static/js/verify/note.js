// Who put their name to this state of the log?  Signed notes, checkpoints and cosignatures after C2SP (signed-note,
// tlog-checkpoint, tlog-cosignature, v1.0.0).

import { Wrong, concat, equal, fromBase64, hex, sha256, text as decoded, utf8 } from "./bytes.js";
import { importKey, signedBy } from "./ed25519.js";

export const ED25519 = 1;
export const COSIGNATURE = 4;

const LARGEST = 1_000_000;
const MOST_SIGNATURES = 100;
const LAST_TIME = 253402300799n; // the end of the year 9999

/** A note: its text and the signatures below it, unproven. */
export function readNote(said) {
  const whole = typeof said === "string" ? said : decoded(said);
  if (whole.length > LARGEST || !whole.isWellFormed()) throw new Wrong("not-a-note");
  const end = whole.lastIndexOf("\n\n");
  if (end < 0 || !whole.endsWith("\n")) throw new Wrong("not-a-note");
  const body = whole.slice(0, end + 1);
  if (/[\x00-\x09\x0b-\x1f]/.test(body)) throw new Wrong("not-a-note");
  const lines = whole.slice(end + 2).split("\n").slice(0, -1);
  if (lines.length < 1 || lines.length > MOST_SIGNATURES) throw new Wrong("not-a-note");
  return { text: body, signatures: lines.map(readSignature) };
}

export function readSignature(line) {
  const parts = line.replace(/\n$/, "").split(" ");
  if (parts.length !== 3 || parts[0] !== "—" || !isName(parts[1])) throw new Wrong("not-a-signature");
  const raw = fromBase64(parts[2]);
  if (raw.length < 5) throw new Wrong("not-a-signature");
  return { name: parts[1], keyHash: raw.slice(0, 4), blob: raw.slice(4) };
}

const isName = (name) => name !== "" && !/[\s+\x00-\x1f]/u.test(name);

/** The text of a note as a checkpoint: whose log, how many records, which root. */
export function readCheckpoint(body) {
  const lines = body.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.some((line) => line === "")) throw new Wrong("not-a-checkpoint");
  const [origin, size, root] = lines;
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) throw new Wrong("not-a-checkpoint");
  const digest = fromBase64(root);
  if (digest.length !== 32) throw new Wrong("not-a-checkpoint");
  return { origin, size: Number(size), root: digest };
}

/** A note and the checkpoint in it. */
export function readClosed(said) {
  const note = readNote(said);
  return { note, ...readCheckpoint(note.text) };
}

/** First four bytes of SHA-256(name || "\n" || type || public key). */
export async function keyHash(name, raw, kind = ED25519) {
  return (await sha256(utf8(`${name}\n`), Uint8Array.of(kind), raw)).slice(0, 4);
}

/** A verifier key as people pass it on: name+hash+key. */
export async function readVkey(said) {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(said.trim());
  if (match === null) throw new Wrong("not-a-vkey");
  const raw = fromBase64(match[3]);
  const kind = raw[0], key = raw.slice(1);
  if (raw.length !== 33 || ![ED25519, COSIGNATURE].includes(kind)) throw new Wrong("not-a-vkey");
  if (hex(await keyHash(match[1], key, kind)) !== match[2]) throw new Wrong("vkey-hash");
  await importKey(key);
  return { name: match[1], key, kind };
}

/**
 * Look for a key's signature below a note: {found: "holds" | "does not hold" | "is not there", at: seconds or null}.
 * Where several lines name the key, all must hold.
 */
export async function signedNote(note, name, raw, kind = ED25519) {
  const key = await importKey(raw);
  const wanted = await keyHash(name, raw, kind);
  const blobs = note.signatures.filter((s) => s.name === name && equal(s.keyHash, wanted)).map((s) => s.blob);
  if (blobs.length === 0) return { found: "is not there", at: null };
  let earliest = null;
  for (const blob of blobs) {
    const at = kind === COSIGNATURE ? timeOf(blob) : null;
    const message = kind === COSIGNATURE ? utf8(`cosignature/v1\ntime ${at}\n${note.text}`) : utf8(note.text);
    const signature = kind === COSIGNATURE ? blob.slice(8) : blob;
    if (at > LAST_TIME || !(await signedBy(key, signature, message))) return { found: "does not hold", at: null };
    if (at !== null && (earliest === null || at < earliest)) earliest = at;
  }
  return { found: "holds", at: earliest === null ? null : Number(earliest) };
}

function timeOf(blob) {
  let seconds = 0n;
  for (const byte of concat(new Uint8Array(Math.max(0, 8 - blob.length)), blob.slice(0, 8))) seconds = seconds * 256n + BigInt(byte);
  return seconds;
}
