// What was signed, and by which key does it say?  A DSSE envelope (protocol v1.0.2), and the record in it.

import { Wrong, concat, equal, fromBase64, text, utf8 } from "./bytes.js";
import { readCanonical } from "./canonical.js";
import { signedBy } from "./ed25519.js";
import { leafHash } from "./tree.js";

export const PAYLOAD_TYPE = "application/vnd.oberih.record+json";
export const SCHEMA = "oberih/record/1";

const FORM = new RegExp(
  '^\\{"payload":"([A-Za-z0-9+/]+={0,2})","payloadType":"application/vnd\\.oberih\\.record\\+json",' +
  '"signatures":\\[\\{"keyid":"([0-9a-f]{64})","sig":"([A-Za-z0-9+/]+={0,2})"\\}\\]\\}$');
const FIELDS = new Set([
  "schema", "seq", "recorded_at", "id", "kind", "text", "happened", "known_on", "place", "source", "reliability",
  "credibility", "claims", "tags", "data", "rests_on", "attachments", "corrects",
]);
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** The bytes that are signed: PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body. */
export function preAuthentication(payload, type = PAYLOAD_TYPE) {
  const kind = utf8(type);
  return concat(utf8(`DSSEv1 ${kind.length} `), kind, utf8(` ${payload.length} `), payload);
}

/** An envelope in the one spelling that the log writes. */
export function readEnvelope(bytes) {
  const match = FORM.exec(text(bytes));
  if (match === null) throw new Wrong("not-an-envelope");
  return { payload: fromBase64(match[1]), keyid: match[2], signature: fromBase64(match[3]) };
}

/** The record in an envelope; its signature is not looked at here. */
export async function readEntry(bytes) {
  const envelope = readEnvelope(bytes);
  const payload = readCanonical(envelope.payload);
  if (payload === null || typeof payload !== "object" || Array.isArray(payload)) throw new Wrong("not-a-record");
  const strange = Object.keys(payload).find((name) => !FIELDS.has(name));
  const sound = payload.schema === SCHEMA && Number.isSafeInteger(payload.seq) && payload.seq >= 0 &&
    MOMENT.test(payload.recorded_at) && ["id", "kind", "text"].every((n) => typeof payload[n] === "string" && payload[n]);
  if (strange !== undefined || !sound) throw new Wrong("not-a-record");
  return { ...envelope, fields: payload, seq: payload.seq, recordedAt: payload.recorded_at, data: bytes,
    leaf: await leafHash(bytes) };
}

/** Whether the signature of an entry is by this key. */
export const fits = (entry, key) => signedBy(key, entry.signature, preAuthentication(entry.payload));

/** Whether two entries are the same bytes. */
export const same = (a, b) => equal(a.data, b.data);
