// What the portal changes in the libraries while building. Every patch must fit exactly once, so that a new version cannot slip past it.

/** @typedef {{file: RegExp, what: string, find: RegExp | string, put: string}} Patch */

/** @type {Patch[]} */
export const PATCHES = [
  {
    file: /yasqe\.esm\.js$/,
    what: "The bundled copy of a public prefix list, spam among it, gives way to an empty object that the page fills.",
    find: /\}, madsrdf = "[\s\S]*?prefixes_default = \{[\s\S]*?\n\}, tokenTypes = \{/,
    put: "}, prefixes_default = {}, tokenTypes = {",
  },
  {
    file: /yasqe\.esm\.js$/,
    what: "The completers for classes and properties ask a host elsewhere; the page brings its own.",
    find: /var fetchFromLov = [\s\S]*?completers = \[\n\tconf\$3,\n\tconf\$2,\n\tconf\$1,\n\tconf\n\];/,
    put: "var completers = [\n\tconf$3,\n\tconf$2\n];",
  },
  {
    file: /yasqe\.esm\.js$/,
    what: "With them go their settings.",
    find: /\}, conf\$1 = \{[\s\S]*?name: "class"\n\}, SUGGESTIONS_LIMIT/,
    put: "}, SUGGESTIONS_LIMIT",
  },
  {
    file: /yasqe\.esm\.js$/,
    what: "A page cannot ask an address for prefixes either.",
    find: /return \(e\.config\.prefixCcApi \? fetch[\s\S]*?Promise\.resolve\(prefixes_default\)\)\.then/,
    put: "return Promise.resolve(prefixes_default).then",
  },
  { file: /yasqe\.esm\.js$/, what: "The setting for that address goes.", find: ",\n\t\tprefixCcApi: null", put: "" },
  {
    file: /yasqe\.esm\.js$/,
    what: "The editor keeps nothing in the browser: no local storage, no cookies. The sanitiser before it is used by nothing.",
    find: /\/\/#region node_modules\/dompurify\/[\s\S]*?, Storage = class \{[\s\S]*?\n\};\nfunction isQuotaExceeded/,
    put: "var Storage = class {\n\tset() {}\n\tget() {}\n\tremove() {}\n\tremoveExpiredKeys() {}\n\tremoveAll() {}\n\tremoveNamespace() {}\n};\nfunction isQuotaExceeded",
  },
  { file: /yasqe\.esm\.js$/, what: "Nor is it imported.", find: "var { sanitize } = purify;", put: "" },
  { file: /yasqe\.esm\.js$/, what: "No endpoint elsewhere by default.", find: '"https://dbpedia.org/sparql"', put: '""' },
  {
    file: /yasqe\.esm\.js$/,
    what: "The tooltip of a wrong line shows text, not markup.",
    find: 'r.style.display = "block", r.innerHTML = n, t.appendChild(r);',
    put: 'r.style.display = "block", r.textContent = n, t.appendChild(r);',
  },
  {
    file: /yasqe\.esm\.js$/,
    what: "So does it when the pointer leaves.",
    find: 'r && (r.style.display = "none"), r.innerHTML = n;',
    put: 'r && (r.style.display = "none");',
  },
  {
    file: /yasqe\.esm\.js$/,
    what: "With text instead of markup, the message is not escaped twice.",
    find: "tooltip(this, n, escape$1(r.state.errorMsg))",
    put: "tooltip(this, n, r.state.errorMsg)",
  },
  {
    file: /yasqe\.esm\.js$/,
    what: "Nor are the tokens expected marked up with an inline style.",
    find: `a.push("<strong style='text-decoration:underline'>" + escape$1(e) + "</strong>");`,
    put: "a.push(e);",
  },
  {
    file: /yasqe\.esm\.js$/,
    what: "The names are exported.",
    find: "export { Yasqe, Yasqe as default };",
    put: "export { Yasqe, Yasqe as default, prefixes_default };",
  },
  {
    file: /leaflet-src\.js$/,
    what: "No global L.",
    find: /\n {2}var oldL = window\.L;\n {2}exports\.noConflict = function\(\) \{\n[\s\S]*?\n {2}(?:\/\/[^\n]*\n {2})?window\.L = exports;\n/,
    put: "\n",
  },
  {
    file: /graphology-layout-forceatlas2\/helpers\.js$/,
    what: "No worker from a blob address: the policy refuses it.",
    find: /exports\.createWorker = function createWorker\(fn\) \{[\s\S]*?\n\};\n/,
    put: "",
  },
  {
    file: /leaflet\.css$/,
    what: "A rule for Internet Explorer 8.",
    find: /\.lvml \{\s*behavior: url\(#default#VML\);\s*display: inline-block;\s*position: absolute;\s*\}/,
    put: "",
  },
];

/** Strings that no built file may hold, and why. */
export const FORBIDDEN = [
  ["lov.linkeddata.es", "asks another host"],
  ["prefix.cc", "asks another host"],
  ["onlyfans", "spam in a prefix list"],
  ["dbpedia.org/sparql", "asks another host"],
  ["new Function", "refused by the content security policy"],
  ["eval(", "refused by the content security policy"],
  ["new Worker", "refused by the content security policy"],
  ["localStorage", "the portal keeps nothing in the browser"],
  ["sessionStorage", "the portal keeps nothing in the browser"],
  [".cookie", "the portal keeps nothing in the browser"],
  ["<style", "inline style"],
  ['setAttribute("style"', "inline style"],
  ['createElement("style"', "inline style"],
  ["@import", "asks for another file"],
  ["url(http", "asks another host"],
  ["url(//", "asks another host"],
  ["sourceMappingURL", "points to a file that is not shipped"],
];
