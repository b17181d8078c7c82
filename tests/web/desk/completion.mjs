/* What the editor offers at the mark `|` of each text on standard input: its words, a list each. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { CompletionContext } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { EditorState } from "@codemirror/state";

const [module, schema] = process.argv.slice(2);
const { completions } = await import(pathToFileURL(module));
const source = completions(JSON.parse(readFileSync(schema, "utf-8")));
for (const text of JSON.parse(readFileSync(0, "utf-8"))) {
  const place = text.indexOf("|");
  const state = EditorState.create({ doc: text.replace("|", ""), extensions: [yaml()] });
  const answer = await source(new CompletionContext(state, place, true));
  console.log(JSON.stringify((answer?.options ?? []).map((option) => option.label)));
}
