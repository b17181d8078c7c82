// JSON Web Signatures in the compact form (RFC 7515); the key determines the algorithm.

import { fromBase64url, fromUtf8, utf8 } from "./bytes.js";
import { verifies } from "./keys.js";
import { Refusal } from "./refusal.js";

// The payload, if it is of the type and one of `keys` signed it.
export async function readJws(text, { type, keys }) {
  const parts = text.split(".");
  if (parts.length !== 3) throw new Refusal("bad-jws", "not three parts");
  const header = json(parts[0]);
  const strange = Object.keys(header).some((name) => !["alg", "kid", "typ"].includes(name));
  if (strange || header.typ !== type) throw new Refusal("bad-jws", "header");
  const [signed, signature] = [utf8(`${parts[0]}.${parts[1]}`), bytes(parts[2])];
  for (const key of keys) {
    if (key.algorithm === header.alg && (await verifies(key, signature, signed))) return json(parts[1]);
  }
  throw new Refusal("bad-jws", "no known key signed it");
}

function json(part) {
  let value;
  try {
    value = JSON.parse(fromUtf8(bytes(part)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Refusal) throw new Refusal("bad-jws", "not JSON");
    throw error;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("bad-jws", "not a JSON object");
  }
  return value;
}

function bytes(part) {
  try {
    return fromBase64url(part);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal("bad-jws", "not base64url");
    throw error;
  }
}
