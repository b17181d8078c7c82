// The verdict of the page's modules on released files: node released.mjs MODULES QUESTION SPECIMEN_JWK
//
// QUESTION: {root, trust_list, at, public: {address: base64}, files: {name: base64}}; prints {name, word, reason} a line.
// And for each of `changes`, [place, byte], of the file `changed`.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, path, specimen] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/${name}`));
const [{ verify }, { Evidence }, { readTrustList }, { readKey }, { Unavailable }] = await Promise.all(
  ["verdict.js", "evidence.js", "trustlist.js", "keys.js", "refusal.js"].map(load),
);
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));
const question = JSON.parse(readFileSync(path, "utf8"));
const given = {
  at: question.at,
  trustList: await readTrustList(question.trust_list, question.root),
  specimenKey: await readKey(JSON.parse(specimen)),
};
const fetchFile = async (address) => {
  if (!(address in question.public)) throw new Unavailable("no-such-file", address);
  return bytes(question.public[address]);
};

for (const [name, file] of Object.entries(question.files)) {
  const found = await verify({ ...given, file: bytes(file), evidence: new Evidence(fetchFile) });
  console.log(JSON.stringify({ name, word: found.word, reason: found.reason, detail: found.detail }));
}

const original = question.changes ? bytes(question.changed) : null;
for (const [place, byte] of question.changes ?? []) {
  const file = original.slice();
  file[place] = byte;
  const found = await verify({ ...given, file, evidence: new Evidence(fetchFile) });
  console.log(JSON.stringify({ name: `${place} ${byte}`, word: found.word, reason: found.reason, detail: found.detail }));
}
