"""Triples for queries, and where the texts of their terms stand in the quad table.

A text is looked up among the statements of the one predicate that bound the variable, not among all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kg.quads import Term
from kg.validate.setwise.algebra import Node, Unsupported
from kg.validate.setwise.bindings import Source
from kg.validate.setwise.data import Data
from kg.validate.setwise.tables import small_table


@dataclass
class Sources:
    """What queries read of the data.

    Attributes:
        data: Terms and triples.
        in_graphs: Predicates that queries ask for within GRAPH.
    """

    data: Data
    in_graphs: Collection[str] = ()
    _cached: list[Any] = field(default_factory=list)
    _written: dict[tuple[str | None, str], Source] = field(default_factory=dict)

    def triples(self, predicate: str, graph: Node | None) -> Any:
        """Return the triples of a predicate: `s, o`, within GRAPH also `g`."""
        if graph is None:
            triples = self.data.triples
            return triples.filter(triples.p == self.data.predicates[predicate]).select("s", "o")
        named = self._named
        return named.filter(named.p == self.data.predicates[predicate]).select("s", "o", "g")

    def all_triples(self, graph: Node | None) -> Any:
        """Return all triples with the number of their predicate: `s, p, o`."""
        if graph is not None:
            raise Unsupported("any predicate in GRAPH")
        numbered = self.data.tagged(self.data.quads)
        return numbered.select(
            s=self.data.subject_number(numbered.subject),
            p=self.data.number_of(numbered.predicate, 0),
            o=self.data.number_of(numbered.object, numbered.tag),
        ).distinct()

    @cached_property
    def _named(self) -> Any:
        """Triples of named graphs, of the predicates that are asked for there."""
        data = self.data
        places = [(iri, data.predicates[iri]) for iri in sorted(self.in_graphs)]
        wanted = small_table(data.engine, ("predicate", "p"), places, texts=("predicate",))
        rows = data.tagged(data.quads.filter(data.quads.graph != "").join(wanted, "predicate"))
        numbered = rows.select(
            s=data.subject_number(rows.subject), p=rows.p, o=data.number_of(rows.object, rows.tag), g=data.subject_number(rows.graph)
        )
        self._cached.append(data.engine.cache(numbered.distinct()))
        return self._cached[-1]

    def keep(self, kept: list[Any]) -> None:
        """Put the tables that later queries ask, too, into a list."""
        kept += self._cached

    # --- texts ---------------------------------------------------------------------------------------------------------------

    def written(self, predicate: str | None, role: str) -> Source:
        """Return what gives the subjects or objects of a predicate, or of all."""
        key = (predicate, role)
        if key not in self._written:
            self._written[key] = lambda: self._occurrences(*key)
        return self._written[key]

    def _occurrences(self, predicate: str | None, role: str) -> Any:
        data = self.data
        quads = data.quads if predicate is None else data.quads.filter(data.quads.predicate == predicate)
        if role == "subject":
            return quads.select(id=data.subject_number(quads.subject), text=quads.subject)
        rows = data.tagged(quads)
        return rows.select(id=data.number_of(rows.object, rows.tag), text=rows.object)

    def predicates(self) -> Any:
        """Give the predicates of the data."""
        quads = self.data.quads
        return quads.select(id=self.data.number_of(quads.predicate, 0), text=quads.predicate)

    def graphs(self) -> Any:
        """Give the names of graphs."""
        quads = self.data.quads
        return quads.select(id=self.data.subject_number(quads.graph), text=quads.graph)

    def of_terms(self, terms: Iterable[Term]) -> Source:
        """Return what gives these terms."""
        rows = [(self.data.numbers[term], term.value) for term in sorted(terms)]
        return lambda: small_table(self.data.engine, ("id", "text"), rows, texts=("text",))

    def texts(self, ids: Any, sources: Collection[Source]) -> Any:
        """Return `id, text` for a table of one column `id`, each once."""
        import ibis

        parts = [source().semi_join(ids, "id") for source in sources]
        return (ibis.union(*parts) if len(parts) > 1 else parts[0]).distinct()
