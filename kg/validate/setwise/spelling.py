"""How literals are written in the data, where a store writes them its own way.

Oxigraph keeps the value of a number or a date, not its text: `"12.50"` comes back as `"12.5"`. Results name literals as the data have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.namespaces import RDF, XSD
from kg.quads import Term, term_text
from kg.validate.setwise.solutions import Ask, solutions

if TYPE_CHECKING:
    from kg.engine.base import Engine

_KEPT = (XSD.string, RDF.langString)
_CHUNK = 2_000


def canonical(ask: Ask, literals: Sequence[Term], where: str = "") -> list[Term]:
    """Return literals as a store writes them, in the same order."""
    found = list(literals)
    changing = [place for place, term in enumerate(literals) if term.datatype not in _KEPT]
    for start in range(0, len(changing), _CHUNK):
        rows = " ".join(f"({place} {term_text(literals[place])})" for place in changing[start : start + _CHUNK])
        for answer in solutions(ask, f"SELECT ?place ?term WHERE {{ VALUES (?place ?term) {{ {rows} }} }}", where):
            found[int(answer["place"].value)] = answer["term"]
    return found


class Spelling:
    """Finds the literals of the data that a store's literal stands for.

    Args:
        engine: The session that holds the quad table.
        quads: The quad table.
        ask: The store.
    """

    def __init__(self, engine: Engine, quads: Any, ask: Ask) -> None:
        self._engine = engine
        self._quads = quads
        self._ask = ask
        self._known: dict[str, dict[Term, list[Term]]] = {}

    def original(self, term: Term, focus: Term | None = None) -> Term:
        """Return a term as the data write it; what is not in the data stays as it is.

        Args:
            term: A term of an answer.
            focus: The node it is a value of, to choose where the data write one value in several ways.
        """
        if term.kind != "literal" or term.datatype in _KEPT:
            return term
        known = self._of(term.datatype).get(term, [term])
        if len(known) > 1 and focus is not None:
            quads = self._quads
            about = quads.filter((quads.subject == focus.value) & (quads.datatype == term.datatype)).select("object").distinct()
            own = {row["object"] for row in self._engine.to_pylist(about)}
            known = [written for written in known if written.value in own] or known
        return term if term in known else known[0]

    def _of(self, datatype: str) -> dict[Term, list[Term]]:
        """Return what the literals of a datatype become in the store → how they are written."""
        if datatype not in self._known:
            rows = self._quads.filter((self._quads.kind == "literal") & (self._quads.datatype == datatype)).select("object").distinct()
            literals = sorted(Term(row["object"], "literal", datatype) for row in self._engine.to_pylist(rows))
            found: dict[Term, list[Term]] = {}
            for stored, term in zip(canonical(self._ask, literals), literals, strict=True):
                found.setdefault(stored, []).append(term)
            self._known[datatype] = found
        return self._known[datatype]
