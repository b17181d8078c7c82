// Marks: signs that a code or file claims to belong to this register, as in rukhsa.trust.marks.
//
// Only what bears a mark is called altered when it fails; anything else is not one of ours.

import { concat, fromBase64url, fromHex, utf8 } from "./bytes.js";
import { decode } from "./digits.js";
import { beginning } from "./inflate.js";
import { characters } from "./pdfobjects.js";
import { Refusal } from "./refusal.js";

const LONGEST_TEXT = 8192; // characters of a text that are searched; the largest QR holds 7,089 digits
const MOST_STREAMS = 512; // of a file, each inflated no further than this
const LONGEST_STREAM = 64 * 2 ** 10;
const PACKED = 128 * 2 ** 10; // bytes of a compressed stream that are searched
const MOST_SIGNATURES = 64;
const STREAM = /(?<!end)stream\r?\n/g;
const CONTENTS = /\/Contents[\t\n\f\r ]*<([0-9A-Fa-f\t\n\f\r ]{128,})>/g;
// A document is in the fragment or, if the link was mangled, in a long run of digits.
const DOCUMENT = /#|[0-9]{16}/;
const NAMED_HOST = /(?:^|:)[/\\]{2}([^/\\?#\s]+)|^([^/\\?#\s:]+)\/#/g;
// Look-alikes of a host's characters, by the character that they imitate.
const LOOK_ALIKES = {
  a: "аα", b: "вβ", c: "сϲ", d: "ԁ", e: "еε", g: "ց", h: "һհ", j: "ј", k: "кκ", l: "i1|ӏіιı", m: "м", n: "ո", o: "0оοօ",
  p: "рρ", q: "ԛ", s: "ѕ", t: "тτ", u: "υս", v: "νѵ", w: "ԝω", x: "хχ", y: "уү", ".": "。．｡",
};
const PASSES_FOR = new Map(Object.entries(LOOK_ALIKES).flatMap(([one, alike]) => [...alike].map((each) => [each, one])));

// The marks of a register, from its trust list.
export class Marks {
  constructor({ verifiers, authorities }, specimenKey) {
    const keys = authorities.flatMap((authority) => authority.keys);
    const places = authorities.flatMap((authority) => authority.status);
    const points = keys.filter(({ purpose }) => purpose === "pdf").map(({ jwk }) => concat(...[jwk.x, jwk.y ?? ""].map(fromBase64url)));
    Object.assign(this, {
      verifiers,
      kids: [specimenKey, ...keys].map(({ kid }) => characters(fromHex(kid))),
      places: places.map((place) => characters(utf8(place))),
      points: points.map(characters),
      links: verifiers.map((host) => new RegExp(`https://${escape(host)}/#[0-9]{16}`)),
      official: verifiers.map((host) => new RegExp(`(?<![a-z0-9.-])${escape(host)}(?![a-z0-9-]|\\.[a-z0-9])`)),
    });
  }

  // Whether the text of a code claims to be ours: by its address, or by the seal in its digits.
  inText(text) {
    const plain = folded(text);
    if (this.imitatedIn(text) !== undefined) return true;
    if (DOCUMENT.test(plain) && this.official.some((each) => each.test(plain))) return true;
    return (plain.match(/[0-9]{34,}/g) ?? []).some((run) => this.inBytes(decoded(run)));
  }

  // Whether a host imitates an official one.
  imitates(host) {
    if (this.verifiers.some((each) => host === each || host.endsWith(`.${each}`))) return false;
    const seen = shown(host);
    return this.verifiers.map(shown).some((each) => bare(seen) === bare(each) || apart(seen).includes(apart(each)));
  }

  // The host in a text that imitates an official one, or undefined.
  imitatedIn(text) {
    return hosts(folded(text)).find((host) => this.imitates(host));
  }

  // Whether bytes that may be a seal name a key or status list of ours.
  inBytes(data) {
    const content = characters(data);
    return [...this.kids, ...this.places].some((mark) => content.includes(mark));
  }

  // Whether a file claims to be ours: it contains the address of our status lists or a link to a document of ours, also
  // compressed, or a signature names a key of ours.
  async inFile(data) {
    const text = characters(data);
    if (this.isNamedIn(text)) return true;
    if (signatures(text).some((each) => [...this.points, ...this.places].some((mark) => each.includes(mark)))) return true;
    let count = 0;
    for (const { index, 0: word } of text.matchAll(STREAM)) {
      if (++count > MOST_STREAMS) return false;
      const start = index + word.length;
      const stream = await beginning(data.subarray(start, start + PACKED), LONGEST_STREAM);
      if (this.inBytes(stream) || this.isNamedIn(characters(stream))) return true;
    }
    return false;
  }

  isNamedIn(content) {
    return this.places.some((mark) => content.includes(mark)) || this.links.some((each) => each.test(content));
  }
}

// The text normalised as a browser or a hurried reader sees it: no escapes, lower case, no spaces.
function folded(text) {
  const start = [...text.slice(0, 2 * LONGEST_TEXT)].slice(0, LONGEST_TEXT).join("");
  const unescaped = start.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => new TextDecoder().decode(fromHex(run.replaceAll("%", "").toLowerCase())));
  return unescaped.normalize("NFKC").toLowerCase().replace(/[\s\p{Cf}]/gu, "");
}

// The hosts of an address, without user name and port.
function hosts(plain) {
  return [...plain.matchAll(NAMED_HOST)].map((found) => {
    const host = found[1] ?? found[2];
    return host.slice(host.lastIndexOf("@") + 1).replace(/:[0-9]*$/, "").replace(/\.+$/, "");
  });
}

// The host as it looks: Punycode decoded, accents removed, look-alikes replaced by what they imitate.
function shown(host) {
  const written = host.split(".").map(writtenOut).join(".");
  const plain = [...written.normalize("NFD").replace(/\p{M}/gu, "")].map((each) => PASSES_FOR.get(each) ?? each).join("");
  return plain.replaceAll("rn", "m").replaceAll("vv", "w");
}

// Letters only.
function bare(seen) {
  return seen.replace(/[._-]/g, "");
}

// The labels, whatever separates them.
function apart(seen) {
  return `-${seen.replace(/[._-]/g, "-")}-`;
}

// Decode a Punycode label (RFC 3492).
function writtenOut(label) {
  if (!label.startsWith("xn--")) return label;
  try {
    return punycode(label.slice(4)).toLowerCase();
  } catch (error) {
    if (error instanceof RangeError) return label;
    throw error;
  }
}

function punycode(label) {
  const border = Math.max(0, label.lastIndexOf("-"));
  const letters = [...label.slice(0, border)];
  let [code, at, bias] = [128, 0, 72];
  for (let next = border && border + 1; next < label.length; ) {
    const before = at;
    for (let [weight, base] = [1, 36]; ; base += 36) {
      const digit = "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(label[next++] ?? " ");
      if (digit < 0 || at > 2 ** 31) throw new RangeError("not punycode");
      at += digit * weight;
      const threshold = Math.min(26, Math.max(1, base - bias));
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const count = letters.length + 1;
    bias = adapted(at - before, count, before === 0);
    code += Math.floor(at / count);
    at %= count;
    letters.splice(at++, 0, String.fromCodePoint(code));
  }
  return letters.join("");
}

function adapted(delta, count, first) {
  let [rest, steps] = [Math.floor(delta / (first ? 700 : 2)), 0];
  for (rest += Math.floor(rest / count); rest > 455; steps += 36) rest = Math.floor(rest / 35);
  return steps + Math.floor((36 * rest) / (rest + 38));
}

// The bytes of digits, group by group; invalid groups are skipped.
function decoded(run) {
  const groups = (run.match(/.{1,17}/g) ?? []).map((group) => {
    try {
      return decode(group);
    } catch (error) {
      if (error instanceof Refusal) return new Uint8Array();
      throw error;
    }
  });
  return concat(...groups);
}

// The contents of the signatures in a file, as far as they are hexadecimal.
function signatures(text) {
  const found = [...text.matchAll(CONTENTS)].slice(0, MOST_SIGNATURES);
  return found.map((each) => {
    const digits = each[1].replace(/\s/g, "").toLowerCase();
    return characters(fromHex(digits.slice(0, digits.length & ~1)));
  });
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
