// Files of the documents page: several at once, dropped or photographed, in pieces that go on after a cut, with per cent
// and a way to cancel. Without this script the plain forms of the page do it one after the other.
"use strict";
const PIECE = 131072, AGAIN = 3000; // bytes; milliseconds
// A page of A4 at some 400 dpi, and what the canvas of every telephone holds.
const PIXELS = 16e6, PHOTO = /^image\/(jpeg|webp|hei[cf])$/;
const words = document.getElementById("upload-words").dataset, told = document.getElementById("told");
const tus = (more) => ({ "Tus-Resumable": "1.0.0", "HX-Request": "true", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value, ...more });
const pause = (time) => new Promise((done) => { setTimeout(done, time); addEventListener("online", done, { once: true }); });
const filled = (sentence, name) => sentence.replace("{name}", `\u2068${name}\u2069`);
let last = Promise.resolve();

for (const slot of document.querySelectorAll(".slot")) improve(slot);

function improve(slot) {
  for (const form of slot.querySelectorAll("form[data-part]"))
    form.addEventListener("submit", (event) => { event.preventDefault(); act(slot, form); });
  const form = slot.querySelector("form.upload");
  if (!form) return;
  form.classList.add("is-improved");
  for (const kind of ["file", "photo"]) {
    const field = form.querySelector(`[data-field=${kind}]`), button = form.querySelector(`[data-press=${kind}]`);
    button?.addEventListener("click", () => field.click());
    field?.addEventListener("change", () => { take(slot, [...field.files]); field.value = ""; });
  }
  slot.ondragover = (event) => { event.preventDefault(); slot.classList.add("is-over"); };
  slot.ondragleave = () => slot.classList.remove("is-over");
  slot.ondrop = (event) => { event.preventDefault(); slot.classList.remove("is-over"); take(slot, [...event.dataTransfer.files]); };
}

function take(slot, files) {
  for (const file of files) {
    const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
    const sending = { row, file, id: slot.id, stop: new AbortController(), to: slot.querySelector("form.upload").dataset.uploads };
    row.querySelector("bdi").textContent = file.name;
    row.querySelector("button").addEventListener("click", () => cancel(sending));
    row.querySelector("button").setAttribute("aria-label", filled(words.cancel, file.name));
    slot.querySelector(".sending-files").append(row);
    last = last.then(() => fit(sending)).then(() => send(sending)).catch(() => refuse(sending, words.failed));
  }
}
async function fit(sending) { // a photo that is too large, as those of new telephones are, is made smaller here
  const { file } = sending, largest = Number(words.largest);
  if (file.size <= largest || !PHOTO.test(file.type)) return;
  try {
    const photo = await createImageBitmap(file), canvas = document.createElement("canvas");
    let small = file;
    for (let pixels = PIXELS; small.size > largest && pixels > 1e6; pixels /= 2) {
      const part = Math.min(1, Math.sqrt(pixels / (photo.width * photo.height)));
      Object.assign(canvas, { width: photo.width * part, height: photo.height * part });
      canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
      small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    }
    photo.close();
    sending.file = new File([small], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: small.type, lastModified: file.lastModified });
    sending.made = filled(words.smaller, file.name);
  } catch { /* what this browser cannot open goes as it is, and the server says what is wrong with it */ }
}
async function send(sending) {
  const { file, stop } = sending, key = `upload/${sending.to}/${file.name}/${file.size}/${file.lastModified}`;
  if (stop.signal.aborted) return;
  tell(filled(words.sending, file.name));
  sending.at = localStorage.getItem(key) ?? "";
  let offset = sending.at ? await arrived(sending) : -1;
  if (offset < 0) {
    const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
    const begun = await patient(sending, () => fetch(sending.to, { method: "POST", signal: stop.signal, headers: tus({ "Upload-Length": file.size, "Upload-Metadata": `filename ${name}` }) }));
    if (begun?.status !== 201) return refused(sending, begun);
    [sending.at, offset] = [begun.headers.get("Location"), 0];
    localStorage.setItem(key, sending.at);
  }
  while (offset < file.size && !stop.signal.aborted) {
    show(sending, offset);
    const answer = await patient(sending, () => fetch(sending.at, { method: "PATCH", signal: stop.signal, body: file.slice(offset, offset + PIECE), headers: tus({ "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" }) }));
    if (answer?.status === 409) offset = await arrived(sending);
    else if (answer?.status !== 204) { localStorage.removeItem(key); return refused(sending, answer); }
    else offset = Number(answer.headers.get("Upload-Offset"));
    if (offset < 0) break;
  }
  localStorage.removeItem(key);
  if (stop.signal.aborted) return;
  sending.row.remove();
  const slot = await renew(sending.id), advice = [...(slot?.querySelectorAll("[data-advice]") ?? [])].pop()?.textContent;
  tell([sending.made, filled(words.attached, file.name), advice].filter(Boolean).join(" "));
}
async function patient(sending, ask) { // tries again until the network is back
  for (;;) {
    try { return await ask(); } catch (error) {
      if (sending.stop.signal.aborted) return null;
      sending.row.querySelector(".state").textContent = words.waiting;
      tell(words.waiting);
      await pause(AGAIN);
    }
  }
}
async function arrived(sending) {
  const answer = await patient(sending, () => fetch(sending.at, { method: "HEAD", headers: tus() }));
  return answer?.ok ? Number(answer.headers.get("Upload-Offset")) : -1;
}
async function refused(sending, answer) {
  if (!answer) return;
  if (answer.status === 401) location.reload(); // to sign in, and back here
  refuse(sending, (await answer.json().catch(() => ({}))).detail ?? words.failed);
}
function refuse(sending, why) {
  const { row, file } = sending, state = row.querySelector(".state");
  row.querySelector("progress").remove();
  state.textContent = why;
  state.className = "state ds-validation-message";
  tell(`${filled(words.refused, file.name)} ${why}`);
}
function cancel(sending) {
  sending.stop.abort();
  if (sending.at) fetch(sending.at, { method: "DELETE", headers: tus() }).catch(() => {});
  sending.row.remove();
  tell(filled(words.cancelled, sending.file.name));
  focusIn(document.getElementById(sending.id));
}
function show(sending, offset) {
  const part = Math.floor((100 * offset) / sending.file.size);
  sending.row.querySelector("progress").value = part;
  sending.row.querySelector(".state").textContent = `${part} %`;
}

// What the page shows of a slot, from the server; the focus stays in it.
async function act(slot, form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
  if (!answer.ok) return form.submit();
  place(slot.id, await answer.text());
  tell(form.dataset.part);
  return focusIn(document.getElementById(slot.id), true);
}
async function renew(id) {
  return place(id, await (await fetch(location.pathname, { headers: { "HX-Request": "true" } })).text());
}
function place(id, text) {
  const slot = document.getElementById(id), isIn = slot.contains(document.activeElement) || document.activeElement === document.body;
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(id);
  if (!fresh) return location.reload();
  fresh.querySelector(".sending-files")?.replaceWith(slot.querySelector(".sending-files") ?? "");
  slot.replaceWith(fresh);
  improve(fresh);
  if (isIn) focusIn(fresh);
  return fresh;
}
function focusIn(slot, undo) {
  (undo && slot.querySelector("[data-undo]") || slot.querySelector("[data-press=file]") || slot.querySelector("a, button"))?.focus();
}
function tell(sentence) { told.textContent = sentence; }
