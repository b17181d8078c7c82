// The signed public files stored on this device for offline use: only files that verified.

const NAME = "rukhsa-kept";
const OF_A_LOG = /\/tile\/|\/checkpoint(\.witnessed)?$/;
const PARTIAL = /^(.*\/tile\/.+\.p)\/[0-9]+$/;

// The stored bytes of a file; null if there are none, or if this browser stores nothing.
export async function keptBytes(path) {
  try {
    const response = await (await caches.open(NAME)).match(path);
    return response ? new Uint8Array(await response.arrayBuffer()) : null;
  } catch (error) {
    console.info("this browser keeps nothing", error.name);
    return null;
  }
}

// Store files, a Map of path to bytes; return whether they could be stored.
export async function keepFiles(files) {
  try {
    const cache = await caches.open(NAME);
    if ([...files.keys()].some((path) => PARTIAL.test(path))) await forgetShorter(cache, files);
    for (const [path, bytes] of files) await cache.put(path, new Response(bytes));
    return true;
  } catch (error) {
    console.info("this browser keeps nothing", error.name);
    return false;
  }
}

// The paths of the stored files.
export async function keptPaths() {
  try {
    const requests = await (await caches.open(NAME)).keys();
    return new Set(requests.map((request) => new URL(request.url).pathname));
  } catch {
    return new Set();
  }
}

// Inconsistent files are fetched again the next time.
export async function forgetLogs() {
  try {
    const cache = await caches.open(NAME);
    for (const path of await keptPaths()) if (OF_A_LOG.test(path)) await cache.delete(path);
  } catch (error) {
    console.info("this browser keeps nothing", error.name);
  }
}

// The last tile of a log grows: its shorter forms are obsolete.
async function forgetShorter(cache, files) {
  const growing = new Set([...files.keys()].map((path) => PARTIAL.exec(path)?.[1]));
  for (const path of await keptPaths()) if (growing.has(PARTIAL.exec(path)?.[1] ?? null)) await cache.delete(path);
}
