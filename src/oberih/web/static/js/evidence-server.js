// What does this server say of the record?  Its answers, and what the reader holds against them.

import { ask } from "./ask.js";
import { forget, joined, noAnchors, readAnchors, remember, remembered } from "./verify/anchors.js";
import { Wrong } from "./verify/bytes.js";

const BASE = "/api/v1/evidence";
const OPT_IN = "oberih-remember";

/** Fetch JSON for the verifier: a refusal is something that was not given. */
export async function given(path) {
  try {
    return await ask(BASE + path);
  } catch (error) {
    throw new Wrong("not-given", { why: error.message });
  }
}

export const fetched = (path, options = {}) => ask(BASE + path, options);

let own = noAnchors();

/** What the reader gave on this page, and what this browser kept from before. */
export const anchors = () => joined(own, remembered());

/** Take what the reader gives in place of what was given before; throws `Wrong` where it cannot be read. */
export async function giveOwn(text, files) {
  const parts = [await readAnchors(text)];
  for (const file of files) parts.push(await readAnchors(await file.text(), "file"));
  own = joined(...parts);
  return own;
}

export const wantsMemory = () => localStorage.getItem(OPT_IN) === "yes";

export function setMemory(wanted) {
  if (wanted) localStorage.setItem(OPT_IN, "yes");
  else localStorage.removeItem(OPT_IN);
}

export { forget, remembered };

/** Keep the checkpoint of a check in which nothing failed, if the reader allowed it. */
export function keepCheckpoint(steps, found) {
  if (steps.anyFailed || !wantsMemory() || !found.closed) return;
  const before = remembered()?.older[0];
  if (before && before.size > found.closed.size) return;
  remember({ noteText: found.noteText, firstKey: found.keyring.first, when: new Date().toISOString() });
}
