// Moments and ages in words, in the language of the page and the time zone of the instruments.

import { dateInWords } from "./profiles.js";

const DAY = 86_400;

// "3 hours ago": how long before `now` (seconds since 1970) something was.
export function ageInWords(then, now, language) {
  const seconds = Math.max(0, now - then);
  const format = new Intl.RelativeTimeFormat(`${language}-u-nu-latn`, { numeric: "always" });
  if (seconds < 90) return format.format(-seconds, "second");
  if (seconds < 5400) return format.format(-Math.round(seconds / 60), "minute");
  if (seconds < 2 * DAY) return format.format(-Math.round(seconds / 3600), "hour");
  return format.format(-Math.round(seconds / DAY), "day");
}

// 24 November 2026, 10:05.
export function momentInWords(seconds, timeZone, language) {
  const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const format = new Intl.DateTimeFormat("en-CA", { ...fields, timeZone });
  const part = Object.fromEntries(format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]));
  const days = Date.UTC(Number(part.year), Number(part.month) - 1, Number(part.day)) / (DAY * 1000);
  return `${dateInWords(days, language)}${language === "ar" ? "، " : ", "}${part.hour}:${part.minute}`;
}

// A sentence with its `{name}` placeholders filled in.
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function now() {
  return Math.floor(Date.now() / 1000);
}
