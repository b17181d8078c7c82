// Loads the round and sends reports, each once: the server knows a report by the key that the device made.
import { all, get, of, put, remove } from "./store.js";

export const addresses = JSON.parse(document.getElementById("field-addresses").textContent);
const WAITS = ["draft", "ready", "refused"]; // states of a report that is not at the server
const NONE = "00000000-0000-0000-0000-000000000000";
const at = (name, visit) => addresses[name].replace(NONE, visit);

export const owner = () => document.cookie.match(new RegExp(`(?:^|; )${addresses.owner}=([0-9a-f]+)`))?.[1] ?? "";

export class SignedOut extends Error {}
class Refused extends Error {
  constructor(code, detail) { super(detail); this.code = code; }
}

async function ask(address, options = {}) {
  const answer = await fetch(address, { ...options, redirect: "manual", headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  const code = String(told.type ?? "").split(":").pop();
  // What another try may change is no refusal.
  if (answer.status >= 500 || answer.status === 429 || code === "form-expired" || !told.detail) throw new Error(`${answer.status}`);
  throw new Refused(code, told.detail);
}

export async function sync(told) {
  return navigator.locks.request("rukhsa-round-sync", async () => {
    const index = await (await ask(addresses.round)).json();
    for (const report of await of("reports", index.owner)) if (report.state === "ready") await send(report, index.csrf);
    const fresh = await (await ask(addresses.round)).json();
    return load(fresh, told);
  });
}

async function send(report, csrf) {
  try {
    const mine = (await of("photos", report.owner)).filter((photo) => photo.report === report.key);
    for (const photo of mine) if (!photo.sent) await sendPhoto(report, photo, csrf);
    await put("reports", { ...report, tried: true }); // from here on it may have arrived
    const form = new FormData();
    for (const [name, value] of report.fields) form.append(name, value);
    const fixed = { csrfmiddlewaretoken: csrf, owner: report.owner, key: report.key, seen: report.seen, made_at: report.made_at };
    for (const [name, value] of Object.entries(fixed)) form.set(name, value);
    for (const photo of mine) form.append(photo.of === "signature" ? "signature" : "photo", photo.key);
    const { state, text } = await (await ask(at("report", report.visit), { method: "POST", body: form })).json();
    await put("reports", { ...report, state, told: text, tried: true });
    for (const photo of mine) await remove("photos", photo.key);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === "photos-missing") await sentAgain(report);
    else await put("reports", { ...report, state: "refused", told: error.message, tried: false });
  }
}

async function sendPhoto(report, photo, csrf) {
  const form = new FormData();
  const told = { csrfmiddlewaretoken: csrf, owner: report.owner, key: photo.key, of: photo.of, at: photo.at, ...photo.spot };
  for (const [name, value] of Object.entries(told)) form.set(name, value);
  form.set("file", photo.blob, "photo");
  await ask(at("photo", report.visit), { method: "POST", body: form });
  await put("photos", { ...photo, sent: true });
}

async function sentAgain(report) {
  for (const photo of await of("photos", report.owner)) if (photo.report === report.key) await put("photos", { ...photo, sent: false });
}

// Loads what is open of the rounds, and returns how many files are left to a network. A visit that is over, and has no
// report of this device that waits, is only a line of the list: its page and its files are forgotten.
async function load({ owner: whose, rounds }, told) {
  const visits = rounds.flatMap(({ day, until, visits: these }) => these.map((visit, number) => ({ ...visit, owner: whose, day, until, number: number + 1 })));
  const wanted = new Set(visits.map(({ id }) => id));
  for (const row of await of("visits", whose)) if (!wanted.has(row.id)) await remove("visits", row.id);
  const waits = new Set((await of("reports", whose)).filter(({ state }) => WAITS.includes(state)).map(({ visit }) => visit));
  const open = visits.filter((visit) => !visit.done || waits.has(visit.id));
  for (const visit of visits) if (!open.includes(visit)) await put("visits", { ...visit, html: "", files: [] });
  let done = 0, without = 0;
  told(done, open.length);
  for (const visit of open) {
    const { html, most } = await (await ask(at("visit", visit.id))).json();
    const files = addressesIn(html);
    let room = most;
    for (const address of files) {
      const size = await loadFile(address, visit, room);
      if (size) room -= size; else without += 1;
    }
    await put("visits", { ...visit, html, files });
    told(++done, open.length);
  }
  await forgetFiles(whose);
  return without;
}

function addressesIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...new Set([...page.querySelectorAll("[data-file]")].map((each) => each.dataset.file))];
}

// Keeps a file if there is room for it; returns its bytes, or 0 where it is not kept.
async function loadFile(address, { owner: whose, until }, room) {
  const id = `${whose} ${address}`;
  const kept = await get("files", id);
  if (kept) { await put("files", { ...kept, until: Math.max(until, kept.until) }); return kept.blob.size; }
  const answer = await fetch(address, { redirect: "error" }).catch(() => null);
  if (!answer?.ok) return 0;
  if (Number(answer.headers.get("content-length")) > room) { await answer.body.cancel(); return 0; }
  const blob = await answer.blob();
  if (blob.size > room) return 0;
  await put("files", { id, owner: whose, until, blob });
  return blob.size;
}

async function forgetFiles(whose) {
  const needed = new Set((await of("visits", whose)).flatMap(({ files }) => files.map((address) => `${whose} ${address}`)));
  for (const { id } of await of("files", whose)) if (!needed.has(id)) await remove("files", id);
}

export async function waiting() {
  const whose = owner(), open = (await all("reports")).filter(({ state }) => WAITS.includes(state));
  return { mine: open.filter((each) => each.owner === whose && each.state === "ready").length, others: open.filter((each) => each.owner !== whose).length };
}
