// What is typed beside a case is kept on the device until it is sent, and comes back with the page. After a week, and
// when another person signs in, it is forgotten. Everything works without this file.
"use strict";
const panel = document.querySelector("[data-kept]"), WEEK = 7 * 24 * 3600 * 1000; // milliseconds
const MINE = `desk-typed/${panel.dataset.kept}/`, SENT = "desk-sent";
// Where the page says what it has seen last, such as the newest report, that alone tells whether the form arrived.
const SEEN = panel.dataset.keptSeen;
const told = panel.querySelector("[data-kept-told]");

function keyOf(form) { return MINE + new URL(form.action).pathname; }

function fields(form) {
  const typed = form.querySelectorAll("textarea[name], input[type=checkbox][name], [data-kept-seen] input[type=radio][name]");
  return [...typed, ...form.querySelectorAll(".finding select[name]")];
}

function isBox(each) { return each.type === "checkbox" || each.type === "radio"; }

function values(form) { return fields(form).map((each) => (isBox(each) ? each.checked : each.value)); }

function keep(form) {
  const typed = values(form);
  if (typed.some(Boolean)) localStorage[keyOf(form)] = JSON.stringify({ at: Date.now(), typed, seen: SEEN });
  else localStorage.removeItem(keyOf(form));
}

function forget() {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("desk-typed/")) continue;
    const isOld = Date.now() - WEEK > (JSON.parse(localStorage[key]).at ?? 0);
    if (isOld || !key.startsWith(MINE)) localStorage.removeItem(key);
  }
  // It was sent, and the page that answered names no mistake.
  if (SEEN === undefined && !panel.querySelector("[role=alert]")) localStorage.removeItem(sessionStorage[SENT]);
  sessionStorage.removeItem(SENT);
}

function putBack(form) {
  const row = JSON.parse(localStorage[keyOf(form)] || "null");
  if (row && row.seen !== SEEN) localStorage.removeItem(keyOf(form));
  const kept = row && row.seen === SEEN ? row.typed : [];
  if (!kept.some(Boolean) || values(form).some(Boolean)) return;
  fields(form).forEach((each, at) => {
    if (isBox(each)) each.checked = kept[at] === true; else each.value = kept[at] ?? "";
  });
  const act = form.closest("details");
  if (act) act.open = true;
  told.textContent = told.dataset.keptTold;
  told.hidden = false;
}

try {
  forget();
  for (const form of panel.querySelectorAll("form")) {
    if (!fields(form).length) continue;
    putBack(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("submit", (event) => {
      if (SEEN === undefined) sessionStorage[SENT] = keyOf(form);
      else if (!navigator.onLine) {
        event.preventDefault();
        told.textContent = told.dataset.keptOffline;
        told.hidden = false;
      }
    });
  }
} catch { /* a browser that keeps nothing */ }
