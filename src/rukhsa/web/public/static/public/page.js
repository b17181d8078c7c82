// The verifier page: what stands behind the # of its address, or what is scanned, chosen, shared or pasted, becomes a
// verdict on the page.

import { now } from "./ages.js";
import { chooseAudience, prepareAudience } from "./audience.js";
import { prepareCamera } from "./camera.js";
import { prepareDevice } from "./device.js";
import { Evidence } from "./evidence.js";
import { prepareFiles, takeShared } from "./files.js";
import { forgetLogs } from "./kept.js";
import { readKey } from "./keys.js";
import { show, spoken } from "./show.js";
import { fetchTrustList, recall, remember, Source } from "./source.js";
import { prepareTyping } from "./typing.js";
import { verify } from "./verdict.js";
import { keepThePage } from "./workers.js";

const settings = JSON.parse(document.getElementById("settings").textContent);
const names = ["verdict", "working", "ask", "trouble", "announcement", "newer"];
const parts = Object.fromEntries(names.map((id) => [id, document.getElementById(id)]));
// An inconsistent log is not stored, and its stored files are fetched again.
const BROKEN = ["bad-log", "log-rolled-back", "log-forked", "bad-status-list", "status-rolled-back", "fault"];
let asked = 0;
let closeCamera = () => {};

// The verdict on the fragment of the page's address, which is read here and sent nowhere.
async function answerFragment() {
  const digits = location.hash.slice(1);
  if (digits && document.getElementById(digits)) return; // a place on the page, such as its content
  keepFragmentInLinks();
  if (!digits) return turnTo("ask");
  await answer({ text: `https://${settings.host}/#${digits}` });
}

// The verdict on {text} of a code, which may have been in a {picture}, or on the {bytes} of a released file.
async function answer({ text = null, bytes = null, file = null, picture = null }) {
  const turn = ++asked;
  closeCamera();
  working(settings.sentences.working);
  const result = await judge(text, bytes).catch((error) => console.error(error));
  if (turn !== asked) return; // a newer question was asked meanwhile
  if (!result) return trouble(settings.sentences.pageBroken);
  if (!result.verdict) return trouble(settings.sentences.noTrustList);
  show(parts.verdict, result.verdict, { ...result, settings, file, picture, host: hostOf(text) });
  chooseAudience(parts.verdict);
  turnTo("verdict");
  parts.announcement.textContent = spoken(parts.verdict);
  parts.verdict.querySelector(".band").focus();
}

async function judge(text, bytes) {
  const memory = recall();
  const [words, trustList, specimenKey] = await Promise.all([
    fetch(settings.words).then((response) => response.json()),
    fetchTrustList(settings, memory),
    readKey(settings.specimen),
  ]);
  if (!trustList) return { verdict: null };
  const source = new Source();
  const evidence = new Evidence(source.fetch, memory);
  const verdict = await verify({ text, file: bytes, at: now(), trustList, specimenKey, evidence });
  remember(memory);
  if (BROKEN.includes(verdict.reason)) await forgetLogs();
  else await source.keep();
  return { words, verdict, trustList, usedKept: source.usedKept };
}

function working(sentence) {
  parts.working.querySelector("p").textContent = sentence;
  turnTo("working");
}

function turnTo(part) {
  for (const name of ["verdict", "working", "ask"]) parts[name].hidden = name !== part;
  parts.trouble.hidden = true;
}

function trouble(sentence) {
  asked++;
  turnTo("ask");
  parts.trouble.querySelector("p").textContent = sentence;
  parts.trouble.hidden = false;
  parts.trouble.focus();
}

function hostOf(text) {
  return URL.canParse(text ?? "") ? new URL(text).host : "";
}

function keepFragmentInLinks() {
  for (const link of document.querySelectorAll("[data-keep-fragment]")) link.hash = location.hash;
}

async function openShared(take) {
  history.replaceState(null, "", location.pathname);
  const file = await takeShared();
  if (file) await take(file);
}

function start() {
  const found = (text, picture = null) => answer({ text, picture });
  const foundPdf = (bytes, file) => answer({ bytes, file });
  closeCamera = prepareCamera({ settings, trouble, found }) ?? closeCamera;
  const take = prepareFiles({ settings, trouble, working, found, foundPdf });
  prepareTyping({ settings, trouble, found });
  prepareAudience();
  keepThePage(settings, () => (parts.newer.hidden = false));
  parts.newer.querySelector("button").addEventListener("click", () => location.reload());
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-another]")) return;
    event.preventDefault();
    history.pushState(null, "", location.pathname);
    turnTo("ask");
    document.title = settings.title;
    document.querySelector("#ask h1").focus();
    keepFragmentInLinks();
  });
  addEventListener("hashchange", answerFragment);
  addEventListener("popstate", answerFragment);
  return location.search === "?shared" ? openShared(take) : answerFragment();
}

// The stored files are updated when there is nothing more urgent to do.
start().finally(() => prepareDevice(settings));
