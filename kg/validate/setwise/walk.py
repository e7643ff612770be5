"""Value nodes: walking the paths of many shapes from their focus nodes, all at once.

A path of one predicate is one join. All others walk their automata in rounds: one join per round for all of them, the rounds of paths
with `*` and `+` until nothing new is reached.
Source: SHACL, section 3.7 (value nodes); SPARQL 1.1, section 18.4 (property path evaluation: values are a set).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.validate.setwise.data import Data
from kg.validate.setwise.paths import Automaton
from kg.validate.setwise.tables import small_table

MERGED = 4
"""Rounds after which what was reached is put into one table."""


@dataclass(frozen=True)
class Walker:
    """Walks from focus nodes to value nodes.

    Attributes:
        data: Terms and triples.
        paths: Number of a shape → its automaton; a shape without one is a node shape.
    """

    data: Data
    paths: Mapping[int, Automaton | None]

    def values(self, focus: Any, shapes: list[int]) -> Any:
        """Return columns `shape, focus, value`, kept, for columns `shape, focus` of these shapes."""
        import ibis

        parts = []
        nodes = [shape for shape in shapes if self.paths[shape] is None]
        if nodes:
            parts.append(focus.filter(focus.shape.isin(nodes)).select("shape", "focus", value=focus.focus))
        for inverse in (False, True):
            steps = [(shape, self._place(step.predicate)) for shape in shapes if (step := self._simple(shape)) and step.inverse == inverse]
            if steps:
                parts.append(self._one_step(focus, steps, inverse=inverse))
        longer = {shape: path for shape in shapes if (path := self.paths[shape]) is not None and path.simple is None}
        if longer:
            parts.append(self._rounds(focus, longer))
        return self.data.engine.cache(ibis.union(*parts) if len(parts) > 1 else parts[0])

    def _simple(self, shape: int) -> Any:
        path = self.paths[shape]
        return path.simple if path is not None else None

    def _place(self, predicate: str) -> int:
        return self.data.predicates[predicate]

    def _one_step(self, focus: Any, steps: list[tuple[int, int]], *, inverse: bool) -> Any:
        """Join focus nodes with triples over one predicate per shape; triples are distinct, so values are."""
        chosen = small_table(self.data.engine, ("shape", "step"), steps)
        triples = self.data.triples
        begin, end = (triples.o, triples.s) if inverse else (triples.s, triples.o)
        asked = focus.join(chosen, "shape")
        return asked.join(triples, [asked.focus == begin, asked.step == triples.p]).select(shape=asked.shape, focus=asked.focus, value=end)

    def _rounds(self, focus: Any, paths: Mapping[int, Automaton]) -> Any:
        """Walk automata, and return columns `shape, focus, value`, each row once."""
        import ibis

        engine = self.data.engine
        moves = [
            (shape, step.state, self._place(step.predicate), int(step.inverse), step.target, int(step.accepting))
            for shape, path in paths.items()
            for step in path.steps
        ]
        table = small_table(engine, ("shape", "state", "step", "inverse", "target", "accepting"), moves)
        found = []
        empty = [shape for shape, path in paths.items() if path.empty]
        if empty:
            found.append(focus.filter(focus.shape.isin(empty)).select("shape", "focus", value=focus.focus))
        states = {shape: frozenset({0}) for shape in paths}
        cyclic = any(path.cyclic for path in paths.values())
        own = focus.filter(focus.shape.isin(list(paths)))
        frontier = own.select("shape", "focus", node=focus.focus, state=ibis.literal(0).cast("int64"))
        walked: list[Any] = []
        while ways := sorted({step.inverse for shape, path in paths.items() for step in path.steps if step.state in states[shape]}):
            moved = [self._move(frontier, table, inverse=way) for way in ways]
            reached = (ibis.union(*moved) if len(moved) > 1 else moved[0]).distinct()
            for earlier in walked if cyclic else ():
                reached = reached.anti_join(earlier, ["shape", "focus", "node", "state"])
            kept = engine.cache(reached)
            walked.append(kept)
            if cyclic and not engine.scalar(kept.count()):
                break
            if len(walked) > MERGED:
                # One table of what was reached so far, so that expressions do not grow with the rounds.
                merged = engine.cache(ibis.union(*walked))
                for earlier in walked[:-1]:
                    engine.drop(earlier)
                walked = [merged]
            frontier = kept.select("shape", "focus", "node", "state")
            states = {shape: paths[shape].states_after(before) for shape, before in states.items()}
        found += [table.filter(table.accepting == 1).select("shape", "focus", value=table.node) for table in walked]
        whole = ibis.union(*found) if len(found) > 1 else found[0]
        return whole.distinct()

    def _move(self, frontier: Any, moves: Any, *, inverse: bool) -> Any:
        triples = self.data.triples
        begin, end = (triples.o, triples.s) if inverse else (triples.s, triples.o)
        chosen = moves.filter(moves.inverse == int(inverse))
        asked = frontier.join(chosen, ["shape", "state"]).select("shape", "focus", "node", "step", "target", "accepting")
        return asked.join(triples, [asked.node == begin, asked.step == triples.p]).select(
            shape=asked.shape, focus=asked.focus, node=end, state=asked.target, accepting=asked.accepting
        )
