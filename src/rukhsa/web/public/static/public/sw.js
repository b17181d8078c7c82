// The service worker: caches the page's own files as one release, and serves them before the network.
//
// The server writes the files and their digests into it; a file with another digest is not cached, so
// that a release is complete or absent. Signed public files are stored by the page, once they verified.

const KEPT = /* what is kept */;
const HERE = inThisScope(KEPT);
const CACHE = `rukhsa-page-${KEPT.version}`;
const EVERY_RELEASE = "rukhsa-page-";
const SHARED = "rukhsa-shared";
const DIGESTS = { ...HERE.atOnce, ...HERE.whenAskedFor };

addEventListener("install", (event) => event.waitUntil(keep(HERE.atOnce).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});
// The page asks for the scanner to be cached, and is told whether it is.
addEventListener("message", (event) => {
  if (event.data !== "keep-scanner") return;
  const [port] = event.ports;
  event.waitUntil(
    keep(HERE.whenAskedFor).then(
      () => port.postMessage(true),
      () => port.postMessage(false),
    ),
  );
});

// The addresses as this worker's own site has them: a release may lie in a part of a site.
function inThisScope({ version, ...parts }) {
  const pathOf = (address) => new URL(address, registration.scope).pathname;
  const at = ([address, what]) => [pathOf(address), what.endsWith("/") ? pathOf(what) : what];
  const moved = ([name, files]) => [name, Object.fromEntries(Object.entries(files).map(at))];
  return { version, ...Object.fromEntries(Object.entries(parts).map(moved)) };
}

function answerTo(request) {
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return null;
  if (request.method === "POST" && pathname in HERE.shared) return takeShared(request, HERE.shared[pathname]);
  return request.method === "GET" && pathname in DIGESTS ? give(pathname) : null;
}

async function give(path) {
  try {
    const cache = await caches.open(CACHE);
    return (await cache.match(path)) ?? (await fetchInto(cache, path));
  } catch {
    // Nothing can be cached, or the server has a newer release already: its response is used.
    return fetch(path, { credentials: "omit" });
  }
}

async function keep(digests) {
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const path of Object.keys(digests)) if (!(await cache.match(path))) missing.push(path);
  await Promise.all(missing.map((path) => fetchInto(cache, path)));
}

// The page has just fetched most of these files: the browser's copy is used where it has the digest of this
// release, and the server is asked where it has not.
async function fetchInto(cache, path) {
  const response = await fetchOfRelease(path, "force-cache").catch(() => fetchOfRelease(path, "no-cache"));
  await cache.put(path, response.clone());
  return response;
}

async function fetchOfRelease(path, cache) {
  const response = await fetch(path, { integrity: DIGESTS[path], cache, credentials: "omit", redirect: "error" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

async function forgetOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(EVERY_RELEASE) && name !== CACHE).map((name) => caches.delete(name)));
}

// A file or link that another app shares is stored for the page, which removes it when reading it.
async function takeShared(request, home) {
  const form = await request.formData();
  const file = form.get("file");
  const shared = file instanceof File && file.size ? file : String(form.get("url") || form.get("text") || "");
  const cache = await caches.open(SHARED);
  await cache.put("/shared", new Response(shared, { headers: { "Content-Type": shared.type || "text/plain" } }));
  return Response.redirect(`${home}?shared`, 303);
}
