// Ed25519 verification (RFC 8032 §5.1.7) by BigInt, for browsers whose WebCrypto has none. It handles no secrets.

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = modulo(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const BASE = pointFrom(modulo(4n * inverse(5n)), 0n);

export async function verify(key, signature, message) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const A = decode(key);
  const R = decode(signature.subarray(0, 32));
  const s = littleEndian(signature.subarray(32));
  if (!A || !R || s >= ORDER) return false;
  const joined = new Uint8Array(64 + message.length);
  joined.set(signature.subarray(0, 32));
  joined.set(key, 32);
  joined.set(message, 64);
  const h = littleEndian(new Uint8Array(await crypto.subtle.digest("SHA-512", joined))) % ORDER;
  return same(multiply(BASE, s), add(R, multiply(A, h)));
}

// A point in extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z.
function pointFrom(y, sign) {
  const u = modulo(y * y - 1n);
  const v = modulo(D * y * y + 1n);
  let x = modulo(u * v ** 3n * power(modulo(u * v ** 7n), (P - 5n) / 8n));
  if (modulo(v * x * x) === modulo(-u)) x = modulo(x * ROOT_OF_MINUS_ONE);
  if (modulo(v * x * x) !== u || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, modulo(x * y)];
}

function decode(bytes) {
  const number = littleEndian(bytes);
  const y = number & (2n ** 255n - 1n);
  return y < P ? pointFrom(y, number >> 255n) : null;
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = modulo((y1 - x1) * (y2 - x2));
  const b = modulo((y1 + x1) * (y2 + x2));
  const c = modulo(2n * t1 * t2 * D);
  const d = modulo(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
}

function multiply(point, scalar) {
  let sum = [0n, 1n, 1n, 0n];
  for (let rest = scalar, double = point; rest; rest >>= 1n, double = add(double, double)) {
    if (rest & 1n) sum = add(sum, double);
  }
  return sum;
}

function same([x1, y1, z1], [x2, y2, z2]) {
  return modulo(x1 * z2 - x2 * z1) === 0n && modulo(y1 * z2 - y2 * z1) === 0n;
}

function littleEndian(bytes) {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function modulo(number) {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
}

function power(number, exponent) {
  let result = 1n;
  for (let square = modulo(number); exponent; exponent >>= 1n, square = modulo(square * square)) {
    if (exponent & 1n) result = modulo(result * square);
  }
  return result;
}

function inverse(number) {
  return power(number, P - 2n);
}
