// The end of the session is announced two minutes before, with a way to stay. How long it lasts the server says: another
// page may have been used meanwhile.
"use strict";
const dialog = document.getElementById("session-end"), form = dialog.querySelector("form");
const BEFORE = 120, SAID = [120, 60, 30, 10]; // seconds
let end = Date.now() + Number(dialog.dataset.seconds) * 1000, waits, ticks;

const left = () => Math.max(0, Math.round((end - Date.now()) / 1000));
const show = (which) => { for (const each of dialog.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== which; };
function wait() {
  clearTimeout(waits);
  waits = setTimeout(look, Math.max(0, left() - BEFORE) * 1000);
}
async function look() {
  const answer = await fetch(dialog.dataset.look).then((one) => one.json()).catch(() => null);
  take(answer ?? { seconds: left(), may_stay: true });
}
function take({ seconds, may_stay: mayStay }) {
  if (seconds === undefined) return; // without a limit
  end = Date.now() + seconds * 1000;
  clearInterval(ticks);
  if (seconds > BEFORE) {
    dialog.close();
    wait();
    return;
  }
  show(seconds ? (mayStay ? "idle" : "absolute") : "over");
  if (!dialog.open) dialog.showModal();
  tell(seconds, true);
  if (seconds) ticks = setInterval(tick, 1000);
}
function tick() {
  const seconds = left();
  if (!seconds) { clearInterval(ticks); look(); } else tell(seconds, SAID.includes(seconds));
}
function tell(seconds, aloud) {
  const words = dialog.dataset, many = seconds > 60;
  const told = seconds ? (many ? words.minutes : words.secondsLeft).replace("{number}", many ? Math.ceil(seconds / 60) : seconds) : "";
  dialog.querySelector("[data-left]").textContent = told;
  if (aloud) dialog.querySelector("[data-said]").textContent = told;
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  take(await fetch(form.action, { method: "POST", body }).then((one) => one.json()).catch(() => ({ seconds: left(), may_stay: true })));
});
dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
document.addEventListener("visibilitychange", () => { if (!document.hidden && left() < BEFORE && !dialog.open) look(); });
wait();
