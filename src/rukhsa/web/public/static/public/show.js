// Shows a verdict: the band, the facts to compare, its freshness, the next step, and how we know.

import { ageInWords, fill, momentInWords } from "./ages.js";
import { dateInWords, factInRole, inLanguage, showFacts } from "./profiles.js";

const AUDIENCES = ["public", "inspector", "agency"];

// Show a verdict of this device. `host` is the code's host, `usedKept` whether stored files were used,
// `file` the released file or null, `picture` the picture of the code or null.
export function show(place, verdict, { words, settings, trustList, host = "", usedKept = false, file = null, picture = null }) {
  const view = { verdict, words, settings, trustList, language: settings.language, sentences: settings.sentences };
  const page = document.getElementById("verdict-template").content.cloneNode(true);
  const article = page.querySelector("article");
  const word = words.words[verdict.word];
  Object.assign(article.dataset, { tone: word.tone, word: verdict.word, reason: verdict.reason });
  const say = (slot, text) => {
    const element = article.querySelector(`[data-slot="${slot}"]`);
    element.textContent = text;
    element.hidden = !text;
  };
  say("word", inLanguage(word.name, view.language));
  say("until", until(view));
  say("sentence", inLanguage(word.sentence, view.language));
  say("kept", usedKept ? view.sentences.usedKept : "");
  say("checked", fill(view.sentences.checked, { moment: moment(verdict.at, view) }));
  const isStranger = verdict.word === "not-ours"; // its status cannot be known here
  say("known", isStranger ? "" : verdict.statusIssuedAt === null ? view.sentences.unknown : aged("known", verdict.statusIssuedAt, view));
  say("log", verdict.logAt === null ? "" : aged("logKnown", verdict.logAt, view));
  say("list", aged("listKnown", trustList.issued, view));
  say("witnessed", verdict.witnessed === null ? "" : inLanguage(words.witnessed[verdict.witnessed ? "yes" : "no"], view.language));
  // A reason may have its own steps; otherwise those of the word.
  const next = words.answers[verdict.reason]?.next ?? word.next;
  for (const audience of AUDIENCES) say(audience, inLanguage(next[audience], view.language));
  say("because", because(view, host));
  say("reason", verdict.reason);
  article.querySelector('[data-part="file"]').hidden = !file;
  showDocument(article, say, view);
  if (picture && verdict.claims) showPicture(article, picture);
  article.querySelector('[data-slot="duties"]').replaceChildren(...verdict.duties.map((outcome, number) => duty(view, outcome, number)));
  place.replaceChildren(page);
  offerTheQuestion(article, view);
  document.title = `${inLanguage(word.name, view.language)} · ${settings.host}`;
}

// What is read out for a verdict: the word, its day, its sentence, and whether the knowledge is old.
export function spoken(place) {
  const said = ["word", "until", "sentence", "kept"].map((slot) => place.querySelector(`[data-slot="${slot}"]`));
  return said.filter((element) => !element.hidden).map((element) => element.textContent).join(". ");
}

function because({ verdict, words, settings, language, sentences }, host) {
  if (verdict.word === "valid") return "";
  const reason = inLanguage(words.reasons[verdict.reason], language);
  return ["foreign-host", "other-address"].includes(verdict.reason) ? `${reason} ${fill(sentences.foreignHost, { host, official: settings.host })}` : reason;
}

function showDocument(article, say, view) {
  const { claims, profile, issuer } = view.verdict;
  article.querySelector('[data-part="facts"]').hidden = !(claims && profile);
  if (!claims || !profile) return;
  say("title", inLanguage(profile.name, view.language));
  say("issuer", inLanguage(issuer, view.language));
  const facts = showFacts(claims.facts, profile, view.language);
  facts.sort((left, right) => Number(right.role === "holder") - Number(left.role === "holder"));
  const number = { label: view.sentences.number, value: claims.instrument, leftToRight: true };
  const version = { label: view.sentences.version, value: String(claims.version), leftToRight: true };
  article.querySelector('[data-slot="facts"]').replaceChildren(...[...facts, number, version].map(line));
}

// On a press: is this place, this hour and this work within it? Its module is loaded then.
function offerTheQuestion(article, view) {
  const part = article.querySelector('[data-part="onsite"]');
  part.hidden = !(view.verdict.claims && view.verdict.profile);
  const button = part.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const { askOnSite } = await import("./onsite.js");
    part.replaceChildren(part.querySelector("h2"), part.querySelector("div"));
    await askOnSite(part.querySelector("div"), view);
  });
}

// The given picture, beside the facts: it stays on this device, and is released once it is drawn.
function showPicture(article, picture) {
  const [figure, image] = ['[data-part="submitted"]', '[data-slot="picture"]'].map((name) => article.querySelector(name));
  const address = URL.createObjectURL(picture);
  const letGo = () => URL.revokeObjectURL(address);
  image.addEventListener("load", letGo);
  image.addEventListener("error", () => (letGo(), (figure.hidden = true)));
  image.src = address;
  image.hidden = figure.hidden = false;
}

function line({ label, value, leftToRight, role }) {
  const row = element("div", role === "holder" ? "first" : "");
  const term = element("dt", "", label);
  // A number with an Arabic unit reads from the right, as Arabic does.
  const isLatin = leftToRight && !/\p{Script=Arabic}/u.test(value);
  const description = element("dd", isLatin ? "code" : "");
  const isolated = element("bdi", "", value);
  if (isLatin) isolated.dir = "ltr";
  description.append(isolated);
  row.append(term, description);
  return row;
}

function duty({ words, sentences, language }, outcome, number) {
  const item = element("li");
  item.dataset.outcome = outcome;
  const name = element("span", "duty", inLanguage(words.duties[number], language));
  item.append(name, " ", element("span", "outcome", sentences.outcomes[outcome]));
  return item;
}

function until({ verdict, sentences, language }) {
  if (!verdict.claims || !verdict.profile || !(verdict.word in sentences.until)) return "";
  const role = verdict.word === "not-yet-valid" ? "valid-from" : "valid-until";
  const days = factInRole(verdict.claims.facts, verdict.profile, role);
  return typeof days === "number" ? sentences.until[verdict.word].replace("{date}", dateInWords(days, language)) : "";
}

function aged(sentence, seconds, view) {
  const age = ageInWords(seconds, view.verdict.at, view.language);
  return fill(view.sentences[sentence], { moment: moment(seconds, view), age });
}

function moment(seconds, { trustList, language }) {
  return momentInWords(seconds, trustList.timeZone, language);
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
