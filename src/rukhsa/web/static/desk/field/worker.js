// Keeps the page of the round and its files as one release, and answers with them before the network. What is personal
// is not here: the page stores it by owner, and sends it.
const KEPT = /* what is kept */;
const CACHE = `rukhsa-round-${KEPT.version}`;

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname === KEPT.page || pathname.startsWith(KEPT.static)) event.respondWith(give(event.request, pathname));
});

async function keep() {
  const cache = await caches.open(CACHE);
  const page = await fetch(KEPT.page, { cache: "reload", redirect: "error" });
  if (!page.ok) throw new Error(`${page.status}`);
  await Promise.all([cache.put(KEPT.page, page), cache.addAll(KEPT.files)]);
}

async function give(request, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path, { ignoreSearch: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && path.startsWith(KEPT.static)) await cache.put(path, answer.clone()); // fonts and the like
  return answer;
}

async function forgetOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("rukhsa-round-") && name !== CACHE).map((name) => caches.delete(name)));
}
