// One visit on the device: its page as it was loaded, and the report, kept at each change.
import { get, of, put, remove } from "./store.js";
import { sign } from "./signature.js";

const words = document.getElementById("field-words").dataset;

export async function openVisit(visit, main, finished) {
  main.replaceChildren(back(), ...new DOMParser().parseFromString(visit.html, "text/html").body.childNodes);
  await showFiles(visit, main);
  const form = main.querySelector("form.visit");
  const report = (await reportOf(visit)) ?? { key: crypto.randomUUID(), owner: visit.owner, visit: visit.id, state: "draft", fields: [], seen: visit.seen };
  putBack(form, report.fields);
  const isOver = report.tried || report.state === "taken" || report.state === "conflict";
  form.querySelector(".field-fields").disabled = isOver;
  const said = form.querySelector("[data-saved]");
  said.textContent = isOver ? (report.told ?? words.tried) : (report.told ?? "");
  await photos(form, report, isOver);
  if (!isOver) listen(form, report, said, finished);
  main.querySelector("h1").focus();
}

// The newest report of a visit on this device; one that was sent is followed by another after a newer load.
async function reportOf(visit) {
  const mine = (await of("reports", visit.owner)).filter((each) => each.visit === visit.id);
  return mine.find(({ state }) => state !== "taken" && state !== "conflict") ?? mine.find((each) => String(each.seen) === String(visit.seen));
}

function listen(form, report, said, finished) {
  let last = Promise.resolve();
  const keep = (change = {}) => {
    Object.assign(report, { fields: fieldsOf(form), state: "draft", told: "" }, change);
    const now = { ...report };
    last = last.then(() => put("reports", now)).then(
      () => { said.textContent = words.kept.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })); },
      () => tellProblem(form, words.full),
    );
    return last;
  };
  form.addEventListener("input", (event) => { if (event.target.name) keep(); });
  form.addEventListener("kept", () => keep());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = problemOf(form);
    tellProblem(form, problem);
    if (problem === "" && form.reportValidity()) {
      await keep({ state: "ready", made_at: new Date().toISOString() });
      finished();
    }
  });
}

function fieldsOf(form) { return [...new FormData(form)].filter(([, value]) => typeof value === "string"); }

function putBack(form, fields) {
  for (const [name, value] of fields) {
    const all = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const one = all.find((each) => !["radio", "checkbox"].includes(each.type) || each.value === value);
    if (!one) continue;
    if (["radio", "checkbox"].includes(one.type)) one.checked = true; else one.value = value;
  }
}

function problemOf(form) {
  const failed = [...form.querySelectorAll('[name^="point-"][value="no"]')].some((each) => each.checked);
  const passed = form.elements.passed.value;
  if (passed === "yes" && failed) return words.faults;
  return passed === "no" && !form.elements.text.value.trim() ? words.reason : "";
}

function tellProblem(form, problem) {
  const place = form.querySelector("[data-problem]");
  place.textContent = problem;
  place.hidden = !problem;
  if (problem) { place.tabIndex = -1; place.focus(); }
}

async function photos(form, report, isOver) {
  const list = form.querySelector("[data-taken]");
  const add = async (photo) => { await put("photos", photo); form.dispatchEvent(new Event("kept")); };
  const draw = async () => {
    const mine = (await of("photos", report.owner)).filter((each) => each.report === report.key);
    list.replaceChildren(...mine.filter(({ of: what }) => what === "site").map((photo, number) => line(photo, number + 1, isOver, draw)));
    return mine.find(({ of: what }) => what === "signature");
  };
  const made = (blob, what, spot = {}) => ({ key: crypto.randomUUID(), report: report.key, owner: report.owner, of: what, blob, at: new Date().toISOString(), spot });
  const signature = sign(form.querySelector("[data-signature]"), async (blob) => {
    await forgetSignatures(report);
    await add(made(blob, "signature"));
  });
  const drawn = await draw();
  if (drawn) await signature.show(drawn.blob);
  form.querySelector("[data-clear]").addEventListener("click", async () => { signature.clear(); await forgetSignatures(report); });
  form.querySelector("[data-photos]").addEventListener("change", async ({ target }) => {
    const files = [...target.files];
    const spot = form.querySelector("[data-with-place]").checked ? await here() : {};
    for (const file of files) await add(made(file, "site", spot)).catch(() => tellProblem(form, words.full));
    target.value = "";
    await draw();
  });
}

async function forgetSignatures(report) {
  for (const each of await of("photos", report.owner)) if (each.report === report.key && each.of === "signature") await remove("photos", each.key);
}

function here() {
  const patience = { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 };
  return new Promise((done) => {
    if (!navigator.geolocation) done({});
    else navigator.geolocation.getCurrentPosition(({ coords: { longitude, latitude, accuracy } }) => done({ longitude, latitude, accuracy }), () => done({}), patience);
  });
}

function line(photo, number, isOver, draw) {
  const item = document.createElement("li");
  const picture = Object.assign(new Image(), { src: URL.createObjectURL(photo.blob), alt: words.photo.replace("{number}", number) });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: words.remove.replace("{number}", number) });
  button.addEventListener("click", async () => { await remove("photos", photo.key); await draw(); });
  item.append(picture, ...(isOver ? [] : [button]));
  return item;
}

async function showFiles(visit, main) {
  for (const link of main.querySelectorAll("a[data-file]")) {
    const kept = await get("files", `${visit.owner} ${link.dataset.file}`), picture = link.querySelector("img");
    link.href = kept ? URL.createObjectURL(kept.blob) : link.dataset.file;
    if (kept && picture) picture.src = link.href;
    if (kept) continue;
    link.append(` ${picture?.alt ?? ""} ${words.notKept}`);
    picture?.remove();
  }
}

function back() {
  return Object.assign(document.createElement("a"), { className: "back", href: "#", textContent: words.back });
}
