// @ts-check
/*
 * The SPARQL editor on top of the form of /query: completion from this graph, run and cancel, our own table. Without it the form asks the server.
 */
import { missingPrefixes, placeAt, termsFor, variablesOf } from "./completion.js";
import { drawAnswer, drawProblem, element } from "./answer.js";

/** @typedef {import("./completion.js").Vocabulary} Vocabulary */
/** @typedef {import("./completion.js").Term} Term */

const german = document.documentElement.lang === "de";
/** @param {string} en @param {string} de */
const t = (en, de) => (german ? de : en);
const lang = document.documentElement.lang;
const number = new Intl.NumberFormat(lang);
const LONG = 6000;
const LEAST = 2;

const form = /** @type {HTMLFormElement} */ (document.getElementById("ask"));
const area = /** @type {HTMLTextAreaElement} */ (document.getElementById("query"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("run"));
const state = /** @type {HTMLElement} */ (document.getElementById("state"));
const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));
const card = /** @type {HTMLElement} */ (document.getElementById("card"));
const note = /** @type {HTMLElement} */ (document.getElementById("examples-note"));
const address = /** @type {Record<string, string>} */ ({ ...form.dataset });

/** @type {AbortController | null} */
let running = null;
/** @type {any} */
let editor = null;
/** @type {Vocabulary | null} */
let vocabulary = null;
/** @type {any} */
let marked = null;

const text = () => (editor ? editor.getValue() : area.value);

/** Run the query, or cancel the one that runs: the server ends it when the connection closes. */
async function run() {
  if (running) {
    running.abort();
    return;
  }
  const query = text();
  if (!query.trim()) return;
  keepInAddress(query);
  const control = new AbortController();
  running = control;
  button.textContent = t("Cancel", "Abbrechen");
  answer.setAttribute("aria-busy", "true");
  marked?.clear();
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toLocaleString(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  said.textContent = t("Running.", "Läuft.");
  const clock = setInterval(() => (state.textContent = `${seconds()} s`), 100);
  try {
    const response = await ask(query, control.signal);
    const body = await response.text();
    state.textContent = `${seconds()} s`;
    if (response.ok) {
      const shown = drawAnswer(answer, response, body, { query, address, t, number, lang });
      said.textContent = shown;
    } else {
      const problem = drawProblem(answer, response, body, { t, show: goTo });
      underline(problem);
    }
  } catch (error) {
    const cancelled = control.signal.aborted;
    state.textContent = cancelled ? `${t("Cancelled after", "Abgebrochen nach")} ${seconds()} s` : "";
    said.textContent = cancelled ? t("Cancelled.", "Abgebrochen.") : "";
    if (!cancelled) drawProblem(answer, null, String(error), { t, show: goTo });
  } finally {
    clearInterval(clock);
    running = null;
    button.textContent = t("Run", "Ausführen");
    answer.removeAttribute("aria-busy");
  }
}

/** @param {string} query @param {AbortSignal} signal */
function ask(query, signal) {
  const headers = { Accept: "application/sparql-results+json, text/turtle;q=0.9", "Accept-Language": lang };
  const body = new URLSearchParams({ query });
  return query.length < LONG
    ? fetch(`${address.endpoint}?${body}`, { headers, signal })
    : fetch(address.endpoint, { method: "POST", headers, body, signal });
}

/** The address is the state. The part behind # never reaches the server, so a query of any length fits. @param {string} query */
function keepInAddress(query) {
  history.replaceState(null, "", `${location.pathname}${languageOnly()}#${new URLSearchParams({ query })}`);
  for (const link of document.querySelectorAll("nav.lang a")) {
    const target = new URL(/** @type {HTMLAnchorElement} */ (link).href);
    target.search = `?lang=${link.getAttribute("lang")}`;
    target.hash = location.hash;
    /** @type {HTMLAnchorElement} */ (link).href = target.href;
  }
}

function languageOnly() {
  const chosen = new URLSearchParams(location.search).get("lang");
  return chosen ? `?lang=${encodeURIComponent(chosen)}` : "";
}

/** @param {{line: number, column: number} | null} problem */
function underline(problem) {
  if (!editor || !problem?.line) return;
  const line = Math.min(problem.line, editor.lineCount()) - 1;
  const whole = editor.getLine(line);
  const from = Math.min(Math.max(problem.column - 2, 0), Math.max(whole.length - 1, 0));
  marked = editor.markText({ line, ch: from }, { line, ch: Math.max(from + 1, Math.min(problem.column + 1, whole.length)) }, { className: "kg-error" });
}

/** @param {number} line @param {number} column */
function goTo(line, column) {
  if (editor) {
    editor.setCursor({ line: line - 1, ch: column - 1 });
    editor.focus();
  } else {
    area.focus();
  }
}

// --- completion ---------------------------------------------------------------------------------------------------------------

/** @param {any} cm */
async function hints(cm) {
  const place = placeAt(cm.getValue(), cm.indexFromPos(cm.getCursor()));
  const cursor = cm.getCursor();
  const from = { line: cursor.line, ch: cursor.ch - place.word.length };
  /** @type {object[]} */
  let list = [];
  if (place.kind === "variable") {
    list = variablesOf(cm.getValue())
      .filter((name) => name !== place.word && name.slice(1).startsWith(place.word.slice(1)))
      .map((name) => ({ text: name }));
  } else if (vocabulary && (place.kind === "class" || place.kind === "property")) {
    list = termsFor(vocabulary, place).map(({ term, count, of }) => ({ text: written(term.iri, term.curie), term, count, of, render: drawTerm, hint: insert }));
  } else if (place.kind === "thing" && place.word.length >= LEAST && !place.word.includes(":")) {
    list = await things(place.word);
  }
  return { list, from, to: cursor };
}

/** @param {string} iri @param {string} curie */
const written = (iri, curie) => (curie === iri ? `<${iri}>` : curie);

/** @param {string} word */
async function things(word) {
  try {
    const response = await fetch(`${address.suggest}?${new URLSearchParams({ q: word, lang })}`);
    const found = response.ok ? (await response.json()).suggestions : [];
    return found.map((/** @type {any} */ one) => ({ text: `<${one.iri}>`, thing: one, render: drawThing, hint: insert }));
  } catch {
    return [];
  }
}

/** @param {HTMLElement} box @param {any} _ @param {any} item */
function drawTerm(box, _, item) {
  const count = number.format(item.count) + (item.of ? ` (${item.of})` : "");
  box.append(element("span", "kg-hint-curie", item.text), element("span", "kg-hint-label", item.term.label), element("span", "kg-hint-count", count));
}

/** @param {HTMLElement} box @param {any} _ @param {any} item */
function drawThing(box, _, item) {
  box.append(element("span", "kg-hint-curie", item.thing.label), element("span", "kg-hint-label", [item.thing.kind, item.thing.place].filter(Boolean).join(", ")));
}

/** Put what was chosen at the cursor, and declare its prefix. @param {any} cm @param {any} data @param {any} item */
function insert(cm, data, item) {
  cm.operation(() => {
    cm.replaceRange(item.text, data.from, cm.getCursor(), "complete");
    declare(cm);
  });
}

/** Declare the known prefixes that the query uses. The endpoint would take them as they are; a copy elsewhere would not. @param {any} cm */
function declare(cm) {
  const missing = missingPrefixes(cm.getValue(), vocabulary?.prefixes ?? {});
  const lines = missing.map((name) => `PREFIX ${name}: <${vocabulary?.prefixes[name]}>\n`).join("");
  if (lines) cm.replaceRange(lines, { line: 0, ch: 0 }, { line: 0, ch: 0 }, "complete");
}

function complete() {
  editor.showHint({ hint: Object.assign(hints, { async: false }), completeSingle: false, container: editor.rootEl, closeCharacters: /[\s>"{}]/ });
}

// --- card and examples --------------------------------------------------------------------------------------------------------

/** @type {Map<string, Promise<string[]>>} */
const samples = new Map();
let shown = "";
let waiting = 0;

/** Show what the cursor stands on: name, definition, how often, two values; and the examples that use it. */
function lookAtCursor() {
  const cursor = editor.getCursor();
  const line = editor.getLine(cursor.line);
  const before = /[\w:.-]*$/.exec(line.slice(0, cursor.ch))?.[0] ?? "";
  const after = /^[\w:.-]*/.exec(line.slice(cursor.ch))?.[0] ?? "";
  const word = before + after === "a" ? "rdf:type" : before + after;
  const term = vocabulary && word.includes(":") ? [...vocabulary.classes, ...vocabulary.properties].find((one) => one.curie === word) : undefined;
  if (!term || shown === term.iri) {
    return;
  }
  shown = term.iri;
  clearTimeout(waiting);
  waiting = window.setTimeout(() => showCard(term), 200);
  filterExamples(term);
}

/** @param {Term} term */
async function showCard(term) {
  const isClass = vocabulary?.classes.includes(term);
  const counted = vocabulary?.sample ? t(`seen on ${vocabulary.sample} things per class`, `gesehen an ${vocabulary.sample} Dingen je Klasse`) : "";
  const count = `${number.format(term.count)} ${isClass ? t("things", "Dinge") : t("things have it", "Dinge haben es")}`;
  const heading = element("h2", "", term.label);
  const parts = [heading, element("p", "curie", `${term.curie} · ${isClass ? t("class", "Klasse") : t("property", "Eigenschaft")}`)];
  if (term.definition) parts.push(element("p", "", term.definition));
  parts.push(element("p", "", counted ? `${count} (${counted})` : count));
  card.replaceChildren(...parts);
  card.hidden = false;
  if (!samples.has(term.iri)) {
    const asked = fetch(`${address.vocabulary}?${new URLSearchParams({ term: term.iri, lang })}`).then((response) => (response.ok ? response.json() : { samples: [] }));
    samples.set(term.iri, asked.then((found) => found.samples).catch(() => []));
  }
  const values = (await samples.get(term.iri)) ?? [];
  if (shown !== term.iri || !values.length) return;
  const list = element("ul", "");
  list.append(...values.map((value) => element("li", "", value)));
  card.append(element("p", "", t("For example:", "Zum Beispiel:")), list);
}

/** @param {Term | null} term */
function filterExamples(term) {
  const entries = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#examples li")]);
  const fitting = term ? entries.filter((one) => (one.dataset.terms ?? "").split(" ").includes(term.curie)) : entries;
  const all = !term || fitting.length === 0;
  for (const one of entries) one.hidden = !all && !fitting.includes(one);
  note.hidden = all;
  if (all || !term) return;
  const back = element("button", "kg-link", t("Show all", "Alle zeigen"));
  back.setAttribute("type", "button");
  back.addEventListener("click", () => filterExamples(null));
  note.replaceChildren(t(`${fitting.length} of ${entries.length} use ${term.curie}. `, `${fitting.length} von ${entries.length} verwenden ${term.curie}. `), back);
}

// --- start --------------------------------------------------------------------------------------------------------------------

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("query");
  if (given === null || given === text()) return;
  area.value = given;
  if (!editor) return;
  editor.setValue(given);
  declare(editor);
}

async function start() {
  const [{ Yasqe, prefixes }, found] = await Promise.all([
    import(address.yasqe),
    fetch(`${address.vocabulary}?lang=${lang}`).then((response) => (response.ok ? response.json() : null)).catch(() => null),
  ]);
  vocabulary = found;
  Object.assign(prefixes, vocabulary?.prefixes ?? {});
  // The editor's own completers look names up elsewhere, or know the prefixes only.
  Yasqe.defaults.autocompleters = [];
  let leaving = false;
  const box = document.createElement("div");
  box.id = "editor";
  area.before(box);
  editor = new Yasqe(box, {
    value: area.value,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    editorHeight: "24rem",
    screenReaderLabel: document.getElementById("query-label")?.textContent ?? "",
    extraKeys: {
      "Ctrl-Enter": run,
      "Cmd-Enter": run,
      "Ctrl-Space": complete,
      Esc: () => {
        leaving = true;
        said.textContent = t("Tab now leaves the editor.", "Tab verlässt jetzt den Editor.");
      },
      Tab: (/** @type {any} */ cm) => cm.execCommand(cm.somethingSelected() ? "indentMore" : "insertSoftTab"),
      "Shift-Tab": "indentLess",
    },
  });
  area.hidden = true;
  area.required = false;
  document.getElementById("query-label")?.addEventListener("click", () => editor.focus());
  editor.on("changes", (/** @type {any} */ _, /** @type {any[]} */ changes) => {
    leaving = false;
    if (changes.some((one) => one.origin === "+input" && one.text.join("") === ":")) declare(editor);
    area.value = editor.getValue();
    const typed = changes.some((one) => one.origin === "+input" && /[\w:?À-ÿ]$/.test(one.text.join("")));
    if (!typed) return;
    const place = placeAt(editor.getValue(), editor.indexFromPos(editor.getCursor()));
    if (place.kind !== "none" && place.word.length >= LEAST) complete();
  });
  editor.on("focus", () => (leaving = false));
  editor.on("keydown", (/** @type {any} */ _, /** @type {any} */ event) => {
    // After Escape the browser's own Tab leads on; otherwise it indents.
    if (leaving && event.key === "Tab") event.codemirrorIgnore = true;
  });
  editor.on("cursorActivity", lookAtCursor);
  declare(editor);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
window.addEventListener("hashchange", fromAddress);
document.documentElement.classList.add("scripted");
fromAddress();
start().catch((error) => {
  // The plain form stays: it can do all but complete.
  state.textContent = t("The editor could not be loaded; the plain field works.", "Der Editor ließ sich nicht laden; das einfache Feld geht.");
  console.error(error);
});
if (location.hash.startsWith("#query=")) run();
