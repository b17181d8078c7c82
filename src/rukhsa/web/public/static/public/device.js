// The part of the page about offline use: what this device stores, how old it is, and updating it.

import { ageInWords, fill, momentInWords, now } from "./ages.js";
import { keepFiles } from "./kept.js";
import { refresh, stateOf } from "./refresh.js";
import { fetchTrustList, recall, remember } from "./source.js";
import { keepTheScanner, pageIsKept } from "./workers.js";

const OLD = 15 * 60; // seconds: a visit updates what is older than the lists' time to live

// Show what is stored and connect the buttons; update what is old, or everything if the page is an installed app.
export async function prepareDevice(settings) {
  const [state, renew, whole, progress, bar] = ["device-state", "device-renew", "device-whole", "device-progress", "device-bar"].map(
    (id) => document.getElementById(id),
  );
  const say = async (trustList, keeps) => state.replaceChildren(...paragraphs(await sentencesOf(settings, trustList, keeps)));
  const run = async (options) => {
    for (const button of [renew, whole]) button.disabled = true;
    progress.hidden = !options.whole;
    try {
      await renewAll(settings, { ...options, tell: (done, all) => Object.assign(bar, { value: done, max: all }) }, say);
    } finally {
      progress.hidden = true;
      for (const button of [renew, whole]) button.disabled = false;
    }
  };
  renew.addEventListener("click", () => run({ asked: true }));
  whole.addEventListener("click", () => run({ asked: true, whole: true }));
  addEventListener("appinstalled", () => run({ whole: true }));
  await run({ asked: false });
}

async function renewAll(settings, { asked = false, whole = false, tell }, say) {
  const memory = recall();
  const trustList = await fetchTrustList(settings, memory);
  if (!trustList) return say(null, { keeps: remember(memory), answered: false });
  const before = await stateOf(trustList);
  let answered = true;
  if (asked || whole || before.statusIssuedAt === null || before.statusIssuedAt < now() - OLD) {
    answered = await refresh(trustList, memory, { whole, tell });
    if (whole) await keepTheScanner();
  }
  return say(trustList, { keeps: remember(memory) && (await keepFiles(new Map())), answered });
}

async function sentencesOf(settings, trustList, { keeps, answered }) {
  const { sentences, language } = settings;
  if (!trustList) return [sentences.noTrustList];
  const state = await stateOf(trustList);
  if (!keeps || state.statusIssuedAt === null) return [keeps ? sentences.keepsNothingYet : sentences.keepsNothing];
  const zone = trustList.timeZone;
  const aged = (sentence, seconds) =>
    fill(sentences[sentence], { moment: momentInWords(seconds, zone, language), age: ageInWords(seconds, now(), language) });
  return [
    answered ? "" : sentences.notRenewed,
    pageIsKept() ? sentences.pageKept : sentences.pageNotKept,
    aged("listsKept", state.statusIssuedAt),
    state.expiresAt <= now() ? sentences.listsOld : "",
    aged("trustListKept", trustList.issued),
    state.logAt === null ? "" : fill(sentences.logKept, { covered: state.covered, entries: state.entries }),
  ].filter(Boolean);
}

function paragraphs(texts) {
  return texts.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
}
