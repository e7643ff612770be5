// @ts-check
/* Search without a server: the index is a script, so that it loads from a folder (file://) as from a host. Folding is that of kg/search/fold.py. */
"use strict";
(() => {
  const me = /** @type {HTMLScriptElement} */ (document.currentScript);
  const root = me.dataset.index ?? "";
  const german = me.dataset.lang === "de";
  const MOST = 60;
  /** @type {Record<string, string>} */
  const LETTERS = { æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ħ: "h", ŋ: "n", ß: "ss" };

  /** @param {string} text */
  function folded(text) {
    const plain = text.toLowerCase().replace(/[æœøłđðþıħŋß]/g, (one) => LETTERS[one]).normalize("NFKD").replace(/\p{M}/gu, "");
    let made = "";
    for (let at = 0; at < plain.length; at++) {
      const [one, before] = [plain[at], plain[at - 1] ?? ""];
      if ((one === "e" && "aou".includes(before) && before) || (one === "s" && before === "s") || (one === "a" && before === "a")) continue;
      made += one;
    }
    return made;
  }

  /** @param {string} text @returns {string[]} */
  function words(text) {
    return folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  }

  /** Words of a name, and those joined that a hyphen or a dot separates. @param {string} text @returns {string[]} */
  function named(text) {
    const chunks = folded(text).match(/[\p{L}\p{N}]+(?:[-‐‑–./'’&+·_]+[\p{L}\p{N}]+)+/gu) ?? [];
    return [...words(text), ...chunks.map((one) => words(one).join(""))];
  }

  /** @typedef {[number, string, string, string, string]} Entry  kind, file, English name, German name, other names */
  /** @type {Map<string, Promise<Entry[]>>} */
  const parts = new Map();

  /** @param {string} file */
  function load(file) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = root + file;
      script.onload = () => done(undefined);
      script.onerror = () => failed(new Error(file));
      document.head.append(script);
    });
  }

  /** @type {{ kinds: string[][], split: boolean, parts: Record<string, Entry[]> }} */
  let index;
  async function begin() {
    if (!index) await load("search-index.js");
    // @ts-ignore: the script sets one global.
    index = window.kgSearchIndex;
  }

  /** @param {string} word @returns {Promise<Entry[]>} */
  async function part(word) {
    const first = word[0];
    const letter = !index.split ? "all" : /[a-z0-9]/.test(first) ? first : "other";
    if (!index.parts[letter] && !parts.has(letter)) parts.set(letter, load(`search-index-${letter}.js`).then(() => index.parts[letter], () => []));
    return index.parts[letter] ?? (await parts.get(letter)) ?? [];
  }

  /** @param {string} text */
  async function find(text) {
    const asked = words(text).slice(0, 12);
    await begin();
    if (!asked.length) return [];
    const longest = [...asked].sort((one, other) => other.length - one.length)[0];
    const found = [];
    for (const entry of await part(longest)) {
      const names = [entry[2], entry[3] || entry[2], entry[4]].map(named);
      const all = names.flat();
      if (!asked.every((word) => all.some((name) => name.startsWith(word)))) continue;
      const own = names[german ? 1 : 0];
      const whole = own.join(" ") === asked.join(" ") ? 0 : own[0]?.startsWith(asked[0]) ? 1 : own.some((name) => name.startsWith(asked[0])) ? 2 : 3;
      found.push({ entry, order: whole, size: own.length });
    }
    return found.sort((one, other) => one.order - other.order || one.size - other.size || (one.entry[2] < other.entry[2] ? -1 : 1)).map((one) => one.entry);
  }

  const [box, list, status] = ["q", "hits", "found"].map((id) => document.getElementById(id));
  if (!(box instanceof HTMLInputElement) || !list || !status) return;
  let turn = 0;

  async function show() {
    const mine = ++turn;
    const text = /** @type {HTMLInputElement} */ (box).value.trim();
    if (!text) {
      list.replaceChildren();
      status.textContent = "";
      return;
    }
    status.textContent = status.dataset.wait ?? "";
    try {
      const found = await find(text);
      if (mine !== turn) return;
      list.replaceChildren(
        ...found.slice(0, MOST).map(([kind, file, english, other]) => {
          const item = document.createElement("li");
          const link = document.createElement("a");
          link.href = `${root}doc/${file}${german ? ".de" : ""}.html`;
          link.textContent = (german && other) || english;
          const what = document.createElement("span");
          what.className = "quiet";
          what.textContent = ` ${index.kinds[kind][german ? 1 : 0]}`;
          item.append(link, what);
          return item;
        }),
      );
      const cut = found.length > MOST ? ` (${status.dataset.first} ${MOST})` : "";
      status.textContent = found.length ? `${found.length} ${status.dataset.some}${cut}` : status.dataset.none ?? "";
    } catch {
      status.textContent = status.dataset.failed ?? "";
    }
  }

  box.value = new URLSearchParams(location.search).get("q") ?? "";
  let wait = 0;
  box.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(show, 120);
  });
  document.getElementById("search")?.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  show();
})();
