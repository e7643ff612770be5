"""The data as numbers: every term once with a number, triples as numbers, so that all joins are on integers.

A term's number is four times its place plus its kind (0 IRI, 1 blank node, 2 literal): what kind a term is can be read off its number.
Only triples whose predicate some shape speaks of are taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.namespaces import RDF, RDFS
from kg.quads import Term
from kg.validate.setwise.tables import small_table

if TYPE_CHECKING:
    from kg.engine.base import Engine

KINDS = ("iri", "bnode", "literal")


@dataclass
class Data:
    """Terms and triples of one validation.

    Attributes:
        engine: The session that holds them.
        terms: Columns `id, value, kind, datatype, language`.
        triples: Columns `s, p, o`; `p` is a place in `predicates`.
        predicates: IRI → its place.
        numbers: Terms that shapes speak of → their number.
    """

    engine: Engine
    terms: Any
    triples: Any
    predicates: dict[str, int]
    numbers: dict[Term, int]

    def subclasses(self, classes: Collection[str]) -> dict[str, list[int]]:
        """Return the numbers of each class and of its subclasses in the data (SHACL, section 1.1: SHACL subclass)."""
        found = {}
        for iri in classes:
            todo, seen = [self.numbers[Term(iri)]], dict[int, None]()
            while todo:
                current = todo.pop()
                if current not in seen:
                    seen[current] = None
                    todo += self._below.get(current, ())
            found[iri] = list(seen)
        return found

    @cached_property
    def _below(self) -> dict[int, list[int]]:
        below: dict[int, list[int]] = {}
        place = self.predicates.get(RDFS.subClassOf)
        if place is not None:
            for row in self.engine.to_pylist(self.triples.filter(self.triples.p == place).select("s", "o")):
                below.setdefault(row["o"], []).append(row["s"])
        return below

    @property
    def type_place(self) -> int:
        """The place of `rdf:type`."""
        return self.predicates[RDF.type]


def encode(engine: Engine, quads: Any, predicates: Iterable[str], terms: Iterable[Term]) -> Data:
    """Number the terms of a quad table.

    Args:
        engine: The session.
        quads: The quad table; graphs and origins do not matter, a triple counts once.
        predicates: Those whose triples are needed.
        terms: Terms that need a number whether they are in the data or not.
    """
    import ibis

    places = {iri: place for place, iri in enumerate(sorted({RDF.type, *predicates}))}
    wanted = small_table(engine, ("predicate", "p"), places.items(), texts=("predicate",))
    asked = list(dict.fromkeys(terms))
    mentioned = small_table(engine, ("value", "kind", "datatype", "language"), asked, texts=("value", "kind", "datatype", "language"))
    rows = quads.join(wanted, "predicate").select("subject", "p", "object", "kind", "datatype", "language")
    nothing = ibis.literal("")
    subjects = rows.select(value=rows.subject, kind=ibis.ifelse(rows.subject.startswith("_:"), "bnode", "iri"), datatype=nothing, language=nothing)
    objects = rows.select(value=rows.object, kind=rows.kind, datatype=rows.datatype, language=rows.language)
    distinct = ibis.union(subjects, objects, mentioned, distinct=True)
    code = ibis.cases((distinct.kind == "iri", 0), (distinct.kind == "bnode", 1), else_=2)
    numbered = engine.cache(distinct.mutate(id=(ibis.row_number() * 4 + code).cast("int64")))
    left, right = numbered.filter(numbered.kind != "literal").select(sid="id", text="value"), numbered.view()
    joined = rows.join(left, rows.subject == left.text).select("sid", "p", "object", "kind", "datatype", "language")
    same = [joined.object == right.value, joined.kind == right.kind, joined.datatype == right.datatype, joined.language == right.language]
    triples = engine.cache(joined.join(right, same).select(s=joined.sid, p=joined.p, o=right.id).distinct())
    return Data(engine, numbered, triples, places, _numbers(engine, numbered, mentioned, asked))


def _numbers(engine: Engine, numbered: Any, mentioned: Any, asked: Sequence[Term]) -> dict[Term, int]:
    if not asked:
        return {}
    found = engine.to_pylist(
        numbered.join(mentioned, ["value", "kind", "datatype", "language"]).select("id", "value", "kind", "datatype", "language")
    )
    return {Term(row["value"], row["kind"], row["datatype"], row["language"]): row["id"] for row in found}
