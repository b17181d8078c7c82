// The round on the device: its list, what waits, and when it is loaded and sent.
import { forgetWhatIsOver, get, of } from "./store.js";
import { SignedOut, addresses, owner, sync, waiting } from "./sync.js";
import { openVisit } from "./visit.js";

const main = document.getElementById("main"), words = document.getElementById("field-words").dataset;
const told = document.querySelector("[data-told]"), network = document.querySelector("[data-network]");
const AGAIN = 30000; // milliseconds
let busy = false, later, newest = 0;

async function show() {
  const turn = ++newest; // a newer one may begin while this one reads
  await forgetWhatIsOver(Date.now());
  for (const link of main.querySelectorAll('[src^="blob:"], [href^="blob:"]')) URL.revokeObjectURL(link.src ?? link.href);
  const whose = owner(), visit = location.hash.length > 1 ? await get("visits", location.hash.slice(1)) : null;
  if (turn !== newest) return;
  if (visit?.html && whose && visit.owner === whose) await openVisit(visit, main, finished);
  else await list(whose, turn);
  network.textContent = navigator.onLine ? words.online : words.offline;
}

function finished() {
  location.hash = "";
  told.textContent = words.finished;
  exchange();
}

async function list(whose, turn) {
  const visits = whose ? (await of("visits", whose)).sort((a, b) => a.until - b.until || a.number - b.number) : [];
  const reports = whose ? await of("reports", whose) : [];
  const { mine, others } = await waiting();
  const parts = [paragraph(mine ? words.waits.replace("{number}", mine) : words.nothing)];
  parts[0].dataset.waiting = mine;
  if (others) parts.push(Object.assign(paragraph(words.others.replace("{number}", others)), { className: "ds-alert" }));
  if (!whose) parts.push(signIn());
  else if (!visits.length) parts.push(paragraph(reports.some(({ state }) => state === "ready" || state === "draft") ? words.gone : words.empty));
  for (const day of new Set(visits.map((visit) => visit.day))) {
    const these = visits.filter((visit) => visit.day === day);
    const course = element("ol", "cards in-course");
    course.append(...these.map((visit) => line(visit, reports.filter((each) => each.visit === visit.id))));
    parts.push(Object.assign(element("h1", "ds-heading"), { textContent: day }), course);
  }
  if (whose && visits.length) parts.push(hide());
  // A list that did not change stays, and with it the place of who reads it by keyboard.
  const stands = main.children.length === parts.length && parts.every((part, at) => part.isEqualNode(main.children[at]));
  if (turn === newest && !stands) main.replaceChildren(...parts);
}

function line(visit, reports) {
  const item = element("li", "card round-line");
  const newest = reports.find(({ state }) => state !== "taken") ?? reports.at(-1);
  const state = newest ? words[newest.state] : visit.done ? words.done : "";
  const about = [`${visit.service} ⁨${visit.reference}⁩`, visit.fixed && words.fixed.replace("{time}", `⁨${visit.fixed}⁩`)].filter(Boolean).join(" · ");
  const title = visit.html ? Object.assign(element("a", "card-link"), { href: `#${visit.id}` }) : element("strong", "");
  item.append(Object.assign(title, { textContent: visit.title }), Object.assign(paragraph(about), { className: "quiet" }));
  if (state) item.append(Object.assign(paragraph(state), { className: "ds-tag" }));
  if (newest?.told) item.append(paragraph(newest.told));
  item.dataset.state = newest?.state ?? "";
  return item;
}

function signIn() {
  const link = Object.assign(element("a", "ds-button"), { href: addresses.signIn, textContent: words.signIn });
  const place = paragraph(words.signedOut);
  place.append(" ", link);
  return place;
}

// Without a network no one can sign out: this hides everything until the owner signs in again.
function hide() {
  const button = Object.assign(element("button", "ds-button"), { type: "button", textContent: words.lock });
  button.dataset.variant = "secondary";
  button.addEventListener("click", () => {
    document.cookie = `${addresses.owner}=; path=/; max-age=0; samesite=lax`;
    location.hash = "";
    show();
  });
  return button;
}

async function exchange() {
  if (busy) return;
  busy = true;
  clearTimeout(later);
  try {
    await navigator.storage?.persist?.();
    const without = await sync((done, all) => { told.textContent = words.loading.replace("{done}", done).replace("{all}", all); });
    told.textContent = without ? words.without.replace("{number}", without) : words.loaded;
  } catch (error) {
    if (error instanceof SignedOut) told.textContent = words.signedOut;
    else {
      told.textContent = navigator.onLine ? words.failed : words.offline;
      if ((await waiting()).mine) later = setTimeout(exchange, AGAIN);
    }
  }
  busy = false;
  if (location.hash.length < 2) await show();
}

function element(name, className) { return Object.assign(document.createElement(name), { className }); }
function paragraph(text) { return Object.assign(document.createElement("p"), { textContent: text }); }

document.querySelector("[data-act=sync]").addEventListener("click", exchange);
addEventListener("hashchange", show);
addEventListener("online", exchange);
addEventListener("offline", () => { network.textContent = words.offline; });
navigator.serviceWorker?.register(addresses.worker).catch(console.warn);
await show();
if (navigator.onLine) exchange();
