// The verdict's numbered duties, in order: the first that fails decides, and it fails closed.
//
// 0. parse                        4. log inclusion
// 1. issuer key and its period    5. status and its freshness
// 2. signature                    6. dates
// 3. profile and text rules       7. acceptance policy
//
// The same words and reasons as rukhsa.trust.verifier; tests/trust/vectors/verdicts.json holds both to it.

import { hasQuorum } from "./checkpoint.js";
import { readProving } from "./evidence.js";
import { Marks } from "./marks.js";
import { checkAgrees, checkLoggedAt, readReleased } from "./pdf.js";
import { characters } from "./pdfobjects.js";
import { factInRole, checkFacts } from "./profiles.js";
import { leafEntry, readSeal, signedBytes } from "./seal.js";
import { keysNamed, nameOn } from "./trustlist.js";
import { verifies } from "./keys.js";
import { accepting } from "./policy.js";
import { readQrText } from "./qr.js";
import { Refusal, Unavailable } from "./refusal.js";
import { checkFresh, statusAt } from "./statuslist.js";
import { checkProof, readProof } from "./tlogproof.js";

const CLOCK_SKEW = 300; // seconds that two honest clocks may differ
const WITNESSED_WITHIN = 86_400; // seconds after issue in which a document may still wait for the witnesses
const STATUSES = ["valid", "revoked", "suspended", "superseded"];
const DUTIES = [parse, knowIssuer, checkSignature, checkProfile, checkLog, checkStatus, checkDates, checkAcceptance];

// A failed duty: the word and the reason of the verdict.
class Failed extends Error {
  constructor(word, reason, detail = "") {
    super(`${word}: ${reason} ${detail}`);
    Object.assign(this, { word, reason, detail });
  }
}

// The verdict on the text of a QR, on the bytes of a released file or on those of a seal, at a moment in seconds since 1970.
// `specimenKey` is the published key of specimens, `evidence` holds status lists and logs; `proof` is the seal's
// tlog-proof, if given; `policy` and `purpose` are a relying party's, and the public has none.
export async function verify(question) {
  const found = { text: null, file: null, proof: null, policy: null, purpose: null, minimumVersion: 0, ...question, duty: 0 };
  try {
    for (found.duty = 0; found.duty < DUTIES.length; found.duty++) await DUTIES[found.duty](found);
  } catch (error) {
    if (error instanceof Failed) return answer(found, error);
    console.error("the verifier broke at duty", found.duty, error);
    return answer(found, new Failed("cannot-tell", "fault", String(error)));
  }
  return answer(found, null);
}

function answer(found, failed) {
  const known = Boolean(found.seal && found.authority);
  return {
    word: failed?.word ?? "valid",
    reason: failed?.reason ?? "in-force",
    detail: failed?.detail ?? "",
    at: found.at,
    duties: Array.from({ length: 8 }, (_, number) => outcome(number, failed && found.duty, found.policy)),
    failedDuty: failed ? found.duty : null,
    // Before its signature is verified, the facts of a seal are not shown.
    claims: known ? found.seal : null,
    issuer: known ? nameOn(found.authority, dayOf(found.seal.issuedAt, "UTC")) : null,
    profile: known ? (found.profile ?? null) : null,
    statusIssuedAt: found.statusIssuedAt ?? null,
    logSize: found.logSize ?? null,
    logAt: found.logAt ?? null, // seconds since 1970: when the checkpoint was signed
    witnessed: found.witnessed ?? null,
  };
}

function outcome(number, failedDuty, policy) {
  if (number === 7 && !policy) return "not-asked";
  if (failedDuty === null || number < failedDuty) return "met";
  return number === failedDuty ? "failed" : "not-reached";
}

async function parse(found) {
  try {
    if (found.file !== null) {
      found.released = await readReleased(found.file, found.trustList);
      Object.assign(found, { sealBytes: found.released.sealBytes, proof: found.released.proof });
    }
    if (found.text !== null) {
      const { host, sealBytes } = readQrText(found.text);
      if (!found.trustList.verifiers.includes(host)) throw new Refusal("foreign-host", host);
      found.sealBytes = sealBytes;
    }
    found.seal = readSeal(found.sealBytes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw await refusalOf(found, error);
  }
}

// Altered if it claims to be ours or a key of ours signed the file; otherwise not one of ours.
async function refusalOf(found, { code, detail }) {
  const marks = new Marks(found.trustList, found.specimenKey);
  const imitated = found.text === null ? undefined : marks.imitatedIn(found.text);
  if (imitated !== undefined) return new Failed("altered", "foreign-host", imitated);
  const ours = Boolean(found.released) || (await claimsToBeOurs(found, marks));
  return ours ? new Failed("altered", code, detail) : new Failed("not-ours", strangersReason(found, code), detail);
}

async function claimsToBeOurs({ text, file, sealBytes }, marks) {
  if (text !== null && marks.inText(text)) return true;
  if (file !== null) return marks.inFile(file);
  return text === null && marks.inBytes(sealBytes);
}

// The reason why something without a mark is not one of ours.
function strangersReason({ text, file }, code) {
  if (file !== null) {
    const content = characters(file);
    return content.startsWith("%PDF-") && content.includes("/ByteRange") ? "other-signature" : "other-file";
  }
  if (text === null) return "other-seal";
  return code === "foreign-host" ? "other-address" : "other-code";
}

async function knowIssuer(found) {
  const { kid, issuedAt } = found.seal;
  if (kid === found.specimenKey.kid) await refuseSpecimen(found);
  if (found.trustList.version < found.minimumVersion) throw new Failed("cannot-tell", "trust-list-rolled-back");
  if (found.trustList.expires <= found.at) throw new Failed("cannot-tell", "trust-list-expired");
  const known = keysNamed(found.trustList, kid, "seal");
  found.candidates = known.filter(({ key }) => key.notBefore <= issuedAt && issuedAt < key.notAfter);
  if (!found.candidates.length) throw noKey(found, known.length ? "outside-key-period" : "unknown-key");
  if (issuedAt > found.at + CLOCK_SKEW) throw new Failed("cannot-tell", "issued-in-the-future");
}

// A code at our address and a file that we signed claim to be ours; a bare seal claims it by its marks.
function noKey({ text, file, seal, sealBytes, trustList, specimenKey }, reason) {
  const alone = text === null && file === null;
  if (alone && !new Marks(trustList, specimenKey).inBytes(sealBytes)) return new Failed("not-ours", "other-seal", seal.kid);
  return new Failed("altered", reason, seal.kid);
}

async function refuseSpecimen({ seal, specimenKey }) {
  if (!(await verifies(specimenKey, seal.signature, signedBytes(seal)))) throw new Failed("altered", "bad-signature");
  throw new Failed("specimen", "specimen");
}

async function checkSignature(found) {
  const signed = signedBytes(found.seal);
  for (const { authority, key } of found.candidates) {
    if (!(await verifies(key, found.seal.signature, signed))) continue;
    Object.assign(found, { authority, key });
    return;
  }
  throw new Failed("altered", "bad-signature");
}

function checkProfile(found) {
  const code = found.seal.facts.get(1);
  const profile = found.trustList.profiles.get(code);
  if (!profile) throw new Failed("altered", "unknown-profile", String(code));
  if (!found.authority.profiles.has(code)) throw new Failed("altered", "foreign-profile", profile.service);
  try {
    checkFacts(found.seal.facts, profile);
    found.profile = profile; // facts that do not match the profile cannot be shown by it
  } catch (error) {
    throw refused(error, () => new Failed("altered", "bad-facts", error.message));
  }
  try {
    if (found.released) checkAgrees(found.released, found.seal, found.authority);
  } catch (error) {
    throw refused(error, (code) => new Failed("altered", code, error.detail));
  }
}

async function checkLog(found) {
  const index = found.seal.logIndex;
  if (index === null) throw new Failed("not-registered", "no-log-index");
  const entry = await leafEntry(found.seal);
  await (found.proof === null ? checkTiles(found, entry, index) : proved(found, found.proof, entry, index));
  const end = found.key.compromisedLogSize;
  if (end !== null && index >= end) throw new Failed("altered", "key-compromised", `${index} is not below ${end}`);
  if (found.released) await checkFile(found);
}

// The file is in the log, by the proof beside its signature.
async function checkFile(found) {
  const { fileProof, leafEntry: entry } = found.released;
  if (fileProof === null) throw new Failed("not-registered", "pdf-not-in-log");
  checkWritten(fileProof);
  const place = await proved(found, fileProof, entry);
  try {
    checkLoggedAt(found.released, place, found.seal, found.authority);
  } catch (error) {
    throw refused(error, (code) => new Failed("altered", code, error.detail));
  }
}

// The proof beside a file's signature is unsigned, so it must have exactly one form.
function checkWritten(text) {
  try {
    if (readProof(text).written !== text) throw new Refusal("bad-proof", "extra data");
  } catch (error) {
    throw refused(error, () => new Failed("altered", "bad-proof", error.message));
  }
}

// The index of an entry in the issuer's log, by the given proof; `index` is the expected one.
async function proved(found, text, entry, index = null) {
  let proof, checkpoint;
  let witnessed = null;
  try {
    proof = readProof(text);
    checkpoint = await readProving(proof.note, found.authority);
    await checkProof(proof, entry, checkpoint);
    if (found.authority.quorum) witnessed = await hasQuorum(proof.note, found.authority);
    if (![null, proof.index].includes(index)) throw new Refusal("bad-proof", "the seal and its proof name different places");
  } catch (error) {
    if (!(error instanceof Refusal) || !["log-key-compromised", "log-ended"].includes(error.code)) {
      throw refused(error, () => new Failed("altered", "bad-proof", error.message));
    }
    // A compromised key's signature, or a log beyond its end, proves nothing: the log itself is checked.
    const place = index ?? proof.index;
    await checkTiles(found, entry, place);
    return place;
  }
  if (witnessed === false) await comparePublished(found, entry, proof.index);
  else record(found, witnessed);
  Object.assign(found, { logSize: checkpoint.size, logAt: checkpoint.at });
  return proof.index;
}

// The proof has too few witnesses: the published log must agree, if it can be fetched and is as new.
async function comparePublished(found, entry, index) {
  try {
    await checkTiles(found, entry, index);
  } catch (error) {
    record(found, false);
    if (!["log-unavailable", "log-behind"].includes(error.reason)) throw error;
  }
}

async function checkTiles(found, entry, index) {
  let view;
  try {
    view = await found.evidence.log(found.authority);
    Object.assign(found, { logSize: view.checkpoint.size, logAt: view.checkpoint.at });
    if (index < view.checkpoint.size && (await view.holds(entry, index))) return await askWitnesses(found, index, view);
  } catch (error) {
    throw refused(error, (code) => new Failed("cannot-tell", logReason(error, code), error.message));
  }
  // A copy of the log may be slightly older than a document issued just now: no sign of forgery.
  if (index >= view.checkpoint.size && view.checkpoint.at - CLOCK_SKEW < found.seal.issuedAt) {
    throw new Failed("cannot-tell", "log-behind");
  }
  throw new Failed("not-registered", "not-in-log", `${index} of ${view.checkpoint.size}`);
}

async function askWitnesses(found, index, view) {
  if (!found.authority.quorum) return;
  const size = await view.witnessedSize();
  record(found, index < size);
  if (index >= size && found.seal.issuedAt + WITNESSED_WITHIN <= found.at) {
    throw new Failed("cannot-tell", "not-witnessed", `${index} is not below ${size}`);
  }
}

// A file has two entries, its seal's and its own: it is witnessed if both are.
function record(found, witnessed) {
  found.witnessed = (found.witnessed ?? null) === null ? witnessed : found.witnessed && Boolean(witnessed);
}

function logReason(error, code) {
  if (error instanceof Unavailable) return "log-unavailable";
  return ["log-rolled-back", "log-forked"].includes(code) ? code : "bad-log";
}

async function checkStatus(found) {
  const { statusUri, statusIndex } = found.seal;
  if (!found.authority.status.some((folder) => statusUri.startsWith(folder))) {
    throw new Failed("altered", "foreign-status-list", statusUri);
  }
  let list, status;
  try {
    list = await found.evidence.statusList(statusUri, found.authority);
    found.statusIssuedAt = list.issuedAt; // reported for a list that is too old as well
    checkFresh(list, { at: found.at });
    status = statusAt(list, statusIndex);
  } catch (error) {
    throw refused(error, (code) => new Failed("cannot-tell", statusReason(error, code), error.message));
  }
  if (status !== 0) throw new Failed(STATUSES[status], STATUSES[status]);
}

function statusReason(error, code) {
  if (error instanceof Unavailable) return "status-unavailable";
  return code.startsWith("status-") ? code : "bad-status-list";
}

function checkDates({ seal, profile, trustList, at }) {
  const today = Math.floor(Date.parse(`${dayOf(at, trustList.timeZone)}T00:00:00Z`) / 86_400_000);
  const first = factInRole(seal.facts, profile, "valid-from");
  const last = factInRole(seal.facts, profile, "valid-until");
  if (typeof first === "number" && today < first) throw new Failed("not-yet-valid", "before-its-first-day");
  if (typeof last === "number" && today > last) throw new Failed("expired", "after-its-last-day");
  if (seal.expiresAt !== null && seal.expiresAt <= at) throw new Failed("expired", "after-its-last-day");
}

function checkAcceptance({ seal, trustList, at, policy, purpose }) {
  if (!policy) return;
  const question = { kind: "sealed", profile: seal.facts.get(1), purpose, on: dayOf(at, trustList.timeZone) };
  if (!accepting(policy, question)) throw new Failed("not-accepted", "not-accepted-by-policy");
}

// The day of a moment in the instrument's time zone, as 2026-11-24.
function dayOf(seconds, timeZone) {
  const parts = { timeZone, year: "numeric", month: "2-digit", day: "2-digit" };
  return new Intl.DateTimeFormat("en-CA", parts).format(new Date(seconds * 1000));
}

// The verdict for a refusal; any other error is a fault of the program and is rethrown.
function refused(error, failed) {
  return error instanceof Refusal ? failed(error.code) : error;
}
