// Token Status Lists (draft-ietf-oauth-status-list-21) as CWT or JWT: the status of instruments.

import { byteString, read as readCbor } from "./cbor.js";
import { concat, fromBase64url, fromUtf8, utf8 } from "./bytes.js";
import { inflate } from "./inflate.js";
import { readJws } from "./jws.js";
import { verifies } from "./keys.js";
import { Refusal } from "./refusal.js";

const SUBJECT = 2, EXPIRES_AT = 4, ISSUED_AT = 6, STATUS_LIST = 65533, TTL = 65534;
const ALGORITHM = 1, KID = 4, TYPE_HEADER = 16;
const TYPE = "application/statuslist+cwt";
const JWT_TYPE = "statuslist+jwt";
const ALGORITHMS = { ES256: [-7, -9], EdDSA: [-8, -19] };
const MAXIMUM_TOKEN = 2 ** 20;
const MAXIMUM_LIST = 2 ** 21;

// Read a list that one of `keys` signed for `uri`; see `checkFresh` for time.
export async function readStatusList(token, { uri, keys }) {
  if (token.length > MAXIMUM_TOKEN) throw bad("too large");
  // Ours have two bits; one bit could not say "suspended".
  const list = await statusList(await (token[0] === 0xd2 ? readCwt(token, keys) : readJwt(token, keys)));
  if (list.uri !== uri) throw bad("it is the list of another address");
  if (list.bits !== 2) throw bad("not of two bits");
  return list;
}

// Refuse a list that has expired or is from the future. `at` in seconds since 1970.
export function checkFresh(list, { at, skew = 300 }) {
  if (list.expiresAt === null || list.expiresAt <= at) throw new Refusal("status-expired");
  if (list.issuedAt > at + skew) throw new Refusal("status-from-the-future");
}

// The status at an index: the lowest bits of a byte come first (§4.1).
export function statusAt(list, index) {
  const perByte = 8 / list.bits;
  if (index < 0 || index >= list.statuses.length * perByte) throw new Refusal("no-such-index", String(index));
  const shift = (index % perByte) * list.bits;
  return (list.statuses[Math.floor(index / perByte)] >> shift) & ((1 << list.bits) - 1);
}

async function readCwt(token, keys) {
  const [header, payload] = await verified(token, keys);
  if (header.get(TYPE_HEADER) !== TYPE) throw bad("header");
  const claims = strictly(payload, { ordered: false });
  if (!(claims instanceof Map)) throw bad("claims");
  const labels = { sub: SUBJECT, iat: ISSUED_AT, exp: EXPIRES_AT, ttl: TTL, status_list: STATUS_LIST };
  const named = Object.fromEntries(Object.entries(labels).map(([name, label]) => [name, claims.get(label)]));
  const entry = named.status_list;
  return { ...named, status_list: entry instanceof Map ? { bits: entry.get("bits"), lst: entry.get("lst") } : null };
}

async function readJwt(token, keys) {
  try {
    const claims = await readJws(fromUtf8(token).trim(), { type: JWT_TYPE, keys });
    const { bits, lst } = claims.status_list ?? {};
    return { ...claims, status_list: { bits, lst: fromBase64url(lst) } };
  } catch (error) {
    throw error instanceof Refusal ? bad(error.message) : error;
  }
}

async function verified(token, keys) {
  const item = strictly(token.subarray(1));
  const [protectedHeader, unprotected, payload, signature] = Array.isArray(item) && item.length === 4 ? item : [];
  if (![protectedHeader, payload, signature].every((part) => part instanceof Uint8Array)) throw bad("not a COSE_Sign1");
  // The unprotected header is not signed: other issuers name their key in it, and nothing else is accepted.
  if (!(unprotected instanceof Map) || [...unprotected.keys()].some((key) => key !== KID)) throw bad("unprotected header");
  const header = strictly(protectedHeader);
  const known = header instanceof Map && [...header.keys()].every((key) => [ALGORITHM, KID, TYPE_HEADER].includes(key));
  if (!known) throw bad("header");
  const context = concat(Uint8Array.of(0x84, 0x6a), utf8("Signature1"));
  const signed = concat(context, byteString(protectedHeader), Uint8Array.of(0x40), byteString(payload));
  for (const key of keys) {
    const fits = ALGORITHMS[key.algorithm].includes(header.get(ALGORITHM));
    if (fits && (await verifies(key, signature, signed))) return [header, payload];
  }
  throw bad("no known key signed it");
}

async function statusList({ sub: uri, iat: issuedAt, exp: expiresAt = null, ttl = null, status_list: entry }) {
  const numbers = [issuedAt, expiresAt ?? 0, ttl ?? 0].every(Number.isSafeInteger);
  if (typeof uri !== "string" || !numbers || !entry) throw bad("claims");
  const { bits, lst } = entry;
  if (![1, 2, 4, 8].includes(bits) || !(lst instanceof Uint8Array)) throw bad("bits or lst");
  return { uri, issuedAt, expiresAt, ttl, bits, statuses: await unpacked(lst) };
}

async function unpacked(lst) {
  try {
    return await inflate(lst, MAXIMUM_LIST);
  } catch (error) {
    throw error instanceof Refusal ? bad(error.detail) : error;
  }
}

function strictly(data, options) {
  try {
    return readCbor(data, options);
  } catch (error) {
    if (error instanceof Refusal) throw bad(error.message);
    throw error;
  }
}

function bad(detail) {
  return new Refusal("bad-status-list", detail);
}
