// Document profiles: the published types, names and order of the facts in a seal.

import { Refusal } from "./refusal.js";
import { check as checkText } from "./text.js";

const DAY = 86400;
const MONTHS = {
  en: "January February March April May June July August September October November December".split(" "),
  ar: "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split(" "),
};
const COMMA = { ar: "، ", en: ", " };
// ISO 4217: the currencies by their number of decimals (values/currencies.csv).
const DECIMALS = {};
const BY_DECIMALS = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  2:
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE " +
    "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD " +
    "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK " +
    "MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD " +
    "RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH " +
    "USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};
for (const [decimals, codes] of Object.entries(BY_DECIMALS))
  for (const code of codes.split(" ")) DECIMALS[code] = Number(decimals);
const FIRST_DAY = -719162; // 1 January of the year 1
const LAST_DAY = 2932896; // 31 December 9999

const CHECKS = {
  text: (fact) => typeof fact === "string",
  identifier: (fact) => typeof fact === "string" && /^[\x00-\x7f•]*$/.test(fact),
  date: (fact) => Number.isInteger(fact) && fact >= FIRST_DAY && fact <= LAST_DAY,
  integer: Number.isInteger,
  money: Number.isInteger,
  code: (fact, field) => Number.isInteger(fact) && String(fact) in (field.options ?? {}),
  address: isAddress,
};

// Refuse facts that are not exactly those of the profile, each of its type.
export function checkFacts(facts, profile) {
  const known = new Set([1, ...profile.fields.map((field) => field.key)]);
  for (const key of facts.keys()) if (!known.has(key)) throw new Refusal("unknown-fact", String(key));
  for (const field of profile.fields) {
    if (facts.has(field.key)) {
      if (!CHECKS[field.type](facts.get(field.key), field)) throw new Refusal("bad-fact", `${field.key}`);
    } else if (!field.optional) {
      throw new Refusal("missing-fact", String(field.key));
    }
  }
}

// The facts in the profile's order, as people read them in "ar" or "en".
export function showFacts(facts, profile, language) {
  return profile.fields
    .filter((field) => facts.has(field.key))
    .map((field) => ({
      key: field.key,
      role: field.role ?? null,
      label: inLanguage(field.name, language),
      value: words(facts.get(field.key), field, language),
      leftToRight: ["identifier", "integer", "money"].includes(field.type),
    }));
}

// The fact that the profile marks with `role`, such as "valid-until"; null if there is none.
export function factInRole(facts, profile, role) {
  const field = profile.fields.find((each) => each.role === role && facts.has(each.key));
  return field ? facts.get(field.key) : null;
}

export function inLanguage(text, language) {
  const [first, second] = language === "ar" ? [text?.ar, text?.en] : [text?.en, text?.ar];
  return first || second || "";
}

// 1 November 2020, or 1 نوفمبر 2020: months in words, Latin digits. `days` since 1 January 1970.
export function dateInWords(days, language) {
  const date = new Date(days * DAY * 1000);
  return `${date.getUTCDate()} ${MONTHS[language][date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

function isAddress(fact, field) {
  const parts = (field.parts ?? []).length;
  if (!Array.isArray(fact) || fact.length < parts - 1 || fact.length > parts) return false;
  for (const part of fact) if (typeof part === "string") checkText(part);
  return fact.at(-1) !== null;
}

function words(fact, field, language) {
  if (Array.isArray(fact)) {
    const named = fact.map((part, at) => part !== null && `${inLanguage(field.parts[at], language)} ${part}`);
    return named.filter(Boolean).join(COMMA[language]);
  }
  if (typeof fact === "string") return ["line", "area"].includes(field.tells) ? drawnInWords(fact) : fact;
  if (field.type === "date") return dateInWords(fact, language);
  if (field.type === "code") return inLanguage(field.options[fact], language);
  if (field.type === "money") return `${decimal(fact, DECIMALS[field.currency])} ${field.currency}`;
  return `${decimal(fact, field.decimals ?? 0)} ${inLanguage(field.unit, language)}`.trimEnd();
}

// The points [latitude, longitude] of a line or an area; null for a text of another form (docs/formats/extent.md).
export function readDrawn(text) {
  const numbers = [0, 0];
  let [value, shift] = [0, 0];
  for (const letter of text) {
    const bits = letter.charCodeAt(0) - 63;
    if (!(bits >= 0 && bits < 64) || shift > 30) return null;
    value += (bits & 31) * 2 ** shift;
    shift += 5;
    if (bits > 31) continue;
    numbers.push(numbers.at(-2) + (value % 2 ? -(value + 1) / 2 : value / 2));
    value = shift = 0;
  }
  const points = numbers.slice(2).flatMap((number, at, all) => (at % 2 ? [[all[at - 1] / 1e4, number / 1e4]] : []));
  return shift || numbers.length % 2 || points.length < 2 ? null : points;
}

function drawnInWords(text) {
  const [first, ...others] = readDrawn(text) ?? [];
  return first ? `${first.map((degrees) => degrees.toFixed(4)).join(", ")} +${others.length}` : text;
}

function decimal(number, decimals) {
  const digits = String(Math.abs(number)).padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  return `${number < 0 ? "-" : ""}${digits.slice(0, point)}${decimals ? `.${digits.slice(point)}` : ""}`;
}
