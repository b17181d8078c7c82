// A verdict becomes the page: the band, the facts to compare, its freshness, the next step, and how we know.

import { dateInWords, factInRole, inLanguage, showFacts } from "./profiles.js";

export function show(place, verdict, { words, settings, trustList }) {
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
  say("checked", view.sentences.checked.replace("{moment}", momentInWords(verdict.at, view)));
  say("known", known(view));
  say("witnessed", verdict.witnessed === null ? "" : inLanguage(words.witnessed[verdict.witnessed ? "yes" : "no"], view.language));
  // A reason may have steps of its own; else those of its word.
  const next = words.answers[verdict.reason]?.next ?? word.next;
  say("next", inLanguage(next.public, view.language));
  say("inspector", inLanguage(next.inspector, view.language));
  say("agency", inLanguage(next.agency, view.language));
  say("because", verdict.word === "valid" ? "" : inLanguage(words.reasons[verdict.reason], view.language));
  say("reason", verdict.reason);
  showDocument(article, say, view);
  article.querySelector('[data-slot="duties"]').replaceChildren(...verdict.duties.map((outcome, number) => duty(view, outcome, number)));
  place.replaceChildren(page);
  document.title = `${inLanguage(word.name, view.language)} · ${settings.host}`;
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

function known(view) {
  const { verdict, sentences, language } = view;
  if (verdict.statusIssuedAt === null) return sentences.unknown;
  const age = ageInWords(Math.max(0, verdict.at - verdict.statusIssuedAt), language);
  return sentences.known.replace("{moment}", momentInWords(verdict.statusIssuedAt, view)).replace("{age}", age);
}

function ageInWords(seconds, language) {
  const format = new Intl.RelativeTimeFormat(`${language}-u-nu-latn`, { numeric: "always" });
  if (seconds < 90) return format.format(-seconds, "second");
  return seconds < 5400 ? format.format(-Math.round(seconds / 60), "minute") : format.format(-Math.round(seconds / 3600), "hour");
}

// A moment where the instrument holds: 24 November 2026, 10:05.
function momentInWords(seconds, { trustList, language }) {
  const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const format = new Intl.DateTimeFormat("en-CA", { ...fields, timeZone: trustList.timeZone });
  const part = Object.fromEntries(format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]));
  const days = Date.UTC(Number(part.year), Number(part.month) - 1, Number(part.day)) / 86_400_000;
  return `${dateInWords(days, language)}${language === "ar" ? "، " : ", "}${part.hour}:${part.minute}`;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
