// Is this leaf in the tree, and did the tree only grow?  RFC 9162, section 2.1, over SHA-256.
//
// Sizes may exceed 32 bits, so halves are taken by division, never by shifting.

import { equal, sha256 } from "./bytes.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const half = (n) => Math.floor(n / 2);
const odd = (n) => n % 2 === 1;
const areHashes = (...hashes) => hashes.every((h) => h instanceof Uint8Array && h.length === 32);

export const leafHash = (data) => sha256(LEAF, data);
export const nodeHash = (left, right) => sha256(NODE, left, right);

/** Whether the leaf with this hash is number `index` of the tree of `size` leaves with this root (2.1.3.2). */
export async function inTree(leaf, index, size, proof, root) {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size)) return false;
  if (!areHashes(leaf, root, ...proof)) return false;
  let place = index, last = size - 1, node = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (odd(place) || place === last) {
      node = await nodeHash(sibling, node);
      while (!odd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      node = await nodeHash(node, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equal(node, root);
}

/** Whether the tree of `second` leaves begins with that of `first` (2.1.4.2). */
export async function grew(first, second, proof, firstRoot, secondRoot) {
  if (!(Number.isSafeInteger(first) && Number.isSafeInteger(second) && first >= 1 && first <= second)) return false;
  if (!areHashes(firstRoot, secondRoot, ...proof)) return false;
  if (first === second) return proof.length === 0 && equal(firstRoot, secondRoot);
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : [...proof];
  if (path.length === 0) return false;
  let place = first - 1, last = second - 1;
  while (odd(place)) [place, last] = [half(place), half(last)];
  let old = path[0], now = path[0];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (odd(place) || place === last) {
      old = await nodeHash(sibling, old);
      now = await nodeHash(sibling, now);
      while (!odd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      now = await nodeHash(now, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equal(old, firstRoot) && equal(now, secondRoot);
}

function isPowerOfTwo(n) {
  while (n > 1 && n % 2 === 0) n /= 2;
  return n === 1;
}

/** The right edge of a growing tree: enough to know the root after every leaf. */
export class Frontier {
  #edge = [];
  size = 0;

  async append(leaf) {
    let place = this.size, node = leaf;
    this.size += 1;
    while (odd(place)) {
      node = await nodeHash(this.#edge.pop(), node);
      place = half(place);
    }
    this.#edge.push(node);
  }

  async root() {
    if (this.size === 0) return sha256();
    let node = this.#edge[this.#edge.length - 1];
    for (const left of this.#edge.slice(0, -1).reverse()) node = await nodeHash(left, node);
    return node;
  }
}
