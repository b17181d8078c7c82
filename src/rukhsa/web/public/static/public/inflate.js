// Zlib streams: a whole one up to a limit, or the beginning of a possible one.

import { concat } from "./bytes.js";
import { Refusal } from "./refusal.js";

export async function inflate(bytes, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const chunks = [];
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      length += part.value.length;
      if (length > most) throw new Refusal("bad-stream", "too large");
    }
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("bad-stream", "not one whole zlib stream");
    throw error;
  }
  return concat(...chunks);
}

// The beginning of a zlib stream, as far as it inflates; empty if it is not one.
export async function beginning(bytes, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const chunks = [];
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done && length < most; part = await reader.read()) {
      chunks.push(part.value);
      length += part.value.length;
    }
    await reader.cancel();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // broken, or followed by other bytes
  }
  return concat(...chunks).subarray(0, most);
}
