// @ts-check
/*
 * The collaboration explorer: the server's picture and tables share their selection, ties open their evidence in a panel, and where the browser has WebGL a
 * picture that can be zoomed takes the place of the drawn one. Without this script, or without WebGL, everything is there all the same.
 */

/** @typedef {{id: number, label: string, kind_label: string, shape: string, colour: number, letter?: string | null, projects: number, partners: number,
 *   partners_not_shown: number, x: number, y: number, radius: number, key: string}} Node */
/** @typedef {{id: number, source: number, target: number, weight: number, shared_projects: number, evidence: string}} Edge */

const german = document.documentElement.lang === "de";
/** @param {string} en @param {string} de */
const t = (en, de) => (german ? de : en);
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const root = /** @type {HTMLElement | null} */ (document.querySelector(".net"));
const panel = /** @type {HTMLElement | null} */ (document.querySelector(".net-panel"));
/** Names tried in the picture that shows all; nodes come strongest first. */
const NAMES = 42;
const FIRST = 6;
const CORNERS = /** @type {Record<string, [number, number]>} */ ({
  square: [4, 45], triangle: [3, -90], down: [3, 90], diamond: [4, 0], pentagon: [5, -90], hexagon: [6, 0], octagon: [8, 22.5], left: [3, 180], right: [3, 0],
});
/** @type {(() => void)[]} */
const redraw = [];
/** @type {{node: number | null, edge: number | null}} */
const chosen = { node: null, edge: null };

/**
 * @param {string} tag
 * @param {string} [text]
 * @param {Record<string, string>} [attributes]
 */
function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Scroll a row into its own box, never the page. @param {HTMLElement} row */
function reveal(row) {
  const box = /** @type {HTMLElement | null} */ (row.closest(".net-scroll"));
  if (!box) return;
  const inner = row.getBoundingClientRect();
  const outer = box.getBoundingClientRect();
  if (inner.top < outer.top + 40 || inner.bottom > outer.bottom) box.scrollTop += inner.top - outer.top - box.clientHeight / 2;
}

/** Mark a node or a tie in picture and tables. @param {"node" | "edge" | null} kind @param {number} [id] @param {boolean} [scroll] */
function mark(kind, id, scroll = false) {
  chosen.node = kind === "node" ? (id ?? null) : null;
  chosen.edge = kind === "edge" ? (id ?? null) : null;
  root?.querySelectorAll(".chosen").forEach((one) => one.classList.remove("chosen"));
  if (kind) {
    root?.querySelectorAll(`[data-${kind}="${id}"]`).forEach((one) => {
      one.classList.add("chosen");
      if (scroll && one instanceof HTMLElement) reveal(one);
    });
  }
  redraw.forEach((one) => one());
}

/** @param {HTMLElement[]} parts */
function show(...parts) {
  if (!panel) return;
  const close = element("button", t("Close", "Schließen"), { type: "button" });
  close.addEventListener("click", () => {
    panel.replaceChildren();
    mark(null);
  });
  panel.replaceChildren(...parts, close);
}

/** Without tables (embedded elsewhere), a picture leads to the portal itself, which no frame may hold. @param {"node" | "edge"} kind @param {number} id */
function leave(kind, id) {
  const link = root?.querySelector(`.net-svg [data-${kind}="${id}"]`);
  if (link) window.open(link.getAttribute("href") ?? "", "_top");
}

/** Show what the table says of a node. @param {number} id */
function openNode(id) {
  if (!panel) {
    leave("node", id);
    return;
  }
  mark("node", id, true);
  const row = root?.querySelector(`tr[data-node="${id}"]`);
  if (!row) return;
  const links = element("p");
  row.querySelectorAll("a").forEach((link, place) => {
    if (place) links.append(" · ");
    const copy = element("a", link.textContent?.trim() ?? "", { href: link.getAttribute("href") ?? "" });
    if (link.classList.contains("net-more")) copy.textContent = t("its role in projects", "ihre Rolle in Projekten");
    links.append(copy);
  });
  const cells = [...row.querySelectorAll("td.number")].map((cell) => cell.textContent?.trim() ?? "");
  const heads = [...(row.closest("table")?.querySelectorAll("thead th.number") ?? [])].map((cell) => cell.textContent ?? "");
  show(element("h3", (row.querySelector("th a") ?? row.querySelector("th"))?.textContent?.trim() ?? ""), element("p", cells.map((cell, place) => `${heads[place]}: ${cell}`).join(" · ")), links);
}

/** Show the evidence of a tie. @param {number} id @param {string} address address of the evidence, in any format */
async function openEdge(id, address) {
  if (!panel) {
    leave("edge", id);
    return;
  }
  mark("edge", id, true);
  const query = new URL(address, window.location.href);
  query.searchParams.set("format", "json");
  show(element("p", t("Loading the evidence …", "Der Beleg wird geladen …")));
  try {
    const answer = await fetch(query, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error);
    if (chosen.edge === id) showEvidence(found);
  } catch (error) {
    show(element("p", t("The evidence could not be loaded.", "Der Beleg ließ sich nicht laden.")), element("p", String(/** @type {Error} */ (error).message ?? "")));
  }
}

/** @param {any} found */
function showEvidence(found) {
  const list = element("ul");
  for (const project of found.projects.slice(0, 12)) {
    const item = element("li", `${project.label} (${project.start ?? "?"} – ${project.end ?? "?"}): `);
    /** @param {any[]} parts */
    const roles = (parts) => [...new Set(parts.map((part) => part.role_label))].join(", ");
    item.append(element("span", `${roles(project.a)} – ${roles(project.b)}`, { class: "quiet" }));
    list.append(item);
  }
  const rest = found.shared_projects - Math.min(12, found.projects.length);
  const parts = [
    element("h3", `${found.a.label} – ${found.b.label}`),
    element("p", `${found.shared_projects} ${found.shared_projects === 1 ? t("shared project", "gemeinsames Projekt") : t("shared projects", "gemeinsame Projekte")}`),
    list,
  ];
  if (rest > 0) parts.push(element("p", t(`${rest} more on the page of the evidence.`, `${rest} weitere auf der Seite des Belegs.`)));
  const more = element("p");
  more.append(element("a", t("All evidence: roles, sources, claims", "Der ganze Beleg: Rollen, Quellen, Aussagen"), { href: found.page }));
  show(...parts, more);
}

/** Wire tables and the drawn picture. @param {HTMLElement} net */
function wire(net) {
  for (const kind of /** @type {const} */ (["node", "edge"])) {
    net.querySelectorAll(`tr[data-${kind}]`).forEach((row) => {
      const id = Number(row.getAttribute(`data-${kind}`));
      row.addEventListener("mouseenter", () => mark(kind, id));
      row.addEventListener("focusin", () => mark(kind, id));
    });
  }
  net.querySelector(".net-svg")?.addEventListener("click", (event) => {
    const click = /** @type {MouseEvent} */ (event);
    const link = /** @type {Element} */ (click.target).closest("a");
    if (!link || !panel || click.ctrlKey || click.metaKey || click.shiftKey || click.button) return;
    const node = link.getAttribute("data-node");
    const edge = link.getAttribute("data-edge");
    click.preventDefault();
    if (node !== null) openNode(Number(node));
    else if (edge !== null) void openEdge(Number(edge), link.getAttribute("href") ?? "");
  });
}

/** Offer the picture as PNG, made from the SVG file in the browser. */
function offerPng() {
  const svg = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[data-svg]"));
  if (!svg) return;
  const link = element("a", "PNG", { href: svg.href });
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const text = await (await fetch(svg.href)).text();
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      if (!blob) return;
      const save = /** @type {HTMLAnchorElement} */ (element("a", "", { href: URL.createObjectURL(blob), download: "network.png" }));
      save.click();
      URL.revokeObjectURL(save.href);
    });
  });
  svg.after(link);
}

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Fills of the marks, as the style sheet has them. @param {Element} box */
function fills(box) {
  return Array.from({ length: 9 }, (_, place) => {
    const probe = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    probe.setAttribute("class", `net-g${place}`);
    box.append(probe);
    const fill = getComputedStyle(probe).fill;
    probe.remove();
    return fill;
  });
}

/** Draw the shape of a kind. @param {CanvasRenderingContext2D} context @param {string} shape @param {number} x @param {number} y @param {number} size */
function outline(context, shape, x, y, size) {
  context.beginPath();
  const corners = CORNERS[shape];
  if (shape === "circle") {
    context.arc(x, y, size, 0, 2 * Math.PI);
  } else if (corners) {
    const [number, turn] = corners;
    const reach = size * Math.sqrt(Math.PI / ((number / 2) * Math.sin((2 * Math.PI) / number)));
    for (let step = 0; step < number; step++) {
      const angle = ((turn + (360 * step) / number) * Math.PI) / 180;
      context.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
    }
  } else {
    const arm = size * 1.05;
    const half = size * 0.42;
    for (const [a, b] of [[half, arm], [half, half], [arm, half], [arm, -half], [half, -half], [half, -arm], [-half, -arm], [-half, -half], [-arm, -half], [-arm, half], [-half, half], [-half, arm]]) {
      context.lineTo(x + a, y + b);
    }
  }
  context.closePath();
}

/** Put a picture that can be zoomed in the place of the drawn one. @param {HTMLElement} net */
async function lively(net) {
  const box = /** @type {HTMLElement} */ (net.querySelector(".net-box"));
  const svg = /** @type {SVGElement | null} */ (box.querySelector(".net-svg"));
  const library = document.getElementById("net-script")?.dataset.library;
  if (!svg || !library || !document.createElement("canvas").getContext("webgl2")) return;
  const [{ Sigma, UndirectedGraph }, data] = await Promise.all([import(library), fetch(net.dataset.api ?? "").then((answer) => answer.json())]);
  const nodes = /** @type {Node[]} */ (data.nodes);
  const edges = /** @type {Edge[]} */ (data.edges);
  const heaviest = Math.max(...edges.map((edge) => edge.weight));
  const graph = new UndirectedGraph();
  for (const node of nodes) {
    graph.addNode(String(node.id), { x: node.x, y: -node.y, size: node.radius * 70, label: node.label, forceLabel: true, node });
  }
  for (const edge of edges) {
    graph.addEdgeWithKey(String(edge.id), String(edge.source), String(edge.target), { size: 0.7 + 3.8 * Math.sqrt(edge.weight / heaviest), edge });
  }
  const colours = fills(svg);
  const area = svg.viewBox.baseVal;
  const canvas = element("div", "", { class: "net-canvas", role: "img", "aria-label": svg.querySelector("desc")?.textContent ?? "" });
  canvas.style.aspectRatio = `${area.width} / ${area.height}`;
  svg.setAttribute("hidden", "");
  svg.style.display = "none";
  box.prepend(canvas);
  /** @type {{node: string | null, edge: string | null}} */
  const over = { node: null, edge: null };
  let ink = colour("--kg-ink");
  let paper = colour("--kg-paper");
  let tie = colour("--net-tie-flat");
  let picked = colour("--net-chosen");
  let ratio = 1;
  /** @type {{x: number, y: number, size: number, label: string, strong: boolean, first: boolean, wanted: boolean}[]} */
  const spots = [];
  /** @param {string} node */
  const lit = (node) => node === over.node || Number(node) === chosen.node || (chosen.edge !== null && graph.extremities(String(chosen.edge)).includes(node));
  const settings = {
    allowInvalidContainer: true,
    enableEdgeEvents: true,
    labelDensity: 1000,
    labelGridCellSize: 1,
    labelRenderedSizeThreshold: 0,
    stagePadding: 40,
    minCameraRatio: 0.08,
    maxCameraRatio: 2,
    defaultNodeColor: "rgba(0,0,0,0)",
    /** @param {string} id @param {any} edge */
    edgeReducer: (id, edge) => {
      const strong = id === over.edge || Number(id) === chosen.edge || graph.extremities(id).some((/** @type {string} */ end) => end === over.node || Number(end) === chosen.node);
      return { ...edge, color: strong ? picked : tie, zIndex: strong ? 1 : 0 };
    },
    zIndex: true,
    /** @param {CanvasRenderingContext2D} context @param {any} data */
    defaultDrawNodeLabel: (context, data) => drawNode(context, data),
    // What is hovered is marked like what is chosen, in the same layer.
    defaultDrawNodeHover: () => {},
  };
  /** @param {CanvasRenderingContext2D} context @param {any} data */
  function drawNode(context, data) {
    const node = /** @type {Node} */ (data.node);
    const strong = lit(String(node.id));
    outline(context, node.shape, data.x, data.y, data.size);
    context.fillStyle = colours[node.colour];
    context.fill();
    context.lineWidth = strong ? 3 : 1.5;
    context.strokeStyle = strong ? picked : paper;
    context.stroke();
    if (node.letter) {
      context.fillStyle = "#000";
      context.font = "700 10px system-ui, sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(node.letter, data.x, data.y + 0.5);
    }
    spots.push({ x: data.x, y: data.y, size: data.size, label: node.label, strong, first: node.id < FIRST, wanted: strong || node.id < NAMES || ratio < 0.6 });
  }
  /** Write names, those marked first, then the strongest, each where nothing else stands or not at all. */
  function drawNames() {
    const context = /** @type {CanvasRenderingContext2D} */ (sigma.getCanvases().labels.getContext("2d"));
    const taken = spots.map((spot) => [spot.x - spot.size, spot.y - spot.size, spot.x + spot.size, spot.y + spot.size]);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = paper;
    context.fillStyle = ink;
    for (const spot of [...spots].sort((a, b) => Number(b.strong) - Number(a.strong))) {
      if (!spot.wanted) continue;
      const label = spot.strong || spot.label.length <= 30 ? spot.label : `${spot.label.slice(0, 29)}…`;
      context.font = `${spot.strong ? "700 " : ""}12px system-ui, sans-serif`;
      const width = context.measureText(label).width;
      const away = spot.size + 4;
      const places = [[spot.x + away, spot.y], [spot.x - away - width, spot.y], [spot.x - width / 2, spot.y + away + 7], [spot.x - width / 2, spot.y - away - 7]];
      const free = places.find(([x, y]) => {
        const inside = x >= 2 && x + width <= canvas.clientWidth - 2;
        return inside && taken.every(([left, top, right, bottom]) => x > right || x + width < left || y - 7 > bottom || y + 7 < top);
      });
      // The first few stand over nodes rather than nowhere; names never cover names, but for those that are marked.
      const crowded = places.find(([x, y]) => x >= 2 && x + width <= canvas.clientWidth - 2
        && taken.slice(spots.length).every(([left, top, right, bottom]) => x > right || x + width < left || y - 7 > bottom || y + 7 < top));
      if (!free && !spot.strong && !(crowded && spot.first)) continue;
      const [x, y] = free ?? crowded ?? [Math.max(2, Math.min(places[0][0], canvas.clientWidth - width - 2)), spot.y];
      taken.push([x, y - 7, x + width, y + 7]);
      context.strokeText(label, x, y);
      context.fillText(label, x, y);
    }
  }
  const sigma = new Sigma(graph, canvas, settings);
  sigma.on("beforeRender", () => { spots.length = 0; });
  sigma.on("afterRender", drawNames);
  sigma.refresh();
  const refresh = () => sigma.refresh({ skipIndexation: true });
  redraw.push(refresh);
  sigma.on("enterNode", (/** @type {any} */ event) => { over.node = event.node; refresh(); });
  sigma.on("leaveNode", () => { over.node = null; refresh(); });
  sigma.on("enterEdge", (/** @type {any} */ event) => { over.edge = event.edge; canvas.style.cursor = "pointer"; refresh(); });
  sigma.on("leaveEdge", () => { over.edge = null; canvas.style.cursor = ""; refresh(); });
  sigma.on("clickNode", (/** @type {any} */ event) => openNode(Number(event.node)));
  sigma.on("clickEdge", (/** @type {any} */ event) => void openEdge(Number(event.edge), graph.getEdgeAttribute(event.edge, "edge").evidence));
  sigma.on("clickStage", () => mark(null));
  // The page scrolls with the wheel; the picture zooms with its buttons, a pinch, or the wheel with the control key.
  sigma.getMouseCaptor().on("wheel", (/** @type {any} */ event) => { if (!event.original.ctrlKey) event.preventSigmaDefault(); });
  dark.addEventListener("change", () => {
    [ink, paper, tie, picked] = ["--kg-ink", "--kg-paper", "--net-tie-flat", "--net-chosen"].map(colour);
    refresh();
  });
  const camera = sigma.getCamera();
  camera.on("updated", (/** @type {any} */ state) => { ratio = state.ratio; });
  const pace = () => ({ duration: calm.matches ? 0 : 200 });
  const tools = element("div", "", { class: "net-tools", role: "toolbar", "aria-label": t("Zoom", "Vergrößerung") });
  for (const [text, label, act] of /** @type {[string, string, () => void][]} */ ([
    ["+", t("Zoom in", "Vergrößern"), () => camera.animatedZoom(pace())],
    ["−", t("Zoom out", "Verkleinern"), () => camera.animatedUnzoom(pace())],
    ["⟲", t("Show all", "Alles zeigen"), () => camera.animatedReset(pace())],
  ])) {
    const button = element("button", text, { type: "button", "aria-label": label, title: label });
    button.addEventListener("click", act);
    tools.append(button);
  }
  box.append(tools);
  net.dataset.lively = "true";
}

if (root) {
  wire(root);
  offerPng();
  lively(root).catch((error) => {
    // The drawn picture stays.
    console.info(error);
    root.querySelector(".net-canvas")?.remove();
    const svg = /** @type {SVGElement | null} */ (root.querySelector(".net-svg"));
    svg?.removeAttribute("hidden");
    if (svg) svg.style.display = "";
  });
}
