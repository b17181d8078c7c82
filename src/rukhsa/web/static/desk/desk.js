/* Keys for lists and menus. Everything works without this file. */
"use strict";
const OFF = "desk-keys-off";
const list = document.querySelector("main [data-rows]");
const hint = document.querySelector("[data-keys]");
const OPEN_MENU = "details.desk-menu[open], details.head-account[open]";

function isOff() { return localStorage.getItem(OFF) === "yes"; }

function links() { return [...list.querySelectorAll("a[href]")]; }

function move(step) {
  const all = links();
  const here = all.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
  all[next]?.focus();
}

function isWriting(element) {
  return element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

// An act of the page that names its key: a link or a button is pressed, a form that opens takes the focus.
function act(key) {
  const wanted = /^[a-z]$/.test(key) && document.querySelector(`[data-key="${key}"]:not(:disabled)`);
  if (!wanted) return false;
  if (wanted.matches("summary") && !wanted.parentElement.open) {
    wanted.parentElement.open = true;
    wanted.parentElement.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else wanted.click();
  return true;
}

function onKey(event) {
  if (isOff() || isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const inList = list?.contains(document.activeElement);
  if (act(event.key)) event.preventDefault();
  if (event.defaultPrevented) return;
  if (event.key === "/") document.getElementById("wanted")?.focus();
  else if (!list) return;
  else if (event.key === "j" || (event.key === "ArrowDown" && inList)) move(1);
  else if (event.key === "k" || (event.key === "ArrowUp" && inList)) move(-1);
  else return;
  event.preventDefault();
}

function closeMenu(event) {
  const menu = event.key === "Escape" && document.querySelector(OPEN_MENU);
  if (!menu) return;
  // Typing in a field is not interrupted.
  const wasInside = menu.contains(document.activeElement) || document.activeElement === document.body;
  menu.open = false;
  if (wasInside) menu.querySelector("summary").focus();
}

function showSwitch() {
  const button = hint.querySelector("[data-keys-switch]");
  button.textContent = isOff() ? hint.dataset.on : hint.dataset.off;
  hint.querySelector("[data-keys-hint]").hidden = isOff();
  hint.hidden = false;
}

document.addEventListener("keydown", closeMenu);
for (const each of document.querySelectorAll("select[data-send]")) {
  each.form.querySelector("button").hidden = true;
  each.addEventListener("change", () => each.form.requestSubmit());
}
if ((list && links().length) || document.querySelector("[data-key]")) {
  document.addEventListener("keydown", onKey);
  if (hint) {
    showSwitch();
    hint.querySelector("[data-keys-switch]").addEventListener("click", () => {
      localStorage.setItem(OFF, isOff() ? "no" : "yes");
      showSwitch();
    });
  }
}
// More than one request may carry is said before it is sent, and not after.
for (const field of document.querySelectorAll("input[type=file][data-most]"))
  field.addEventListener("change", () => {
    const size = [...field.files].reduce((sum, file) => sum + file.size, 0);
    field.setCustomValidity(size > Number(field.dataset.most) ? field.dataset.tooLarge : "");
    field.reportValidity();
  });
