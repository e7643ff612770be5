// @ts-check
/*
 * What may stand at the cursor of a SPARQL query: a light reading of the text (no grammar), so that it also works while the query is half written.
 * Pure functions without a page: the tests call them in Node.
 */

/**
 * @typedef {{iri: string, curie: string, label: string, names: string[], definition: string, count: number, properties?: [number, number][]}} Term
 * @typedef {{classes: Term[], properties: Term[], prefixes: Record<string, string>, left_out: number, sample: number}} Vocabulary
 * @typedef {{kind: "class" | "property" | "thing" | "variable" | "none", word: string, subject: string, types: Set<string>}} Place
 */

const TOKEN =
  /"""(?:[^"\\]|\\.|"(?!""))*(?:"""|$)|'''(?:[^'\\]|\\.|'(?!''))*(?:'''|$)|"(?:[^"\\\n]|\\.)*(?:"|$|(?=\n))|'(?:[^'\\\n]|\\.)*(?:'|$|(?=\n))|<[^\s<>"{}|^`\\]*>|#[^\n]*|@[A-Za-z-]+|\^\^|[?$][\w\u00c0-\uffff]+|[\w\u00c0-\uffff:-](?:[\w\u00c0-\uffff:.-]*[\w\u00c0-\uffff:-])?|[{}()[\].;,/|^*+!=&<>-]/gs;
const WORD = /(?:[?$]|<)?[\w\u00c0-\uffff:-](?:[\w\u00c0-\uffff:.-]*[\w\u00c0-\uffff:-])?$|[?$<]$/;
const CLAUSE =
  /^(?:filter|optional|union|minus|graph|service|bind|values|where|select|distinct|reduced|construct|describe|ask|from|named|group|order|by|having|limit|offset|asc|desc|as|prefix|base|exists|not|in|undef|silent)$/i;

/**
 * Read triples as far as they can be seen. Calls back at every token with the state before it.
 * @param {string} text
 * @param {(subject: string, position: number, predicate: string, token: string, start: number) => void} seen
 */
function walk(text, seen) {
  /** @type {{subject: string, position: number, predicate: string, bracket: string}[]} */
  const stack = [];
  let subject = "";
  let position = -1;
  let predicate = "";
  let blank = 0;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0];
    if (token.startsWith("#")) continue;
    seen(subject, position, predicate, token, match.index);
    if (token === "{") {
      stack.push({ subject, position, predicate, bracket: "{" });
      position = 0;
    } else if (token === "}") {
      const outer = stack.pop();
      position = stack.some((one) => one.bracket === "{") ? 0 : -1;
      if (outer && outer.bracket === "(") stack.push(outer);
    } else if (token === "(") {
      stack.push({ subject, position, predicate, bracket: "(" });
      if (position === 0 || position === -1) position = -1;
    } else if (token === ")") {
      const outer = stack.at(-1)?.bracket === "(" ? stack.pop() : null;
      // A group inside a path keeps what the group has read; an expression goes back to where it began.
      if (outer && outer.position !== 1) ({ subject, position, predicate } = outer);
    } else if (token === "[") {
      stack.push({ subject, position, predicate, bracket: "[" });
      subject = `_:${++blank}`;
      position = 1;
    } else if (token === "]") {
      const outer = stack.at(-1)?.bracket === "[" ? stack.pop() : null;
      if (outer) {
        const own = subject;
        ({ subject, position, predicate } = outer);
        if (position === 0) [subject, position] = [own, 1];
        else position = 3;
      }
    } else if (position < 0) {
      continue;
    } else if (token === ".") {
      position = 0;
    } else if (token === ";") {
      position = 1;
    } else if (token === ",") {
      position = 2;
    } else if ((token === "/" || token === "|" || token === "^") && position === 2) {
      position = 1;
    } else if (/^[/|^*+!=&<>-]$/.test(token) || token === "^^" || token.startsWith("@")) {
      continue;
    } else if (CLAUSE.test(token)) {
      position = 0;
    } else if (position === 0) {
      subject = token;
      position = 1;
    } else if (position === 1) {
      predicate = token;
      position = 2;
    } else if (position === 2) {
      position = 3;
    }
  }
}

/**
 * Say what may stand at a place of a query.
 * @param {string} text
 * @param {number} cursor
 * @returns {Place}
 */
export function placeAt(text, cursor) {
  const before = text.slice(0, cursor);
  const word = WORD.exec(before)?.[0] ?? "";
  const start = cursor - word.length;
  let subject = "";
  let position = -1;
  let predicate = "";
  let inside = false;
  // A mark takes the place of the word, so that the state before it can be read.
  walk(`${text.slice(0, start)} kgCursor `, (who, where, what, token, at) => {
    if (token === "kgCursor") [subject, position, predicate] = [who, where, what];
    if (at < start && at + token.length > start) inside = true;
  });
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (inside || /^\s*#|\bprefix\s+\S*\s*\S*$/i.test(line) || /#[^<>"]*$/.test(line.replace(/<[^>]*>/g, ""))) {
    return { kind: "none", word, subject, types: new Set() };
  }
  if (/^[?$]/.test(word)) return { kind: "variable", word, subject, types: new Set() };
  if (word.startsWith("<")) return { kind: "none", word, subject, types: new Set() };
  // After a step of a path the subject is what the step leads to, of which nothing is known.
  const onward = /\/[\s^(]*$/.test(text.slice(0, start));
  if (position === 1) return { kind: "property", word, subject, types: onward ? new Set() : typesOf(text, subject) };
  if (position === 2) {
    const isType = predicate === "a" || predicate === "rdf:type" || predicate.endsWith("#type>");
    return { kind: isType ? "class" : "thing", word, subject, types: new Set() };
  }
  return { kind: position === 0 ? "thing" : "none", word, subject, types: new Set() };
}

/**
 * Return the classes that a query gives a subject, as written.
 * @param {string} text
 * @param {string} wanted
 */
function typesOf(text, wanted) {
  /** @type {Set<string>} */
  const found = new Set();
  walk(text, (subject, position, predicate, token) => {
    if (subject === wanted && position === 2 && (predicate === "a" || predicate === "rdf:type") && /^[^?$"'{}()[\].;,]/.test(token)) found.add(token);
  });
  return found;
}

/**
 * Fold a text for comparison: case, accents, German letters in both spellings.
 * @param {string} text
 */
export function fold(text) {
  const lower = text.toLowerCase().replace(/ß/g, "ss");
  const plain = lower.normalize("NFKD").replace(/\p{M}/gu, "");
  const spelt = lower.replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue").normalize("NFKD").replace(/\p{M}/gu, "");
  return plain === spelt ? [plain] : [plain, spelt];
}

/**
 * Rank of a term for a typed word: 0 the name begins with it, 1 a word of a name does, 2 it occurs, -1 not at all.
 * @param {Term} term
 * @param {string} word
 */
export function rank(term, word) {
  if (!word) return 0;
  const typed = fold(word);
  const local = term.curie.slice(term.curie.indexOf(":") + 1);
  const names = [term.curie, local, ...term.names].flatMap(fold);
  let best = -1;
  for (const name of names) {
    for (const part of typed) {
      const at = name.indexOf(part);
      if (at === 0) return 0;
      if (at > 0) best = best === 1 || /\W/.test(name[at - 1] ?? "") ? 1 : 2;
    }
  }
  return best;
}

/**
 * Return the terms that fit, best first: how well the word fits, then how frequent they are (with the class known: on its instances).
 * @param {Vocabulary} vocabulary
 * @param {Place} place
 * @param {number} [most]
 * @returns {{term: Term, count: number, of: string}[]}
 */
export function termsFor(vocabulary, place, most = 40) {
  /** @type {{term: Term, count: number, of: string}[]} */
  let among = [];
  if (place.kind === "class") {
    among = vocabulary.classes.map((term) => ({ term, count: term.count, of: "" }));
  } else if (place.kind === "property") {
    const classes = vocabulary.classes.filter((term) => place.types.has(term.curie) || place.types.has(`<${term.iri}>`));
    /** @type {Map<number, {count: number, of: string}>} */
    const counts = new Map();
    for (const kind of classes) {
      for (const [number, count] of kind.properties ?? []) {
        if (count > (counts.get(number)?.count ?? 0)) counts.set(number, { count, of: kind.label });
      }
    }
    among = classes.length
      ? [...counts].map(([number, one]) => ({ term: vocabulary.properties[number], ...one }))
      : vocabulary.properties.map((term) => ({ term, count: term.count, of: "" }));
  }
  return among
    .map((one) => ({ ...one, rank: rank(one.term, place.word) }))
    .filter((one) => one.rank >= 0)
    .sort((a, b) => a.rank - b.rank || b.count - a.count || (a.term.iri < b.term.iri ? -1 : 1))
    .slice(0, most);
}

/**
 * Return the variables of a query, sorted.
 * @param {string} text
 */
export function variablesOf(text) {
  const found = new Set();
  for (const [token] of text.matchAll(TOKEN)) if (/^[?$]./.test(token)) found.add(token);
  return [...found].sort();
}

/**
 * Return the known prefixes that a query uses and does not declare.
 * @param {string} text
 * @param {Record<string, string>} prefixes
 */
export function missingPrefixes(text, prefixes) {
  const declared = new Set();
  const used = new Set();
  let word = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith("#")) continue;
    const colon = /^[\w-]*:/.exec(token);
    if (colon) (/^prefix$/i.test(word) ? declared : used).add(colon[0].slice(0, -1));
    word = token;
  }
  return [...used].filter((name) => name in prefixes && !declared.has(name)).sort();
}
