"""The yardstick for bulk: the whole job as a plain script does it today, on csv, rdflib, pySHACL and NetworkX.

Usage: python -m benchmarks.plain_horizon DELIVERY --out FOLDER [--targets oxigraph|rdflib] [--only STAGE,...]

Each stage adds a line to `FOLDER/stages.jsonl` when it ends. The last stages validate, so that a limit on time costs no other result.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx
    from rdflib import Dataset

    from benchmarks.plain_shacl import Answering

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("map", "derive", "write", "network", "measures", "graphml", "validate", "report")
SOURCES = 20
"""Nodes from which betweenness is sampled."""


def main() -> None:
    """Do the job and write everything into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("delivery", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--targets", choices=("oxigraph", "rdflib"), default="oxigraph", help="engine for the queries of SPARQL targets")
    parser.add_argument("--stages", default=",".join(STAGES))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "stages.jsonl").unlink(missing_ok=True)
    run(arguments.delivery, arguments.out, arguments.targets, arguments.stages.split(","))


@contextmanager
def stage(name: str, out: Path) -> Iterator[dict[str, int]]:
    """Time a stage; what it counts goes into its line."""
    counts: dict[str, int] = {}
    start, before = time.time(), time.process_time()
    yield counts
    cpu = time.process_time() - before
    with (out / "stages.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"stage": name, "start": start, "end": time.time(), "cpu": cpu, **counts}) + "\n")


def run(delivery: Path, out: Path, targets: str, stages: list[str]) -> None:
    """Do the stages asked for; those that make the graph always run."""
    from rdflib import Dataset

    from benchmarks.plain_mapping import map_delivery, read_reference
    from benchmarks.plain_rules import derive
    from benchmarks.plain_shacl import Answering

    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    # Nothing here makes cycles that matter, and the collector walks millions of terms again and again: off, to the script's advantage.
    gc.disable()
    store, nquads = Answering(), out / "graph.nq"
    dataset = Dataset(store=store, default_union=True)
    with stage("map", out) as counts:
        graph = map_delivery(dataset, delivery, read_reference(ROOT / "data" / "reference"))
        counts["triples"] = len(graph)
    with stage("derive", out) as counts:
        load_vocabulary(dataset)
        counts["triples"] = len(derive(dataset))
    if "write" in stages:
        with stage("write", out) as counts:
            dataset.serialize(nquads, format="nquads", encoding="utf-8")
            graph.serialize(out / "graph.ttl", format="turtle")
            counts["bytes"] = nquads.stat().st_size
    if "network" in stages:
        analyse(dataset, out)
    if "validate" in stages:
        check(dataset, store, nquads if targets == "oxigraph" else None, out)


def load_vocabulary(dataset: Dataset) -> None:
    """Load ontology and code lists: targets see subclasses only with them."""
    from benchmarks.plain_mapping import BASE

    for name, folder in (("ontology", ROOT / "ontology"), ("codes", ROOT / "ontology" / "codes")):
        for path in sorted(folder.glob("*.ttl")):
            dataset.graph(f"{BASE}graph/{name}").parse(path)


def analyse(dataset: Dataset, out: Path) -> None:
    """Project the participations to a network of organisations, measure it, write it."""
    import networkx as nx

    with stage("network", out) as counts:
        network = project(dataset)
        counts["nodes"], counts["edges"] = len(network), network.number_of_edges()
    with stage("measures", out) as counts:
        degree = dict(network.degree())
        rank = nx.pagerank(network, weight="weight")
        components = {node: number for number, members in enumerate(nx.connected_components(network)) for node in members}
        communities = nx.community.louvain_communities(network, weight="weight", seed=1)
        community = {node: number for number, members in enumerate(communities) for node in members}
        between = nx.betweenness_centrality(network, k=min(SOURCES, len(network)), seed=1)
        with (out / "measures.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("organisation", "degree", "pagerank", "component", "community", "betweenness"))
            writer.writerows((node, degree[node], rank[node], components[node], community[node], between[node]) for node in network)
        counts["communities"] = len(communities)
    with stage("graphml", out):
        nx.write_graphml(network, out / "network.graphml")


def project(dataset: Dataset) -> nx.Graph:
    """Return the network of organisations that share a project; weights as of Newman (2001), doi:10.1103/PhysRevE.64.016132, equation 2."""
    import networkx as nx
    from rdflib.namespace import SKOS

    from benchmarks.plain_mapping import INNO

    initiative = dict(dataset.subject_objects(INNO.inInitiative))
    teams: dict[str, set[str]] = defaultdict(set)
    for participation, participant in dataset.subject_objects(INNO.participant):
        teams[str(initiative[participation])].add(str(participant))
    weights: Counter[tuple[str, str]] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for team in teams.values():
        for pair in combinations(sorted(team), 2):
            weights[pair] += 1 / (len(team) - 1)  # type: ignore[assignment]
            shared[pair] += 1
    labels = {str(subject): str(label) for subject, label in dataset.subject_objects(SKOS.prefLabel)}
    network = nx.Graph()
    for organisation in sorted({name for team in teams.values() for name in team}):
        network.add_node(organisation, label=labels.get(organisation, ""))
    for (one, other), weight in weights.items():
        network.add_edge(one, other, weight=weight, count=shared[one, other])
    return network


def check(dataset: Dataset, store: Answering, nquads: Path | None, out: Path) -> None:
    """Validate with all shapes of the project and write the results."""
    from benchmarks.plain_shacl import load_oxigraph, load_shapes, results, validate, write_results
    from kg.validate.report import path_text
    from kg.validate.shapes import node_path
    from kg.validate.union import node_text

    with stage("validate", out):
        shapes = load_shapes(ROOT / "ontology" / "shapes")
        if nquads is not None:
            load_oxigraph(store, nquads)
        report = validate(dataset, shapes)
    with stage("report", out) as counts:
        rows = results(report, shapes, node_text, lambda graph, node: path_text(node_path(graph, node)))
        write_results(rows, out / "results.jsonl")
        counts["results"] = len(rows)


if __name__ == "__main__":
    main()
