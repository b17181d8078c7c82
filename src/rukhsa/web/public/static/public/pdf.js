// The strict reader of released files in the browser, as rukhsa.trust.pdf: one certification of the whole file,
// three attachments, nothing active. The signature is checked on the bytes before anything in them is read as a PDF.
//
// Two checks are left to the server: who issued the time stamp, and whether the printed page matches the seal.

import { byteString } from "./cbor.js";
import { concat, fromHex, fromUtf8, sha256, utf8 } from "./bytes.js";
import { readSignature } from "./cms.js";
import { inflate } from "./inflate.js";
import { characters, Objects } from "./pdfobjects.js";
import { Refusal } from "./refusal.js";
import { readStamp } from "./stamp.js";
import { keysNamed } from "./trustlist.js";

const MAXIMUM_SIZE = 16 * 2 ** 20;
const CLOCK_SKEW = 300; // seconds that two honest clocks may differ
const MAXIMUM_ATTACHMENT = 64 * 2 ** 10;
const BYTE_RANGE = /\/ByteRange\s*\[\s*0\s+([0-9]{1,10})\s+([0-9]{1,10})\s+([0-9]{1,10})\s*\]/g;
const HEX = /^<([0-9a-f]+)>$/; // lower case only: each digit has one form
const END = /startxref\s+[0-9]+\s+%%EOF/g;
const PACKED = /\/(?:ObjStm|XRefStm|XRef|Encrypt)(?![A-Za-z0-9])/;
const [SEAL, FACTS, PROOF] = ["seal.cwt", "facts.json", "seal.tlog-proof"];
// Keys and names of active content, forms, hidden content and external references; released files have none.
const ACTIVE = new Set(
  ("/JS /JavaScript /AA /OpenAction /Launch /XFA /RichMedia /OCProperties /OC /URI /SubmitForm /ImportData /GoToR /GoToE " +
    "/Movie /Sound /Rendition /Collection /Encrypt /3DD /PresSteps /Threads").split(" "),
);

// Read a released file; refuse anything else with a reason code. Its seal is not verified yet.
export async function readReleased(bytes, trustList) {
  const covered = await readCoverage(bytes);
  const { key, signature, proof, stamp } = await readSignature(covered.contents, covered.digest);
  const signers = keysNamed(trustList, key.kid, "pdf").filter((each) => sameKey(each.key.jwk, key.jwk));
  if (!signers.length) throw new Refusal("pdf-unknown-key", key.kid);
  const stampedAt = stamp && (await readStamp(stamp, signature));
  const objects = new Objects(bytes, covered.text);
  const root = checkCertification(objects, covered);
  checkInactive(objects);
  const files = await attachments(objects, root);
  return {
    sealBytes: files.get(SEAL),
    facts: files.get(FACTS),
    proof: asText(files.get(PROOF)),
    fileProof: proof && asText(proof),
    // The file's entry in the log: deterministic CBOR of ["file", SHA-256 of the covered bytes].
    leafEntry: concat(Uint8Array.of(0x82, 0x64), utf8("file"), byteString(covered.digest)),
    signers,
    stampedAt,
  };
}

// The file was signed by the authority that sealed it, within its key's period, and states the same facts.
export function checkAgrees({ signers, facts, stampedAt }, claims, issuer) {
  if (!signers.some(({ authority }) => authority.id === issuer.id)) throw new Refusal("pdf-other-issuer", issuer.id);
  if (!keysOf(signers, claims, issuer).length) throw new Refusal("pdf-unknown-key", "outside the key's period");
  if (stampedAt !== null && stampedAt < claims.issuedAt - CLOCK_SKEW) throw new Refusal("pdf-bad-stamp", "stamped before it was issued");
  if (!saysTheSame(facts, claims)) throw new Refusal("pdf-facts-differ");
}

// The file's entry in the log precedes the compromise of its key.
export function checkLoggedAt({ signers }, index, claims, issuer) {
  const ends = keysOf(signers, claims, issuer).map((key) => key.compromisedLogSize);
  if (ends.every((end) => end !== null && index >= end)) throw new Refusal("pdf-key-compromised", `at ${index}`);
}

function keysOf(signers, { issuedAt }, issuer) {
  const theirs = signers.filter(({ authority }) => authority.id === issuer.id).map(({ key }) => key);
  return theirs.filter((key) => key.notBefore <= issuedAt && issuedAt < key.notAfter);
}

// The only signature, over every byte of the file except itself.
async function readCoverage(bytes) {
  const text = bytes.length <= MAXIMUM_SIZE ? characters(bytes) : "";
  if (!text.startsWith("%PDF-")) throw new Refusal("not-a-pdf");
  const last = [...text.matchAll(BYTE_RANGE)].at(-1);
  if (!last) throw new Refusal("not-a-pdf", "no signature");
  const [before, after, length] = last.slice(1).map(Number);
  if (before >= after || after + length !== bytes.length) throw new Refusal("pdf-not-covered");
  const gap = HEX.exec(text.slice(before, after));
  if (!gap || gap[1].length % 2) throw new Refusal("pdf-not-covered", "the gap is not the signature and nothing else");
  const ends = [text.match(END)?.length, text.split("%%EOF").length - 1];
  if (ends.some((count) => count !== 2) || PACKED.test(text)) throw new Refusal("pdf-revised");
  const digest = await sha256(concat(bytes.subarray(0, before), bytes.subarray(after)));
  return { text, ranges: [0, before, after, length], contents: fromHex(gap[1]), digest };
}

// One signature field, and it certifies that nothing may change (DocMDP, P 1). The document's root.
function checkCertification(objects, covered) {
  const get = (from, ...names) => names.reduce((value, name) => objects.resolve(asMap(value).get(name)), from);
  const root = get(objects.trailer, "/Root");
  const fields = get(root, "/AcroForm", "/Fields");
  const field = fields?.length === 1 ? asMap(objects.resolve(fields[0])) : null;
  if (!field || field.has("/Kids") || field.get("/FT") !== "/Sig") throw new Refusal("pdf-active-content", "a form of other fields");
  const permissions = get(root, "/Perms");
  const named = [...asMap(permissions).keys()].join(" ") === "/DocMDP" ? permissions.get("/DocMDP").ref : undefined;
  if (named === undefined || named !== field.get("/V").ref) throw new Refusal("pdf-bad-signature", "not a certification");
  const signature = get(field, "/V");
  const references = get(signature, "/Reference");
  const reference = references?.length === 1 ? objects.resolve(references[0]) : null;
  if (!reference || get(reference, "/TransformMethod") !== "/DocMDP" || get(reference, "/TransformParams", "/P") !== 1) {
    throw new Refusal("pdf-bad-signature", "it permits changes");
  }
  const range = get(signature, "/ByteRange");
  if (JSON.stringify(range) !== JSON.stringify(covered.ranges)) throw new Refusal("pdf-not-covered", "another range");
  const contents = get(signature, "/Contents")?.text ?? "";
  const same = contents === characters(covered.contents) && get(signature, "/SubFilter") === "/ETSI.CAdES.detached";
  if (!same) throw new Refusal("pdf-bad-signature", "another signature than the one checked");
  return root;
}

// The file has no active, hidden or external content, and no annotation but the signature's own.
function checkInactive(objects) {
  for (const number of objects.numbers()) {
    const value = objects.object(number);
    walk(value?.dict ?? value, (dict) => {
      for (const key of dict.keys()) if (ACTIVE.has(key)) throw new Refusal("pdf-active-content", key);
      for (const annotation of objects.resolve(dict.get("/Annots")) ?? []) {
        const about = asMap(objects.resolve(annotation));
        const isSignature = about.get("/Subtype") === "/Widget" && about.get("/FT") === "/Sig";
        if (!isSignature) throw new Refusal("pdf-active-content", "an annotation");
      }
    });
  }
}

function walk(value, visit) {
  if (value instanceof Map) {
    visit(value);
    for (const each of value.values()) walk(each, visit);
  } else if (Array.isArray(value)) {
    for (const each of value) walk(each, visit);
  }
}

async function attachments(objects, root) {
  const tree = asMap(objects.resolve(asMap(objects.resolve(root.get("/Names"))).get("/EmbeddedFiles")));
  const branches = tree.has("/Kids") ? objects.resolve(tree.get("/Kids")).map((kid) => asMap(objects.resolve(kid))) : [tree];
  const names = branches.flatMap((branch) => objects.resolve(branch.get("/Names")) ?? []);
  const found = new Map();
  for (let at = 0; at < names.length; at += 2) found.set(names[at].text, asMap(objects.resolve(names[at + 1])));
  const expected = names.length === 6 && [SEAL, FACTS, PROOF].every((name) => found.has(name));
  if (!expected) throw new Refusal("pdf-attachments", [...found.keys()].join(", "));
  const files = new Map();
  for (const [name, specification] of found) files.set(name, await content(objects, name, specification));
  return files;
}

async function content(objects, name, specification) {
  const stream = objects.resolve(asMap(objects.resolve(specification.get("/EF"))).get("/F"));
  const filter = objects.resolve(stream?.dict?.get("/Filter")) ?? null;
  const isPlain = stream?.bytes && [null, "/FlateDecode"].includes(filter) && !stream.dict.has("/DecodeParms");
  if (specification.get("/UF")?.text !== name || !isPlain) throw new Refusal("pdf-attachments", name);
  let bytes = stream.bytes;
  try {
    if (filter) bytes = await inflate(bytes, MAXIMUM_ATTACHMENT);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal("pdf-attachments", name);
    throw error;
  }
  if (bytes.length > MAXIMUM_ATTACHMENT) throw new Refusal("pdf-attachments", `${name} is too large`);
  return bytes;
}

// Whether facts.json states the facts of the seal.
function saysTheSame(bytes, claims) {
  let said;
  try {
    said = JSON.parse(fromUtf8(bytes));
  } catch {
    return false;
  }
  const expected = {
    instrument: claims.instrument,
    version: claims.version,
    issued_at: claims.issuedAt,
    expires_at: claims.expiresAt,
    status: { index: claims.statusIndex, uri: claims.statusUri },
    facts: Object.fromEntries([...claims.facts].map(([key, fact]) => [String(key), fact])),
  };
  return Object.entries(expected).every(([name, value]) => sorted(said?.[name]) === sorted(value));
}

// JSON with its keys in order.
function sorted(value) {
  return JSON.stringify(value, (_, each) =>
    each && typeof each === "object" && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort()) : each,
  );
}

function sameKey(one, other) {
  return one.x === other.x && one.y === other.y && one.crv === other.crv;
}

function asMap(value) {
  if (!(value instanceof Map)) throw new Refusal("bad-pdf", "a dictionary is missing");
  return value;
}

function asText(bytes) {
  try {
    return fromUtf8(bytes);
  } catch {
    throw new Refusal("pdf-attachments", "not text");
  }
}
