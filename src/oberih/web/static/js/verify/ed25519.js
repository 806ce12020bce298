// Did the holder of this key sign these bytes?  Ed25519 (RFC 8032) by the browser's own Web Crypto.

import { Wrong, fromHex, hex, sha256 } from "./bytes.js";

// Points whose order divides 8, without the sign: under these anybody can sign, so none is taken as a key.
const SMALL_ORDER = new Set([
  "00".repeat(32), `01${"00".repeat(31)}`, `ec${"ff".repeat(30)}7f`, `ed${"ff".repeat(30)}7f`, `ee${"ff".repeat(30)}7f`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

// RFC 8032, 7.1, test 1: a browser that says it can and cannot is found out.
const TEST = {
  key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
};

/** Whether this browser can check signatures: "yes", "insecure" (the page came without TLS), or "no". */
export async function ability() {
  if (!globalThis.crypto?.subtle) return "insecure";
  try {
    const key = await importKey(fromHex(TEST.key));
    const signature = fromHex(TEST.signature);
    return (await signedBy(key, signature, new Uint8Array())) && !(await signedBy(key, signature, Uint8Array.of(1)))
      ? "yes" : "no";
  } catch {
    return "no";
  }
}

export async function importKey(raw) {
  if (!(raw instanceof Uint8Array) || raw.length !== 32) throw new Wrong("not-a-key");
  const unsigned = Uint8Array.from(raw);
  unsigned[31] &= 0x7f;
  if (SMALL_ORDER.has(hex(unsigned))) throw new Wrong("weak-key");
  try {
    return await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new Wrong("not-a-key");
  }
}

export async function signedBy(key, signature, message) {
  return signature.length === 64 && crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}

/** Name of a public key: SHA-256 of its 32 bytes. */
export const keyidOf = async (raw) => hex(await sha256(raw));
