// @ts-check
/**
 * Maps on a page: every `<div class="map" data-src="…">` becomes one. Without this file the table beside it says the same.
 *
 *   data-src      address of a GeoJSON FeatureCollection of points, as `/api/map` gives it. Properties read: `name`, `url`, `total`, `institution`,
 *                 `initiative`, `event`, `within`, `positions`, `things` ([{ name, url, kind }]); all may be absent but the name. Its member `about.lang`
 *                 is the language of the names.
 *   data-library  address of vendor/map.min.js.
 *   data-outline  addresses of GeoJSON outlines, parted by spaces, drawn in that order; each says its `credit`.
 *   data-fit      `all` (default) or `ruhr`: what is in view at first.
 *
 * `map_box.html` writes such an element; a page loads map.css, vendor/map.min.css and this module. Nothing from the data becomes markup: names are
 * text nodes, addresses are links only where they are http(s) or a path of this site.
 */

const GERMAN = document.documentElement.lang === "de";
/** @param {string} english @param {string} german */
const t = (english, german) => (GERMAN ? german : english);
/** @param {number} value */
const number = (value) => value.toLocaleString(GERMAN ? "de" : "en");
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;
/** From this zoom on, the country outlines are too coarse and the districts are drawn. */
const NEAR = 8;
/** From this zoom on, the names of the districts have room. */
const NAMED = 9;
const RUHR = /** @type {[number, number][]} */ ([[51.3, 6.4], [51.75, 8.0]]);

const KINDS = /** @type {[string, string, string, string, string][]} */ ([
  ["institution", "institution", "institutions", "Einrichtung", "Einrichtungen"],
  ["initiative", "project or programme", "projects and programmes", "Projekt oder Programm", "Projekte und Programme"],
  ["event", "event", "events", "Veranstaltung", "Veranstaltungen"],
]);

/** @typedef {{name: string, url?: string, kind?: string}} Thing */
/** @typedef {{name: string, url?: string, total?: number, within?: number, positions?: number, things?: Thing[], [kind: string]: any}} Properties */

/**
 * @param {string} tag @param {string} [text] @param {string} [kind]
 * @returns {HTMLElement}
 */
function element(tag, text = "", kind = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

/** @param {Thing | Properties} thing @returns {HTMLElement} */
function link(thing) {
  if (!thing.url || !/^(https?:\/\/|\/(?!\/))/.test(thing.url)) return element("span", thing.name);
  const made = /** @type {HTMLAnchorElement} */ (element("a", thing.name));
  made.href = thing.url;
  // In a frame of another site, the page opens in the whole window.
  if (window.top !== window.self) made.target = "_top";
  return made;
}

/** @param {Properties} of @returns {string[]} */
function counts(of) {
  return KINDS.filter(([kind]) => of[kind]).map(([kind, one, many, eins, viele]) => `${number(of[kind])} ${of[kind] === 1 ? t(one, eins) : t(many, viele)}`);
}

/** @param {Properties} of @returns {HTMLElement} */
function popup(of) {
  const box = element("div");
  const name = element("p", "", "name");
  name.append(link(of));
  box.append(name);
  if (counts(of).length) box.append(element("p", counts(of).join(", ")));
  if (of.things?.length) {
    const list = element("ul");
    for (const thing of of.things) {
      const item = element("li");
      item.append(link(thing));
      list.append(item);
    }
    const rest = (of.total ?? 0) - of.things.length;
    if (rest > 0) list.append(element("li", t(`${number(rest)} more`, `${number(rest)} weitere`)));
    box.append(list);
  }
  if (of.within) {
    box.append(element("p", t(`${number(of.within)} of these at smaller places without coordinates.`, `${number(of.within)} davon an kleineren Orten ohne Koordinaten.`), "quiet"));
  }
  if ((of.positions ?? 1) > 1) {
    box.append(element("p", t(`The sources give ${of.positions} positions.`, `Die Quellen nennen ${of.positions} Positionen.`), "quiet"));
  }
  return box;
}

/**
 * A circle with a number, at least 28 px wide; it grows with the logarithm of the number.
 * @param {any} L @param {number} total @param {string} kind @param {string} said
 */
function circle(L, total, kind, said) {
  const size = Math.round(28 + 7 * Math.log10(Math.max(1, total)));
  const box = element("span");
  const seen = element("span", total ? (total < 10000 ? number(total) : `${Math.round(total / 1000)}k`) : "•");
  seen.setAttribute("aria-hidden", "true");
  box.append(seen, element("span", said, "hidden"));
  return L.divIcon({ html: box, className: `map-circle ${kind}`, iconSize: [size, size], popupAnchor: [0, -size / 2] });
}

/** @param {string} address */
async function json(address) {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/**
 * The middle part that holds 96 in 100 of what is located: a few far places would shrink everything else to one spot.
 * @param {any[]} features @returns {[[number, number], [number, number]] | null}
 */
function core(features) {
  const span = (/** @type {0 | 1} */ axis) => {
    const sorted = features.map(({ geometry, properties }) => [geometry.coordinates[axis], Math.max(1, properties.total ?? 1)]).sort(([a], [b]) => a - b);
    const all = sorted.reduce((sum, [, weight]) => sum + weight, 0);
    let before = 0;
    const inside = sorted.filter(([, weight]) => (before += weight) > all * 0.02 && before - weight < all * 0.98);
    return [inside[0][0], inside[inside.length - 1][0]];
  };
  if (!features.length) return null;
  const [[west, east], [south, north]] = [span(0), span(1)];
  return [[south, west], [north, east]];
}

/** @param {any} L @param {any} map @param {any} data */
function outline(L, map, data) {
  const districts = data.features.some((/** @type {any} */ one) => one.properties.ags);
  const layer = L.geoJSON(data, {
    interactive: false,
    style: (/** @type {any} */ { properties: { ags } }) => ({ className: districts ? `map-district${ags === "05913" ? " map-dortmund" : ""}` : "map-country" }),
    onEachFeature: (/** @type {any} */ { properties: { name } }, /** @type {any} */ area) => {
      if (districts) area.bindTooltip(element("span", name), { permanent: true, direction: "center", className: "map-name", pane: "names" });
    },
  });
  layer.addTo(map);
  if (districts) layer.eachLayer((/** @type {any} */ area) => area.getElement()?.classList.contains("map-dortmund") && area.bringToFront());
  map.attributionControl.addAttribution(data.credit.replace(/[<>&]/g, ""));
}

/**
 * Buttons for what is often wanted; the Ruhr area only where something is there.
 * @param {any} L @param {any} map @param {any} bounds @param {boolean} ruhr
 */
function buttons(L, map, bounds, ruhr) {
  const control = new L.Control({ position: "topright" });
  control.onAdd = () => {
    const bar = element("div", "", "leaflet-bar");
    const views = /** @type {[string, any][]} */ ([[t("All", "Alles"), bounds]]);
    if (ruhr) views.push([t("Ruhr area", "Ruhrgebiet"), RUHR]);
    for (const [label, target] of views) {
      const button = /** @type {HTMLButtonElement} */ (element("button", label));
      button.type = "button";
      button.addEventListener("click", () => map.fitBounds(target, { padding: [20, 20], maxZoom: 12, animate: !STILL }));
      bar.append(button);
    }
    L.DomEvent.disableClickPropagation(bar);
    return bar;
  };
  control.addTo(map);
}

/** @param {any} L @param {any} map @param {any} data */
function places(L, map, data) {
  // Popups keep clear of the buttons in the upper corners.
  const width = map.getSize().x;
  const clusters = L.markerClusterGroup({
    maxClusterRadius: 46,
    showCoverageOnHover: false,
    animate: !STILL,
    chunkedLoading: true,
    iconCreateFunction: (/** @type {any} */ cluster) => {
      const inside = cluster.getAllChildMarkers();
      const total = inside.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + (one.options.total || 0), 0);
      const said = t(`${number(total)} at ${number(inside.length)} places, show them`, `${number(total)} an ${number(inside.length)} Orten, zeigen`);
      return circle(L, total, "several", said);
    },
  });
  for (const { geometry, properties } of data.features) {
    const [longitude, latitude] = geometry.coordinates;
    const total = properties.total ?? 0;
    const said = [properties.name, ...counts(properties)].join(", ");
    const marker = L.marker([latitude, longitude], { icon: circle(L, total, properties.within ? "within" : "", said), title: properties.name, alt: "", total });
    marker.bindPopup(() => popup(properties), { maxWidth: Math.min(300, width - 110), minWidth: 150, autoPanPaddingTopLeft: [48, 48] });
    clusters.addLayer(marker);
  }
  map.addLayer(clusters);
  return clusters;
}

/** @param {HTMLElement} box */
async function draw(box) {
  const status = element("p", t("The map is being loaded …", "Die Karte wird geladen …"), "map-status");
  status.setAttribute("role", "status");
  box.after(status);
  try {
    const [{ L }, data, ...outlines] = await Promise.all([
      import(box.dataset.library ?? ""),
      json(box.dataset.src ?? ""),
      ...(box.dataset.outline ?? "").split(" ").filter(Boolean).map(json),
    ]);
    box.replaceChildren();
    const map = L.map(box, {
      minZoom: 1,
      maxZoom: 15,
      zoomSnap: 0.5,
      maxBounds: [[-89, -220], [89, 220]],
      attributionControl: false,
      zoomControl: false,
      zoomAnimation: !STILL,
      fadeAnimation: !STILL,
      markerZoomAnimation: !STILL,
      inertia: !STILL,
      // A wheel turned while reading the page scrolls the page; the buttons, two fingers and the keys + and - zoom.
      scrollWheelZoom: false,
    });
    L.control.attribution({ prefix: false }).addTo(map);
    L.control.zoom({ zoomInTitle: t("Zoom in", "Vergrößern"), zoomOutTitle: t("Zoom out", "Verkleinern") }).addTo(map);
    const near = () => {
      box.classList.toggle("near", map.getZoom() >= NEAR);
      box.classList.toggle("named", map.getZoom() >= NAMED);
    };
    map.on("zoomend", near);
    const points = data.features.map((/** @type {any} */ one) => [one.geometry.coordinates[1], one.geometry.coordinates[0]]);
    const bounds = L.latLngBounds(points);
    const first = L.latLngBounds((box.dataset.fit !== "ruhr" && core(data.features)) || RUHR);
    map.fitBounds(first, { padding: [20, 20], maxZoom: 11, animate: false });
    near();
    // Names of districts lie between the outlines and the circles.
    map.createPane("names").classList.add("map-names");
    for (const one of outlines) outline(L, map, one);
    places(L, map, data);
    const ruhr = L.latLngBounds(RUHR);
    buttons(L, map, bounds.isValid() ? bounds : ruhr, points.some((/** @type {any} */ point) => ruhr.contains(point)));
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
    map.on("popupopen", (/** @type {any} */ { popup: open }) => {
      const pane = open.getElement();
      pane.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", t("Close", "Schließen"));
      const marker = open._source?.getElement?.();
      // Opened with the keyboard: the focus goes in, Escape closes and brings it back.
      if (marker && marker === document.activeElement) pane.querySelector("a[href]:not(.leaflet-popup-close-button)")?.focus({ preventScroll: true });
      pane.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape") return;
        map.closePopup(open);
        marker?.focus({ preventScroll: true });
      });
    });
    const tell = () => {
      const seen = map.getBounds();
      const outside = points.filter((/** @type {any} */ point) => !seen.contains(point)).length;
      const [some, all] = [number(outside), number(points.length)];
      const said = t(`${some} of ${all} places lie outside this view; “All” shows them.`, `${some} von ${all} Orten liegen außerhalb dieses Ausschnitts; „Alles“ zeigt sie.`);
      status.textContent = outside ? said : "";
    };
    tell();
    // Said once when the map is there; what follows each move is to be read, not announced.
    status.removeAttribute("role");
    map.on("moveend", tell);
    box.dataset.ready = "true";
  } catch (error) {
    status.textContent = t("The map could not be loaded; the table below says the same.", "Die Karte ließ sich nicht laden; die Tabelle darunter sagt dasselbe.");
    box.dataset.failed = String(error);
  }
}

for (const box of document.querySelectorAll("div.map[data-src]")) draw(/** @type {HTMLElement} */ (box));
