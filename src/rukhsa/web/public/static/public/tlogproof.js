// The C2SP tlog-proof file: evidence in a few lines of text that an entry is in a log.

import { concat, equal, fromBase64, sha256 } from "./bytes.js";
import { MAXIMUM_LENGTH } from "./checkpoint.js";
import { Refusal } from "./refusal.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const INDEX = /^index (0|[1-9][0-9]{0,15})$/;
const EXTRA = /^extra [A-Za-z0-9+/]+={0,2}$/;

// Read the text of a proof: its index, hashes, and the checkpoint's note. Extra data is ignored.
export function readProof(text) {
  const gap = text.indexOf("\n\n");
  const [header, ...lines] = text.slice(0, Math.max(gap, 0)).split("\n");
  if (EXTRA.test(lines[0])) lines.shift();
  const index = INDEX.exec(lines[0] ?? "");
  if (text.length > MAXIMUM_LENGTH + 8192 || gap < 0 || header !== HEADER || !index || lines.length > 64) {
    throw new Refusal("bad-proof", "not a tlog-proof of version 1");
  }
  const note = text.slice(gap + 2);
  // The text without extra data, which has exactly one form.
  const written = `${[header, ...lines].join("\n")}\n\n${note}`;
  return { index: Number(index[1]), hashes: lines.slice(1).map(hash), note, written };
}

// RFC 9162 §2.1.3.2: refuse unless `entry` is at the proof's index under the checkpoint.
export async function checkProof({ index, hashes }, entry, checkpoint) {
  if (index >= checkpoint.size) throw new Refusal("bad-inclusion", `index ${index} of ${checkpoint.size}`);
  let [node, last] = [BigInt(index), BigInt(checkpoint.size - 1)];
  let current = await sha256(concat(Uint8Array.of(0), entry));
  for (const sibling of hashes) {
    if (last === 0n) throw new Refusal("bad-inclusion", "the proof is too long");
    if (node & 1n || node === last) {
      current = await inner(sibling, current);
      while (!(node & 1n) && node) [node, last] = [node >> 1n, last >> 1n];
    } else {
      current = await inner(current, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  if (last || !equal(current, checkpoint.root)) throw new Refusal("bad-inclusion", "the proof does not lead to the root");
}

function inner(left, right) {
  return sha256(concat(Uint8Array.of(1), left, right));
}

function hash(line) {
  const bytes = fromBase64(line);
  if (bytes.length !== 32) throw new Refusal("bad-proof", "a hash is not of 32 bytes");
  return bytes;
}
