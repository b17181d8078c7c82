// The log as tiles (C2SP tlog-tiles, RFC 9162): whether an entry is in it, and whether it only grows.
//
// The tile of 256 leaves that holds an entry is fetched whole, so that the server cannot tell which one. Roots are
// computed from the tiles; no statement of the server is trusted.

import { concat, equal, sha256 } from "./bytes.js";
import { Refusal, Unavailable } from "./refusal.js";

const WIDTH = 256;
const HEIGHT = 8;
const HASH = 32;

// Whether `entry` is at `index` of the checkpoint's log. `fetchTile(path)` returns bytes.
export async function checkInclusion(entry, index, checkpoint, fetchTile) {
  const log = { size: checkpoint.size, fetchTile, tiles: new Map() };
  const tile = await readTile(log, 0, Math.floor(index / WIDTH));
  if (!equal(await rootThrough(log, 0, log.size, index), checkpoint.root)) {
    throw new Refusal("bad-inclusion", "the tiles do not lead to the root");
  }
  const at = (index % WIDTH) * HASH;
  return equal(tile.subarray(at, at + HASH), await sha256(concat(Uint8Array.of(0), entry)));
}

// Refuse a log that is not a continuation of an earlier checkpoint (RFC 9162 §2.1.4).
export async function checkContinues(earlier, checkpoint, fetchTile) {
  if (checkpoint.size < earlier.size) throw new Refusal("log-rolled-back", `${earlier.size}, then ${checkpoint.size}`);
  if (checkpoint.size === earlier.size && !equal(checkpoint.root, earlier.root)) {
    throw new Refusal("log-forked", `two trees of ${earlier.size}`);
  }
  if (!earlier.size) return;
  if (checkpoint.size === earlier.size) {
    if (equal(earlier.root, checkpoint.root)) return;
    throw new Refusal("log-forked", "another log of the same size");
  }
  const log = { size: checkpoint.size, fetchTile, tiles: new Map() };
  const roots = await rootsAround(log, earlier.size, 0, log.size);
  if (!equal(roots.whole, checkpoint.root)) throw new Refusal("bad-tile", "the tiles do not lead to the root");
  if (!equal(roots.first, earlier.root)) throw new Refusal("log-forked", `${checkpoint.size}, ${earlier.size}`);
}

// Refuse a log whose right edge does not lead to the root; the edge is part of every proof.
export async function checkEdge(checkpoint, fetchTile) {
  if (!checkpoint.size) return;
  const log = { size: checkpoint.size, fetchTile, tiles: new Map() };
  await readTile(log, 0, Math.floor((checkpoint.size - 1) / WIDTH));
  if (equal(await subtree(log, 0, log.size), checkpoint.root)) return;
  throw new Refusal("bad-inclusion", "the tiles do not lead to the root");
}

// Refuse a full tile whose hash is not in the tile above it (a partial one belongs to the edge).
export async function checkTile(checkpoint, { level, number, width }, fetchTile, tiles = new Map()) {
  if (width < WIDTH) return;
  const log = { size: checkpoint.size, fetchTile, tiles };
  const above = await readTile(log, level + 1, Math.floor(number / WIDTH));
  const at = (number % WIDTH) * HASH;
  const root = await rootOf(await readTile(log, level, number));
  if (!equal(root, above.subarray(at, at + HASH))) throw new Refusal("bad-tile", tilePath(level, number));
}

// The tiles of a log of `size` entries as {level, number, width, path}: highest level first, newest first in each.
export function tilesOf(size) {
  const tiles = [];
  for (let [level, count] = [0, size]; count > 0; level++, count = Math.floor(count / WIDTH)) {
    const those = Array.from({ length: Math.ceil(count / WIDTH) }, (_, number) => {
      const width = Math.min(WIDTH, count - number * WIDTH);
      const path = tilePath(level, number) + (width < WIDTH ? `.p/${width}` : "");
      return { level, number, width, path };
    });
    tiles.unshift(...those.reverse());
  }
  return tiles;
}

// The hash over the entries from `start` to `end`; on the way to `index` it is computed from the leaves themselves.
async function rootThrough(log, start, end, index) {
  if (index < start || index >= end) return subtree(log, start, end);
  if (end - start <= WIDTH) return rootOf((await readTile(log, 0, start / WIDTH)).subarray(0, (end - start) * HASH));
  const middle = start + largestPowerBelow(end - start);
  return node(await rootThrough(log, start, middle, index), await rootThrough(log, middle, end, index));
}

// The hashes over `start` to `end` and over `start` to `cut`, both from the same nodes, so that one proves the other.
async function rootsAround(log, cut, start, end) {
  if (cut === end) {
    const whole = await subtree(log, start, end);
    return { first: whole, whole };
  }
  const middle = start + largestPowerBelow(end - start);
  if (cut <= middle) {
    const left = await rootsAround(log, cut, start, middle);
    return { first: left.first, whole: await node(left.whole, await subtree(log, middle, end)) };
  }
  const left = await subtree(log, start, middle);
  const right = await rootsAround(log, cut, middle, end);
  return { first: await node(left, right.first), whole: await node(left, right.whole) };
}

async function subtree(log, start, end) {
  const count = end - start;
  if (!isPowerOfTwo(count)) {
    const middle = start + largestPowerBelow(count);
    return node(await subtree(log, start, middle), await subtree(log, middle, end));
  }
  const height = Math.log2(count);
  const level = Math.floor(height / HEIGHT);
  const first = start / WIDTH ** level;
  const tile = await readTile(log, level, Math.floor(first / WIDTH));
  const at = (first % WIDTH) * HASH;
  return rootOf(tile.subarray(at, at + HASH * 2 ** (height % HEIGHT)));
}

async function readTile(log, level, number) {
  const path = tilePath(level, number);
  if (!log.tiles.has(path)) log.tiles.set(path, await fetchWhole(log, level, number, path));
  return log.tiles.get(path);
}

async function fetchWhole(log, level, number, path) {
  const width = Math.min(WIDTH, Math.floor(log.size / WIDTH ** level) - number * WIDTH);
  if (width <= 0) throw new Refusal("no-such-tile", path);
  let tile;
  try {
    tile = await log.fetchTile(width === WIDTH ? path : `${path}.p/${width}`);
  } catch (error) {
    // A partial tile may have been replaced by the full one.
    if (width === WIDTH || !(error instanceof Unavailable)) throw error;
    tile = (await log.fetchTile(path)).subarray(0, width * HASH);
  }
  if (tile.length !== width * HASH) throw new Refusal("bad-tile", `${path} has ${tile.length} bytes`);
  return tile;
}

// C2SP tlog-tiles: groups of three digits, all but the last with an x before them.
export function tilePath(level, number) {
  const groups = [String(number % 1000).padStart(3, "0")];
  for (let rest = Math.floor(number / 1000); rest; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${level}/${groups.join("/")}`;
}

async function rootOf(hashes) {
  let row = [];
  for (let at = 0; at < hashes.length; at += HASH) row.push(hashes.subarray(at, at + HASH));
  while (row.length > 1) {
    const above = [];
    for (let at = 0; at < row.length - 1; at += 2) above.push(await node(row[at], row[at + 1]));
    if (row.length % 2) above.push(row.at(-1));
    row = above;
  }
  return row[0];
}

function node(left, right) {
  return sha256(concat(Uint8Array.of(1), left, right));
}

// The largest power of two below `size` (at least 2), where a tree divides.
function largestPowerBelow(size) {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

function isPowerOfTwo(count) {
  return count === 1 || largestPowerBelow(count) * 2 === count;
}
