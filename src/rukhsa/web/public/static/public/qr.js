// The text of a QR: the verifier's address with the seal as digits in its fragment.

import { decode } from "./digits.js";
import { Refusal } from "./refusal.js";

const TEXT = /^https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/#([0-9]+)$/;
const MAXIMUM_LENGTH = 2560;

export function readQrText(text) {
  const match = text.length <= MAXIMUM_LENGTH ? TEXT.exec(text) : null;
  if (!match) throw new Refusal("bad-link", "not https://host/# and digits");
  return { host: match[1], sealBytes: decode(match[2]) };
}
