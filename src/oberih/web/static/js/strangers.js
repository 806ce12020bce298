// How is strangers' text shown so that it can do nothing?  Control marks and marks that turn the direction of writing
// become �; the rest stands apart from ours in its own direction; addresses are links only where they are http or https.

import { make } from "./dom.js";

/** Text in which nothing is unseen; line feeds and tabs stay. */
export function printable(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, (c) => (c === "\n" || c === "\t" ? c : "\ufffd"));
}

/** A stranger's text as a piece of the page. */
export function stranger(text, attributes = {}) {
  return make("bdi", attributes, printable(text));
}

/** An address as a link that tells nobody where the reader came from; as plain text where it is no web address. */
export function address(text) {
  let parsed = null;
  try {
    parsed = new URL(text);
  } catch {
    // no address: shown as it is
  }
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) return stranger(text);
  return make("a", { href: parsed.href, rel: "noreferrer noopener nofollow" }, stranger(text));
}
