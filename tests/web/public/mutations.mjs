// Judges many seals and texts in one world: node mutations.mjs MODULES QUESTION_JSON

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, questionPath] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/${name}`));
const [{ verify }, { Evidence }, { readTrustList }, { readKey }, { Unavailable }] = await Promise.all(
  ["verdict.js", "evidence.js", "trustlist.js", "keys.js", "refusal.js"].map(load),
);
const { root, specimen, trust_list, files, at, cases } = JSON.parse(readFileSync(questionPath, "utf8"));
const evidence = new Evidence(async (address) => {
  if (!(address in files)) throw new Unavailable("no-such-file", address);
  return Uint8Array.from(Buffer.from(files[address], "base64"));
});
const shared = { at, trustList: await readTrustList(trust_list, root), specimenKey: await readKey(specimen), evidence };
const lines = [];
for (const { text, seal } of cases) {
  const handedIn = text === undefined ? { sealBytes: Uint8Array.from(Buffer.from(seal, "hex")) } : { text };
  const { word, reason } = await verify({ ...shared, ...handedIn });
  lines.push(JSON.stringify({ word, reason }));
}
console.log(lines.join("\n"));
