// The question on the spot, loaded on its press: is this place, this hour and this work within the document?
//
// The position is compared on this device, and neither kept nor sent.

import { now } from "./ages.js";
import { compare, inWords, outcomeOf, worksOf } from "./extent.js";
import { inLanguage } from "./profiles.js";

const WAIT = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 };
const TYPED = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,،\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/;

// Answer within `place`, below the button that was pressed.
export async function askOnSite(place, { verdict, trustList, settings: { language } }) {
  const words = await (await fetch(new URL("extent.json", import.meta.url))).json();
  const say = (name) => words.form[name][language];
  const asked = { facts: verdict.claims.facts, profile: verdict.profile, timeZone: trustList.timeZone, word: verdict.word };
  const [answer, seen] = [element("div", { role: "status" }), {}];
  let position = null;
  const tell = () => answer.replaceChildren(...told(compare(asked, now(), position, seen), words, language));
  const locate = async () => {
    answer.replaceChildren(element("p", {}, say("locating")));
    position = await whereAmI();
    tell();
  };
  const again = element("button", { type: "button", className: "ds-button" }, say("again"));
  again.dataset.variant = "secondary";
  again.addEventListener("click", locate);
  const typed = element("input", { className: "ds-input", inputMode: "text", dir: "ltr", autocomplete: "off" });
  typed.addEventListener("change", () => {
    const [, latitude, longitude] = TYPED.exec(typed.value) ?? [];
    typed.setAttribute("aria-invalid", String(Boolean(typed.value) && !latitude));
    if (!latitude) return;
    position = { latitude: Number(latitude), longitude: Number(longitude), accuracy: 0 };
    tell();
  });
  const choices = worksOf(asked.facts, asked.profile).map((field) => {
    const select = element("select", { className: "ds-input" });
    const none = element("option", { value: "" }, say("notLooked"));
    const options = Object.entries(field.options).map(([code, name]) => element("option", { value: code }, inLanguage(name, language)));
    select.append(none, ...options);
    select.addEventListener("change", () => ((seen[field.key] = select.value), tell()));
    return labelled(`${say("seen")} ${inLanguage(field.name, language)}`, select);
  });
  place.replaceChildren(answer, ...choices, labelled(say("position"), typed), again);
  await locate();
}

function told(findings, words, language) {
  const whole = outcomeOf(findings);
  const list = element("ul", { className: "findings" });
  for (const finding of findings) {
    const item = element("li");
    item.dataset.outcome = finding.outcome;
    const mark = element("strong", {}, `${words.abouts[finding.about][language]}: ${words.marks[finding.outcome][language]}`);
    item.append(mark, element("span", {}, inWords(finding, words, language)));
    list.append(item);
  }
  const heading = element("h3", {}, words.outcomes[whole][language]);
  heading.dataset.outcome = whole;
  return [heading, list];
}

function whereAmI() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const found = ({ coords: { latitude, longitude, accuracy } }) => resolve({ latitude, longitude, accuracy });
    navigator.geolocation.getCurrentPosition(found, () => resolve(null), WAIT);
  });
}

function labelled(words, field) {
  const label = element("label", { className: "ds-label" }, words);
  label.append(field);
  return label;
}

function element(name, properties = {}, text = "") {
  const made = Object.assign(document.createElement(name), properties);
  if (text) made.textContent = text;
  return made;
}
