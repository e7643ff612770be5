"""The libraries that the portal ships: what the manifest says of them, and that they run under the strict policy in a real browser."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kg.portal.app import CSP

STATIC = Path(__file__).resolve().parents[2] / "kg" / "portal" / "static"
SOURCES = STATIC.parent / "vendor"
MANIFEST: dict[str, Any] = json.loads((STATIC / "vendor" / "manifest.json").read_text(encoding="utf-8"))
LICENCES = {"MIT", "BSD-2-Clause", "ISC"}


def rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """Return the rings of a polygon or of several."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def test_the_manifest_names_every_file_with_its_hash() -> None:
    there = {f"{folder}/{path.name}" for folder in ("vendor", "geo") for path in (STATIC / folder).iterdir() if path.is_file()}
    assert there - {"vendor/manifest.json"} == set(MANIFEST["files"])
    for name, said in MANIFEST["files"].items():
        data = (STATIC / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == said["sha256"], name
        assert len(data) == said["bytes"]
        assert abs(len(gzip.compress(data, 9)) - said["gzip"]) < 0.05 * said["gzip"] + 100
        assert said["packages"]


def test_every_package_has_version_and_full_licence_text() -> None:
    used = {package for said in MANIFEST["files"].values() for package in said["packages"]}
    assert used == set(MANIFEST["packages"])
    lock = json.loads((SOURCES / "package-lock.json").read_text())["packages"]
    for name, said in MANIFEST["packages"].items():
        assert said["version"] == lock[f"node_modules/{name}"]["version"], name
        assert said["licence"] in LICENCES, name
        text = (STATIC / said["text"]).read_text(encoding="utf-8")
        assert re.search(r"copyright", text, re.IGNORECASE), name
        assert len(text) > 500, name
    texts = {f"vendor/licences/{path.name}" for path in (STATIC / "vendor" / "licences").iterdir()}
    assert texts == {said["text"] for said in MANIFEST["packages"].values()}


@pytest.mark.parametrize("name", sorted(MANIFEST["files"]))
def test_no_file_asks_another_host_evaluates_text_or_keeps_anything(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    for word in (
        *("lov.linkeddata.es", "prefix.cc", "onlyfans", "dbpedia.org/sparql"),
        *("new Function", "eval(", "new Worker", "createObjectURL", "importScripts"),
        *("localStorage", "sessionStorage", ".cookie", "indexedDB"),
        *("<style", 'setAttribute("style"', "@import", "url(http", "url(//", "sourceMappingURL"),
    ):
        assert word not in text, word


def test_the_lock_file_pins_by_hash_and_names_no_registry() -> None:
    text = (SOURCES / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert "http" not in re.sub(r'"url": "[^"]*"', "", text)
    assert '"resolved"' not in text
    assert all(said.get("integrity", "").startswith("sha512-") for name, said in packages.items() if name)
    wanted = json.loads((SOURCES / "package.json").read_text())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_building_again_gives_the_same_files() -> None:
    node = shutil.which("node")
    if node is None or not (SOURCES / "node_modules").is_dir():
        pytest.skip("needs Node and, in kg/portal/vendor: npm ci --ignore-scripts")
    done = subprocess.run([node, "build.mjs", "--check"], cwd=SOURCES, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["ruhr", "countries"])
def test_outlines_are_closed_rounded_and_say_whose_they_are(name: str) -> None:
    data = json.loads((STATIC / "geo" / f"{name}.geojson").read_text(encoding="utf-8"))
    said = MANIFEST["files"][f"geo/{name}.geojson"]
    assert data["credit"] == said["credit"] == {"ruhr": "© GeoBasis-DE / BKG 2021", "countries": "Natural Earth"}[name]
    assert data["licence"] == said["licence"] == {"ruhr": "GeoNutzV", "countries": "Public domain"}[name]
    for feature in data["features"]:
        assert feature["properties"]["name"]
        for ring in rings(feature["geometry"]):
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
            assert all(round(value, 4) == value for point in ring for value in point)
            # A jump to the other side of the 180th meridian would draw a line through the map; only the foot of Antarctica is as long.
            assert all(abs(a[0] - b[0]) < 180 or b[1] == -90 for a, b in pairwise(ring))


def test_the_ruhr_has_its_districts_and_neighbours_share_their_border() -> None:
    data = json.loads((STATIC / "geo" / "ruhr.geojson").read_text(encoding="utf-8"))
    by_key = {feature["properties"]["ags"]: feature for feature in data["features"]}
    assert len(by_key) == 15
    assert by_key["05913"]["properties"] == {"ags": "05913", "nuts": "DEA52", "name": "Dortmund", "kind": "Kreisfreie Stadt"}
    points = {key: {tuple(point) for ring in rings(one["geometry"]) for point in ring} for key, one in by_key.items()}
    # Dortmund and Bochum: one border, not two that were thinned differently.
    assert len(points["05913"] & points["05911"]) > 5
    assert all(6.2 < x < 8.1 and 51.1 < y < 51.9 for each in points.values() for x, y in each)


TRY = """
import { Yasqe, prefixes } from "/vendor/yasqe.min.js";
import { Graph, Sigma, forceAtlas2, louvain } from "/vendor/network.min.js";
import { L } from "/vendor/map.min.js";

Object.assign(prefixes, { inno: "https://example.org/inno#" });
const at = (id) => document.getElementById(id);
const editor = new Yasqe(at("editor"), {
  value: "SELECT * WHERE {\\n  ?s a ?wrong wrong\\n}", autocompleters: ["prefixes", "variables"], persistenceId: "kept", consumeShareLink: null,
});
editor.saveQuery();
const graph = new Graph();
for (let one = 0; one < 12; one += 1) graph.addNode(one, { x: Math.cos(one), y: Math.sin(one), size: 5, label: `n${one}` });
for (let one = 0; one < 12; one += 1) graph.addEdge(one, (one + 1) % 12);
forceAtlas2.assign(graph, { iterations: 10 });
louvain.assign(graph);
let drawn = "no WebGL";
if (document.createElement("canvas").getContext("webgl2")) drawn = new Sigma(graph, at("network")).getGraph().order;
const map = L.map(at("map"), { maxZoom: 15 }).setView([51.5, 7.4], 9);
const clusters = L.markerClusterGroup();
for (let one = 0; one < 40; one += 1) clusters.addLayer(L.circleMarker([51.5 + one / 1000, 7.4]));
map.addLayer(clusters);
L.marker([51.6, 7.4], { icon: L.divIcon() }).addTo(map).bindPopup(document.createElement("p")).openPopup();
const offered = await editor.autocompleters.prefixes.getCompletions({ string: "in", autocompletionString: "in" });
window.result = {
  completers: Object.keys(Yasqe.Autocompleters).sort(),
  offered,
  endpoint: Yasqe.defaults.requestConfig.endpoint,
  communities: new Set(graph.nodes().map((node) => graph.getNodeAttribute(node, "community"))).size,
  clusters: at("map").querySelectorAll(".marker-cluster").length,
  drawn,
  global: typeof window.L,
  kept: localStorage.length + sessionStorage.length + document.cookie.length,
};
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>try</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/vendor/pico.min.css"><link rel="stylesheet" href="/vendor/yasqe.min.css"><link rel="stylesheet" href="/vendor/map.min.css">
<link rel="stylesheet" href="/try.css"></head><body><div id="editor"></div><div id="network"></div><div id="map"></div>
<script type="module" src="/try.js"></script></body></html>"""
MADE = {"/": ("text/html", PAGE), "/try.js": ("text/javascript", TRY), "/try.css": ("text/css", "#network, #map { height: 300px }")}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the static files and the page that tries them, with the portal's policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP.format(ancestors="'none'"))
        super().end_headers()

    def do_GET(self) -> None:
        if self.path not in MADE:
            super().do_GET()
            return
        kind, text = MADE[self.path]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""


def test_the_bundles_run_under_the_strict_policy_and_ask_nobody_else() -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs pip install 'innovation-kg[dev]'")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    said: list[str] = []
    asked: list[str] = []
    try:
        with playwright.sync_playwright() as running:
            browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
            page.on("request", lambda request: asked.append(request.url))
            page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error('refused', e.violatedDirective, e.blockedURI))")
            page.goto(address)
            page.wait_for_function("window.result", timeout=20_000)
            result = page.evaluate("window.result")
            # The line that is wrong has its mark, and the mark's tooltip is text.
            page.hover(".parseErrorIcon")
            tooltip = page.inner_html(".yasqe_tooltip")
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
    assert said == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert result.pop("drawn") in (12, "no WebGL")
    assert result.pop("communities") > 1
    assert result.pop("clusters") >= 1
    assert result == {
        "completers": ["prefixes", "variables"],
        "offered": ["inno: <https://example.org/inno#>"],
        "endpoint": "",
        "global": "undefined",
        "kept": 0,
    }
    assert tooltip.startswith("This line is invalid. Expected: ")
    assert "<" not in tooltip
