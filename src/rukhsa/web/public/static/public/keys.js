// Public keys, their names, and signatures: ECDSA P-256 with SHA-256, and Ed25519 (RFC 8032).

import { concat, fromBase64url, sha256, toHex } from "./bytes.js";
import { byteString } from "./cbor.js";
import * as ed25519 from "./ed25519.js";
import { Refusal } from "./refusal.js";

const HALF_ORDER = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;
const KINDS = {
  "EC P-256": { algorithm: "ES256", prefix: [0xa4, 0x01, 0x02, 0x20, 0x01, 0x21], names: ["x", "y"] },
  "OKP Ed25519": { algorithm: "EdDSA", prefix: [0xa3, 0x01, 0x01, 0x20, 0x06, 0x21], names: ["x"] },
};

export async function readKey(jwk) {
  const kind = KINDS[`${jwk.kty} ${jwk.crv}`];
  if (!kind) throw new Refusal("unknown-key-type", `${jwk.kty} ${jwk.crv}`);
  const coordinates = kind.names.map((name) => coordinate(jwk, name));
  // RFC 9679 §3: the required COSE parameters in deterministic CBOR; -3 (0x22) comes after -2 (0x21).
  const parameters = [Uint8Array.from(kind.prefix), byteString(coordinates[0])];
  if (coordinates[1]) parameters.push(Uint8Array.of(0x22), byteString(coordinates[1]));
  const thumbprint = await sha256(concat(...parameters));
  return { jwk, algorithm: kind.algorithm, kid: toHex(thumbprint.subarray(0, 8)), point: coordinates[0] };
}

// Whether `key` made the raw signature of 64 bytes over `message`.
export async function verifies(key, signature, message) {
  if (signature.length !== 64) return false;
  return key.algorithm === "ES256" ? verifyP256(key, signature, message) : verifyEd25519(key, signature, message);
}

// Whether s is the smaller of the two that verify, so that a signature cannot be altered into a second one.
export function isLowS(signature) {
  return BigInt(`0x${toHex(signature.subarray(32))}`) <= HALF_ORDER;
}

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

async function verifyP256(key, signature, message) {
  const { kty, crv, x, y } = key.jwk;
  key.loaded ??= crypto.subtle.importKey("jwk", { kty, crv, x, y }, ECDSA, false, ["verify"]);
  try {
    return await crypto.subtle.verify(ECDSA, await key.loaded, signature, message);
  } catch (error) {
    if (error instanceof DOMException) throw new Refusal("not-on-curve", error.message);
    throw error;
  }
}

async function verifyEd25519(key, signature, message) {
  const { kty, crv, x } = key.jwk;
  try {
    const loaded = await crypto.subtle.importKey("jwk", { kty, crv, x }, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, loaded, signature, message);
  } catch (error) {
    // Older browsers know no Ed25519; the answer is then computed here.
    if (error instanceof DOMException) return ed25519.verify(key.point, signature, message);
    throw error;
  }
}

function coordinate(jwk, name) {
  const bytes = fromBase64url(jwk[name]);
  if (bytes.length !== 32) throw new Refusal("bad-coordinate", `${name} is not of 32 bytes`);
  return bytes;
}
