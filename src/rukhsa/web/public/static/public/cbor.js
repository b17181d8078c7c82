// Deterministic CBOR (RFC 8949 §4.2.1) of a small vocabulary, read strictly.
//
// Integers, byte strings, text, arrays, maps with integer or text keys, true, false and null. Tags, floats,
// indefinite lengths, long forms, and duplicate or unordered keys are refused, so that no two byte strings mean the same.
// A map becomes a Map; an integer becomes a number if that is exact, otherwise a BigInt.

import { compare, concat, fromUtf8, utf8 } from "./bytes.js";
import { Refusal } from "./refusal.js";

const MAXIMUM_DEPTH = 4;
const SIMPLE = new Map([[0xf4, false], [0xf5, true], [0xf6, null]]);

export function read(data, { ordered = true } = {}) {
  const [value, end] = item(data, 0, MAXIMUM_DEPTH, ordered);
  if (end !== data.length) throw new Refusal("trailing-bytes", `${data.length - end} bytes after the item`);
  return value;
}

// The shortest head of an item: RFC 8949 §3. `argument` is a number below 2 to the 53.
export function head(major, argument) {
  const first = major << 5;
  if (argument < 24) return Uint8Array.of(first | argument);
  for (const [size, information] of [[1, 24], [2, 25], [4, 26], [8, 27]]) {
    if (argument < 2 ** (8 * size)) return concat(Uint8Array.of(first | information), bigEndian(argument, size));
  }
  throw new Refusal("too-large", "an integer of more than 64 bits");
}

export function byteString(bytes) {
  return concat(head(2, bytes.length), bytes);
}

export function textString(text) {
  const encoded = utf8(text);
  return concat(head(3, encoded.length), encoded);
}

function bigEndian(number, size) {
  const bytes = new Uint8Array(size);
  for (let at = size - 1; at >= 0; at--) {
    bytes[at] = number % 256;
    number = Math.floor(number / 256);
  }
  return bytes;
}

function item(data, at, depth, ordered) {
  const [major, argument, next] = readHead(data, at);
  if (major === 0) return [argument, next];
  if (major === 1) return [typeof argument === "bigint" ? -1n - argument : -1 - argument, next];
  if (major === 2 || major === 3) return readString(data, next, major, argument);
  if (major === 7) return [SIMPLE.get(argument), next];
  if (!depth) throw new Refusal("too-deep");
  return (major === 4 ? readArray : readMap)(data, next, argument, depth, ordered);
}

function readHead(data, at) {
  if (at >= data.length) throw new Refusal("cut-short");
  const first = data[at];
  const major = first >> 5;
  const information = first & 31;
  if (major === 6) throw new Refusal("tag");
  if (major === 7) {
    if (!SIMPLE.has(first)) throw new Refusal("bad-type", "a float, a simple value or a break");
    return [7, first, at + 1];
  }
  if (information < 24) return [major, information, at + 1];
  return [major, ...longArgument(data, at + 1, information)];
}

function longArgument(data, at, information) {
  if (information > 27) throw new Refusal("indefinite-length");
  const size = 1 << (information - 24);
  if (at + size > data.length) throw new Refusal("cut-short");
  let argument = 0n;
  for (const byte of data.subarray(at, at + size)) argument = (argument << 8n) | BigInt(byte);
  if (argument < (size === 1 ? 24n : 1n << BigInt(4 * size))) throw new Refusal("not-shortest");
  const exact = argument <= BigInt(Number.MAX_SAFE_INTEGER);
  return [exact ? Number(argument) : argument, at + size];
}

function readString(data, at, major, length) {
  const end = at + Number(length);
  if (end > data.length) throw new Refusal("cut-short");
  const bytes = data.slice(at, end);
  return [major === 2 ? bytes : fromUtf8(bytes), end];
}

function readArray(data, at, length, depth, ordered) {
  if (length > data.length) throw new Refusal("cut-short");
  const values = [];
  for (let count = 0; count < length; count++) {
    const [value, next] = item(data, at, depth - 1, ordered);
    values.push(value);
    at = next;
  }
  return [values, at];
}

function readMap(data, at, length, depth, ordered) {
  if (length > data.length) throw new Refusal("cut-short");
  const values = new Map();
  let previous = new Uint8Array();
  for (let count = 0; count < length; count++) {
    const [key, next] = item(data, at, 0, ordered);
    if (!["number", "bigint", "string"].includes(typeof key)) throw new Refusal("bad-key");
    const encoded = data.subarray(at, next);
    if (values.has(key) || (ordered && compare(encoded, previous) <= 0)) {
      throw new Refusal("key-order", "a key twice or out of order");
    }
    previous = encoded;
    const [value, end] = item(data, next, depth - 1, ordered);
    values.set(key, value);
    at = end;
  }
  return [values, at];
}
