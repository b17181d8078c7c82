// Turns every bit of the table's first seal and prints the verdict on each: node bits.mjs MODULES TABLE SPECIMEN_JWK

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, tablePath, specimen] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/${name}`));
const [{ verify }, { Evidence }, { readTrustList }, { readKey }, { Unavailable }, { readQrText }] = await Promise.all(
  ["verdict.js", "evidence.js", "trustlist.js", "keys.js", "refusal.js", "qr.js"].map(load),
);
const table = JSON.parse(readFileSync(tablePath, "utf8"));
const [row] = table.cases;
const question = {
  at: Date.parse(row.at) / 1000,
  trustList: await readTrustList(table.trust_lists[row.trust_list], table.root),
  specimenKey: await readKey(JSON.parse(specimen)),
};
const fetchFile = async (address) => {
  if (!(address in row.files)) throw new Unavailable("no-such-file", address);
  return Uint8Array.from(Buffer.from(table.files[row.files[address]], "base64"));
};
const { sealBytes } = readQrText(row.text);
for (let bit = 0; bit < sealBytes.length * 8; bit++) {
  const turned = sealBytes.slice();
  turned[bit >> 3] ^= 1 << (bit & 7);
  const { word, reason } = await verify({ ...question, sealBytes: turned, evidence: new Evidence(fetchFile) });
  console.log(JSON.stringify({ bit, word, reason }));
}
