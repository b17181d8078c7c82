// What is typed into a form is kept on the device until the act is done, and comes back with the page. After
// a week, and when another person signs in, it is forgotten. Searches, passwords and files are never kept, nor is a form
// with `data-not-kept`. Everything works without this file.
"use strict";
const told = document.querySelector("[data-kept]"), WEEK = 7 * 24 * 3600 * 1000; // milliseconds
// The desk and the portal, where one may have signed in as another, forget nothing of each other.
const ALL = told.dataset.keptOf === "desk" ? "desk-typed/" : "form-typed/", PATH = told.dataset.keptOf === "desk" ? "/desk/" : "/";
const MINE = `${ALL}${told.dataset.kept}/`, DONE = /(?:^|; )rukhsa-done=([^;]*)/;
// Where the page says what it has seen last, such as the newest report, that alone tells whether the form arrived.
const SEEN = document.querySelector("[data-kept-seen]")?.dataset.keptSeen;
const TYPES = ["text", "number", "date", "time", "datetime-local", "email", "tel", "url"];
const TYPED = ["textarea[name]", "input[name]:not([type])", ...TYPES.map((type) => `input[name][type=${type}]`)].join();
const FIELDS = `${TYPED}, select[name], input[name][type=checkbox], input[name][type=radio]`;

function kept() {
  const all = document.querySelectorAll("main form[method=post]:not([role=search], [data-not-kept])");
  return [...all].filter((form) => fields(form).some((each) => each.matches(`${TYPED}, input[type=checkbox]`)));
}

function fields(form) { return [...form.elements].filter((each) => each.matches(FIELDS)); }

// Forms of one address, such as an approval and a refusal, are told apart by what they ask.
function keyOf(form) {
  const names = [...new Set(fields(form).map((each) => each.name))];
  return `${MINE}${new URL(form.action).pathname}#${names.join()}`;
}

function isBox(each) { return each.type === "checkbox" || each.type === "radio"; }

function chosen(each, isOn) { return [...each.options].filter(isOn).map((option) => option.value).join("\n"); }

function now(each) {
  if (each.matches("select")) return chosen(each, (option) => option.selected);
  return isBox(each) ? each.checked : each.value;
}

// As the page came, before anything was typed.
function atFirst(each) {
  if (!each.matches("select")) return isBox(each) ? each.defaultChecked : each.defaultValue;
  const named = chosen(each, (option) => option.defaultSelected);
  return named || each.multiple ? named : (each.options[0]?.value ?? "");
}

// A place for each field: its name, and its number among those of that name.
function places(form) {
  const count = {};
  return fields(form).map((each) => [each, `${each.name} ${(count[each.name] = (count[each.name] ?? 0) + 1)}`]);
}

function rowOf(form) { return JSON.parse(localStorage[keyOf(form)] || "null"); }

function keep(form) {
  const row = { at: Date.now(), seen: SEEN, typed: {}, first: {} }, before = rowOf(form);
  for (const [each, place] of places(form)) {
    row.typed[place] = now(each);
    // A page that shows again what was typed, as one does that names a mistake, is not what there was at first.
    const isEcho = before?.first && place in before.first && atFirst(each) === before.typed[place];
    row.first[place] = isEcho ? before.first[place] : atFirst(each);
  }
  if (Object.keys(row.typed).some((place) => row.typed[place] !== row.first[place])) localStorage[keyOf(form)] = JSON.stringify(row);
  else localStorage.removeItem(keyOf(form));
}

function forget() {
  const done = DONE.exec(document.cookie)?.[1];
  document.cookie = `rukhsa-done=; path=${PATH}; max-age=0`;
  const isDone = done && SEEN === undefined && !document.querySelector("main .ds-alert[data-color=danger]");
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(ALL)) continue;
    const isOld = Date.now() - WEEK > (JSON.parse(localStorage[key]).at ?? 0);
    const isSent = isDone && key.startsWith(`${MINE}${decodeURIComponent(done)}#`);
    if (isOld || isSent || !key.startsWith(MINE)) localStorage.removeItem(key);
  }
}

// A field that came otherwise than it was when it was typed into, as after a colleague's change, stays as it came.
function putBack(form) {
  const row = rowOf(form);
  if (row && row.seen !== SEEN) localStorage.removeItem(keyOf(form));
  if (row?.seen !== SEEN || !row?.first) return;
  let isBack = false;
  for (const [each, place] of places(form)) {
    const typed = row.typed[place], first = row.first[place];
    if (typed === undefined || typed === first || atFirst(each) !== first || now(each) !== first) continue;
    if (isBox(each)) each.checked = typed;
    else if (each.matches("select")) for (const option of each.options) option.selected = typed.split("\n").includes(option.value);
    else each.value = typed;
    for (let act = each.closest("details"); act; act = act.parentElement.closest("details")) act.open = true;
    isBack = true;
  }
  if (isBack) say(form, told.dataset.keptTold);
}

function say(form, words) {
  const line = form.querySelector("[data-kept-said]") ?? told.cloneNode();
  line.removeAttribute("data-kept");
  line.dataset.keptSaid = "";
  form.prepend(line);
  line.hidden = false;
  line.textContent = words;
}

try {
  forget();
  for (const form of kept()) {
    putBack(form);
    form.addEventListener("input", () => {
      try { keep(form); } catch { /* no room is left */ }
    });
    if (SEEN !== undefined) form.addEventListener("submit", (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      say(form, told.dataset.keptOffline);
    });
  }
} catch { /* a browser that keeps nothing */ }
