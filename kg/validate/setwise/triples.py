"""Triple patterns as joins of integers, and property paths: sequences and alternatives as joins and unions, `*`, `+` and `?` in rounds.

Source: SPARQL 1.1, sections 18.3.1 (basic graph patterns) and 18.4 (property paths).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kg.quads import Term
from kg.validate.setwise import algebra as a
from kg.validate.setwise.algebra import Unsupported, Var
from kg.validate.setwise.bindings import TERM, Bindings, Column, Source, united
from kg.validate.setwise.data import Data
from kg.validate.setwise.paths import automaton, predicates
from kg.validate.setwise.sources import Sources
from kg.validate.setwise.tables import small_table
from kg.validate.setwise.walk import Walker


@dataclass
class Triples:
    """Solutions of triple patterns.

    Attributes:
        data: Terms and triples.
        sources: Where terms are written.
        names: Variable → name of its column, for the whole query.
    """

    data: Data
    sources: Sources
    names: dict[str, str] = field(default_factory=dict)

    def name(self, variable: str) -> str:
        """Return the column of a variable: engines take names of different case for one."""
        return self.names.setdefault(variable, f"v{len(self.names)}")

    def bindings(self, table: Any, columns: dict[str, Column], *, plain: bool = False) -> Bindings:
        """Return a table as solutions."""
        for variable in columns:
            self.name(variable)
        return Bindings(table, columns, self.names, plain)

    def basic(self, pattern: a.Basic, seed: Bindings | None, graph: a.Node | None) -> Bindings:
        """Join triple patterns, those with the fewest unknowns first, paths in rounds last."""
        found, todo = seed, list(pattern.triples)
        if not todo:
            if found is None:
                raise Unsupported("an empty pattern")
            return found
        while todo:
            known = set(found.columns) if found else set()

            def unknowns(triple: a.Triple, known: set[str] = known) -> tuple[bool, bool, int]:
                ends = {cell.name for cell in (triple.subject, triple.object) if isinstance(cell, Var)}
                apart = bool(known) and not ends & known
                return apart, _walked(triple.predicate), len(ends - known)

            triple = min(todo, key=unknowns)
            todo.remove(triple)
            part = self._triple(triple, found, graph)
            found = part if found is None else found.joined(part)
        if found is None:
            raise Unsupported("an empty pattern")
        hidden = [variable for variable in found.columns if variable.startswith("_:")]
        return found.selected(set(found.columns) - set(hidden)) if hidden else found

    def _triple(self, triple: a.Triple, found: Bindings | None, graph: a.Node | None) -> Bindings:
        """Return the solutions of one triple pattern by itself; what was found is only asked where a walk begins."""
        predicate = triple.predicate
        if isinstance(predicate, Var):
            return self._ends(self.sources.all_triples(graph), triple, graph, predicate)
        if isinstance(predicate, Term):
            return self._ends(self.sources.triples(predicate.value, graph), triple, graph, None)
        return self._path(triple.subject, predicate, triple.object, found, graph)

    def _ends(self, table: Any, triple: a.Triple, graph: a.Node | None, predicate: Var | None) -> Bindings:
        """Name the columns `s, p, o` and `g` of a table of triples, and hold constants and repeated variables against it."""
        cells: list[tuple[str, a.Node, tuple[Source, ...], bool]] = []
        iri = triple.predicate.value if isinstance(triple.predicate, Term) else None
        cells.append(("s", triple.subject, (self.sources.written(iri, "subject"),), True))
        if predicate is not None:
            cells.append(("p", predicate, (self.sources.predicates,), True))
        cells.append(("o", triple.object, (self.sources.written(iri, "object"),), False))
        if graph is not None:
            cells.append(("g", graph, (self.sources.graphs,), True))
        taken: dict[str, str] = {}
        columns: dict[str, Column] = {}
        for place, cell, written, resource in cells:
            if isinstance(cell, Term):
                table = table.filter(table[place] == self.data.numbers[cell])
            elif cell.name in taken:
                table = table.filter(table[place] == table[taken[cell.name]])
                columns[cell.name] = replace(columns[cell.name], resource=columns[cell.name].resource or resource)
            else:
                taken[cell.name] = place
                columns[cell.name] = Column(TERM, written, resource=resource)
        if not taken:
            raise Unsupported("a triple without a variable")
        return self.bindings(table.select(**{self.name(name): table[place] for name, place in taken.items()}), columns, plain=True)

    def _path(self, subject: a.Node, path: Any, target: a.Node, found: Bindings | None, graph: a.Node | None) -> Bindings:
        """Return the solutions of a path: sequences and alternatives as often as they hold, walks of any length once."""
        operator, *parts = path
        if operator == "iri":
            return self._triple(a.Triple(subject, Term(parts[0]), target), found, graph)
        if operator == "^":
            return self._path(target, parts[0], subject, found, graph)
        if operator == "|":
            return united([self._path(subject, part, target, found, graph) for part in parts])
        if operator == "/":
            middle = Var(f"_:step{len(self.names)}")
            first = self._path(subject, parts[0], middle, found, graph)
            rest = parts[1] if len(parts) == 2 else ("/", *parts[1:])
            joined = first.joined(self._path(middle, rest, target, found, graph))
            return joined.selected(set(joined.columns) - {middle.name})
        return self._rounds(subject, path, target, found, graph)

    def _rounds(self, subject: a.Node, path: Any, target: a.Node, found: Bindings | None, graph: a.Node | None) -> Bindings:
        if graph is not None:
            raise Unsupported("a path of any length in GRAPH")
        known = set(found.columns) if found is not None else set()
        forward = isinstance(subject, Term) or (isinstance(subject, Var) and subject.name in known)
        if not forward and (isinstance(target, Term) or target.name in known):
            return self._rounds(target, ("^", path), subject, found, graph)
        steps = automaton(path)
        if isinstance(subject, Term):
            begin = small_table(self.data.engine, ("shape", "focus"), [(0, self.data.numbers[subject])])
            sources: tuple[Source, ...] = (self.sources.of_terms({subject}),)
        elif forward and found is not None:
            begin, sources = found.selected([subject.name], distinct=True).table, found.columns[subject.name].sources
        elif steps.empty:
            raise Unsupported("a path that may be empty between two unknown nodes")
        else:
            first = {(step.predicate, step.inverse) for step in steps.steps if step.state == 0}
            parts = [self.sources.triples(iri, None)["o" if inverse else "s"].name("focus").as_table() for iri, inverse in sorted(first)]
            sources = tuple(self.sources.written(iri, "object" if inverse else "subject") for iri, inverse in sorted(first))
            begin = _union(parts).distinct()
        if not isinstance(subject, Term):
            begin = _starting(begin)
        walked = Walker(self.data, {0: steps}).values(begin, [0])
        ends = tuple(self.sources.written(iri, role) for iri in sorted(set(predicates(path))) for role in ("subject", "object"))
        cells = (("focus", subject, sources, False), ("value", target, (*sources, *ends), False))
        columns: dict[str, Column] = {}
        taken: dict[str, str] = {}
        for place, cell, written, _ in cells:
            if isinstance(cell, Term):
                walked = walked.filter(walked[place] == self.data.numbers[cell])
            elif cell.name in taken:
                walked = walked.filter(walked.focus == walked.value)
            else:
                taken[cell.name] = place
                columns[cell.name] = Column(TERM, written)
        if not taken:
            raise Unsupported("a path without a variable")
        return self.bindings(walked.select(**{self.name(name): walked[place] for name, place in taken.items()}), columns)


def _walked(predicate: Any) -> bool:
    """Return whether a path is walked in rounds, at least in part."""
    if isinstance(predicate, Var | Term) or predicate[0] == "iri":
        return False
    return predicate[0] in ("*", "+", "?") or any(map(_walked, predicate[1:]))


def _starting(begin: Any) -> Any:
    import ibis

    return begin.select(shape=ibis.literal(0).cast("int64"), focus=begin[begin.columns[0]])


def _union(tables: Sequence[Any]) -> Any:
    import ibis

    return ibis.union(*tables) if len(tables) > 1 else tables[0]
