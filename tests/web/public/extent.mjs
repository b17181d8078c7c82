// Runs the page's own module over the vectors of place, hour and works: a JSON object for each row.
//
//   node extent.mjs MODULES_FOLDER EXTENT_JSON WORDS_JSON

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, path, wordsPath] = process.argv.slice(2);
const { compare, inWords, outcomeOf } = await import(pathToFileURL(`${folder}/extent.js`));
const [table, words] = [path, wordsPath].map((name) => JSON.parse(readFileSync(name, "utf8")));

for (const { name, facts, word, at, here, seen } of table.rows) {
  const read = new Map(Object.entries(facts).map(([key, fact]) => [Number(key), fact]));
  const document = { facts: read, profile: table.profile, timeZone: table.time_zone, word };
  const position = here && { latitude: here[0], longitude: here[1], accuracy: here[2] };
  const findings = compare(document, at, position, seen);
  const told = (language) => findings.map((finding) => inWords(finding, words, language));
  console.log(JSON.stringify({ name, outcome: outcomeOf(findings), ar: told("ar"), en: told("en") }));
}
