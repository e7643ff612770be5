"""All measures of position on a large network: the project against NetworkX alone, measure by measure, in the same run.

Usage: python -m benchmarks.analysis --build FOLDER [--seconds LIMIT] [--megabytes LIMIT]

NetworkX gets the finished network and is timed without reading it; what meets a limit is ended and said to take longer. Where both finish the same
exact measure, the largest difference of their values is given.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, Watched, machine, watch, write_fragment

LIMIT_SECONDS, LIMIT_MEGABYTES = 60.0, 6000.0
"""What one measure of NetworkX may take before it is ended; seconds of processor time, which other work on the machine does not use up."""
PATIENCE = 6.0
"""Wall time that a run may take at most, as a multiple of its processor time."""
TARGET_SECONDS, TARGET_MEGABYTES = 90.0, 2000.0
SOURCES = 100
NAMES = {
    "degree": "degree",
    "strength": "strength",
    "components": "components",
    "core": "core number",
    "pagerank": "PageRank",
    "clustering_projected": "clustering of the projection",
    "clustering_two_mode": "clustering of the two-mode network",
    "constraint": "constraint",
    "effective_size": "effective size",
    "assortativity": "assortativity by kind",
    "harmonic": "harmonic closeness, 400 sources; NetworkX 100",
    "betweenness": f"betweenness, {SOURCES} sources",
}
SAMPLED = ("harmonic", "betweenness")
"""Their samples differ, so that their values are not compared."""


def main() -> None:
    """Measure, print and write the fragment; with `--one` measure one side of one measure in this process."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--build", type=Path, help="folder with a build of a large network")
    parser.add_argument("--seconds", type=float, default=LIMIT_SECONDS, help="limit of one measure of NetworkX")
    parser.add_argument("--megabytes", type=float, default=LIMIT_MEGABYTES)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one, arguments.work, arguments.seconds)
        return
    if not arguments.build:
        parser.error("name the build: --build FOLDER")
    with tempfile.TemporaryDirectory() as work:
        text = fragment(measure(arguments.build.resolve(), Path(work), arguments.seconds, arguments.megabytes))
    print(text)
    print(write_fragment("analysis", text))


def measure(build: Path, work: Path, seconds: float, megabytes: float) -> dict[str, Any]:
    """Return the numbers of all runs; each run is a process of its own, one after the other."""
    (work / "build").write_text(str(build), encoding="utf-8")
    whole = child("whole", work)
    if whole.code:
        raise SystemExit(f"the project: exit code {whole.code}: {whole.errors}")
    found: dict[str, Any] = json.loads((work / "whole.json").read_text(encoding="utf-8"))
    found |= {"seconds": whole.seconds, "cpu": whole.cpu, "megabytes": whole.megabytes, "limit": seconds, "measures": {}}
    ours = child("ours", work)
    if ours.code:
        raise SystemExit(f"the project, measure by measure: exit code {ours.code}: {ours.errors}")
    times = json.loads((work / "ours.json").read_text(encoding="utf-8"))
    for name in NAMES:
        run = child(name, work, seconds, megabytes)
        theirs = json.loads((work / f"{name}.json").read_text(encoding="utf-8")) if not run.code else {}
        same = difference(work, name) if theirs and name not in SAMPLED else None
        failed = "" if not run.code or run.ended or run.code == -signal.SIGXCPU else run.errors.strip().splitlines()[-1:] or ["failed"]
        found["measures"][name] = {
            "ours": times[name],
            "theirs": theirs,
            "ended": "time" if run.code == -signal.SIGXCPU else run.ended,
            "failed": "".join(failed),
            "cpu": run.cpu,
            "limit": seconds,
            "megabytes": run.megabytes,
            "same": same,
        }
    found["igraph"] = times["igraph constraint"]
    return found


def child(name: str, work: Path, seconds: float = LIMIT_SECONDS, megabytes: float | None = None) -> Watched:
    """Run one side of one measure as a process of its own."""
    command = [sys.executable, "-m", "benchmarks.analysis", "--one", name, "--work", str(work), "--seconds", str(seconds)]
    return watch(command, ROOT, {"PYTHONPATH": str(ROOT)}, seconds=PATIENCE * seconds, megabytes=megabytes)


def difference(work: Path, name: str) -> float:
    """Return the largest difference between the values of both sides; undefined ones must be undefined in both."""
    import numpy as np

    one, other = (np.load(work / f"{name}-{side}.npy") for side in ("ours", "theirs"))
    return float(np.max(np.abs(np.nan_to_num(one, nan=-1.0) - np.nan_to_num(other, nan=-1.0)), initial=0.0))


def one(name: str, work: Path, seconds: float = LIMIT_SECONDS) -> None:
    """Do the work of one process and write down how long it took."""
    if name == "whole":
        record(work, name, whole(work))
    elif name == "ours":
        record(work, name, ours(work))
    else:
        record(work, name, theirs(name, work, seconds))


def record(work: Path, name: str, value: Mapping[str, Any]) -> None:
    (work / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")


def timed(run: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Return wall and processor seconds of a call, and what it returned."""
    wall, cpu = time.perf_counter(), time.process_time()
    value = run()
    return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}, value


def whole(work: Path) -> dict[str, Any]:
    """Make the full table as a user gets it, from the build on."""
    from kg.analyse.data import load
    from kg.analyse.positions import positions
    from kg.build import current

    data = load(current(Path((work / "build").read_text(encoding="utf-8"))))
    found = positions(data)
    return {"institutions": len(found.rows()), "pairs": found.whole.edges, "participations": len(data.incidence.rows), "graph": found.method.name}


def ours(work: Path) -> dict[str, Any]:
    """Time every measure of the project, and write the network and the values."""
    import numpy as np

    from kg.analyse import holes, measures
    from kg.analyse.data import load
    from kg.analyse.mixing import by_value
    from kg.build import current

    data = load(current(Path((work / "build").read_text(encoding="utf-8"))))
    network = data.collaboration
    kinds = {name: kind for name in network.names if (kind := data.named(name).kind)}
    codes = {kind: code for code, kind in enumerate(sorted(set(kinds.values())))}
    coded = np.array([codes.get(kinds.get(name, ""), -1) for name in network.names])
    pairs = {"source": network.source, "target": network.target, "weight": network.weight, "distance": network.distance}
    arrays: dict[str, Any] = {**pairs, "kind": coded, "rows": data.incidence.rows, "columns": data.incidence.columns}
    np.savez(work / "network.npz", **arrays)
    part = lambda: {name: number for number, names in enumerate(measures.components(network)) for name in names}  # noqa: E731
    runs: dict[str, Callable[[], Any]] = {
        "degree": lambda: measures.degree(network),
        "strength": lambda: measures.strength(network),
        "components": part,
        "core": lambda: measures.core_number(network),
        "pagerank": lambda: measures.pagerank(network),
        "clustering_projected": lambda: measures.clustering_projected(network),
        "clustering_two_mode": lambda: measures.clustering_two_mode(network),
        "constraint": lambda: holes.constraint(network),
        "effective_size": lambda: holes.effective_size(network),
        "assortativity": lambda: by_value(network, kinds, "kind").value,
        "harmonic": lambda: measures.harmonic(network).values,
        "betweenness": lambda: measures.betweenness_estimate(network).values,
    }
    network.graph  # noqa: B018 (made once, as in `positions`, and not counted to the first measure that needs it)
    found = {}
    for name, run in runs.items():
        found[name], values = timed(run)
        save(work, name, "ours", [values[node] for node in network.names] if isinstance(values, dict) else [values])
    found["igraph constraint"], _ = timed(lambda: network.graph.constraint(weights=network.weights))
    return found


def theirs(name: str, work: Path, seconds: float) -> dict[str, Any]:
    """Time one measure of NetworkX on the finished network; the system ends the process at the limit."""
    import random
    import resource

    import networkx as nx
    import numpy as np
    from networkx.algorithms import bipartite

    arrays = np.load(work / "network.npz")
    nodes = len(arrays["kind"])
    graph = nx.Graph()
    if name == "clustering_two_mode":
        graph.add_edges_from((row, nodes + column) for row, column in zip(arrays["rows"].tolist(), arrays["columns"].tolist(), strict=True))
    else:
        graph.add_nodes_from((node, {"kind": kind}) for node, kind in enumerate(arrays["kind"].tolist()))
        columns = (arrays[key].tolist() for key in ("source", "target", "weight", "distance"))
        graph.add_edges_from((a, b, {"weight": weight, "distance": length}) for a, b, weight, length in zip(*columns, strict=True))
    chosen = random.Random(1).sample(range(nodes), min(SOURCES, nodes))

    def kinds() -> float:
        known = graph.subgraph([node for node, kind in graph.nodes(data="kind") if kind >= 0])
        return float(nx.attribute_assortativity_coefficient(known, "kind"))

    def part() -> dict[int, int]:
        parts = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda part: (-len(part), part[0]))
        return {node: number for number, part in enumerate(parts) for node in part}

    runs: dict[str, Callable[[], Any]] = {
        "degree": lambda: dict(graph.degree()),
        "strength": lambda: dict(graph.degree(weight="weight")),
        "components": part,
        "core": lambda: nx.core_number(graph),
        "pagerank": lambda: nx.pagerank(graph, weight="weight", tol=1e-15, max_iter=10_000),
        "clustering_projected": lambda: nx.clustering(graph),
        "clustering_two_mode": lambda: bipartite.latapy_clustering(graph, [node for node in range(nodes) if node in graph]),
        "constraint": lambda: nx.constraint(graph, weight="weight"),
        "effective_size": lambda: nx.effective_size(graph, nodes=list(graph)),
        "assortativity": kinds,
        "harmonic": lambda: nx.harmonic_centrality(graph, sources=chosen, distance="distance"),
        "betweenness": lambda: nx.betweenness_centrality(graph, k=len(chosen), weight="distance", seed=1),
    }
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 1, hard))
    times, values = timed(runs[name])
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    save(work, name, "theirs", [values[node] for node in range(nodes)] if isinstance(values, dict) else [values])
    return times


def save(work: Path, name: str, side: str, values: list[Any]) -> None:
    """Write values by number of the node, what is undefined as NaN."""
    import numpy as np

    np.save(work / f"{name}-{side}.npy", np.array([np.nan if value is None else value for value in values], dtype=np.float64))


def fragment(found: Mapping[str, Any]) -> str:
    """Return the fragment in Markdown."""
    held = found["seconds"] <= TARGET_SECONDS and found["megabytes"] <= TARGET_MEGABYTES
    packages = ", ".join(f"{name} {version(name)}" for name in ("networkx", "igraph", "scipy", "numpy"))
    lines = [
        "## Measures of position",
        "",
        f"`python -m benchmarks.analysis --build FOLDER` on {machine()}. {packages}.",
        f"Graph {found['graph']}: {found['institutions']:,} institutions, {found['participations']:,} participations, {found['pairs']:,} pairs.",
        "",
        f"Full set by the project (`kg.analyse.positions.positions`, from the build to the table with ranks and assortativity): "
        f"{found['seconds']:.1f} s, {found['cpu']:.1f} s CPU, {found['megabytes']:.0f} MB; aim {TARGET_SECONDS:.0f} s and {TARGET_MEGABYTES:.0f} MB "
        f"({'held' if held else 'missed'}).",
        "",
        "Measure by measure on the finished network, against NetworkX alone, each of its measures a process of its own that is ended after "
        f"{found['limit']:.0f} s of CPU or at {LIMIT_MEGABYTES:.0f} MB. *Difference*: the largest between the values of both. "
        "*Times*: CPU of NetworkX / CPU of the project.",
        "",
        "| measure | project s | CPU s | NetworkX s | CPU s | times | difference |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [row(NAMES[name], value) for name, value in found["measures"].items()]
    notes = [f"- igraph's own `constraint`: {found['igraph']['seconds']:.1f} s, {found['igraph']['cpu']:.1f} s CPU."]
    notes += [
        "- NetworkX: effective size node by node, as its matrix form fills a dense matrix of all pairs (6 GB here); harmonic closeness without a "
        "standard error and without correction for the sample, which the project gives as well, from four times as many sources."
    ]
    return "\n".join([*lines, "", *notes]) + "\n"


def row(label: str, value: Mapping[str, Any]) -> str:
    """Return one row of the table."""
    mine, other = value["ours"], value["theirs"]
    cells = [label, f"{mine['seconds']:.2f}", f"{mine['cpu']:.2f}"]
    if other:
        same = "sampled" if value["same"] is None else f"{value['same']:.0e}" if value["same"] else "0"
        cells += [f"{other['seconds']:.1f}", f"{other['cpu']:.1f}", f"{other['cpu'] / max(mine['cpu'], 0.001):.0f}", same]
    elif value["ended"]:
        limit = "out of time" if value["ended"] == "time" else f"out of memory at {value['megabytes']:.0f} MB"
        least = value["limit"] if value["ended"] == "time" else value["cpu"]
        cells += [limit, f"over {least:.0f}", f"over {least / max(mine['cpu'], 0.001):.0f}", "–"]
    else:
        cells += [f"failed: {value['failed']}", "–", "–", "–"]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
