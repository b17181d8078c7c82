// Checkpoints of a log: C2SP signed notes under an Ed25519 key, with the time as an extension line.

import { concat, equal, fromBase64, sha256, utf8 } from "./bytes.js";
import { verifies } from "./keys.js";
import { Refusal } from "./refusal.js";

const MAXIMUM_LENGTH = 4096;
const BODY =
  /^([!-~]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\nat ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\n$/;
const SIGNATURE = /^— ([!-~]+) ([A-Za-z0-9+/]+={0,2})$/;

// Read a checkpoint of `origin` signed by `key`; signatures of others are passed over.
export async function readCheckpoint(note, { origin, key }) {
  if (note.length > MAXIMUM_LENGTH) throw bad("too long");
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n")) throw bad("not a signed note");
  const body = note.slice(0, gap + 1);
  const match = BODY.exec(body);
  if (!match) throw bad("origin, size, root and time, a line each");
  if (match[1] !== origin) throw bad("of another log");
  await verify(body, note.slice(gap + 2, -1).split("\n"), origin, key);
  const at = Date.parse(match[4]) / 1000;
  if (Number.isNaN(at)) throw bad("the time");
  return { origin, size: Number(match[2]), root: hash(match[3]), at };
}

async function verify(body, lines, origin, key) {
  // C2SP signed-note: the four bytes that name an Ed25519 key.
  const named = concat(utf8(`${origin}\n`), Uint8Array.of(1), key.point);
  const expected = (await sha256(named)).subarray(0, 4);
  for (const line of lines) {
    const match = SIGNATURE.exec(line);
    if (!match) throw bad("a malformed line of signature");
    const signature = hash(match[2]);
    if (match[1] !== origin || !equal(signature.subarray(0, 4), expected)) continue;
    if (await verifies(key, signature.subarray(4), utf8(body))) return;
    throw bad("the log's signature does not verify");
  }
  throw bad("not signed by the log's key");
}

function hash(text) {
  try {
    return fromBase64(text);
  } catch (error) {
    if (error instanceof Refusal) throw bad("not base64");
    throw error;
  }
}

function bad(detail) {
  return new Refusal("bad-checkpoint", detail);
}
