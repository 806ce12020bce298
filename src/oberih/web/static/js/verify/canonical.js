// Is this JSON written in its one form (RFC 8785)?
//
// What is read is written again by the rules of the standard and compared to the byte.  So a key that stands twice (the
// reader keeps one of them), another order, a blank, 1.0 for 1 or 1E3 for 1000 all betray themselves.

import { Wrong, equal, text, utf8 } from "./bytes.js";

const LARGEST_WHOLE = Number.MAX_SAFE_INTEGER;
const DEEPEST = 400;

/** Write a value as RFC 8785 wants it: keys by their UTF-16 units, numbers and text as ECMAScript writes them. */
export function canonical(value, depth = 0) {
  if (depth > DEEPEST) throw new Wrong("too-deep");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return said(value);
  if (typeof value === "number") return figure(value);
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, depth + 1)).join(",")}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${said(key)}:${canonical(value[key], depth + 1)}`).join(",")}}`;
}

function said(value) {
  if (!value.isWellFormed()) throw new Wrong("lone-surrogate");
  return JSON.stringify(value);
}

/** Whole numbers from 2^53 to 2^64 are refused as the log refuses them: readers do not agree on them. */
function figure(value) {
  if (!Number.isFinite(value)) throw new Wrong("not-a-number");
  if (Number.isInteger(value) && Math.abs(value) > LARGEST_WHOLE && Math.abs(value) < 2 ** 64) throw new Wrong("too-large");
  return JSON.stringify(value);
}

/** Read canonical JSON; refuses every other spelling of the same. */
export function readCanonical(bytes) {
  const value = readJson(bytes);
  if (!equal(utf8(canonical(value)), bytes)) throw new Wrong("not-canonical");
  return value;
}

/** Read JSON of which every key stands once; its spelling may differ. */
export function readJson(bytes) {
  try {
    return JSON.parse(text(bytes));
  } catch (error) {
    if (error instanceof Wrong) throw error;
    throw new Wrong("not-json");
  }
}
