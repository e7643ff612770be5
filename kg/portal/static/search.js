// @ts-check
/*
 * Suggestions while typing. Upgrades every input with `data-suggest`; without JavaScript it stays a plain input in its form.
 *
 *   <input name="q" data-suggest="/api/suggest" data-go>                        choosing opens the page of the thing (header)
 *   <input name="institution" data-suggest="/api/suggest" data-class="inno:Organisation">   choosing writes the slug into the input itself
 *   <input id="shown" data-suggest="/api/suggest" data-target="value"><input id="value" name="x" type="hidden">
 *                                                                               choosing writes the name here and the slug there
 *
 *   data-suggest  address that answers ?q=&class=&lang= with {"suggestions": [{iri, slug, label, kind, place, other, url, …}]}
 *   data-class    class (CURIE or IRI) that things must have; subclasses count
 *   data-target   id of the input that takes the value; it is emptied when the text is changed by hand
 *   data-value    "iri" writes the IRI instead of the slug
 *   data-go       open the page of what is chosen; the value is not used
 *
 * On choosing, the input (and the target) send `input` and `change`, and the input sends `kg:choose` with the suggestion in `detail`.
 * An input that is added later is upgraded by `upgrade(input)`. Pattern: WAI-ARIA Authoring Practices, combobox with list autocomplete.
 */

/** @typedef {{iri: string, slug: string, label: string, lang: string, kind: string, place: string, other: string, url: string}} Suggestion */

const DELAY = 120;
const LEAST = 2;
const german = document.documentElement.lang === "de";
let last = 0;

/** @param {number} count */
function said(count) {
  if (count === 0) return german ? "Keine Vorschläge." : "No suggestions.";
  if (count === 1) return german ? "Ein Vorschlag." : "One suggestion.";
  return german ? `${count} Vorschläge.` : `${count} suggestions.`;
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} [text]
 */
function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) made.textContent = text;
  return made;
}

/** @param {HTMLInputElement} input */
export function upgrade(input) {
  const address = input.dataset.suggest;
  if (!address || input.getAttribute("role") === "combobox") return;
  const id = `suggestions-${++last}`;
  const target = input.dataset.target ? document.getElementById(input.dataset.target) : null;

  const box = element("span", "suggest");
  input.before(box);
  const list = element("ul", "suggest-list");
  list.id = id;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", german ? "Vorschläge" : "Suggestions");
  list.hidden = true;
  const status = element("span", "hidden");
  status.setAttribute("role", "status");
  box.append(input, list, status);

  input.setAttribute("role", "combobox");
  input.setAttribute("autocomplete", "off");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", id);

  /** @type {Suggestion[]} */
  let items = [];
  let active = -1;
  let timer = 0;
  /** @type {AbortController | null} */
  let asking = null;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  function mark(index) {
    active = index;
    Array.from(list.children).forEach((option, number) => option.setAttribute("aria-selected", String(number === index)));
    const option = list.children[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  /** @param {Suggestion[]} found */
  function show(found) {
    items = found;
    list.replaceChildren(...found.map((item, number) => {
      const option = element("li", "suggest-item");
      option.id = `${id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const label = element("span", "suggest-label", item.label);
      if (item.lang && item.lang !== document.documentElement.lang) label.lang = item.lang;
      option.append(label);
      if (item.other) option.append(" ", element("span", "suggest-other", item.other));
      const about = [item.kind, item.place].filter(Boolean).join(", ");
      if (about) option.append(" ", element("span", "suggest-kind", about));
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(number));
      return option;
    }));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = said(found.length);
  }

  /** @param {number} number */
  function choose(number) {
    const item = items[number];
    if (!item) return;
    close();
    const value = input.dataset.value === "iri" ? item.iri : item.slug;
    if (target instanceof HTMLInputElement) {
      target.value = value;
      input.value = item.label;
    } else {
      input.value = input.dataset.go === undefined ? value : item.label;
    }
    for (const changed of [target, input]) {
      if (!(changed instanceof HTMLInputElement)) continue;
      chosen = true;
      changed.dispatchEvent(new Event("input", { bubbles: true }));
      changed.dispatchEvent(new Event("change", { bubbles: true }));
      chosen = false;
    }
    input.dispatchEvent(new CustomEvent("kg:choose", { bubbles: true, detail: item }));
    if (input.dataset.go !== undefined) window.location.assign(item.url);
  }
  let chosen = false;

  async function ask() {
    const text = input.value.trim();
    if (text.length < LEAST) return close();
    asking?.abort();
    const mine = (asking = new AbortController());
    const query = new URLSearchParams({ q: text.slice(0, 200), lang: german ? "de" : "en" });
    if (input.dataset.class) query.set("class", input.dataset.class);
    try {
      const answer = await fetch(`${address}?${query}`, { signal: mine.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      const found = (await answer.json()).suggestions;
      if (asking === mine && document.activeElement === input) show(found);
    } catch {
      // Asked again meanwhile, or no connection: the form still works.
    }
  }

  input.addEventListener("input", () => {
    if (chosen) return;
    if (target instanceof HTMLInputElement) target.value = "";
    clearTimeout(timer);
    timer = window.setTimeout(ask, DELAY);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      if (list.hidden) return;
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        void ask();
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place beyond the ends stands for the input itself.
      mark(((active + 1 + step + items.length + 1) % (items.length + 1)) - 1);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Tab") {
      close();
    }
  });
}

document.querySelectorAll("input[data-suggest]").forEach((input) => upgrade(/** @type {HTMLInputElement} */ (input)));
