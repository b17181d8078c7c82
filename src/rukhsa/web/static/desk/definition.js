/* The editor of a definition: completion from the schema, errors beside their lines, views that follow. The page works
   without it. */
import { autocompletion, closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, defaultHighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { Decoration, Direction, EditorView, MatchDecorator, ViewPlugin, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { completions } from "./completion.js";

const place = document.getElementById("editor");
const field = document.getElementById("text");
const language = document.documentElement.lang === "ar" ? "ar" : "en";
const KEPT = `rukhsa-definition-${place.dataset.service}`;
const first = field.value;
let shown = null; // the view that follows what is written

const schema = fetch(place.dataset.schema).then((answer) => (answer.ok ? answer.json() : null), () => null);

/* Errors */

async function problemsOf(text) {
  const body = new FormData(document.getElementById("definition"));
  body.set("__text", text);
  const answer = await fetch(place.dataset.check, { method: "POST", body });
  return answer.ok ? (await answer.json()).problems : [];
}

async function diagnose(view) {
  const asked = view.state.doc;
  const problems = await problemsOf(asked.toString());
  if (view.state.doc === asked) tell(problems, view); // a late answer is about another text
  return problems.map((problem) => {
    const line = asked.line(Math.min(problem.line, asked.lines));
    const from = Math.min(line.from + problem.column - 1, line.to);
    const message = `${problem.what[language]} ${problem.remedy[language]} [${problem.code}]`;
    return { from, to: Math.max(line.to, from), severity: "error", message };
  });
}

function tell(problems, view) {
  const list = document.getElementById("problems");
  list.replaceChildren(...problems.map((problem) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${place.dataset.line} ${problem.line}: ${problem.what[language]} ${problem.remedy[language]}`;
    button.addEventListener("click", () => {
      const line = view.state.doc.line(Math.min(problem.line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: line.from }, scrollIntoView: true });
      view.focus();
    });
    item.append(button);
    return item;
  }));
  const state = document.getElementById("state");
  state.textContent = problems.length ? `${place.dataset.wrong} ${problems.length}` : place.dataset.sound;
}

/* Arabic in a file that runs left to right: each run of it stands for itself, so that commas and brackets keep their places */

const arabic = new MatchDecorator({
  regexp: /[\u0600-\u06ff](?:[\u0600-\u06ff0-9\s.:()«»/-]*[\u0600-\u06ff])?[.؟]?/g,
  decoration: Decoration.mark({ class: "arabic", attributes: { dir: "rtl" }, bidiIsolate: Direction.RTL }),
});
const isolates = ViewPlugin.define(
  (view) => ({ runs: arabic.createDeco(view), update(update) { this.runs = arabic.updateDeco(update, this.runs); } }),
  {
    provide: (plugin) => {
      const of = (view) => view.plugin(plugin)?.runs ?? Decoration.none;
      return [EditorView.decorations.of(of), EditorView.bidiIsolatedRanges.of(of)];
    },
  },
);

/* The page around it */

let later = 0;
function written(text) {
  field.value = text;
  localStorage.setItem(KEPT, text);
  clearTimeout(later);
  later = setTimeout(() => shown?.click(), 900);
}

const view = new EditorView({
  parent: place,
  state: EditorState.create({
    doc: first,
    extensions: [
      lineNumbers(), EditorView.lineWrapping, history(), bracketMatching(), closeBrackets(), highlightActiveLine(), indentUnit.of("  "),
      yaml(), isolates, syntaxHighlighting(defaultHighlightStyle), autocompletion({ override: [completions(schema)] }),
      linter(diagnose, { delay: 500 }), lintGutter(),
      keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
      EditorView.cspNonce.of(document.querySelector("script[nonce]").nonce),
      EditorView.contentAttributes.of({ "aria-label": place.dataset.label }),
      EditorView.updateListener.of((update) => { if (update.docChanged) written(update.state.doc.toString()); }),
    ],
  }),
});
view.scrollDOM.tabIndex = 0; // it scrolls by keyboard too
field.hidden = true;
place.hidden = false;

for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => {
    shown?.removeAttribute("aria-pressed");
    shown = button;
    button.setAttribute("aria-pressed", "true");
  });
}

/* What comes by script is not parsed into roots of its own. */
new MutationObserver(() => {
  for (const template of document.querySelectorAll("#view template[shadowrootmode]")) {
    template.parentElement.attachShadow({ mode: "open" }).append(template.content);
    template.remove();
  }
}).observe(document.getElementById("view"), { childList: true, subtree: true });

const kept = localStorage.getItem(KEPT);
const notice = document.getElementById("kept");
if (kept !== null && kept !== first) {
  notice.hidden = false;
  notice.querySelector("[data-take-up]").addEventListener("click", () => {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: kept } });
    notice.hidden = true;
  });
  notice.querySelector("[data-drop]").addEventListener("click", () => {
    localStorage.removeItem(KEPT);
    notice.hidden = true;
  });
}
