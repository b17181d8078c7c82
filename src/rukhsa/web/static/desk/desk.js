/* Keys for lists. Everything works without this file. */
"use strict";
const OFF = "desk-keys-off";
const list = document.querySelector("main [data-rows]");
const hint = document.querySelector("[data-keys]");

function isOff() { return localStorage.getItem(OFF) === "yes"; }

function links() { return [...list.querySelectorAll("a[href]")]; }

function move(step) {
  const all = links();
  const here = all.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
  all[next]?.focus();
}

function isWriting(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

function onKey(event) {
  if (isOff() || isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const inList = list.contains(document.activeElement);
  if (event.key === "/") document.getElementById("wanted")?.focus();
  else if (event.key === "j" || (event.key === "ArrowDown" && inList)) move(1);
  else if (event.key === "k" || (event.key === "ArrowUp" && inList)) move(-1);
  else return;
  event.preventDefault();
}

function showSwitch() {
  const button = hint.querySelector("[data-keys-switch]");
  button.textContent = isOff() ? hint.dataset.on : hint.dataset.off;
  hint.querySelector("[data-keys-hint]").hidden = isOff();
  hint.hidden = false;
}

if (list && links().length) {
  document.addEventListener("keydown", onKey);
  if (hint) {
    showSwitch();
    hint.querySelector("[data-keys-switch]").addEventListener("click", () => {
      localStorage.setItem(OFF, isOff() ? "no" : "yes");
      showSwitch();
    });
  }
}
