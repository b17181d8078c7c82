// Runs the published cases of Ed25519 through the page's modules: node ed25519.mjs MODULES VECTORS webcrypto|own

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, vectors, way] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/${name}`));
const [ed25519, { readKey, verifies }, { fromHex, toBase64url }] = await Promise.all(
  ["ed25519.js", "keys.js", "bytes.js"].map(load),
);

for (const group of JSON.parse(readFileSync(vectors, "utf8")).testGroups) {
  const point = fromHex(group.publicKey.pk);
  const key = await readKey({ kty: "OKP", crv: "Ed25519", x: toBase64url(point) });
  for (const { tcId, msg, sig, result } of group.tests) {
    const [message, signature] = [fromHex(msg), fromHex(sig)];
    const verified = await (way === "own" ? ed25519.verify(point, signature, message) : verifies(key, signature, message));
    console.log(JSON.stringify({ case: tcId, verified, wanted: result === "valid" }));
  }
}
