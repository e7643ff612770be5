"""Which SPARQL-based targets are evaluated as expressions over the quad table, and their focus nodes.

A store answers faster while it is small and at hand; from :data:`LARGE` statements on, or where the session is not of this machine, the
targets are expressions (35 targets over 2.1 million statements: 15 s instead of 34 s in a store on disk).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.quads import Term
from kg.validate.setwise.algebra import Basic, Extend, Named, Pattern, Select, Unsupported, Var, constants, walk
from kg.validate.setwise.data import Data
from kg.validate.setwise.model import Model
from kg.validate.setwise.paths import predicates
from kg.validate.setwise.query_reader import read_select

if TYPE_CHECKING:
    from kg.validate.setwise.kept import Kept

LARGE = 500_000
"""Statements from which on targets are expressions even if there is a store."""


@dataclass
class Plans:
    """Targets that are evaluated as expressions.

    Attributes:
        queries: Text of a query → the query.
        others: Why the queries that are left to a store are not evaluated here, by text.
    """

    queries: dict[str, Select] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    def refused(self, text: str, reason: Unsupported) -> None:
        """Leave a query to a store."""
        self.queries.pop(text, None)
        self.others[text] = str(reason)

    def terms(self) -> list[Term]:
        """Return the terms that need a number."""
        return sorted(set().union(*map(constants, self.queries.values())))

    def predicates(self, *, in_graph: bool = False) -> set[str]:
        """Return the predicates that are asked for, or those within GRAPH."""
        found: set[str] = set()
        for query in self.queries.values():
            for part, graph in walk(query):
                if isinstance(part, Basic) and (graph is not None or not in_graph):
                    found |= {iri for triple in part.triples for iri in _predicates(triple.predicate)}
        return found

    def everywhere(self) -> bool:
        """Return whether a focus node may stand in statements of predicates alone that no query names."""
        return any(_open(part) for query in self.queries.values() for part, _ in walk(query))


def _open(part: Pattern) -> bool:
    """Return whether a pattern may bind `?this` by a variable predicate or a graph's name, or makes it of something else."""
    this = Var("this")
    if isinstance(part, Basic):
        named = any(this in (one.subject, one.object) and not isinstance(one.predicate, Var) for one in part.triples)
        return not named and any(isinstance(one.predicate, Var) and this in (one.subject, one.predicate, one.object) for one in part.triples)
    if isinstance(part, Named):
        return part.graph == this
    if isinstance(part, Select):
        return any(name == "this" and made != this for name, made in part.columns)
    return isinstance(part, Extend) and part.name == "this"


def _predicates(predicate: Any) -> Iterable[str]:
    if isinstance(predicate, Term):
        return (predicate.value,)
    return () if isinstance(predicate, Var) else predicates(predicate)


def read_plans(model: Model) -> Plans:
    """Read the targets of all shapes."""
    plans = Plans()
    for text in dict.fromkeys(query.text for shape in model.shapes for query in shape.targets.queries):
        try:
            plans.queries[text] = read_select(text)
        except Unsupported as reason:
            plans.refused(text, reason)
    return plans


def focus_tables(plans: Plans, data: Data, engine: Kept) -> Mapping[str, Any]:
    """Return the focus nodes of each query, kept: text → a table with the column `focus`.

    Queries that turn out not to be translated are left to a store in `plans`, and the result is not complete.
    """
    from kg.validate.setwise.relational import Relational
    from kg.validate.setwise.sources import Sources

    sources = Sources(data, plans.predicates(in_graph=True))
    found = {}
    for text, query in list(plans.queries.items()):
        with engine.apart() as kept:
            try:
                found[text] = engine.cache(Relational(data, sources).focus(query))
            except Unsupported as reason:
                plans.refused(text, reason)
            else:
                kept.append(found[text])
                sources.keep(kept)
    return found
