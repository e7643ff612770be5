// @ts-check
/* The answer to a query: an honest table with names, yes or no, a graph, or what is wrong and where. Text only: nothing of an answer becomes markup. */

const PART = 100;
const LABELS = 60;
const NUMBER = /#(?:integer|decimal|double|float|int|long|nonNegativeInteger|positiveInteger)$/;
const LINK = /^(?:https?:|urn:|mailto:)/;

/**
 * @typedef {(en: string, de: string) => string} Say
 * @typedef {{query: string, address: Record<string, string>, t: Say, number: Intl.NumberFormat, lang: string}} Context
 * @typedef {{type: string, value: any, datatype?: string, "xml:lang"?: string}} Node
 */

/** @param {string} tag @param {string} name @param {string} [content] */
export function element(tag, name, content) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (content !== undefined) made.textContent = content;
  return made;
}

/**
 * Show what is wrong.
 * @param {HTMLElement} place @param {Response | null} response @param {string} body
 * @param {{t: Say, show: (line: number, column: number) => void}} context
 */
export function drawProblem(place, response, body, { t, show }) {
  /** @type {any} */
  let error = null;
  try {
    const data = JSON.parse(body);
    error = typeof data.error === "object" ? data.error : { message: data.error, fix: data.fix };
  } catch {
    const status = response ? `${response.status} ${response.statusText}` : body;
    error = { message: t("The server gave no answer.", "Der Server gab keine Antwort."), fix: status };
  }
  const box = element("div", "notice warn");
  box.setAttribute("role", "alert");
  const what = element("p", "");
  what.append(element("strong", "", error.message));
  box.append(what);
  if (error.line) {
    const jump = element("button", "kg-link", `${t("Line", "Zeile")} ${error.line}, ${t("column", "Spalte")} ${error.column}`);
    jump.setAttribute("type", "button");
    jump.addEventListener("click", () => show(error.line, error.column));
    box.append(jump, element("pre", "", `${error.excerpt}\n${error.caret}`));
  }
  if (error.fix) box.append(element("p", "", error.fix));
  place.replaceChildren(box);
  return error;
}

/**
 * Show an answer, and return what to say about it.
 * @param {HTMLElement} place @param {Response} response @param {string} body @param {Context} context
 */
export function drawAnswer(place, response, body, context) {
  const { t, number } = context;
  const cut = response.headers.get("X-Truncated") === "true";
  const parts = [element("h2", "", t("Answer", "Antwort"))];
  const json = (response.headers.get("Content-Type") ?? "").includes("json");
  const data = json ? JSON.parse(body) : null;
  let count = Number(response.headers.get("X-Rows") ?? 0);
  let line = "";
  if (data && "boolean" in data) {
    line = data.boolean ? t("Yes", "Ja") : t("No", "Nein");
    const value = element("p", "lead");
    value.append(element("strong", "", line));
    parts.push(value, downloads(context, ["json", "xml"]));
  } else if (data) {
    count = data.results.bindings.length;
    line = `${number.format(count)} ${count === 1 ? t("row", "Zeile") : t("rows", "Zeilen")}`;
    if (cut) parts.push(banner(t(`${line} of at least ${number.format(count + 1)}: the limit of one answer is reached.`, `${line} von mindestens ${number.format(count + 1)}: Die Grenze einer Antwort ist erreicht.`), context));
    parts.push(table(data.head.vars, data.results.bindings, line, cut, context), downloads(context, ["csv", "tsv", "json", "xml"]));
  } else {
    line = `${number.format(count)} ${t("triples", "Tripel")}`;
    if (cut) parts.push(banner(t(`${line}, and there are more: the limit of one answer is reached.`, `${line}, und es gibt mehr: Die Grenze einer Antwort ist erreicht.`), context));
    const text = element("pre", "kg-turtle", body.slice(0, 500_000));
    text.tabIndex = 0;
    text.setAttribute("role", "region");
    text.setAttribute("aria-label", "Turtle");
    const shown = body.length > 500_000 ? t("; the page shows the beginning, a download holds all", "; die Seite zeigt den Anfang, ein Download alles") : "";
    parts.push(text, element("p", "quiet", line + shown + (cut ? "" : `, ${t("not truncated", "nicht gekürzt")}`)), downloads(context, ["ttl", "nt", "jsonld", "rdf"]));
  }
  place.replaceChildren(...parts);
  return line;
}

/** @param {string} text @param {Context} context */
function banner(text, { t }) {
  return element("p", "notice", `${text} ${t("Narrow the question down, or add a LIMIT.", "Grenzen Sie die Frage ein, oder setzen Sie ein LIMIT.")}`);
}

/** @param {Context} context @param {string[]} forms */
function downloads({ query, address, t }, forms) {
  const line = element("p", "actions", `${t("Download", "Download")}: `);
  for (const form of forms) {
    const link = /** @type {HTMLAnchorElement} */ (element("a", "", form.toUpperCase()));
    link.href = `${address.endpoint}?${new URLSearchParams({ query, format: form })}`;
    link.download = `answer.${form}`;
    line.append(link);
  }
  return line;
}

/**
 * @param {string[]} variables @param {Record<string, Node>[]} rows @param {string} line @param {boolean} cut @param {Context} context
 */
function table(variables, rows, line, cut, context) {
  const { t, number } = context;
  const box = element("div", "");
  const scroll = element("div", "scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", t("Rows of the answer", "Zeilen der Antwort"));
  const made = element("table", "rows");
  const head = element("tr", "");
  for (const name of variables) {
    const cell = element("th", "", name);
    cell.setAttribute("scope", "col");
    head.append(cell);
  }
  const top = element("thead", "");
  top.append(head);
  const body = element("tbody", "");
  made.append(top, body);
  scroll.append(made);
  const count = element("p", "quiet");
  const more = element("button", "secondary");
  more.setAttribute("type", "button");
  let shown = 0;
  function next() {
    const part = rows.slice(shown, shown + PART);
    /** @type {Map<string, HTMLElement[]>} */
    const unnamed = new Map();
    body.append(...part.map((row) => drawRow(variables, row, unnamed)));
    shown += part.length;
    const whole = cut ? "" : `, ${t("not truncated", "nicht gekürzt")}`;
    count.textContent = shown < rows.length ? t(`${number.format(shown)} of ${line} shown${whole}`, `${number.format(shown)} von ${line} gezeigt${whole}`) : line + whole;
    more.hidden = shown >= rows.length;
    more.textContent = t(`Show ${number.format(Math.min(PART, rows.length - shown))} more`, `${number.format(Math.min(PART, rows.length - shown))} weitere zeigen`);
    name(unnamed, context);
  }
  more.addEventListener("click", next);
  next();
  box.append(scroll, count, more);
  return box;
}

/** @param {string[]} variables @param {Record<string, Node>} row @param {Map<string, HTMLElement[]>} unnamed */
function drawRow(variables, row, unnamed) {
  const line = element("tr", "");
  for (const name of variables) {
    const node = row[name];
    const cell = element("td", "");
    line.append(cell);
    if (!node) continue;
    if (node.type === "uri") {
      const shown = LINK.test(node.value) ? element("a", "", node.value) : element("span", "", node.value);
      if (shown instanceof HTMLAnchorElement) shown.href = node.value;
      cell.append(shown);
      unnamed.set(node.value, [...(unnamed.get(node.value) ?? []), shown]);
      continue;
    }
    cell.textContent = node.type === "bnode" ? `_:${node.value}` : typeof node.value === "string" ? node.value : JSON.stringify(node.value);
    if (node["xml:lang"]) cell.lang = node["xml:lang"];
    if (NUMBER.test(node.datatype ?? "")) cell.className = "number";
  }
  return line;
}

/** Put names in the place of IRIs, with the short IRI beside; what cannot be named keeps its IRI. @param {Map<string, HTMLElement[]>} unnamed @param {Context} context */
async function name(unnamed, { address, lang }) {
  const iris = [...unnamed.keys()];
  for (let start = 0; start < iris.length; start += LABELS) {
    const asked = new URLSearchParams(iris.slice(start, start + LABELS).map((iri) => ["iri", iri]));
    asked.set("lang", lang);
    const response = await fetch(`${address.labels}?${asked}`).catch(() => null);
    if (!response?.ok) return;
    for (const [iri, known] of Object.entries((await response.json()).labels)) {
      for (const shown of unnamed.get(iri) ?? []) {
        shown.textContent = known.label;
        if (shown instanceof HTMLAnchorElement) shown.href = known.href;
        if (known.short) shown.after(" ", element("span", "curie", known.short));
      }
    }
  }
}
