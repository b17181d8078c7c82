// The objects of a PDF (ISO 32000-2 §7.3, §7.5) as in our files: cross-reference tables of uncompressed objects.
//
// Dictionaries become a Map, arrays an Array, names a text with its slash, numbers a number, strings {text},
// references {ref}, streams {dict, bytes}. Only bytes that an authority signed are read here.

import { Refusal } from "./refusal.js";

const SPACE = /[\0\t\n\f\r ]/;
const TOKEN = /[^\0\t\n\f\r ()<>[\]{}/%]+/y;
const REFERENCE = /([0-9]{1,8})[\0\t\n\f\r ]+([0-9]{1,5})[\0\t\n\f\r ]+R(?![A-Za-z0-9])/y;
const HEADER = /([0-9]{1,8})[\0\t\n\f\r ]+([0-9]{1,5})[\0\t\n\f\r ]+obj(?![A-Za-z0-9])/y;
const MAXIMUM_NESTING = 32;
const MAXIMUM_OBJECTS = 20_000;
const ESCAPED = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

// One character per byte.
export function characters(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join("");
}

export class Objects {
  constructor(bytes, text) {
    Object.assign(this, { bytes, text, places: new Map(), trailer: null, read: new Map() });
    const start = /startxref[\0\t\n\f\r ]+([0-9]{1,10})[\0\t\n\f\r ]+%%EOF[\r\n]*$/.exec(text);
    if (!start) throw bad("no table of objects");
    this.readTables(Number(start[1]));
  }

  // The value; for a reference the object it refers to.
  resolve(value) {
    return value?.ref === undefined ? value : this.object(value.ref);
  }

  // The object with a number; null if there is none, as the standard demands.
  object(number) {
    if (!this.places.has(number)) return null;
    if (!this.read.has(number)) this.read.set(number, this.readObject(number));
    return this.read.get(number);
  }

  numbers() {
    return [...this.places.keys()];
  }

  readTables(first) {
    const seen = new Set();
    for (let at = first; at !== undefined; ) {
      if (seen.has(at)) throw bad("tables in a circle");
      seen.add(at);
      const trailer = this.readTable(at);
      this.trailer ??= trailer;
      at = trailer.get("/Prev");
    }
  }

  readTable(start) {
    const reader = new Reader(this.text, start);
    reader.take("xref");
    while (!reader.comes("trailer")) {
      const [from, count] = [reader.integer(), reader.integer()];
      if (this.places.size + count > MAXIMUM_OBJECTS) throw bad("too many objects");
      for (let number = from; number < from + count; number++) {
        const [place, , kind] = [reader.integer(), reader.integer(), reader.token()];
        if (kind !== "n" && kind !== "f") throw bad("an entry of a table");
        // The newest table comes first.
        if (!this.places.has(number)) this.places.set(number, kind === "n" ? place : null);
      }
    }
    reader.take("trailer");
    const trailer = reader.value(0);
    if (!(trailer instanceof Map)) throw bad("no trailer");
    return trailer;
  }

  readObject(number) {
    const place = this.places.get(number);
    if (place === null) return null;
    HEADER.lastIndex = place;
    const header = HEADER.exec(this.text);
    if (!header || Number(header[1]) !== number) throw bad(`object ${number} is not where it should be`);
    const reader = new Reader(this.text, HEADER.lastIndex);
    const value = reader.value(0);
    if (reader.comes("endobj")) return value;
    reader.take("stream");
    return this.readStream(value, reader.at);
  }

  readStream(dict, behindWord) {
    const start = behindWord + (this.text.startsWith("\r\n", behindWord) ? 2 : 1);
    const length = dict instanceof Map ? this.resolve(dict.get("/Length")) : null;
    if (!Number.isInteger(length) || length < 0 || start + length > this.bytes.length) throw bad("a stream's length");
    if (!/^[\r\n]{0,2}endstream/.test(this.text.slice(start + length, start + length + 12))) throw bad("a stream's end");
    return { dict, bytes: this.bytes.subarray(start, start + length) };
  }
}

class Reader {
  constructor(text, at) {
    Object.assign(this, { text, at });
  }

  comes(word) {
    this.pass();
    return this.text.startsWith(word, this.at);
  }

  take(word) {
    if (!this.comes(word)) throw bad(`no ${word}`);
    this.at += word.length;
  }

  token() {
    this.pass();
    TOKEN.lastIndex = this.at;
    const found = TOKEN.exec(this.text);
    if (!found) throw bad("no word");
    this.at = TOKEN.lastIndex;
    return found[0];
  }

  integer() {
    const word = this.token();
    if (!/^[0-9]{1,10}$/.test(word)) throw bad("no number");
    return Number(word);
  }

  value(depth) {
    if (depth > MAXIMUM_NESTING) throw bad("too deeply nested");
    this.pass();
    const character = this.text[this.at];
    if (this.text.startsWith("<<", this.at)) return this.dictionary(depth);
    if (character === "<") return this.hexadecimal();
    if (character === "(") return this.literal();
    if (character === "[") return this.array(depth);
    if (character === "/") return this.name();
    REFERENCE.lastIndex = this.at;
    const reference = REFERENCE.exec(this.text);
    if (!reference) return plain(this.token());
    this.at = REFERENCE.lastIndex;
    return { ref: Number(reference[1]) };
  }

  dictionary(depth) {
    this.take("<<");
    const dict = new Map();
    while (!this.comes(">>")) {
      const name = this.name();
      if (dict.has(name)) throw bad(`${name} twice`);
      dict.set(name, this.value(depth + 1));
    }
    this.take(">>");
    return dict;
  }

  array(depth) {
    this.take("[");
    const items = [];
    while (!this.comes("]")) items.push(this.value(depth + 1));
    this.take("]");
    return items;
  }

  name() {
    this.take("/");
    TOKEN.lastIndex = this.at;
    const found = TOKEN.exec(this.text);
    this.at = found ? TOKEN.lastIndex : this.at;
    return `/${(found?.[0] ?? "").replace(/#([0-9A-Fa-f]{2})/g, (_, pair) => String.fromCharCode(parseInt(pair, 16)))}`;
  }

  hexadecimal() {
    const end = this.text.indexOf(">", this.at);
    const digits = this.text.slice(this.at + 1, end).replace(/[\0\t\n\f\r ]/g, "");
    if (end < 0 || !/^[0-9A-Fa-f]*$/.test(digits)) throw bad("a string");
    this.at = end + 1;
    const pairs = (digits.length % 2 ? `${digits}0` : digits).match(/../g) ?? [];
    return { text: pairs.map((pair) => String.fromCharCode(parseInt(pair, 16))).join("") };
  }

  literal() {
    let [depth, text] = [0, ""];
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at];
      if (character === "\\") text += this.escaped();
      else if (character === ")" && --depth === 0) return this.at++, { text };
      else if (character !== "(" || depth++ > 0) text += character;
    }
    throw bad("a string without an end");
  }

  escaped() {
    const octal = /^[0-7]{1,3}/.exec(this.text.slice(this.at + 1, this.at + 4));
    this.at += octal ? octal[0].length : 1;
    if (octal) return String.fromCharCode(parseInt(octal[0], 8) & 255);
    const character = this.text[this.at];
    return character === "\n" || character === "\r" ? "" : (ESCAPED[character] ?? character);
  }

  pass() {
    for (; this.at < this.text.length; this.at++) {
      if (this.text[this.at] === "%") this.at = this.endOfLine(); // a comment
      else if (!SPACE.test(this.text[this.at])) return;
    }
  }

  endOfLine() {
    const rest = /[\r\n]/g;
    rest.lastIndex = this.at;
    return rest.exec(this.text)?.index ?? this.text.length;
  }
}

function plain(word) {
  if (/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(word)) return Number(word);
  if (word === "true" || word === "false") return word === "true";
  if (word === "null") return null;
  throw bad(`an unknown word ${word.slice(0, 20)}`);
}

function bad(detail) {
  return new Refusal("bad-pdf", detail);
}
