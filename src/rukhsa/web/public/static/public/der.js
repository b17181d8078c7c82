// DER (X.690): items of definite, shortest length, which fill their container.

import { Refusal } from "./refusal.js";

export const [INTEGER, BITS, OCTETS, OID, SEQUENCE, SET] = [0x02, 0x03, 0x04, 0x06, 0x30, 0x31];

// The item at the beginning of `bytes`: {tag, content, whole}, as views of the bytes.
export function readItem(bytes) {
  const [tag, first] = bytes;
  if (first === undefined || (tag & 0x1f) === 0x1f) throw bad("not an item");
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || more > 3 || bytes.length < 2 + more) throw bad("a length");
  const length = more ? bytes.subarray(2, 2 + more).reduce((sum, byte) => sum * 256 + byte, 0) : first;
  if (more && (length < 0x80 || bytes[2] === 0)) throw bad("a length that is not the shortest");
  const end = 2 + more + length;
  if (end > bytes.length) throw bad("cut");
  return { tag, content: bytes.subarray(2 + more, end), whole: bytes.subarray(0, end) };
}

// The items that fill `bytes`.
export function readItems(bytes) {
  const items = [];
  for (let rest = bytes; rest.length; rest = rest.subarray(items.at(-1).whole.length)) items.push(readItem(rest));
  return items;
}

// The items inside an item of a tag.
export function inside(item, tag) {
  return readItems(only(item, tag).content);
}

// The item itself, if it is of a tag.
export function only(item, tag) {
  if (item?.tag !== tag) throw bad(`not of tag ${tag}`);
  return item;
}

function bad(detail) {
  return new Refusal("bad-der", detail);
}
