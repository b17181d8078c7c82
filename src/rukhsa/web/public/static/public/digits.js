// Bytes as decimal digits, 17 for every 7 bytes, for the numeric mode of a QR.

import { concat } from "./bytes.js";
import { Refusal } from "./refusal.js";

const SIZES = new Map([[3, 1], [5, 2], [8, 3], [10, 4], [13, 5], [15, 6], [17, 7]]);

// The bytes whose only encoding is `digits`.
export function decode(digits) {
  if (!/^[0-9]+$/.test(digits)) throw new Refusal("bad-digits", "only the digits 0 to 9");
  return concat(...(digits.match(/.{1,17}/g) ?? []).map(group));
}

function group(digits) {
  const size = SIZES.get(digits.length);
  if (!size) throw new Refusal("bad-digits", `a last group of ${digits.length} digits: the text is cut`);
  let number = BigInt(digits);
  const bytes = new Uint8Array(size);
  for (let at = size - 1; at >= 0; at--) {
    bytes[at] = Number(number & 255n);
    number >>= 8n;
  }
  if (number) throw new Refusal("bad-digits", "a group too large for its bytes");
  return bytes;
}
