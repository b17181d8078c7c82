/* What can be written at a place of a definition: the syntax tree says where the place stands, the schema what it allows
   there. No page is needed: the tests run it in node. */
import { syntaxTree } from "@codemirror/language";

/* A source of completions for CodeMirror, over a schema or the promise of one; null where it allows nothing. */
export function completions(schema) {
  return async (context) => {
    const root = await schema;
    const word = context.matchBefore(/[\w-]*/);
    const { path, holder, value } = standing(context.state, word.from);
    if (!root || (!word.text && !value && !context.explicit)) return null;
    let parts = resolved(root, root);
    for (const { key, mapping } of path) parts = below(root, fitting(parts, pairsOf(context.state, mapping)), key);
    const written = pairsOf(context.state, holder);
    parts = fitting(parts, written);
    const options = value ? valuesOf(root, parts) : [...wordsOf(parts, written), ...valuesOf(root, parts)];
    return options.length ? { from: word.from, options } : null;
  };
}

/* The keys that lead to a place from the top, each with the mapping that it stands in (`-` for an item); the mapping that
   holds the place, if it has one yet; and whether the place is the value of the last key, on its line. */
function standing(state, place) {
  const line = state.doc.lineAt(place);
  const column = place - line.from;
  const path = [];
  let holder = null;
  let value = false;
  let inside = false; // brackets on the way hold what is written, however it is indented
  for (let node = lastWritten(state, place); node; node = node.parent) {
    if (node.name === "FlowMapping" && !isClosed(node, place)) {
      if (!path.length) holder ??= node;
      inside = true;
    } else if (node.name === "FlowSequence" && !isClosed(node, place)) {
      if (!path.length) value = !holder;
      path.unshift({ key: "-", mapping: null });
      inside = true;
    } else if (node.name === "BlockSequence" && (inside || columnOf(state, node) < column)) {
      path.unshift({ key: "-", mapping: null });
    } else if (node.name === "Pair") {
      const colon = node.getChild(":");
      if (!colon || colon.to > place) continue; // its key is what is being written
      const here = colon.from >= line.from;
      if (!inside && !here && columnOf(state, node) >= column) {
        if (!path.length && columnOf(state, node) === column) holder ??= node.parent; // a neighbour above
        continue;
      }
      if (!path.length && !holder && here) value = true;
      path.unshift({ key: keyOf(state, node), mapping: node.parent });
    }
  }
  return { path, holder, value };
}

/* The node of the last character before a place that is neither space nor remark. */
function lastWritten(state, place) {
  for (let at = place; at > 0; ) {
    const text = state.sliceDoc(Math.max(0, at - 200), at);
    const written = text.trimEnd();
    if (!written) { at -= text.length; continue; }
    const end = at - text.length + written.length;
    const node = syntaxTree(state).resolveInner(end, -1);
    if (node.name !== "Comment") return node;
    at = node.from;
  }
  return null;
}

function isClosed(node, place) {
  return node.to <= place && ["}", "]"].includes(node.lastChild?.name);
}

function columnOf(state, node) {
  return node.from - state.doc.lineAt(node.from).from;
}

function keyOf(state, pair) {
  const key = pair.getChild("Key");
  return key ? state.sliceDoc(key.from, key.to).replaceAll(/^["']|["']$/g, "") : "";
}

/* What a mapping says so far, as text: `type` is `date`. */
function pairsOf(state, mapping) {
  const pairs = (mapping?.getChildren("Pair") ?? []).filter((pair) => pair.getChild(":"));
  return new Map(pairs.map((pair) => [keyOf(state, pair), state.sliceDoc(pair.getChild(":").to, pair.to).trim()]));
}

/* Of the parts that a schema chooses among, those that allow what is written already; all of them where none does. */
function fitting(parts, written) {
  const fit = parts.filter((part) => [...written].every(([key, said]) => {
    const allowed = part.properties?.[key]?.enum ?? [part.properties?.[key]?.const ?? said];
    return allowed.map(String).includes(said);
  }));
  return fit.length ? fit : parts;
}

/* The parts of the schema that a part names or chooses among. */
function resolved(root, part) {
  if (!part) return [];
  if (part.$ref) return resolved(root, root.$defs[part.$ref.split("/").pop()]);
  const choices = [...(part.anyOf ?? []), ...(part.oneOf ?? []), ...(part.allOf ?? [])];
  return choices.length ? choices.flatMap((choice) => resolved(root, choice)) : [part];
}

function below(root, parts, step) {
  return parts.flatMap((part) => {
    if (step === "-") return resolved(root, part.items ?? (part.prefixItems ?? [])[0]);
    const other = typeof part.additionalProperties === "object" ? part.additionalProperties : null;
    return resolved(root, part.properties?.[step] ?? other);
  });
}

function wordsOf(parts, written) {
  const words = new Map();
  for (const part of parts) {
    for (const [word, meaning] of Object.entries(part.properties ?? {})) if (!written.has(word)) words.set(word, meaning.description);
  }
  return [...words].map(([label, info]) => ({ label, type: "property", apply: `${label}: `, info }));
}

function valuesOf(root, parts) {
  const items = parts.flatMap((part) => (part.items ? resolved(root, part.items) : [part]));
  const values = new Set(items.flatMap((part) => part.enum ?? (part.const === undefined ? [] : [part.const])));
  return [...values].map((label) => ({ label: String(label), type: "enum" }));
}
