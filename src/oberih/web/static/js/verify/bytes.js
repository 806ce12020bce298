// How do bytes become text and back, in one spelling only?  And what is said when something is not what it should be.
//
// Everything in this folder runs without the page around it and asks nobody: what it is given comes in as arguments.

/** Something is not what it should be: which (a word of the catalogue, evidence.wrong-…) and with which values. */
export class Wrong extends Error {
  constructor(why, values = {}) {
    super(`${why} ${JSON.stringify(values)}`);
    this.why = why;
    this.values = values;
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);

/** Bytes as text; refuses what is not UTF-8. */
export function text(bytes) {
  try {
    return strict.decode(bytes);
  } catch {
    throw new Wrong("not-utf8");
  }
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export function fromHex(digits) {
  if (!/^(?:[0-9a-f]{2})*$/.test(digits)) throw new Wrong("not-hex", { value: digits.slice(0, 40) });
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function toBase64(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** Standard base64 in its one spelling: no blanks, no missing padding, no stray bits. */
export function fromBase64(said) {
  if (typeof said !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(said) || said.length % 4) throw new Wrong("not-base64");
  const bytes = Uint8Array.from(atob(said), (c) => c.charCodeAt(0));
  if (toBase64(bytes) !== said) throw new Wrong("not-base64");
  return bytes;
}

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
}
