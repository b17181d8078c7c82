// Nothing typed on a page of a draft is lost: it is kept on the device until the server has it, sent before the page is
// left, and put back when the page is opened again. What is typed while a response is on its way is not overwritten.
"use strict";
const AGAIN = 8000, PATIENCE = 5000, WEEK = 7 * 24 * 3600 * 1000; // milliseconds
const form = document.getElementById("section-form"), live = document.getElementById("live");
const told = document.getElementById("unsaved"), over = document.getElementById("over");
const OURS = `typed/${form.dataset.person}/`, KEY = OURS + form.dataset.draft;
const saved = values(true); // by name, as the server has it
let typed = 0, latest = new Map(), state = "", waiting = [], insisted = false, renewed = false, sending = false, clashing = [];

function controls() {
  return [...live.querySelectorAll("[name]:not([type=hidden], button)")].filter((each) => each.type !== "radio" || each.checked);
}
function values(first) {
  const known = (each) => each.defaultValue ?? [...each.options].find((one) => one.defaultSelected)?.value ?? "";
  const shown = (each) => (first && each.type !== "radio" ? known(each) : each.value);
  return new Map(controls().filter((each) => !first || each.type !== "radio" || each.defaultChecked).map((each) => [each.name, shown(each)]));
}
function unsaved() {
  return [...values()].filter(([name, value]) => (saved.get(name) ?? "") !== value);
}
function printOf(name) {
  return live.querySelector(`[name="was.${CSS.escape(name)}"]`);
}
function tell(which) {
  state = which;
  told.textContent = which ? told.dataset[which] : "";
}

// On the device, for this person and this page.
function store(todo) {
  try {
    for (const key of Object.keys(localStorage)) {
      const old = Date.now() - WEEK > (JSON.parse(localStorage[key] || "{}").at ?? 0);
      if (key.startsWith("typed/") && (old || !key.startsWith(OURS))) localStorage.removeItem(key);
    }
    return todo();
  } catch { return undefined; } // a browser that keeps nothing
}
function keep() {
  const fields = unsaved().map(([name, value]) => [name, value, printOf(name)?.value]);
  if (!fields.length) return store(() => localStorage.removeItem(KEY));
  return store(() => { localStorage[KEY] = JSON.stringify({ at: Date.now(), fields }); });
}
function write(name, value) {
  const all = [...live.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  const one = all.find((each) => each.type !== "radio" || each.value === value);
  if (one?.type === "radio") one.checked = true; else if (one) one.value = value;
  return Boolean(one);
}
function putBack() {
  const kept = store(() => JSON.parse(localStorage[KEY] || "null"));
  let count = 0;
  for (const [name, value, print] of kept?.fields ?? []) {
    if ((saved.get(name) ?? "") === value || !write(name, value)) continue;
    if (print && printOf(name)) printOf(name).value = print;
    count += 1;
  }
  if (count) { tell("back"); flush(); } else keep();
}

// To the server.
function flush() {
  if (!unsaved().length) return Promise.resolve(true);
  return new Promise((done) => {
    waiting.push(done);
    setTimeout(() => done(false), PATIENCE);
    live.dispatchEvent(new CustomEvent("flush"));
  });
}
function settle(done) {
  if (done && unsaved().some(([name]) => !clashing.includes(name))) return; // the next one is on its way
  for (const each of waiting.splice(0)) each(done && !clashing.length);
}
function take(sent) { // what the server has now; a field that clashes is not saved
  for (const [name, value] of sent) if (!clashing.includes(name)) saved.set(name, value);
}
function failed(how) {
  tell(how);
  keep();
  settle(false);
  setTimeout(() => { if (unsaved().length) flush(); }, AGAIN);
}
async function renew() { // the page is old: another page signed in since
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const fresh = page.querySelector("#section-form [name=csrfmiddlewaretoken]")?.value;
  if (!fresh) return signedOut();
  for (const each of document.querySelectorAll("[name=csrfmiddlewaretoken]")) each.value = fresh;
  return flush();
}
function signedOut() {
  over.hidden = false;
  keep();
  settle(false);
}
for (const kind of ["input", "change"]) live.addEventListener(kind, () => { typed += 1; latest = values(); insisted = false; keep(); });
live.addEventListener("htmx:config:request", ({ detail: { ctx } }) => { Object.assign(ctx, { typed, sent: values() }); });
live.addEventListener("htmx:before:response", (event) => {
  const { status } = event.detail.ctx.response;
  if (status === 200) return;
  event.preventDefault();
  if (status === 401) signedOut();
  else if (status === 403 && !renewed) { renewed = true; renew().catch(() => failed("failed")); }
  else failed("failed");
});
live.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  clashing = [...ctx.text.matchAll(/name="mine" value="([^"]*)"/g)].map((found) => found[1]);
  take(ctx.sent);
  over.hidden = true;
  renewed = false;
  if (state !== "back") tell("");
  keep();
  settle(true);
});
live.addEventListener("htmx:before:swap", (event) => { if (event.detail.ctx.typed !== typed) event.preventDefault(); });
live.addEventListener("htmx:error", () => failed("offline"));
live.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  // The answer is put into the page a moment after it was looked at: what was typed in that moment comes back.
  const meanwhile = ctx.typed === typed ? [] : [...latest].filter(([name, value]) => ctx.sent.get(name) !== value);
  take([...values()].filter(([name]) => !meanwhile.some(([each]) => each === name)));
  for (const [name, value] of meanwhile) write(name, value);
  keep();
  if (meanwhile.length) flush();
});
live.addEventListener("focusin", () => document.head.append(document.getElementById("ahead").content), { once: true });
addEventListener("offline", () => tell("offline"));
addEventListener("online", () => { if (state !== "back") tell(""); flush(); });

// Before the page is left.
async function leave(event, go, held) {
  if (event.defaultPrevented || insisted || !held()) return;
  event.preventDefault();
  insisted = !(await flush()) && navigator.onLine;
  if (!held() || insisted) { insisted = true; go(); } else { sending = false; tell("sending"); }
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const here = !link || link.target || link.hash && link.pathname === location.pathname;
  if (!here && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0)
    leave(event, () => location.assign(link.href), () => unsaved().length > 0);
});
document.addEventListener("submit", (event) => {
  const by = event.submitter, own = event.target === form;
  sending = own;
  if (by?.name === "theirs") saved.set(by.value, values().get(by.value));
  leave(event, () => event.target.requestSubmit(by), () => (own ? !navigator.onLine || state === "offline" : unsaved().length > 0));
});
addEventListener("pagehide", () => {
  keep();
  if (sending || !unsaved().length) return;
  fetch(location.href, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
});
document.addEventListener("DOMContentLoaded", () => setTimeout(putBack)); // once htmx listens
