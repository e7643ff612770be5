// @ts-check
/*
 * Comfort for question pages; without it everything is still there as links, forms and text to mark.
 *
 *   <pre data-copy>          gets a button that copies its text
 *   <details class="menu">   one is open at a time; Escape and a click elsewhere close it
 */

const german = document.documentElement.lang === "de";

for (const block of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("pre[data-copy]"))) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy-button";
  const idle = german ? "Kopieren" : "Copy";
  button.textContent = idle;
  // A live region: that the text was copied is heard as well as seen.
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.textContent ?? "");
      button.textContent = german ? "Kopiert" : "Copied";
    } catch {
      button.textContent = german ? "Bitte von Hand kopieren" : "Please copy by hand";
    }
    setTimeout(() => { button.textContent = idle; }, 2000);
  });
  block.before(button);
}

const menus = /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu"));

/** @param {Element | null} kept */
function close(kept) {
  for (const menu of menus) if (menu !== kept) menu.open = false;
}

document.addEventListener("click", (event) => {
  close(event.target instanceof Element ? event.target.closest("details.menu") : null);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (!open) return;
  close(null);
  open.querySelector("summary")?.focus();
});
