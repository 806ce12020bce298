// What is in this ZIP file, and does it show everybody the same?
//
// A ZIP file says twice where its members lie: before each, and in a directory at its end.  Both must agree, and every
// byte belong to a member; else one program reads one record in it and the next another.  Nothing is unpacked beyond
// what the directory promises.

import { Wrong, equal, text } from "./bytes.js";

const LARGEST_MEMBER = 512 * 2 ** 20;
const STEEPEST = 200;
const ENDS = new Set([22, 98]);
const DESCRIPTORS = new Set([0, 12, 16, 20, 24]);

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The members of a ZIP file, by name: {name, size, packed, method, crc, offset}. */
export function members(bytes) {
  const { count, directory } = ending(bytes);
  const found = [];
  let at = directory;
  for (let i = 0; i < count; i += 1) {
    const one = listed(bytes, at);
    found.push(one);
    at = one.next;
  }
  if (!ENDS.has(bytes.length - at)) throw new Wrong("zip-hidden");
  refuseTwoFaces(bytes, found, directory);
  const byName = new Map(found.map((one) => [one.name, one]));
  if (byName.size !== found.length) throw new Wrong("zip-twice");
  return byName;
}

function ending(bytes) {
  const at = bytes.length - 22, data = view(bytes);
  if (at < 0 || data.getUint32(at, true) !== 0x06054b50 || data.getUint16(at + 20, true) !== 0) throw new Wrong("not-a-zip");
  let count = data.getUint16(at + 10, true), directory = data.getUint32(at + 16, true);
  if (at >= 20 && data.getUint32(at - 20, true) === 0x07064b50) { // ZIP64
    const end = Number(data.getBigUint64(at - 12, true));
    if (end + 56 !== at - 20 || data.getUint32(end, true) !== 0x06064b50) throw new Wrong("not-a-zip");
    count = Number(data.getBigUint64(end + 32, true));
    directory = Number(data.getBigUint64(end + 48, true));
  }
  if (directory > at || count > 100_000) throw new Wrong("not-a-zip");
  return { count, directory };
}

function listed(bytes, at) {
  const data = view(bytes);
  if (at + 46 > bytes.length || data.getUint32(at, true) !== 0x02014b50) throw new Wrong("not-a-zip");
  const length = data.getUint16(at + 28, true), extra = data.getUint16(at + 30, true), comment = data.getUint16(at + 32, true);
  if (comment !== 0) throw new Wrong("zip-hidden");
  const one = {
    name: text(bytes.slice(at + 46, at + 46 + length)), flags: data.getUint16(at + 8, true),
    method: data.getUint16(at + 10, true), crc: data.getUint32(at + 16, true), packed: data.getUint32(at + 20, true),
    size: data.getUint32(at + 24, true), offset: data.getUint32(at + 42, true), next: at + 46 + length + extra,
  };
  wide(one, bytes.slice(at + 46 + length, one.next));
  if (one.flags & 1 || ![0, 8].includes(one.method)) throw new Wrong("zip-packed", { name: one.name });
  if (one.size > LARGEST_MEMBER || (one.size > 2 ** 20 && one.size > STEEPEST * Math.max(one.packed, 1))) {
    throw new Wrong("zip-large", { name: one.name });
  }
  return one;
}

/** Sizes beyond 32 bits stand in a further field (ZIP64). */
function wide(one, extra) {
  const data = view(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + data.getUint16(at + 2, true)) {
    if (data.getUint16(at, true) !== 1) continue;
    let place = at + 4;
    for (const name of ["size", "packed", "offset"]) {
      if (one[name] !== 0xffffffff) continue;
      one[name] = Number(data.getBigUint64(place, true));
      place += 8;
    }
  }
}

function refuseTwoFaces(bytes, found, directory) {
  const data = view(bytes);
  let at = 0;
  for (const one of [...found].sort((a, b) => a.offset - b.offset)) {
    const gap = one.offset - at;
    if (!(gap === 0 || (at > 0 && DESCRIPTORS.has(gap)))) throw new Wrong("zip-hidden");
    if (one.offset + 30 > bytes.length || data.getUint32(one.offset, true) !== 0x04034b50) throw new Wrong("zip-two-faces", { name: one.name });
    const length = data.getUint16(one.offset + 26, true), extra = data.getUint16(one.offset + 28, true);
    const name = bytes.slice(one.offset + 30, one.offset + 30 + length);
    const later = (one.flags & 8) !== 0, packed = data.getUint32(one.offset + 18, true), size = data.getUint32(one.offset + 22, true);
    const alike = equal(name, new TextEncoder().encode(one.name)) && data.getUint16(one.offset + 6, true) === one.flags &&
      data.getUint16(one.offset + 8, true) === one.method && (later || data.getUint32(one.offset + 14, true) === one.crc) &&
      (later || packed === 0xffffffff || packed === one.packed) && (later || size === 0xffffffff || size === one.size);
    if (!alike) throw new Wrong("zip-two-faces", { name: one.name });
    one.begin = one.offset + 30 + length + extra;
    at = one.begin + one.packed;
  }
  if (!DESCRIPTORS.has(directory - at)) throw new Wrong("zip-hidden");
}

/** The content of a member, no larger than it says, with the checksum that it says. */
export async function content(bytes, one) {
  const packed = bytes.slice(one.begin, one.begin + one.packed);
  const whole = one.method === 0 ? packed : await inflated(packed, one);
  if (whole.length !== one.size || crc32(whole) !== one.crc) throw new Wrong("zip-damaged", { name: one.name });
  return whole;
}

async function inflated(packed, one) {
  const out = new Uint8Array(one.size);
  let at = 0;
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      if (at + value.length > one.size) {
        await reader.cancel();
        throw new Wrong("zip-damaged", { name: one.name });
      }
      out.set(value, at);
      at += value.length;
    }
  } catch {
    throw new Wrong("zip-damaged", { name: one.name });
  }
  return out.subarray(0, at);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
