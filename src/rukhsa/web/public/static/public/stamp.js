// RFC 3161 time stamps of a file's signature: the checks of their bytes are those of rukhsa.trust.stamp.
//
// The server says whether the trust list names its issuer: a stamp affects the verdict only if it is invalid.

import { concat, equal, sha256, toHex } from "./bytes.js";
import { inside, INTEGER, OCTETS, OID, only, readItem, SEQUENCE, SET } from "./der.js";
import { Refusal } from "./refusal.js";

const MAXIMUM_SIZE = 16 * 2 ** 10;
const SIGNED_DATA = "06092a864886f70d010702";
const TST_INFO = "060b2a864886f70d0109100104";
const CONTENT_TYPE = "06092a864886f70d010903";
const MESSAGE_DIGEST = "06092a864886f70d010904";
const SIGNING_CERTIFICATE = "060b2a864886f70d010910022f";
const TIME_STAMPING = "300a06082b06010505070308"; // the only extended key usage
const EXTENDED_USE = "0603551d250101ff"; // marked critical
const RSA = "300d06092a864886f70d0101010500";
const DIGESTS = new Map([1, 2, 3].map((number, at) => [`300d060960864801650304020${number}0500`, ["SHA-256", "SHA-384", "SHA-512"][at]]));
const ECDSA = new Map([2, 3, 4].map((number, at) => [`300a06082a8648ce3d04030${number}`, ["SHA-256", "SHA-384", "SHA-512"][at]]));
// Curves by their object identifiers: length of a coordinate in bytes, and the order (SEC 2).
const CURVES = new Map([
  ["06082a8648ce3d030107", ["P-256", 32, 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n]],
  ["06052b81040022", ["P-384", 48, 2n ** 384n - 0x389cb27e0bc8d220a7e5f24db74f58851313e695333ad68dn]],
  ["06052b81040023", ["P-521", 66, 2n ** 521n - 0x5ae79787c40d069948033feb708f65a2fc44a36477663b851449048e16ec79bf7n]],
]);
const [FIRST, THIRD] = [0xa0, 0xa3];

// The time of a TimeStampToken over `signature`, in seconds since 1970; refuse an invalid one.
export async function readStamp(token, signature) {
  try {
    if (token.length > MAXIMUM_SIZE) throw bad(`${token.length} bytes`);
    return await read(token, signature);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal("pdf-bad-stamp", error.message);
    throw error;
  }
}

async function read(token, signature) {
  const whole = readItem(token);
  if (whole.whole.length !== token.length) throw bad("something behind it");
  const [type, wrapped] = exactly(2, inside(whole, SEQUENCE));
  const [version, digests, content, certificates, signers] = exactly(5, inside(exactly(1, inside(wrapped, FIRST))[0], SEQUENCE));
  if (toHex(type.whole) !== SIGNED_DATA || toHex(version.whole) !== "020103") throw bad("not signed data of version 3");
  const info = await readContent(content);
  const certificate = readCertificate(exactly(1, inside(certificates, FIRST))[0]);
  const signer = exactly(6, inside(exactly(1, inside(signers, SET))[0], SEQUENCE));
  const [one, named, digested, signed, algorithm, value] = signer;
  if (toHex(one.whole) !== "020101" || !equal(only(named, SEQUENCE).content, certificate.named)) throw bad("another signer");
  const hash = DIGESTS.get(toHex(digested.whole));
  if (!hash || !equal(exactly(1, inside(digests, SET))[0].whole, digested.whole)) throw bad("another digest");
  await checkAttributes(only(signed, FIRST), hash, info, certificate);
  if (!equal(info.imprint, await sha256(signature))) throw bad("of another signature");
  if (info.at < certificate.from || info.at > certificate.until) throw bad("outside of its certificate's period");
  const message = concat(Uint8Array.of(SET), signed.whole.subarray(1));
  if (!(await verifies(certificate, hash, algorithm, only(value, OCTETS).content, message))) throw bad("its signature does not hold");
  return info.at;
}

async function readContent(content) {
  const [type, wrapped] = exactly(2, inside(content, SEQUENCE));
  if (toHex(type.whole) !== TST_INFO) throw bad("no TSTInfo");
  const { content: bytes } = only(exactly(1, inside(wrapped, FIRST))[0], OCTETS);
  const item = readItem(bytes);
  const [version, , imprint, , moment] = inside(item, SEQUENCE);
  const [digest, value] = exactly(2, inside(imprint, SEQUENCE));
  const isSha256 = toHex(inside(digest, SEQUENCE)[0].whole) === "0609608648016503040201";
  if (item.whole.length !== bytes.length || toHex(version.whole) !== "020101" || !isSha256) throw bad("another TSTInfo");
  return { bytes, imprint: only(value, OCTETS).content, at: time(moment) };
}

async function checkAttributes({ content }, hash, info, certificate) {
  const said = new Map();
  for (const attribute of inside({ tag: SET, content }, SET)) {
    const [name, values] = exactly(2, inside(attribute, SEQUENCE));
    if (said.has(toHex(name.whole))) throw bad("an attribute twice");
    said.set(toHex(name.whole), exactly(1, inside(values, SET))[0]);
  }
  const digest = await digestOf(hash, info.bytes);
  if (toHex(said.get(CONTENT_TYPE)?.whole ?? []) !== TST_INFO) throw bad("content of another type");
  if (!equal(only(said.get(MESSAGE_DIGEST), OCTETS).content, digest)) throw bad("the content is not what was signed");
  const [certificates] = inside(only(said.get(SIGNING_CERTIFICATE), SEQUENCE), SEQUENCE);
  const parts = inside(inside(certificates, SEQUENCE)[0], SEQUENCE);
  // RFC 5035: SHA-256 unless another digest is named.
  const of = parts[0].tag === SEQUENCE ? digestNamed(parts[0]) : "SHA-256";
  const wanted = parts.find(({ tag }) => tag === OCTETS);
  if (!equal(only(wanted, OCTETS).content, await digestOf(of, certificate.whole))) throw bad("another certificate");
}

function digestNamed(item) {
  const name = toHex(only(inside(item, SEQUENCE)[0], OID).whole);
  const found = [...DIGESTS].find(([written]) => written.startsWith(`300d${name}`));
  if (!found) throw bad("a certificate named by another digest");
  return found[1];
}

function readCertificate(item) {
  const [toBeSigned] = exactly(3, inside(item, SEQUENCE));
  const [version, serial, , issuer, period, , publicKey, ...more] = inside(toBeSigned, SEQUENCE);
  only(version, FIRST);
  const [from, until] = inside(period, SEQUENCE).map(time);
  const uses = toHex(only(more.at(-1), THIRD).content);
  if (!uses.includes(`${EXTENDED_USE}040c${TIME_STAMPING}`)) throw bad("not for time stamping alone");
  const named = concat(only(issuer, SEQUENCE).whole, only(serial, INTEGER).whole);
  return { whole: item.whole, publicKey: only(publicKey, SEQUENCE), named, from, until };
}

async function verifies({ publicKey }, hash, algorithm, value, message) {
  const [kind] = inside(publicKey, SEQUENCE);
  const curve = CURVES.get(toHex(inside(kind, SEQUENCE)[1]?.whole ?? []));
  const isRsa = toHex(algorithm.whole) === RSA;
  if (!isRsa && (!curve || ECDSA.get(toHex(algorithm.whole)) !== hash)) throw bad("signed in another way");
  const how = isRsa ? { name: "RSASSA-PKCS1-v1_5", hash } : { name: "ECDSA", namedCurve: curve[0], hash };
  try {
    const key = await crypto.subtle.importKey("spki", publicKey.whole, how, false, ["verify"]);
    if (isRsa && key.algorithm.modulusLength < 2048) throw bad("a short key");
    return await crypto.subtle.verify(how, key, isRsa ? value : raw(value, curve), message);
  } catch (error) {
    if (error instanceof DOMException) throw bad(error.message);
    throw error;
  }
}

// ECDSA: DER to r and s, with s the smaller of the two that verify.
function raw(der, [, size, order]) {
  const item = readItem(der);
  const numbers = exactly(2, inside(item, SEQUENCE)).map((part) => only(part, INTEGER).content);
  const minimal = numbers.every((each) => each.length && (each[0] || each[1] & 0x80) && !(each[0] & 0x80));
  const digits = numbers.map((each) => (each[0] === 0 ? each.subarray(1) : each));
  if (item.whole.length !== der.length || !minimal || digits.some((each) => each.length > size)) throw bad("r or s");
  if (2n * BigInt(`0x${toHex(digits[1])}`) > order) throw bad("the larger s");
  return concat(...digits.flatMap((each) => [new Uint8Array(size - each.length), each]));
}

// UTCTime or GeneralizedTime in UTC; a fraction is dropped.
function time({ tag, content }) {
  const text = String.fromCharCode(...content);
  const century = tag === 0x17 ? (Number(text.slice(0, 2)) < 50 ? "20" : "19") : "";
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(century + text);
  if (!found || (tag !== 0x17 && tag !== 0x18)) throw bad("a time");
  const [year, month, ...rest] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...rest) / 1000;
}

async function digestOf(hash, bytes) {
  return new Uint8Array(await crypto.subtle.digest(hash, bytes));
}

function exactly(count, items) {
  if (items.length !== count) throw bad(`${items.length} items instead of ${count}`);
  return items;
}

function bad(detail) {
  return new Refusal("pdf-bad-stamp", detail);
}
