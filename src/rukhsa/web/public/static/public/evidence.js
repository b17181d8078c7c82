// Fetched and verified status lists and logs, with a memory of what was seen before.
//
// `memory` holds the newest state of each list and log ({status: {uri: seconds}, logs: {origin: {size, root}}}); an
// older one is refused, so that old files cannot be replayed.

import { hasQuorum, readCheckpoint } from "./checkpoint.js";
import { checkContinues, checkInclusion } from "./log.js";
import { equal, fromBase64, fromUtf8, toBase64 } from "./bytes.js";
import { Refusal, Unavailable } from "./refusal.js";
import { readStatusList } from "./statuslist.js";
import { keysFor, lostKeysFor } from "./trustlist.js";

export class Evidence {
  // `fetchFile(address)` returns the bytes at an address of the trust list, or throws Unavailable.
  constructor(fetchFile, memory = { status: {}, logs: {} }) {
    this.fetchFile = fetchFile;
    this.memory = memory;
  }

  async statusList(uri, authority) {
    const list = await readStatusList(await this.fetchFile(uri), { uri, keys: keysFor(authority, "status") });
    if (list.issuedAt < (this.memory.status[uri] ?? 0)) throw new Refusal("status-rolled-back");
    this.memory.status[uri] = list.issuedAt;
    return list;
  }

  async log(authority) {
    const fetchTile = (path) => this.fetchFile(authority.logAddress + path);
    const checkpoint = await readNewest(asText(await fetchTile("checkpoint")), authority);
    for (const ended of authority.formerLogs) await this.checkSucceeds(ended, checkpoint, fetchTile);
    const seen = this.memory.logs[authority.logOrigin];
    if (seen) await checkContinues({ size: seen.size, root: fromBase64(seen.root) }, checkpoint, fetchTile);
    this.memory.logs[authority.logOrigin] = { size: checkpoint.size, root: toBase64(checkpoint.root) };
    return {
      checkpoint,
      holds: (entry, index) => checkInclusion(entry, index, checkpoint, fetchTile),
      witnessedSize: () => witnessedSize(checkpoint, authority, fetchTile),
    };
  }

  // The log begins with all that one before it had at its end, and with what was seen of that one.
  async checkSucceeds(ended, checkpoint, fetchTile) {
    await checkContinues(ended, checkpoint, fetchTile);
    const seen = this.memory.logs[ended.origin];
    if (!seen) return;
    if (seen.size > ended.size) throw new Refusal("log-rolled-back", `${seen.size}, and it ended at ${ended.size}`);
    await checkContinues({ size: seen.size, root: fromBase64(seen.root) }, checkpoint, fetchTile);
  }
}

// The size of the log that a quorum of the authority's witnesses has cosigned.
async function witnessedSize(checkpoint, authority, fetchTile) {
  if (await hasQuorum(checkpoint.note, authority)) return checkpoint.size;
  let witnessed;
  try {
    witnessed = await readNewest(asText(await fetchTile("checkpoint.witnessed")), authority);
  } catch (error) {
    // Under a compromised key it no longer counts; the witnesses follow the log under the new key.
    if (error instanceof Unavailable || error.code === "log-key-compromised") return 0;
    throw error;
  }
  if (!(await hasQuorum(witnessed.note, authority))) return 0;
  // The log may have grown between the two fetches: either may be the newer one.
  const [first, last] = [checkpoint, witnessed].sort((left, right) => left.size - right.size);
  await checkContinues(first, last, fetchTile);
  return first.size;
}

// Read the checkpoint of a proof, of the authority's log or of one that has ended. What a log says beyond its end, or
// otherwise than it ended, is refused as log-ended: the log that followed must then be checked.
export async function readProving(note, authority) {
  const ended = authority.formerLogs.find(({ origin }) => note.startsWith(`${origin}\n`));
  const checkpoint = await readNewest(note, authority, ended?.origin);
  if (!ended || checkpoint.size < ended.size) return checkpoint;
  if (checkpoint.size === ended.size && equal(checkpoint.root, ended.root)) return checkpoint;
  throw new Refusal("log-ended", `${checkpoint.size}, and it ended at ${ended.size}`);
}

// Read a checkpoint of the authority's log, or of the one named `origin`, under any of its log keys.
export async function readNewest(note, authority, origin = authority.logOrigin) {
  let refusal = new Refusal("bad-checkpoint", "the authority has no log key");
  for (const key of keysFor(authority, "log")) {
    try {
      return await readCheckpoint(note, { origin, key });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error;
    }
  }
  for (const key of lostKeysFor(authority, "log")) {
    if (await signedIt(key, note, origin)) throw new Refusal("log-key-compromised", key.kid);
  }
  throw refusal;
}

async function signedIt(key, note, origin) {
  try {
    await readCheckpoint(note, { origin, key });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}

function asText(bytes) {
  try {
    return fromUtf8(bytes);
  } catch {
    throw new Refusal("bad-checkpoint", "not text");
  }
}
