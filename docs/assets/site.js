// Tables that scroll by themselves can be reached and scrolled with the keyboard (WCAG 2.1.1).
// @ts-check
"use strict";
(() => {
  const reach = () => {
    for (const box of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
      if (box.scrollWidth <= box.clientWidth) continue;
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", "Table that scrolls");
    }
  };
  window.addEventListener("load", () => setTimeout(reach, 0));
  window.addEventListener("resize", reach);
})();
