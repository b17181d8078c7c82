// The verifier page: what stands behind the # of its address, or a scanned picture, becomes a verdict on the page.

import { Evidence } from "./evidence.js";
import { readKey } from "./keys.js";
import { prepareScanner } from "./scan.js";
import { show } from "./show.js";
import { fetchFile, fetchTrustList, recall, remember } from "./source.js";
import { verify } from "./verdict.js";

const settings = JSON.parse(document.getElementById("settings").textContent);
const parts = Object.fromEntries(["verdict", "working", "ask", "trouble"].map((id) => [id, document.getElementById(id)]));
let asked = 0;

// The verdict on what the address of the page carries; the fragment is read here and sent nowhere.
async function answerFragment() {
  const digits = location.hash.slice(1);
  keepFragmentInLinks();
  if (!digits) return turnTo("ask");
  await answer(`https://${settings.host}/#${digits}`);
}

async function answer(text) {
  const turn = ++asked;
  turnTo("working");
  const [words, verdict, trustList] = await judge(text);
  if (turn !== asked) return; // a newer question came meanwhile
  if (!verdict) return trouble(settings.sentences.noTrustList);
  show(parts.verdict, verdict, { words, settings, trustList });
  turnTo("verdict");
  parts.verdict.querySelector(".band").focus();
}

async function judge(text) {
  const memory = recall();
  const [words, trustList, specimenKey] = await Promise.all([
    fetch(settings.words).then((response) => response.json()),
    fetchTrustList(settings, memory),
    readKey(settings.specimen),
  ]);
  if (!trustList) return [words, null, null];
  const evidence = new Evidence(fetchFile, memory);
  const at = Math.floor(Date.now() / 1000);
  const verdict = await verify({ text, at, trustList, specimenKey, evidence });
  remember(memory);
  return [words, verdict, trustList];
}

function turnTo(part) {
  for (const name of ["verdict", "working", "ask"]) parts[name].hidden = name !== part;
  parts.trouble.hidden = true;
}

function trouble(sentence) {
  turnTo("ask");
  parts.trouble.querySelector("p").textContent = sentence;
  parts.trouble.hidden = false;
}

function keepFragmentInLinks() {
  for (const link of document.querySelectorAll("[data-keep-fragment]")) link.hash = location.hash;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-another]")) return;
  event.preventDefault();
  history.pushState(null, "", location.pathname);
  answerFragment();
});
addEventListener("hashchange", answerFragment);
addEventListener("popstate", answerFragment);
prepareScanner({ settings, trouble, found: answer });
answerFragment();
