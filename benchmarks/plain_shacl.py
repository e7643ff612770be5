"""The yardstick's validation: pySHACL on the dataset in memory, with the project's own shapes.

Two ways for the queries of SPARQL targets: rdflib's own engine, or Oxigraph over the same quads (a competent script's remedy once the first
takes hours). Everything else is pySHACL on rdflib's memory store in both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rdflib import BNode, Dataset, Graph, Literal, Namespace, URIRef, Variable
from rdflib.plugins.stores.memory import Memory
from rdflib.query import Result
from rdflib.term import Node

if TYPE_CHECKING:
    import pyoxigraph as ox

SH = Namespace("http://www.w3.org/ns/shacl#")
FIELDS = ("focus", "path", "value", "component", "shape")

Row = tuple[str, str, str, str, str]


class Answering(Memory):
    """rdflib's memory store, whose SELECT queries a store of Oxigraph answers once it is there."""

    def __init__(self) -> None:
        super().__init__()
        self.oxigraph: ox.Store | None = None

    def query(
        self,
        query: Any,
        initNs: Mapping[str, Any],  # noqa: ARG002 (the interface of a store)
        initBindings: Mapping[str, Any],
        queryGraph: str,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Result:
        """Answer by Oxigraph; leave to rdflib what has bindings or is parsed already."""
        if self.oxigraph is None or initBindings or not isinstance(query, str):
            raise NotImplementedError
        found: Any = self.oxigraph.query(query, use_default_graph_as_union=True)
        variables = [Variable(variable.value) for variable in found.variables]
        result = Result("SELECT")
        result.vars = variables
        result.bindings = [{v: cast("Any", _term(t)) for v, t in zip(variables, row, strict=True) if t is not None} for row in found]
        return result


def _term(term: Any) -> Node:
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    return Literal(term.value, lang=term.language) if term.language else Literal(term.value, datatype=URIRef(term.datatype.value))


def load_oxigraph(store: Answering, nquads: Path) -> None:
    """Load the written N-Quads, so that Oxigraph can answer queries."""
    import pyoxigraph as ox

    store.oxigraph = ox.Store()
    store.oxigraph.bulk_load(path=str(nquads), format=ox.RdfFormat.N_QUADS)


def load_shapes(folder: Path) -> Graph:
    """Read all shapes into one graph."""
    shapes = Graph()
    for path in sorted(folder.glob("*.ttl")):
        shapes.parse(path)
    return shapes


def validate(dataset: Dataset, shapes: Graph) -> Graph:
    """Return the report of pySHACL."""
    import pyshacl

    _, report, _ = pyshacl.validate(dataset, shacl_graph=shapes, advanced=True, inplace=True, inference="none")
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gave no report: {report}")
    return report


def results(report: Graph, shapes: Graph, node_text: Callable[[Node], str], path_text: Callable[[Graph, Node], str]) -> list[Row]:
    """Return the results of a report as sorted tuples; a blank shape is named by the named shape around it.

    Args:
        report: Report graph.
        shapes: The shapes it speaks of.
        node_text: Writes a term.
        path_text: Writes a property path of the report.
    """
    found = []
    for node in report.objects(None, SH.result):
        facts = dict(report.predicate_objects(node))
        path, value, shape = facts.get(SH.resultPath), facts.get(SH.value), facts.get(SH.sourceShape)
        while isinstance(shape, BNode):
            shape = min(shapes.subjects(None, shape), key=str, default=URIRef(""))
        focus = facts[SH.focusNode]
        texts = (node_text(focus), path_text(report, path) if path is not None else "", node_text(value) if value is not None else "")
        found.append((*texts, str(facts[SH.sourceConstraintComponent]), str(shape)))
    return sorted(found)


def write_results(rows: list[Row], path: Path) -> None:
    """Write results, one JSON array a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def read_results(path: Path) -> list[Row]:
    """Read results written by :func:`write_results`."""
    return [cast("Row", tuple(json.loads(line))) for line in path.read_text(encoding="utf-8").splitlines()]
