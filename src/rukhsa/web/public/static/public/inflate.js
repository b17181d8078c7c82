// One whole zlib stream, and no more of it than it may hold.

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
