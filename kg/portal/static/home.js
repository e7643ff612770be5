// @ts-check
/* On a large graph the example answers take seconds: the home page comes at once, and they are filled in here. Without it the questions stand alone. */
const list = document.getElementById("samples");
const address = list?.dataset.answers;
if (list && address) {
  const chosen = new URLSearchParams(location.search).has("lang");
  list.setAttribute("aria-busy", "true");
  fetch(address)
    .then((response) => (response.ok ? response.json() : { samples: [] }))
    .then((/** @type {{samples: {title: string, sentence: string, href: string}[]}} */ { samples }) => {
      const lines = samples.map(({ title, sentence, href }) => {
        const line = document.createElement("li");
        const link = document.createElement("a");
        const target = new URL(href, location.href);
        // The answers were asked for in a language; the links keep it only where the reader chose one.
        if (!chosen) target.searchParams.delete("lang");
        link.href = target.href;
        link.textContent = title;
        line.append(link);
        if (sentence) line.append(document.createElement("br"), sentence);
        return line;
      });
      if (lines.length) list.replaceChildren(...lines);
    })
    .catch(() => undefined)
    .finally(() => list.removeAttribute("aria-busy"));
}
