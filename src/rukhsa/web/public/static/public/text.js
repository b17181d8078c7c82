// The text allowed in a seal: normal form C, nothing invisible, nothing that changes the reading direction.

import { Refusal } from "./refusal.js";

const MAXIMUM_LENGTH = 200;

// Controls, bidirectional controls, zero-width and filler characters, private use, non-characters, tags.
const FORBIDDEN = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u08e2\\u115f\\u1160" +
    "\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\uf8ff\\ufe00-\\ufe0f" +
    "\\ufeff\\uffa0\\ufff0-\\uffff\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{10ffff}]",
  "u",
);

export function check(text) {
  const length = Array.from(text).length;
  if (length < 1 || length > MAXIMUM_LENGTH) throw new Refusal("bad-text", `${length} characters`);
  if (FORBIDDEN.test(text)) throw new Refusal("bad-text", "a control, an invisible or a private character");
  if (text.normalize("NFC") !== text || text.trim() !== text) {
    throw new Refusal("bad-text", "not in normal form C, or spaces around it");
  }
}
