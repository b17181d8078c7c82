// The two workers of the page: the service worker, and the scanner, which alone may run WebAssembly.

import { BASE } from "./source.js";

// Trusted Types: no other address can become a script, even if code were injected.
const allowed = new Set();
const policy = globalThis.trustedTypes?.createPolicy("rukhsa", {
  createScriptURL(address) {
    if (!allowed.has(address)) throw new TypeError(`not a script of this page: ${address}`);
    return address;
  },
});

// Cache the page's files for offline use. `renewed()` is called when a newer release took over.
export async function keepThePage(settings, renewed) {
  if (!navigator.serviceWorker) return;
  let before = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (before) renewed();
    before = navigator.serviceWorker.controller;
  });
  try {
    await navigator.serviceWorker.register(scriptAddress(settings.serviceWorker), { scope: BASE });
  } catch (error) {
    console.info("the page is not kept", error.name);
  }
}

// Whether the page itself opens without a network.
export function pageIsKept() {
  return Boolean(navigator.serviceWorker?.controller);
}

// Cache the scanner as well; return whether it is cached.
export async function keepTheScanner() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return false;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  worker.postMessage("keep-scanner", [port2]);
  return answer;
}

export function startScanner(settings) {
  return new Worker(scriptAddress(settings.scanner), { type: "module" });
}

function scriptAddress(address) {
  allowed.add(address);
  return policy ? policy.createScriptURL(address) : address;
}
