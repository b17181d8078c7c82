// Where the page's knowledge comes from: the public files of its own host, and the memory of what was seen before.

import { fromUtf8 } from "./bytes.js";
import { Refusal, Unavailable } from "./refusal.js";
import { readTrustList } from "./trustlist.js";

const MEMORY = "rukhsa-seen";
const KEPT_LIST = "rukhsa-trust-list";
const TIMEOUT = 8000;
const MAXIMUM_SIZE = 4 * 2 ** 20;

// The bytes of a public file. The trust list names it by its official address; this page's own host serves it.
export async function fetchFile(address) {
  const path = address.startsWith("https://") ? new URL(address).pathname : address;
  let response;
  try {
    response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT), credentials: "omit", redirect: "error" });
    if (!response.ok) throw new Unavailable("no-such-file", `${path}: ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > MAXIMUM_SIZE) throw new Unavailable("too-large", path);
    return bytes;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Unavailable("unreachable", `${path}: ${error.message}`);
  }
}

// The newest trust list that the pinned root signed: the host's, or the one kept from an earlier visit; or null.
export async function fetchTrustList(settings, memory) {
  for (const load of [() => fetchFile(settings.trustList).then(fromUtf8), async () => keptList()]) {
    try {
      const text = await load();
      const trustList = await readTrustList(text, settings.root);
      // An older list than one seen before could bring back a key that was struck off.
      if (trustList.version < (memory.trustList ?? 0)) throw new Refusal("trust-list-rolled-back");
      memory.trustList = trustList.version;
      store(KEPT_LIST, text);
      return trustList;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return null;
}

// What was seen before on this device: numbers of lists and sizes of logs, nothing about any document.
export function recall() {
  try {
    const memory = JSON.parse(localStorage.getItem(MEMORY) ?? "{}");
    return { status: memory.status ?? {}, logs: memory.logs ?? {}, trustList: memory.trustList ?? 0 };
  } catch {
    return { status: {}, logs: {}, trustList: 0 };
  }
}

export function remember(memory) {
  store(MEMORY, JSON.stringify(memory));
}

function keptList() {
  const text = localStorage.getItem(KEPT_LIST);
  if (!text) throw new Unavailable("no-such-file", KEPT_LIST);
  return text;
}

function store(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch (error) {
    console.info("this browser keeps nothing", error.name);
  }
}
