// The seal: a CWT in COSE_Sign1 (RFC 9052, RFC 8392, RFC 9864) that states the facts of an instrument.

import { byteString, read as readCbor } from "./cbor.js";
import { concat, sha256, toHex, utf8 } from "./bytes.js";
import { isLowS } from "./keys.js";
import { Refusal } from "./refusal.js";
import { check } from "./text.js";

const ISSUED_AT = 6, EXPIRES_AT = 4, TOKEN_ID = 7, STATUS = 65535, FACTS = -65537, LOG_INDEX = -65538;
const REQUIRED = [ISSUED_AT, TOKEN_ID, STATUS, FACTS];
const MAXIMUM_SIZE = 1024;
const LATEST = 2 ** 40;
const SAFE = 2 ** 53;
const PROTECTED = new Set(["a201280448", "a201260448"]); // ESP256; ES256 is read, never written
const INSTRUMENT = /^([A-Za-z0-9][A-Za-z0-9._-]{0,39})\/([1-9][0-9]{0,3})$/;
const STATUS_URI = /^https:\/\/[a-z0-9.-]+\/[A-Za-z0-9._/-]{1,100}$/;

// Read a seal strictly; its signature is not verified here.
export function readSeal(data) {
  if (data.length < 1 || data.length > MAXIMUM_SIZE) throw new Refusal("bad-size", `${data.length} bytes`);
  if (data[0] !== 0xd2) throw new Refusal("not-a-seal", `the first byte is ${data[0]}`);
  return seal(strictly(data.subarray(1)));
}

// RFC 9052 §4.4: the signed bytes.
export function signedBytes({ protectedHeader, payload }) {
  const context = concat(Uint8Array.of(0x84, 0x6a), utf8("Signature1"));
  return concat(context, byteString(protectedHeader), Uint8Array.of(0x40), byteString(payload));
}

// The seal's entry in the log: deterministic CBOR of ["seal", SHA-256 of protected, payload, signature].
export async function leafEntry({ protectedHeader, payload, signature }) {
  const digest = await sha256(concat(protectedHeader, payload, signature));
  return concat(Uint8Array.of(0x82, 0x64), utf8("seal"), byteString(digest));
}

function strictly(data) {
  try {
    return readCbor(data);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal("bad-cbor", error.message);
    throw error;
  }
}

function seal(item) {
  if (!Array.isArray(item) || item.length !== 4) throw new Refusal("not-a-seal", "not an array of four");
  const [protectedHeader, unprotectedHeader, payload, signature] = item;
  if (![protectedHeader, payload, signature].every((part) => part instanceof Uint8Array)) {
    throw new Refusal("not-a-seal", "parts of the wrong types");
  }
  if (protectedHeader.length !== 13 || !PROTECTED.has(toHex(protectedHeader.subarray(0, 5)))) {
    throw new Refusal("bad-header", "the protected header holds the algorithm and the key's name, nothing else");
  }
  if (signature.length !== 64 || !isLowS(signature)) throw new Refusal("bad-signature-form");
  const kid = toHex(protectedHeader.subarray(5));
  const read = claims(strictly(payload));
  return { ...read, kid, logIndex: logIndex(unprotectedHeader), protectedHeader, payload, signature };
}

function logIndex(header) {
  if (!(header instanceof Map)) throw new Refusal("bad-header", "the unprotected header is a map");
  if (!header.size) return null;
  if (header.size !== 1 || !header.has(LOG_INDEX)) throw new Refusal("bad-header", "only the log index");
  return number(header.get(LOG_INDEX), "bad-header");
}

function claims(payload) {
  const known = payload instanceof Map && [...payload.keys()].every((key) => [EXPIRES_AT, ...REQUIRED].includes(key));
  if (!known || !REQUIRED.every((key) => payload.has(key))) {
    throw new Refusal("bad-claims", "a claim is missing or unknown");
  }
  return {
    ...tokenId(payload.get(TOKEN_ID)),
    issuedAt: number(payload.get(ISSUED_AT), "bad-claims", LATEST),
    expiresAt: payload.has(EXPIRES_AT) ? number(payload.get(EXPIRES_AT), "bad-claims", LATEST) : null,
    ...status(payload.get(STATUS)),
    facts: readFacts(payload.get(FACTS)),
  };
}

function tokenId(value) {
  const text = value instanceof Uint8Array ? String.fromCharCode(...value.subarray(0, 64)) : "";
  const match = value?.length <= 64 ? INSTRUMENT.exec(text) : null;
  if (!match) throw new Refusal("bad-claims", "cti is the instrument's number, a slash, and its version");
  return { instrument: match[1], version: Number(match[2]) };
}

function status(value) {
  const inner = value instanceof Map && value.size === 1 ? value.get("status_list") : null;
  if (!(inner instanceof Map) || inner.size !== 2 || !inner.has("idx") || !inner.has("uri")) {
    throw new Refusal("bad-claims", "status names one place in one status list");
  }
  const uri = inner.get("uri");
  if (typeof uri !== "string" || !STATUS_URI.test(uri)) throw new Refusal("bad-claims", "the status list's address");
  return { statusIndex: number(inner.get("idx"), "bad-claims", 2 ** 32), statusUri: uri };
}

function readFacts(value) {
  if (!(value instanceof Map) || typeof value.get(1) !== "number" || value.size < 2 || value.size > 24) {
    throw new Refusal("bad-facts", "a map of 2 to 24 facts, the first a profile's code");
  }
  for (const [key, fact] of value) {
    if (typeof key !== "number" || key <= 0 || key >= 256) throw new Refusal("bad-facts", "a fact's key");
    checkFact(fact);
  }
  return value;
}

function checkFact(fact) {
  if (!Array.isArray(fact)) return checkSingle(fact);
  if (!fact.length || fact.length > 8) throw new Refusal("bad-facts", "a list of 1 to 8 parts");
  for (const part of fact) if (part !== null) checkSingle(part);
}

function checkSingle(fact) {
  if (typeof fact === "string") return check(fact);
  if (typeof fact !== "number" || Math.abs(fact) >= SAFE) throw new Refusal("bad-facts", "a number or a text");
}

function number(value, code, limit = SAFE) {
  if (typeof value !== "number" || value < 0 || value >= limit) throw new Refusal(code, "not a number in its bounds");
  return value;
}
