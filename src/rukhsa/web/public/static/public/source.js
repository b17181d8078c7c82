// The sources of the page: the public files of its host, those stored on this device, and the
// memory of what was seen before.

import { fromUtf8 } from "./bytes.js";
import { keepFiles, keptBytes } from "./kept.js";
import { Refusal, Unavailable } from "./refusal.js";
import { readTrustList } from "./trustlist.js";

const MEMORY = "rukhsa-seen";
const TIMEOUT = 8000;
const MAXIMUM_SIZE = 4 * 2 ** 20;
const FOR_EVER = /\/tile\/([0-9]+|entries)\/(x[0-9]{3}\/)*[0-9]{3}$/; // a full tile of a log never changes

// The files of one question: each from the network, or if that fails from the device. What the network returned
// and was refused is never replaced by a stored file: the refusal is the answer.
export class Source {
  constructor() {
    this.fetched = new Map();
    this.isCut = false; // after one failure the network is not tried again
    this.usedKept = false;
  }

  fetch = async (address) => {
    const path = pathOf(address);
    if (FOR_EVER.test(path)) {
      const kept = await keptBytes(path);
      if (kept) return kept;
    }
    try {
      const bytes = await this.fetchAnew(path);
      this.fetched.set(path, bytes);
      return bytes;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      const kept = await keptBytes(path);
      if (!kept) throw error;
      this.usedKept = true;
      return kept;
    }
  };

  // Store what was fetched, once it has verified; return whether it could be stored.
  keep() {
    return keepFiles(this.fetched);
  }

  async fetchAnew(path) {
    if (this.isCut) throw new Unavailable("unreachable", `${path}: there was no connection a moment ago`);
    // Changing files bypass the browser's cache: people are told their age.
    const cache = FOR_EVER.test(path) ? "default" : "no-cache";
    let response;
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      response = await fetch(path, { signal, cache, credentials: "omit", redirect: "error" });
    } catch (error) {
      this.isCut = true;
      throw new Unavailable("unreachable", `${path}: ${error.message}`);
    }
    if (!response.ok) throw new Unavailable("no-such-file", `${path}: ${response.status}`);
    return wholeBody(response, path);
  }
}

async function wholeBody(response, path) {
  try {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > MAXIMUM_SIZE) throw new Unavailable("too-large", path);
    return bytes;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Unavailable("unreachable", `${path}: ${error.message}`);
  }
}

// Where the page lies: the folder that holds its assets, "/" or a part of a site with other pages.
export const BASE = /^(.*?\/)assets\//.exec(new URL(import.meta.url).pathname)?.[1] ?? "/";

// The trust list names files by their official address; they are fetched from where this page came from.
export function pathOf(address) {
  return address.startsWith("https://") ? BASE + new URL(address).pathname.slice(1) : address;
}

// The newest trust list that the pinned root signed: the host's or a stored one; or null.
export async function fetchTrustList(settings, memory) {
  const source = new Source();
  const ways = [() => source.fetchAnew(settings.trustList), () => keptBytes(settings.trustList)];
  for (const load of ways) {
    try {
      const bytes = await load();
      if (!bytes) continue;
      const trustList = await readTrustList(fromUtf8(bytes), settings.root);
      // An older list than one seen before could bring back a removed key.
      if (trustList.version < memory.trustList) throw new Refusal("trust-list-rolled-back");
      memory.trustList = trustList.version;
      await keepFiles(new Map([[settings.trustList, bytes]]));
      return trustList;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      console.info("a trust list is passed over", error.code, error.detail);
    }
  }
  return null;
}

let memoryOfThisPage = { status: {}, logs: {}, trustList: 0 }; // if the browser stores nothing

// What was seen before on this device: numbers of lists and sizes of logs, nothing about any document.
export function recall() {
  try {
    return merged(JSON.parse(localStorage.getItem(MEMORY) ?? "{}"), memoryOfThisPage);
  } catch {
    return structuredClone(memoryOfThisPage);
  }
}

// Store what was seen, merged with what another window saw meanwhile; return whether it could be stored.
export function remember(memory) {
  memoryOfThisPage = merged(memory, recall());
  try {
    localStorage.setItem(MEMORY, JSON.stringify(memoryOfThisPage));
    return true;
  } catch (error) {
    console.info("this browser keeps nothing", error.name);
    return false;
  }
}

// The newer of each.
function merged(one, other) {
  const memory = { status: { ...other.status }, logs: { ...other.logs }, trustList: other.trustList };
  for (const [uri, at] of Object.entries(one.status ?? {})) memory.status[uri] = Math.max(at, memory.status[uri] ?? 0);
  for (const [origin, log] of Object.entries(one.logs ?? {})) {
    if (log.size >= (memory.logs[origin]?.size ?? 0)) memory.logs[origin] = log;
  }
  memory.trustList = Math.max(one.trustList ?? 0, memory.trustList);
  return memory;
}
