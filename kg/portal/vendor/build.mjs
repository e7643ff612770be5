// Builds the libraries the portal ships (../static/vendor) and the outlines (../static/geo), with their licences and a manifest.
//
//   npm ci --ignore-scripts && npm run build     writes everything
//   npm run check                                builds in memory and compares; exits with 1 where a file differs
//
// Only maintainers need Node: what is built is part of the repository and of the package.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { outlines } from "./outlines.mjs";
import { FORBIDDEN, PATCHES } from "./patches.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const STATIC = join(HERE, "..", "static");
const MODULES = join(HERE, "node_modules");

/** Entries by the name of the built file. A `.js` entry may give a `.css` file of the same name as well. */
const ENTRIES = { yasqe: "entry/yasqe.js", network: "entry/network.js", map: "entry/map.js", pico: "entry/pico.css" };

/** Packages that a package carries inside its own file, where the list of inputs does not show them. */
const INSIDE = {
  "@zazuko/yasqe": [
    "@zazuko/yasgui-utils",
    "codemirror",
    "decode-uri-component",
    "events",
    "filter-obj",
    "lodash-es",
    "query-string",
    "split-on-first",
    "strict-uri-encode",
  ],
  sigma: ["events", "graphology-utils"],
};

/** Packages whose own files hold no licence text, and the text of their repository. */
const LICENCE_OF = { "@zazuko/yasqe": "yasgui.txt", "@zazuko/yasgui-utils": "yasgui.txt" };

/** @returns {Record<string, any>} */
const packageJson = (name) => JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8"));

/** Patches the libraries while they are read; every patch must fit exactly once. */
function patching(used) {
  return {
    name: "patching",
    setup(pass) {
      pass.onLoad({ filter: /\.(js|css)$/, namespace: "file" }, ({ path }) => {
        const patches = PATCHES.filter((patch) => patch.file.test(path));
        if (!patches.length) return undefined;
        let text = readFileSync(path, "utf8");
        for (const { what, find, put } of patches) {
          const pattern = find instanceof RegExp ? find : new RegExp(find.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
          const hits = [...text.matchAll(new RegExp(pattern.source, "g"))].length;
          if (hits !== 1) throw new Error(`${relative(MODULES, path)}: the patch fits ${hits} times, not once: ${what}`);
          text = text.replace(pattern, () => put);
          used.add(what);
        }
        return { contents: text, loader: path.endsWith(".css") ? "css" : "js" };
      });
    },
  };
}

/** Returns the packages of a build's inputs, sorted. */
function packagesOf(inputs) {
  const names = new Set();
  for (const path of inputs) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (!found) continue;
    names.add(found[1]);
    for (const name of INSIDE[found[1]] ?? []) names.add(name);
  }
  return [...names].sort();
}

/** Builds all bundles; returns the files by path below `static`, with the packages in each. */
async function bundles() {
  const files = new Map();
  const used = new Set();
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const result = await build({
      absWorkingDir: HERE,
      entryPoints: { [`${name}.min`]: entry },
      outdir: "out",
      bundle: true,
      minify: true,
      format: "esm",
      target: ["es2022", "firefox115", "safari16"],
      charset: "utf8",
      legalComments: "none",
      loader: { ".png": "dataurl", ".svg": "dataurl" },
      inject: name === "map" ? ["entry/leaflet-free.js"] : [],
      plugins: [patching(used)],
      metafile: true,
      write: false,
      logLevel: "warning",
    });
    for (const file of result.outputFiles) {
      const short = relative(join(HERE, "out"), file.path);
      const meta = result.metafile.outputs[relative(HERE, file.path)];
      const inputs = Object.entries(meta.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
      files.set(`vendor/${short}`, { text: file.text, packages: packagesOf(inputs.map(([path]) => path)) });
    }
  }
  const unused = PATCHES.filter(({ what }) => !used.has(what));
  if (unused.length) throw new Error(`Patches without a file: ${unused.map(({ what }) => what).join(" ")}`);
  return files;
}

/** Returns the licence text that a package carries. */
function licence(name) {
  if (LICENCE_OF[name]) return readFileSync(join(HERE, "licences", LICENCE_OF[name]), "utf8");
  const folder = join(MODULES, name);
  const found = readdirSync(folder).filter((file) => /licen[cs]e/i.test(file)).sort();
  if (!found.length) throw new Error(`${name} carries no licence text.`);
  return found.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n----\n\n") + "\n";
}

const licenceFile = (name) => `vendor/licences/${name.replace("@", "").replace("/", "-")}.txt`;

/** Builds everything; returns the bytes of each file by path below `static`. */
async function make() {
  const built = await bundles();
  for (const [path, made] of outlines(MODULES)) built.set(path, made);
  const files = new Map();
  const manifest = { files: {}, packages: {} };
  for (const [path, { text, packages, credit, licence: terms, licenceUrl }] of [...built].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const [word, why] of FORBIDDEN) if (text.includes(word)) throw new Error(`${path} holds ${word}: ${why}.`);
    const bytes = Buffer.from(text);
    files.set(path, bytes);
    manifest.files[path] = {
      packages,
      ...(credit ? { credit, licence: terms, licenceUrl } : {}),
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
    };
    for (const name of packages) {
      const { version, license } = packageJson(name);
      manifest.packages[name] = { version, licence: license.replace(/^\((.*)\)$/, "$1"), text: licenceFile(name) };
      files.set(licenceFile(name), Buffer.from(licence(name)));
    }
  }
  manifest.packages = Object.fromEntries(Object.entries(manifest.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  files.set("vendor/manifest.json", Buffer.from(JSON.stringify(manifest, null, 2) + "\n"));
  return files;
}

const files = await make();
const there = ["vendor", "vendor/licences", "geo"].flatMap((folder) =>
  existsSync(join(STATIC, folder))
    ? readdirSync(join(STATIC, folder), { withFileTypes: true })
        .filter((one) => one.isFile())
        .map((one) => `${folder}/${one.name}`)
    : [],
);
const extra = there.filter((path) => !files.has(path));
if (process.argv.includes("--check")) {
  // Compressed sizes depend on the zlib of the Node at hand, so they are told but not compared.
  const same = (path, bytes) => {
    const there = readFileSync(join(STATIC, path));
    const plain = (text) => String(text).replace(/"gzip": \d+/g, "");
    return path.endsWith("manifest.json") ? plain(there) === plain(bytes) : there.equals(bytes);
  };
  const wrong = [...files].filter(([path, bytes]) => !existsSync(join(STATIC, path)) || !same(path, bytes));
  for (const path of [...wrong.map(([path]) => path), ...extra].sort()) console.error(`differs: ${path}`);
  if (wrong.length || extra.length) process.exit(1);
  console.log(`${files.size} files are what build.mjs makes.`);
} else {
  for (const path of extra) rmSync(join(STATIC, path));
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(STATIC, path)), { recursive: true });
    writeFileSync(join(STATIC, path), bytes);
  }
  for (const [path, bytes] of files) if (!path.includes("licences/")) console.log(String(bytes.length).padStart(8), path);
}
