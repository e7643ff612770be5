"""The portal under load: look-ups beside peers, pages, runaways, memory, start, page weight. Usage: python -m benchmarks.portal --build FOLDER

Load comes from wrk (Debian package `wrk`) with 16 connections; it shares the machine with the server, as in the numbers that the project wants to reach.
Peers need an environment of their own: --peers PYTHON (with rdflib-endpoint, oxrdflib, starlette, uvicorn[standard]) and --oxigraph COMMAND.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil

from benchmarks.measure import ROOT, machine, write_fragment
from kg.build import current
from kg.store import Table, open_store

CONNECTIONS = 16
LUA = ROOT / "benchmarks" / "wrk" / "requests.lua"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LIMIT = 5.0
WARM = 60_000
"""Requests until the block caches of the workers are full."""
PAGES = ("/", "/questions", "/questions/role-across-projects", "/search?q=Dortmund", "/about/api", "/query")


@dataclass(frozen=True)
class Load:
    """What wrk has seen: requests per second, percentiles in ms, errors."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int


def main() -> None:
    """Measure, print and write the fragment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="folder of builds with the graph to serve (kg build --build)")
    parser.add_argument("--seconds", type=int, default=10, help="seconds of each load")
    parser.add_argument("--requests", type=int, default=100_000, help="requests of the memory test")
    parser.add_argument("--peers", type=Path, help="Python with the peers installed")
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph"), help="the bare Oxigraph server")
    options = parser.parse_args()
    build = current(options.build)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lists = _paths(build.store, folder)
        lookups: dict[str, tuple[Load, float]] = {}
        with _portal(options.build) as (address, process, ready):
            _wrk(address, lists["lookup"], 3)
            lookups["this portal (`kg serve`)"] = (_wrk(address, lists["lookup"], options.seconds), _memory(process))
            pages = {kind: _wrk(address, lists[kind], options.seconds, "text/html") for kind in ("entity", "search")}
            weights = {path: _weight(address + path) for path in PAGES}
        for label, command, env, path in _peers(options, build.store):
            with _running(command, env) as (address, process, _):
                peer = _rewritten(lists["lookup"], path)
                _wrk(address, peer, 3)
                lookups[label] = (_wrk(address, peer, options.seconds), _memory(process))
        with _portal(options.build, "--seconds", str(LIMIT)) as (address, _, _):
            runaway, ends = _with_runaways(address, lists["lookup"], options.seconds)
        with _portal(options.build) as (address, process, _):
            memory = _endurance(address, process, lists["lookup"], options.requests)
    text = _text(build.record, lookups, pages, weights, ready, runaway, ends, memory, options)
    print(text)
    print(write_fragment("portal", text))


# --- servers ------------------------------------------------------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _running(command: Sequence[str], env: dict[str, str] | None = None) -> Iterator[tuple[str, psutil.Process, float]]:
    """Run a server until the block ends; `PORT` in the command is a free port. Gives address, process, seconds until it answered."""
    port = _free_port()
    started = time.monotonic()
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [word.replace("PORT", str(port)) for word in command], env={**os.environ, **(env or {})}, stdout=log, stderr=log, cwd=ROOT
        )
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}", psutil.Process(server.pid), time.monotonic() - started
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


@contextlib.contextmanager
def _portal(folder: Path, *options: str) -> Iterator[tuple[str, psutil.Process, float]]:
    with _running([sys.executable, "-m", "kg", "serve", "--build", str(folder), "--port", "PORT", *options]) as (address, process, _):
        begun = process.create_time()
        while True:
            with contextlib.suppress(OSError):
                if json.load(urllib.request.urlopen(address + "/health/ready"))["ready"]:
                    break
            time.sleep(0.02)
        ready = time.time() - begun
        time.sleep(8)  # the workers that come later, and the participations
        yield address, process, ready


def _peers(options: argparse.Namespace, store: Path) -> Iterator[tuple[str, list[str], dict[str, str], str]]:
    env = {"STORE": str(store), "PYTHONPATH": str(ROOT)}
    if options.peers:
        uvicorn = [str(options.peers), "-m", "uvicorn", "--port", "PORT", "--no-access-log", "--log-level", "warning"]
        yield "Starlette on two processes, no limits", [*uvicorn, "--workers", "2", "benchmarks.peers.plain_portal:app"], env, "/sparql"
        yield "rdflib-endpoint on oxrdflib", [*uvicorn, "benchmarks.peers.rdflib_portal:app"], env, "/sparql"
    if options.oxigraph:
        bare = [options.oxigraph, "serve-read-only", "-l", str(store), "-b", "127.0.0.1:PORT", "--union-default-graph"]
        yield "bare Oxigraph server", bare, {}, "/query"


def _memory(process: psutil.Process) -> float:
    """Return the memory of a process and its children in MB, shared pages counted once (PSS)."""
    family = [process, *process.children(recursive=True)]
    return float(sum(one.memory_full_info().pss for one in family)) / 1e6


# --- load ---------------------------------------------------------------------------------------------------------------------


def _paths(store: Path, folder: Path) -> dict[str, Path]:
    """Write the paths to ask: look-ups of single entities, entity pages, searches for words of names."""
    opened = open_store(store)
    result = opened.query("SELECT ?s (SAMPLE(?l) AS ?label) WHERE { ?s a inno:Organisation ; skos:prefLabel ?l } GROUP BY ?s ORDER BY ?s LIMIT 20000")
    rows = result.rows if isinstance(result, Table) else []
    iris = [row[0].value for row in rows if row[0] is not None]
    words = [word for row in rows if row[1] is not None for word in re.findall(r"\w{4,}", row[1].value)[:1]]
    lists = {
        "lookup": [f"/sparql?{urlencode({'query': f'SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }}'})}" for iri in iris],
        "entity": ["/doc/" + iri.partition("/id/")[2] for iri in iris],
        "search": [f"/search?q={quote(word)}" for word in words],
    }
    found = {}
    for name, paths in lists.items():
        found[name] = folder / f"{name}.txt"
        found[name].write_text("\n".join(paths) + "\n", encoding="utf-8")
    return found


def _rewritten(paths: Path, endpoint: str) -> Path:
    target = paths.with_name(f"peer{endpoint.replace('/', '-')}.txt")
    target.write_text(paths.read_text(encoding="utf-8").replace("/sparql?", f"{endpoint}?"), encoding="utf-8")
    return target


def _wrk(address: str, paths: Path, seconds: int, accept: str = "application/sparql-results+json") -> Load:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", "-s", str(LUA), address, "--", str(paths), accept]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(said.partition("RESULT ")[2])
    return Load(result["requests"] / result["seconds"], result["p50"], result["p95"], result["p99"], result["errors"])


def _with_runaways(address: str, paths: Path, seconds: int) -> tuple[Load, list[float]]:
    """Return the look-ups' load while two runaway queries run all the time, and how long after its limit each of them ended."""
    stop, ends = threading.Event(), list[float]()

    def run() -> None:
        while not stop.is_set():
            started = time.monotonic()
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/sparql?{urlencode({'query': RUNAWAY})}").read()
            ends.append(time.monotonic() - started - LIMIT)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    load = _wrk(address, paths, max(seconds, 2 * int(LIMIT)))
    stop.set()
    for thread in threads:
        thread.join()
    return load, ends


def _endurance(address: str, process: psutil.Process, paths: Path, requests: int) -> tuple[float, float, int]:
    """Return memory before and after so many requests in MB, and how many there were."""
    _asked(address, paths, WARM)
    time.sleep(1)
    before = _memory(process)
    done = _asked(address, paths, requests)
    time.sleep(1)
    return before, _memory(process), done


def _asked(address: str, paths: Path, requests: int) -> int:
    """Send at least so many requests; return how many there were."""
    done = 0
    while done < requests:
        done += int(_wrk(address, paths, 10).rate * 10)
    return done


def _weight(address: str) -> int:
    """Return the gzipped bytes of a page with the styles and scripts it loads."""

    def size(url: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip", "Accept": "text/html,*/*"})) as answer:
            raw = answer.read()
            return len(raw), gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw

    total, page = size(address)
    origin = re.match(r"https?://[^/]+", address)
    assert origin is not None
    for link in re.findall(r'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"', page.decode()):
        total += size(origin.group() + link)[0]
    return total


# --- text ---------------------------------------------------------------------------------------------------------------------


def _held(holds: bool) -> str:
    return "held" if holds else "**missed**"


def _text(
    record: dict[str, Any],
    lookups: dict[str, tuple[Load, float]],
    pages: dict[str, Load],
    weights: dict[str, int],
    ready: float,
    runaway: Load,
    ends: list[float],
    memory: tuple[float, float, int],
    options: argparse.Namespace,
) -> str:
    ours = next(iter(lookups.values()))[0]
    rows = "".join(
        f"| {name} | {load.rate:,.0f} | {load.rate / ours.rate:.2f} | {load.p50:.1f} | {load.p99:.1f} | {load.errors} | {size:.0f} |\n"
        for name, (load, size) in lookups.items()
    )
    plain = {path: weight for path, weight in weights.items() if path != "/query"}
    heaviest = max(plain, key=lambda path: plain[path])
    before, after, done = memory
    change = (after - before) / before * 100
    late = max(ends) if ends else 0.0
    entity, search = pages["entity"], pages["search"]
    return (
        "## Portal under load\n\n"
        f"`python -m benchmarks.portal --build FOLDER --peers PYTHON` on {machine()}; wrk with {CONNECTIONS} connections on the same cores, "
        f"{options.seconds} s each. Graph {record['name']}: {record['quads']:,} statements.\n\n"
        "Look-ups of single organisations by SPARQL (`SELECT ?p ?o WHERE { <iri> ?p ?o }`, another one each time); memory of all processes, shared pages once:\n\n"
        "| server | per second | of ours | median ms | p99 ms | errors | MB |\n|---|---:|---:|---:|---:|---:|---:|\n"
        f"{rows}\n"
        f"- Look-ups: {ours.rate:,.0f}/s (aim 3,000: {_held(ours.rate >= 3000)}), p99 {ours.p99:.1f} ms (aim 30: {_held(ours.p99 <= 30)}).\n"
        f"- Entity pages: {entity.rate:,.0f}/s, p95 {entity.p95:.0f} ms (aim 50: {_held(entity.p95 <= 50)}); errors {entity.errors}.\n"
        f"- Search pages: {search.rate:,.0f}/s, p95 {search.p95:.0f} ms (aim 80: {_held(search.p95 <= 80)}); errors {search.errors}.\n"
        f"- With two runaway queries running: look-ups {runaway.rate:,.0f}/s, p99 {runaway.p99:.0f} ms (aim 250: {_held(runaway.p99 <= 250)}), errors {runaway.errors}.\n"
        f"- A runaway ends at most {late:.2f} s after its limit of {LIMIT:g} s, of {len(ends)} (aim 0.5: {_held(late <= 0.5)}).\n"
        f"- Memory before and after {done:,} requests, once {WARM:,} have filled the engine's block cache in each worker: {before:.0f} MB, {after:.0f} MB ({change:+.1f} %; aim ±5 %: {_held(abs(change) <= 5)}).\n"
        f"- Ready {ready:.2f} s after the start of the process (aim 2: {_held(ready <= 2)}).\n"
        f"- Page weight, gzipped, with styles and scripts, without network, chart or editor: at most {plain[heaviest] / 1000:.0f} KB (`{heaviest}`; aim 60: "
        f"{_held(plain[heaviest] <= 60_000)}); the editor page {weights['/query'] / 1000:.0f} KB.\n"
    )


if __name__ == "__main__":
    main()
