// Runs the page's own modules over the truth table and prints what came out, a JSON object for each row.
//
//   node truth_table.mjs MODULES_FOLDER VERDICTS_JSON SPECIMEN_JWK

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, tablePath, specimen] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/${name}`));
const [{ verify }, { Evidence }, { readTrustList }, { readKey }, { Unavailable }] = await Promise.all(
  ["verdict.js", "evidence.js", "trustlist.js", "keys.js", "refusal.js"].map(load),
);
const table = JSON.parse(readFileSync(tablePath, "utf8"));
const specimenKey = await readKey(JSON.parse(specimen));

for (const row of table.cases) {
  const evidence = new Evidence(async (address) => {
    const name = row.files[address];
    if (name === undefined) throw new Unavailable("no-such-file", address);
    return Uint8Array.from(Buffer.from(table.files[name], "base64"));
  });
  const trustList = await readTrustList(table.trust_lists[row.trust_list], table.root);
  const at = Date.parse(row.at) / 1000;
  const { text, proof = null, policy = null, purpose = null, minimum_version: minimumVersion = 0 } = row;
  const found = await verify({ text, at, trustList, specimenKey, evidence, proof, policy, purpose, minimumVersion });
  const { word, reason, failedDuty, witnessed, detail } = found;
  console.log(JSON.stringify({ name: row.name, word, reason, failed_duty: failedDuty, witnessed, detail }));
}
