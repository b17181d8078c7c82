// The CMS of a PAdES baseline signature (ETSI EN 319 142-1, RFC 5652), as our signer writes it. The checks are those
// of rukhsa.trust.cms.

import { compare, concat, equal, sha256, toBase64url, toHex } from "./bytes.js";
import { BITS, inside, INTEGER, OCTETS, only, readItem, SEQUENCE, SET } from "./der.js";
import { isLowS, readKey, verifies } from "./keys.js";
import { Refusal } from "./refusal.js";

const SIGNED_DATA = "06092a864886f70d010702";
const DATA = "06092a864886f70d010701";
const CONTENT_TYPE = "06092a864886f70d010903";
const MESSAGE_DIGEST = "06092a864886f70d010904";
const SIGNING_CERTIFICATE = "060b2a864886f70d010910022f";
const TIME_STAMP = "060b2a864886f70d010910020e";
const FILE_PROOF = "06146983e6dcccb282e5c29097bdbfe4bce3a3be907f";
const SHA_256 = "300b0609608648016503040201";
const ECDSA_WITH_SHA_256 = "300a06082a8648ce3d040302";
const P_256 = "301306072a8648ce3d020106082a8648ce3d030107";
const [FIRST, SECOND] = [0xa0, 0xa1]; // context tags [0] and [1], constructed

// Check the CMS in `contents` (with zeros behind it) over content of that SHA-256: {key, signature, proof,
// stamp}: the signing key, its signature, and the file's own tlog-proof and time stamp, or null. Each has exactly one
// encoding.
export async function readSignature(contents, digest) {
  try {
    return await read(contents, digest);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal("pdf-bad-signature", error.message);
    throw error;
  }
}

async function read(contents, digest) {
  const { whole } = readItem(contents);
  if (contents.subarray(whole.length).some(Boolean)) throw bad("something behind the signature");
  const [type, wrapped] = exactly(2, inside(readItem(whole), SEQUENCE));
  if (toHex(type.whole) !== SIGNED_DATA) throw bad("not signed data");
  const [signedData] = exactly(1, inside(wrapped, FIRST));
  const [version, digests, content, certificates, signers] = exactly(5, inside(signedData, SEQUENCE));
  if (!isOne(version) || !is(exactly(1, inside(digests, SET))[0], SHA_256)) throw bad("another version or digest");
  if (toHex(only(content, SEQUENCE).content) !== DATA) throw bad("content inside");
  const certificate = await readCertificate(exactly(1, inside(certificates, FIRST))[0]);
  return checkSigner(exactly(1, inside(signers, SET))[0], certificate, digest);
}

async function readCertificate(item) {
  const [toBeSigned] = exactly(3, inside(item, SEQUENCE));
  const [version, serial, , issuer, , , publicKey] = inside(toBeSigned, SEQUENCE);
  only(version, FIRST);
  const [algorithm, bits] = exactly(2, inside(publicKey, SEQUENCE));
  const point = only(bits, BITS).content;
  if (toHex(algorithm.whole) !== P_256 || point.length !== 66 || point[0] !== 0 || point[1] !== 4) throw bad("not a P-256 key");
  const [x, y] = [point.subarray(2, 34), point.subarray(34)].map(toBase64url);
  const named = concat(only(issuer, SEQUENCE).whole, only(serial, INTEGER).whole);
  return { key: await readKey({ kty: "EC", crv: "P-256", x, y }), sha256: await sha256(item.whole), named };
}

async function checkSigner(item, certificate, digest) {
  const [version, named, digested, signed, algorithm, signature, ...rest] = inside(item, SEQUENCE);
  if (!isOne(version) || !is(digested, SHA_256)) throw bad("another digest than SHA-256");
  if (!is(algorithm, ECDSA_WITH_SHA_256)) throw bad("another algorithm than ECDSA with SHA-256");
  if (!equal(only(named, SEQUENCE).content, certificate.named)) throw bad("it names another certificate");
  const said = attributes(only(signed, FIRST));
  if (toHex(said.get(CONTENT_TYPE)?.whole ?? []) !== DATA) throw bad("content of another type");
  if (!equal(only(said.get(MESSAGE_DIGEST), OCTETS).content, digest)) throw bad("the file is not what was signed");
  if (!equal(signedFor(said.get(SIGNING_CERTIFICATE)), certificate.sha256)) throw bad("another certificate than the one signed for");
  // RFC 5652 §5.4: the signature is over the attributes as a SET, not under their implicit tag.
  const message = concat(Uint8Array.of(SET), signed.whole.subarray(1));
  const value = only(signature, OCTETS).content;
  if (!isLowS(raw(value)) || !(await verifies(certificate.key, raw(value), message))) throw bad("it does not verify");
  return { key: certificate.key, signature: value, ...beside(rest) };
}

// RFC 5035: the SHA-256 of the signing certificate.
function signedFor(value) {
  const [certificates] = inside(value, SEQUENCE);
  const [one] = exactly(1, inside(certificates, SEQUENCE));
  return only(inside(one, SEQUENCE).find((part) => part.tag === OCTETS), OCTETS).content;
}

// The unsigned attributes may be a time stamp, and the proof that the file is in the log.
function beside(rest) {
  if (!rest.length) return { proof: null, stamp: null };
  const item = only(exactly(1, rest)[0], SECOND);
  const written = inside(item, SECOND).map(({ whole }) => whole);
  if (!written.length || written.some((each, at) => at && compare(written[at - 1], each) > 0)) throw bad("another order");
  const said = attributes(item);
  for (const name of said.keys()) if (name !== TIME_STAMP && name !== FILE_PROOF) throw bad("something unsigned");
  const proof = said.has(FILE_PROOF) ? only(said.get(FILE_PROOF), OCTETS).content : null;
  return { proof, stamp: said.get(TIME_STAMP)?.whole ?? null };
}

// Attributes by the hexadecimal of their object identifiers; each once, with one value.
function attributes({ content }) {
  const said = new Map();
  for (const attribute of inside({ tag: SET, content }, SET)) {
    const [name, values] = exactly(2, inside(attribute, SEQUENCE));
    const [value] = exactly(1, inside(values, SET));
    if (said.has(toHex(name.whole))) throw bad("an attribute twice");
    said.set(toHex(name.whole), value);
  }
  return said;
}

// ECDSA: DER to r and s of 32 bytes each.
function raw(der) {
  const numbers = exactly(2, inside(readItem(der), SEQUENCE)).map((item) => only(item, INTEGER).content);
  if (readItem(der).whole.length !== der.length) throw bad("something behind r and s");
  return concat(...numbers.map(fixed));
}

function fixed(number) {
  const digits = number[0] === 0 ? number.subarray(1) : number;
  const minimal = number[0] !== 0 || number[1] & 0x80;
  if (!number.length || !minimal || digits.length > 32 || (digits[0] & 0x80 && digits === number)) throw bad("r or s");
  return concat(new Uint8Array(32 - digits.length), digits);
}

function exactly(count, items) {
  if (items.length !== count) throw bad(`${items.length} items instead of ${count}`);
  return items;
}

function isOne(item) {
  return toHex(item.whole) === "020101";
}

function is(item, wanted) {
  return toHex(item?.whole ?? []) === wanted;
}

function bad(detail) {
  return new Refusal("pdf-bad-signature", detail);
}
