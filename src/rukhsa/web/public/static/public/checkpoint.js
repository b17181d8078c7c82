// Checkpoints of a log: C2SP signed notes under an Ed25519 key, with the time as an extension line.

import { concat, equal, fromBase64, sha256, utf8 } from "./bytes.js";
import { verifies } from "./keys.js";
import { Refusal } from "./refusal.js";

export const MAXIMUM_LENGTH = 65536; // room for sixteen signatures of any kind, as C2SP signed-note demands
const BODY =
  /^([!-~]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\nat ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\n$/;
// The name of a key: anything but control characters, Unicode's spaces and plus.
const SIGNATURE =
  /^— ([^\x00-\x20+\x7f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+) ([A-Za-z0-9+/]+={0,2})$/;
const TIMESTAMPED_ED25519 = 4;

// Read a checkpoint of `origin` signed by `key`; other signatures are ignored.
export async function readCheckpoint(note, { origin, key }) {
  const { body, signatures } = openNote(note);
  const match = BODY.exec(body);
  if (!match) throw bad("origin, size, root and time, a line each");
  if (match[1] !== origin) throw bad("of another log");
  await verify(body, signatures, origin, key);
  const at = Date.parse(match[4]) / 1000;
  if (Number.isNaN(at)) throw bad("the time");
  return { origin, size: Number(match[2]), root: hash(match[3]), at, note };
}

// Whether so many witnesses cosigned (C2SP tlog-cosignature, Ed25519); each key counts once. Other lines are
// ignored; an invalid one of a known witness invalidates the note.
export async function hasQuorum(note, { witnesses, quorum }) {
  const { body, signatures } = openNote(note);
  const cosigned = new Set();
  for (const witness of witnesses) {
    const keyId = await nameOf(witness.name, TIMESTAMPED_ED25519, witness);
    for (const { value } of signatures.filter((line) => line.name === witness.name && equal(line.keyId, keyId))) {
      const seconds = value.subarray(0, 8).reduce((number, byte) => number * 256n + BigInt(byte), 0n);
      const message = utf8(`cosignature/v1\ntime ${seconds}\n${body}`);
      const holds = seconds < 1n << 63n && (await verifies(witness, value.subarray(8), message));
      if (!holds) throw new Refusal("bad-cosignature", witness.name);
      cosigned.add(witness.kid);
    }
  }
  return cosigned.size >= quorum;
}

function openNote(note) {
  if (note.length > MAXIMUM_LENGTH) throw bad("too long");
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n")) throw bad("not a signed note");
  return { body: note.slice(0, gap + 1), signatures: note.slice(gap + 2, -1).split("\n").map(readSignature) };
}

function readSignature(line) {
  const match = SIGNATURE.exec(line);
  const bytes = match ? hash(match[2]) : [];
  if (bytes.length < 5) throw bad("a malformed line of signature");
  return { name: match[1], keyId: bytes.subarray(0, 4), value: bytes.subarray(4) };
}

async function verify(body, signatures, origin, key) {
  const expected = await nameOf(origin, 1, key);
  const ours = signatures.filter(({ name, keyId }) => name === origin && equal(keyId, expected));
  if (!ours.length) throw bad("not signed by the log's key");
  for (const { value } of ours) {
    if (!(await verifies(key, value, utf8(body)))) throw bad("the log's signature does not verify");
  }
}

// C2SP signed-note: the four-byte id of an Ed25519 key, for signatures of a type.
async function nameOf(name, type, key) {
  return (await sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), key.point))).subarray(0, 4);
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
