// What does the reader have of their own?  A key's fingerprint, a verifier key, an older checkpoint; or what this browser
// kept on an earlier visit, where the reader allowed it.

import { Wrong, hex, toBase64, fromBase64 } from "./bytes.js";
import { keyidOf } from "./ed25519.js";
import { COSIGNATURE, ED25519, readClosed, readVkey, signedNote } from "./note.js";
import { grew } from "./tree.js";

const PLACE = "oberih-remembered-checkpoint";
const ENOUGH = 32; // hexadecimal digits (128 bits): with fewer, somebody patient makes another key that begins so

export const noAnchors = () => ({ keyids: [], keys: [], witnesses: [], older: [] });

/** Read what was pasted or lies in a file: fingerprints and verifier keys a line each, or one signed note. */
export async function readAnchors(said, from = "pasted") {
  const found = noAnchors();
  const whole = said.replace(/\r\n/g, "\n");
  if (whole.trim() === "") return found;
  if (whole.includes("\n\n")) {
    const note = whole.replace(/^\n+/, "").replace(/\n*$/, "\n");
    found.older.push({ ...readClosed(note), from });
    return found;
  }
  for (const line of whole.split("\n").map((l) => l.trim()).filter(Boolean)) {
    const digits = line.toLowerCase().replace(/^sha256:/, "").replace(/[\s:]/g, "");
    if (/^[0-9a-f]{12,64}$/.test(digits)) {
      found.keyids.push(digits);
    } else if (line.includes("+")) {
      const key = await readVkey(line);
      (key.kind === COSIGNATURE ? found.witnesses : found.keys).push(key);
    } else {
      throw new Wrong("not-an-anchor", { value: line.slice(0, 60) });
    }
  }
  return found;
}

export function joined(...several) {
  const whole = noAnchors();
  for (const one of several) for (const name of Object.keys(whole)) whole[name].push(...(one?.[name] ?? []));
  return whole;
}

/** What this browser kept; null where nothing, or nothing readable, is there. */
export function remembered(storage = globalThis.localStorage) {
  try {
    const kept = JSON.parse(storage.getItem(PLACE));
    if (!kept) return null;
    const closed = readClosed(kept.note);
    return { ...noAnchors(), keyids: [kept.firstKey], older: [{ ...closed, from: "remembered", when: kept.when }] };
  } catch {
    return null;
  }
}

/** Keep a checkpoint that was just checked, in this browser alone. */
export function remember({ noteText, firstKey, when }, storage = globalThis.localStorage) {
  storage.setItem(PLACE, JSON.stringify({ note: noteText, firstKey, when }));
}

export function forget(storage = globalThis.localStorage) {
  storage.removeItem(PLACE);
}

/**
 * Hold keys of a log against those that the reader trusts.
 * `closed` is the log's last checkpoint, `keyring` its keys as its own records tell them.
 */
export async function checkKeys(steps, anchors, { keyring, closed }) {
  for (const digits of anchors.keyids) {
    if (keyring.first.startsWith(digits)) {
      steps.held("trusted-key", { key: digits.slice(0, 16) }, [keyring.first]);
      if (digits.length < ENOUGH) steps.open("short-fingerprint", { count: digits.length }, [keyring.first]);
    } else steps.failed("trusted-key", "other-key", { wanted: digits.slice(0, 16), found: keyring.first.slice(0, 16) });
  }
  for (const key of anchors.keys) {
    const keyid = await keyidOf(key.key);
    const signed = await signedNote(closed.note, key.name, key.key, ED25519);
    if (signed.found === "holds" || keyid === keyring.first) steps.held("trusted-key", { key: keyid.slice(0, 16) }, [keyid]);
    else steps.failed("trusted-key", "other-key", { wanted: keyid.slice(0, 16), found: keyring.first.slice(0, 16) });
  }
  for (const key of anchors.witnesses) {
    const seen = await signedNote(closed.note, key.name, key.key, COSIGNATURE);
    if (seen.found === "holds") steps.held("witness-known", { name: key.name, when: moment(seen.at) });
    else if (seen.found === "does not hold") steps.failed("witness-known", "signature", { name: key.name });
    else steps.open("witness-known", { name: key.name });
  }
}

/**
 * Hold an older checkpoint of the reader's against the log: the same log, and only grown since.
 * `proofFor(first, second)` gives the hashes; `rootAt(size)`, where there is one, the root from the records themselves.
 */
export async function checkOlder(steps, older, { keyring, closed, proofFor, rootAt }) {
  const values = { from: older.from, size: older.size, now: closed.size, when: older.when ?? "" };
  const details = [`root ${hex(older.root)}`];
  if (older.origin !== closed.origin) {
    return steps.failed("older", "other-origin", { ...values, wanted: older.origin, found: closed.origin }, details);
  }
  if (older.size > closed.size) return steps.failed("older", "shrunk", values, details);
  if (!(await signedByLog(older, keyring))) return steps.failed("older", "older-unsigned", values, details);
  if (older.size === closed.size) {
    return hex(older.root) === hex(closed.root) ? steps.held("older", values, details)
      : steps.failed("older", "forked", values, details);
  }
  const rooted = rootAt?.(older.size);
  if (rooted) {
    return hex(rooted) === hex(older.root) ? steps.held("older", values, details)
      : steps.failed("older", "rewritten", values, details);
  }
  return steps.check("older", async () => {
    const proof = (await proofFor(older.size, closed.size)).map(fromBase64);
    if (!(await grew(older.size, closed.size, proof, older.root, closed.root))) throw new Wrong("rewritten", values);
    steps.held("older", values, [...details, ...proof.map((h) => `proof ${toBase64(h)}`)]);
  });
}

/** Whether a checkpoint is signed by a key that might close so many records. */
export async function signedByLog(closed, keyring) {
  for (const [, tenure] of keyring.closing(closed.size)) {
    if ((await signedNote(closed.note, closed.origin, tenure.raw, ED25519)).found === "holds") return true;
  }
  return false;
}

export const moment = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
