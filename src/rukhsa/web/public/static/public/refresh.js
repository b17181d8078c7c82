// Updates the files for offline use: status lists, checkpoints, and on request the log itself.

import { fromUtf8 } from "./bytes.js";
import { Evidence, readNewest } from "./evidence.js";
import { keptBytes, keptPaths } from "./kept.js";
import { checkEdge, checkTile, tilesOf } from "./log.js";
import { Refusal, Unavailable } from "./refusal.js";
import { pathOf, Source } from "./source.js";
import { readStatusList } from "./statuslist.js";
import { keysFor } from "./trustlist.js";

const MOST_LISTS = 64;
const MOST_TILES = 2048; // of a log: 16 MB, half a million entries

// Fetch the lists of every authority, and with `whole` each log; `tell(done, all)` reports the progress.
// Return whether the network answered. A file is stored once it has verified; any other is skipped.
export async function refresh(trustList, memory, { whole = false, tell = () => {} } = {}) {
  const answered = [];
  for (const authority of trustList.authorities) {
    answered.push(await refreshStatus(authority, memory), await refreshLog(authority, memory, { whole, tell }));
  }
  return answered.some(Boolean);
}

// The lists of an authority are numbered from 0; the first missing one ends them.
async function refreshStatus(authority, memory) {
  let answered = false;
  for (const folder of authority.status) {
    for (let number = 0; number < MOST_LISTS; number++) {
      const source = new Source();
      const done = await passingOver(() => new Evidence(source.fetch, memory).statusList(`${folder}${number}.cwt`, authority), source);
      answered ||= source.fetched.size > 0;
      if (!done) break;
    }
  }
  return answered;
}

async function refreshLog(authority, memory, { whole, tell }) {
  const source = new Source();
  const evidence = new Evidence(source.fetch, memory);
  let checkpoint = null;
  await passingOver(async () => {
    const view = await evidence.log(authority);
    await checkEdge(view.checkpoint, (path) => source.fetch(authority.logAddress + path));
    checkpoint = view.checkpoint;
  }, source);
  if (checkpoint && whole) await keepTiles(authority, checkpoint, tell);
  return source.fetched.size > 0;
}

// Every tile, each checked against the tile above it, the newest first, since new documents are verified most.
async function keepTiles(authority, checkpoint, tell) {
  const kept = await keptPaths();
  const folder = pathOf(authority.logAddress);
  const missing = tilesOf(checkpoint.size).filter(({ path }) => !kept.has(folder + path)).slice(0, MOST_TILES);
  const seen = new Map();
  for (const [at, tile] of missing.entries()) {
    const source = new Source();
    const fetchTile = (path) => source.fetch(authority.logAddress + path);
    await passingOver(() => checkTile(checkpoint, tile, fetchTile, seen), source);
    tell(at + 1, missing.length);
  }
}

// Run it and store the files; a refusal is logged for engineers and does not stop the rest.
async function passingOver(act, source) {
  try {
    await act();
    await source.keep();
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (!(error instanceof Unavailable)) console.warn("not kept", error.code, error.detail);
    return false;
  }
}

// The stored files, as {lists, statusIssuedAt, entries, covered, logAt}: of several lists and logs the oldest counts.
export async function stateOf(trustList) {
  const kept = await keptPaths();
  const state = { lists: 0, statusIssuedAt: null, expiresAt: null, entries: 0, covered: 0, logAt: null };
  for (const authority of trustList.authorities) {
    await addLists(state, authority, kept);
    await addLog(state, authority, kept);
  }
  return state;
}

async function addLists(state, authority, kept) {
  for (const folder of authority.status) {
    for (let number = 0; kept.has(pathOf(`${folder}${number}.cwt`)); number++) {
      const uri = `${folder}${number}.cwt`;
      const token = await keptBytes(pathOf(uri));
      const list = await readStatusList(token, { uri, keys: keysFor(authority, "status") });
      state.lists++;
      state.statusIssuedAt = Math.min(list.issuedAt, state.statusIssuedAt ?? Infinity);
      state.expiresAt = Math.min(list.expiresAt ?? 0, state.expiresAt ?? Infinity);
    }
  }
}

async function addLog(state, authority, kept) {
  const folder = pathOf(authority.logAddress);
  const note = await keptBytes(`${folder}checkpoint`);
  if (!note) return;
  const checkpoint = await readNewest(fromUtf8(note), authority);
  state.entries += checkpoint.size;
  state.logAt = Math.min(checkpoint.at, state.logAt ?? Infinity);
  const leaves = tilesOf(checkpoint.size).filter(({ level, path }) => level === 0 && kept.has(folder + path));
  state.covered += leaves.reduce((sum, { width }) => sum + width, 0);
}
