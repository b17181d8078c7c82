// Whether a place, a moment and works are within what a document's sealed facts tell (docs/formats/extent.md).
//
// The same findings as rukhsa/trust/extent.py: tests/trust/vectors/extent.json is read by both.

import { dateInWords, factInRole, inLanguage, readDrawn } from "./profiles.js";

const MARGIN = 20; // metres around a drawing that count as within it
const HOURS = /^(([01]\d|2[0-3]):[0-5]\d)-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

// The findings in their order. `at` is in seconds since 1970, `position` {latitude, longitude, accuracy} or null,
// `seen` the codes that were seen on the spot by the keys of their facts.
export function compare({ facts, profile, timeZone, word }, at, position, seen = {}) {
  const { day, clock } = local(at, timeZone);
  return [...standing(word), placed(facts, profile, position), onDay(facts, profile, day), atHour(facts, profile, clock), ...worked(facts, profile, seen)];
}

// All findings as one: outside if one is, within if all are; else it cannot be told as a whole.
export function outcomeOf(findings) {
  const found = new Set(findings.map(({ outcome }) => outcome));
  return found.has("outside") ? "outside" : found.size === 1 && found.has("within") ? "within" : "cannot-tell";
}

// The facts that say which works a document is for, in its own words.
export function worksOf(facts, profile) {
  return profile.fields.filter((field) => field.type === "code" && facts.has(field.key) && Object.keys(field.options).length > 1);
}

export function inWords({ code, values }, { sentences }, language) {
  const told = { ...values };
  if ("date" in told) told.date = dateInWords(told.date, language);
  return sentences[code][language].replace(/\{(\w+)\}/g, (_, name) => (typeof told[name] === "object" ? inLanguage(told[name], language) : told[name]));
}

const finding = (about, outcome, code, values = {}) => ({ about, outcome, code, values });

function standing(word) {
  if (word === "valid") return [];
  return [word === "cannot-tell" ? finding("document", "cannot-tell", "status-unknown") : finding("document", "outside", "not-in-force")];
}

function placed(facts, profile, position) {
  for (const [field, fact] of told(facts, profile, ["line", "area"])) {
    const points = readDrawn(fact);
    if (!points) continue;
    if (!position) return finding("place", "cannot-tell", "no-position");
    const away = distance(points, position, field.tells === "area");
    const values = { distance: Math.max(0, Math.round(away)), accuracy: Math.round(position.accuracy) };
    if (away + position.accuracy <= MARGIN) return finding("place", "within", "at-its-place", values);
    if (away - position.accuracy > MARGIN) return finding("place", "outside", "outside-its-place", values);
    return finding("place", "cannot-tell", "position-too-rough", values);
  }
  return finding("place", "not-told", "place-not-told");
}

function onDay(facts, profile, day) {
  const [first, last] = ["valid-from", "valid-until"].map((role) => factInRole(facts, profile, role));
  if (first !== null && day < first) return finding("day", "outside", "not-begun", { date: first });
  if (last !== null && day > last) return finding("day", "outside", "ended", { date: last });
  return first === null && last === null ? finding("day", "not-told", "days-not-told") : finding("day", "within", "in-its-days");
}

function atHour(facts, profile, time) {
  for (const [field, fact] of told(facts, profile, ["hours"])) {
    if (!HOURS.test(fact)) continue;
    const [from, until] = fact.split("-");
    const within = from < until ? from <= time && time < until : time >= from || time < until;
    const values = { label: field.name, from, until, time };
    return within ? finding("hour", "within", "in-its-hours", values) : finding("hour", "outside", "outside-its-hours", values);
  }
  return finding("hour", "not-told", "hours-not-told");
}

function worked(facts, profile, seen) {
  const asked = worksOf(facts, profile);
  if (!asked.length) return [finding("works", "not-told", "works-not-told")];
  return asked.flatMap((field) => {
    const [sealed, option] = [facts.get(field.key), field.options[seen[field.key]]];
    if (!option) return [];
    const values = { label: field.name, sealed: field.options[sealed], seen: option };
    // What is allowed need not be done: "No" seen on the spot is never outside.
    const within = Number(seen[field.key]) === sealed || option.en === "No" || option.ar === "لا";
    return [within ? finding("works", "within", "these-works", values) : finding("works", "outside", "other-works", values)];
  });
}

function told(facts, profile, kinds) {
  const fields = profile.fields.filter((field) => kinds.includes(field.tells) && typeof facts.get(field.key) === "string");
  return fields.map((field) => [field, facts.get(field.key)]);
}

function local(at, timeZone) {
  const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat("en-CA", { ...fields, timeZone }).formatToParts(new Date(at * 1000));
  const { year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { day: Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000, clock: `${hour}:${minute}` };
}

// Metres from a position to a line, or to the edge of an area; within the area they are negative.
function distance(points, { latitude, longitude }, isArea) {
  const angle = (latitude * Math.PI) / 180;
  const north = 111_132.954 - 559.822 * Math.cos(2 * angle) + 1.175 * Math.cos(4 * angle);
  const east = 111_412.84 * Math.cos(angle) - 93.5 * Math.cos(3 * angle) + 0.118 * Math.cos(5 * angle);
  const flat = points.map(([y, x]) => [(x - longitude) * east, (y - latitude) * north]);
  const ends = isArea ? [...flat.slice(1), flat[0]] : flat.slice(1);
  const edges = ends.map((end, at) => [...flat[at], ...end]);
  const away = Math.min(...edges.map(toEdge));
  const crossed = edges.filter(([x1, y1, x2, y2]) => y1 > 0 !== y2 > 0 && ((x2 - x1) * -y1) / (y2 - y1) + x1 > 0);
  return isArea && crossed.length % 2 ? -away : away;
}

function toEdge([x1, y1, x2, y2]) {
  const [east, north] = [x2 - x1, y2 - y1];
  const square = east * east + north * north;
  const along = square ? Math.max(0, Math.min(1, -(x1 * east + y1 * north) / square)) : 0;
  return Math.hypot(x1 + along * east, y1 + along * north);
}
