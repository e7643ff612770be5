"""How often a graph uses each term and code, over distinct statements: three queries by the index of the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.store import Table
from kg.terms.model import Graph

if TYPE_CHECKING:
    from kg.build import Build
    from kg.store import Store
    from kg.terms.model import Ontology

_PROPERTIES = "SELECT ?x (COUNT(*) AS ?n) WHERE { { SELECT DISTINCT ?s ?x ?o WHERE { VALUES ?x { %s } ?s ?x ?o } } } GROUP BY ?x"
_CLASSES = "SELECT ?x (COUNT(*) AS ?n) WHERE { { SELECT DISTINCT ?s ?x WHERE { VALUES ?x { %s } ?s a ?x } } } GROUP BY ?x"
# The lists speak of their own codes, and a claim repeats the code of the statement it is about: neither is a use.
_CODES = (
    "SELECT ?x (COUNT(*) AS ?n) WHERE { { SELECT DISTINCT ?s ?p ?x WHERE { VALUES ?x { %s } GRAPH ?g { ?s ?p ?x } "
    "FILTER (?p != rdf:object && ?g != ?lists) } } } GROUP BY ?x"
)


@dataclass(frozen=True)
class Uses:
    """Numbers of a graph.

    Attributes:
        numbers: Things by class, as stated (a project counts as project, not as initiative); statements by property; statements by code that
            is their object.
        graph: Where they were counted.
    """

    numbers: Mapping[str, int]
    graph: Graph


def uses(found: Ontology, store: Store, build: Build) -> Uses:
    """Count the uses of the terms and codes in the graph of a build; a statement of several graphs counts once."""
    numbers: dict[str, int] = {}
    classes = [term.iri for term in found.terms if term.kind == "class"]
    properties = [term.iri for term in found.terms if term.kind != "class"]
    codes = [code.iri for one in found.lists for code in one.codes]
    for query, iris in ((_CLASSES, classes), (_PROPERTIES, properties), (_CODES, codes)):
        numbers |= dict.fromkeys(iris, 0) | _counted(store, query, iris, f"{build.base}graph/codes")
    return Uses(numbers, graph_of(build))


def _counted(store: Store, query: str, iris: Iterable[str], lists: str) -> dict[str, int]:
    import pyoxigraph as ox

    text = query.replace("%s", " ".join(str(ox.NamedNode(iri)) for iri in iris)).replace("?lists", str(ox.NamedNode(lists)))
    result = store.query(text)
    rows = result.rows if isinstance(result, Table) else []
    return {row[0].value: int(row[1].value) for row in rows if row[0] is not None and row[1] is not None}


def graph_of(build: Build) -> Graph:
    """Return what is to be said of a graph beside its numbers."""
    record: dict[str, Any] = build.record
    frames = tuple((str(one["name"]), str(one["frame"]["kind"])) for one in record.get("sources", []))
    return Graph(dict(record.get("title") or {}), str(record.get("state", "")), frames)
