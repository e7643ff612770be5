"""The reference engine: pySHACL over the union of the quads.

Source: SHACL, section 3 (validation), and SHACL Advanced Features, section 3.1 (SPARQL-based targets).
"""

from __future__ import annotations

import gc
import logging
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kg.errors import Text, ValidationError
from kg.namespaces import SH, local_name
from kg.quads import Quad
from kg.validate.raw import Raw
from kg.validate.report import path_text
from kg.validate.shapes import node_path

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node


def find(quads: Iterable[Quad], shapes: Graph) -> list[Raw]:
    """Validate the union of quads with pySHACL.

    Args:
        quads: Rows of a quad table, with ontology and code lists among them (targets see subclasses only then).
        shapes: The shapes graph.

    Raises:
        ValidationError: The shapes are not well-formed, or the data is nested too deeply for them.
    """
    from kg.validate.union import union_graph

    with _quiet():
        return list(_run(union_graph(quads), shapes))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from logging literals that are not of their datatype (shapes report those), and stop the collector of garbage."""
    logger, collecting = logging.getLogger("rdflib.term"), gc.isenabled()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
        if collecting:
            gc.enable()


def _run(graph: Graph, shapes: Graph) -> Iterator[Raw]:
    """Run pySHACL and yield its results."""
    import pyshacl
    from pyparsing import ParseBaseException
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import Graph as RdfGraph
    from rdflib import URIRef

    from kg.validate.union import copy_of, node_text

    try:
        _, report, _ = pyshacl.validate(graph, shacl_graph=copy_of(shapes), advanced=True, inplace=True, meta_shacl=False, inference="none")
    except (ReportableRuntimeError, ParseBaseException) as error:
        raise _not_applicable(str(error)) from error
    except RecursionError as error:
        what = Text("The data is nested too deeply for the shapes.", "Die Daten sind für die Regeln zu tief verschachtelt.")
        fix = Text("Look for long chains of rdfs:subClassOf or of lists.", "Suchen Sie lange Ketten von rdfs:subClassOf oder lange Listen.")
        raise ValidationError(what, fix=fix) from error
    if not isinstance(report, RdfGraph):
        raise _not_applicable(str(getattr(report, "message", report)))
    names = {name: URIRef(SH[name]) for name in _PROPERTIES}
    paths: dict[Node, str] = {}

    for node in report.objects(None, URIRef(SH.result)):
        facts: dict[Node, list[Node]] = defaultdict(list)
        for predicate, target in report.predicate_objects(node):
            facts[predicate].append(target)

        def one(name: str, facts: Mapping[Node, list[Node]] = facts) -> Node | None:
            return next(iter(facts.get(names[name], ())), None)

        path, value, shape = one("resultPath"), one("value"), one("sourceShape")
        if path is not None and path not in paths:
            paths[path] = path_text(node_path(report, path))
        yield Raw(
            severity=local_name(str(one("resultSeverity"))),
            shape=node_text(shape) if shape is not None else "",
            shape_node=shape,
            component=str(one("sourceConstraintComponent")),
            focus=node_text(focus) if (focus := one("focusNode")) is not None else "",
            path=paths[path] if path is not None else "",
            value=node_text(value) if value is not None else "",
            texts=tuple(sorted(str(text) for text in facts.get(names["resultMessage"], ()))),
            constraint=one("sourceConstraint"),
        )


_PROPERTIES = (
    *("resultPath", "value", "sourceShape", "resultSeverity", "sourceConstraintComponent"),
    *("focusNode", "resultMessage", "sourceConstraint"),
)


def _not_applicable(reason: str) -> ValidationError:
    what = Text(f"The shapes cannot be applied: {reason}.", f"Die Regeln sind nicht anwendbar: {reason}.")
    return ValidationError(what, fix=Text("Check the shape named.", "Prüfen Sie die genannte Regel."))
