// The trust list: who may issue what, with which keys and since when, signed by this page's pinned root.

import { fromHex } from "./bytes.js";
import { readJws } from "./jws.js";
import { readKey } from "./keys.js";
import { Refusal } from "./refusal.js";

const TYPE = "rukhsa-trust-list+jws";

// Read a trust list that the root signed. The verdict checks whether it has expired. Times become seconds.
export async function readTrustList(text, rootJwk) {
  const document = await readJws(text.trim(), { type: TYPE, keys: [await readKey(rootJwk)] });
  try {
    return {
      version: document.version,
      issued: time(document.issued),
      expires: time(document.expires),
      timeZone: document.time_zone,
      verifiers: document.verifiers,
      authorities: await Promise.all(document.authorities.map(readAuthority)),
      profiles: new Map(document.profiles.map((profile) => [profile.code, profile])),
    };
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("bad-trust-list", error.message);
    throw error;
  }
}

// The keys of a purpose with the id `kid`, each with its authority: two keys may share an id.
export function keysNamed(trustList, kid, purpose) {
  return trustList.authorities.flatMap((authority) =>
    authority.keys.filter((key) => key.kid === kid && key.purpose === purpose).map((key) => ({ authority, key })),
  );
}

// Its uncompromised keys of a purpose: anyone may have signed under a compromised one.
export function keysFor(authority, purpose) {
  return authority.keys.filter((key) => key.purpose === purpose && key.compromisedSince === null);
}

export function lostKeysFor(authority, purpose) {
  return authority.keys.filter((key) => key.purpose === purpose && key.compromisedSince !== null);
}

// The authority's name on a day such as 2026-11-24.
export function nameOn(authority, day) {
  const earlier = authority.names.filter((name) => name.from <= day);
  return (earlier.at(-1) ?? authority.names[0]).name;
}

async function readAuthority(data) {
  const logs = [data.log, ...(data.log.successors ?? [])];
  return {
    id: data.id,
    names: [...data.names].sort((left, right) => (left.from < right.from ? -1 : 1)),
    keys: await Promise.all(data.keys.map(readListedKey)),
    status: data.status,
    logOrigin: logs.at(-1).origin,
    logAddress: logs.at(-1).address,
    formerLogs: logs.slice(1).map((successor, before) => readFormerLog(logs[before], successor)),
    profiles: new Set(data.profiles),
    witnesses: await Promise.all((data.log.witnesses ?? []).map(readWitness)),
    quorum: data.log.quorum ?? 0,
  };
}

// A log that has ended: it proves nothing beyond `size` entries, and its successor begins with all of them.
function readFormerLog({ origin }, { size, root }) {
  if (!Number.isSafeInteger(size) || size < 1 || !/^[0-9a-f]{64}$/.test(root)) throw new Refusal("bad-trust-list", origin);
  return { origin, size, root: fromHex(root) };
}

async function readWitness(data) {
  return { name: data.name, ...(await readKey(data.jwk)) };
}

async function readListedKey(data) {
  const key = await readKey(data.jwk);
  if (key.kid !== data.kid) throw new Refusal("bad-trust-list", "a key's name is not its own");
  return {
    ...key,
    purpose: data.purpose,
    notBefore: time(data.not_before),
    notAfter: time(data.not_after),
    compromisedSince: data.compromised_since === undefined ? null : time(data.compromised_since),
    compromisedLogSize: data.compromised_log_size ?? null,
  };
}

function time(text) {
  const seconds = Date.parse(text) / 1000;
  if (typeof text !== "string" || !text.endsWith("Z") || Number.isNaN(seconds)) {
    throw new Refusal("bad-trust-list", "a time is UTC and ends with Z");
  }
  return seconds;
}
