// @ts-check
/**
 * Loads a folded list when it is opened: `<details data-inverse="/api/inverse?…">` gets the list of that page, and its next pages by a button.
 * Without this file the link inside leads to the same list as a page of its own.
 */

const GERMAN = document.documentElement.lang === "de";

/** @param {string} english @param {string} german */
const t = (english, german) => (GERMAN ? german : english);

/** @param {Element} box @param {string} address */
async function load(box, address) {
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  line.textContent = t("Loading …", "Wird geladen …");
  box.append(line);
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector("[data-list]");
    const next = /** @type {HTMLAnchorElement | null} */ (page.querySelector("[data-pages] [rel=next]"));
    if (!list) throw new Error("no list");
    line.remove();
    box.append(document.importNode(list, true));
    if (next) more(box, next.getAttribute("href") ?? "");
  } catch {
    line.textContent = t("This could not be loaded; the link leads to the list.", "Das ließ sich nicht laden; der Link führt zur Liste.");
  }
}

/** @param {Element} box @param {string} address */
function more(box, address) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  button.textContent = t("Show more", "Mehr zeigen");
  button.addEventListener("click", () => {
    button.remove();
    void load(box, address);
  });
  box.append(button);
}

for (const box of document.querySelectorAll("details[data-inverse]")) {
  box.addEventListener(
    "toggle",
    () => {
      void load(box, box.getAttribute("data-inverse") ?? "");
    },
    { once: true },
  );
}
