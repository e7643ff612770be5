"""The data as numbers: triples of 64-bit integers, so that all joins are on integers and texts stay where they are.

A term's number is the hash of its text, its last bits replaced by the place of its tag: kind, datatype and language. So what kind of
term stands somewhere, its datatype and its language can be read off its number. A second hash of all terms tells whether two of them
share a number; then all are numbered anew with a grain of salt. Texts are looked up in the quad table for the few that are asked for.
Only triples whose predicate some shape speaks of are taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.namespaces import RDF, RDFS
from kg.quads import Term
from kg.validate.setwise.tables import small_table

if TYPE_CHECKING:
    from kg.engine.base import Engine

BATCH = 20_000
"""Rows that are held as Python objects at a time."""


class Tag(NamedTuple):
    """What a term is besides its text."""

    kind: str
    datatype: str = ""
    language: str = ""


FIRST = (Tag("iri"), Tag("bnode"))
"""Tags of subjects; their places are fixed."""


@dataclass
class Data:
    """Terms and triples of one validation.

    Attributes:
        engine: The session that holds them.
        quads: The quad table.
        predicates: IRI → its place, of those that are needed.
        tags: All tags, each at its place.
        mentioned: Terms that shapes speak of, in the data or not.
        everywhere: Whether terms may be asked for that stand in statements of other predicates alone.
        salt: Goes before texts that are hashed.
        triples: Columns `s, p, o`; `p` is a place in `predicates`.
        numbers: Terms that shapes speak of → their number.
    """

    engine: Engine
    quads: Any
    predicates: dict[str, int]
    tags: list[Tag]
    mentioned: Sequence[Term]
    everywhere: bool = False
    salt: str = ""
    triples: Any = None
    numbers: dict[Term, int] = field(default_factory=dict)

    @cached_property
    def mask(self) -> int:
        """The bits of a number that hold its tag; no tag has the last place, so that -1 is no term."""
        return (1 << len(self.tags).bit_length()) - 1

    @property
    def type_place(self) -> int:
        """The place of `rdf:type`."""
        return self.predicates[RDF.type]

    # --- numbers -----------------------------------------------------------------------------------------------------------

    def number_of(self, text: Any, tag: Any) -> Any:
        """Return an expression for the number of a term."""
        return (self._hash(text, self.salt) & ~self.mask) | tag

    def subject_number(self, subject: Any) -> Any:
        """Return an expression for the number of a subject."""
        import ibis

        return self.number_of(subject, ibis.ifelse(subject.startswith("_:"), 1, 0).cast("int64"))

    def _hash(self, text: Any, salt: str) -> Any:
        import ibis

        return self.engine.call("hash64", ibis.literal(salt) + text if salt else text)

    @cached_property
    def rows(self) -> Any:
        """The quads that are needed: their columns, with `p` and the place `tag` of the object's tag."""
        wanted = small_table(self.engine, ("predicate", "p"), self.predicates.items(), texts=("predicate",))
        return self.tagged(self.quads.join(wanted, "predicate"))

    def tagged(self, quads: Any) -> Any:
        """Return quads with the place `tag` of the object's tag."""
        kept = [name for name in ("subject", "predicate", "object", "graph", "p") if name in quads.columns]
        # A table of its own: Ibis takes what is computed from columns of a join for one more column of it.
        return quads.join(self._tag_table, ("kind", "datatype", "language")).select(*kept, "tag")

    @cached_property
    def _tag_table(self) -> Any:
        names = ("kind", "datatype", "language")
        return small_table(self.engine, (*names, "tag"), [(*tag, place) for place, tag in enumerate(self.tags)], texts=names)

    @cached_property
    def _asked(self) -> Any:
        places = {tag: place for place, tag in enumerate(self.tags)}
        rows = [(number, term.value, places[Tag(*term[1:])]) for number, term in enumerate(self.mentioned)]
        return small_table(self.engine, ("place", "value", "tag"), rows, texts=("value",))

    # Subjects, objects and terms of shapes are three tables, each read off the quads by itself: of an expression that is asked twice in
    # a query DuckDB keeps all rows, and those are texts of gigabytes here.

    def occurrences(self) -> Any:
        """Return columns `id, text` of all terms wherever they stand."""
        import ibis

        return ibis.union(self._subjects(), self._objects(), *self._spoken())

    def _subjects(self) -> Any:
        quads = self.quads if self.everywhere else self.quads.filter(self.quads.predicate.isin(list(self.predicates)))
        return quads.select(id=self.subject_number(quads.subject), text=quads.subject)

    def _objects(self) -> Any:
        rows = self.tagged(self.quads) if self.everywhere else self.rows
        return rows.select(id=self.number_of(rows.object, rows.tag), text=rows.object)

    def _spoken(self) -> list[Any]:
        asked = self._asked
        return [asked.select(id=self.number_of(asked.value, asked.tag), text=asked.value)] if self.mentioned else []

    def texts(self, ids: Any) -> Any:
        """Return columns `id, text` of some terms, each once.

        Args:
            ids: A table of one column `id`, or an expression of one.
        """
        import ibis

        # Literals stand in objects alone. Where no resource is asked for, no subject is looked at.
        resources = ids.filter((ids.id & self.mask) < len(FIRST))
        found = [self._subjects().semi_join(resources, "id"), *(part.semi_join(ids, "id") for part in (self._objects(), *self._spoken()))]
        return ibis.union(*found).distinct()

    def collide(self) -> bool:
        """Return whether two terms share a number."""
        import ibis

        occurrences = self.occurrences()
        hashed = occurrences.select("id", other=self._hash(occurrences.text, f"{self.salt}#"))
        groups = hashed.group_by("id").aggregate(least=ibis._.other.min(), most=ibis._.other.max())
        return bool(self.engine.scalar(groups.filter(groups.least != groups.most).count()))

    def load(self) -> None:
        """Number triples and the terms that shapes speak of."""
        rows = self.rows
        numbered = rows.select(s=self.subject_number(rows.subject), p=rows.p, o=self.number_of(rows.object, rows.tag))
        self.triples = self.engine.cache(numbered.distinct())
        if self.mentioned:
            asked = self._asked
            found = self.fetch(asked.select("place", id=self.number_of(asked.value, asked.tag)))
            self.numbers = {self.mentioned[place]: number for place, number in found}

    # --- texts -------------------------------------------------------------------------------------------------------------

    def spelled(self, rows: Any, column: str, *others: str) -> Iterator[tuple[Any, ...]]:
        """Yield distinct rows: the number in a column, its term, and the cells of other columns.

        Args:
            rows: A table.
            column: Name of the column that holds numbers of terms.
            others: Names of more columns.
        """
        wanted = rows.select(column, *others).distinct()
        known = self.texts(wanted.select(id=column))
        # A term has one text, so these rows are distinct, too.
        joined = wanted.join(known if column == "id" else known.rename({column: "id"}), column).select(column, "text", *others)
        tags, mask = self.tags, self.mask
        for number, text, *cells in self.fetch(joined):
            yield number, Term(text, *tags[number & mask]), *cells

    def terms(self, *columns: Any) -> dict[int, Term]:
        """Return the terms of numbers.

        Args:
            columns: Tables of one column `id`.
        """
        import ibis

        numbers = ibis.union(*columns) if len(columns) > 1 else columns[0]
        return dict(self.spelled(numbers.distinct(), "id"))

    def fetch(self, expression: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of an expression, not all held at once."""
        for batch in self.engine.batches(expression, BATCH):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    # --- classes -----------------------------------------------------------------------------------------------------------

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


def encode(engine: Engine, quads: Any, predicates: Iterable[str], terms: Iterable[Term], *, everywhere: bool = False) -> Data:
    """Number the terms of a quad table.

    Args:
        engine: The session.
        quads: The quad table; graphs and origins do not matter, a triple counts once.
        predicates: Those whose triples are needed.
        terms: Terms that need a number whether they are in the data or not.
        everywhere: Whether terms may be asked for that stand in statements of other predicates alone.
    """
    places = {iri: place for place, iri in enumerate(sorted({RDF.type, *predicates}))}
    asked = list(dict.fromkeys(terms))
    stored = engine.to_pylist(quads.select("kind", "datatype", "language").distinct())
    tags = {Tag(row["kind"], row["datatype"], row["language"]) for row in stored} | {Tag(*term[1:]) for term in asked}
    data = Data(engine, quads, places, [*FIRST, *sorted(tags - set(FIRST))], asked, everywhere)
    while data.collide():
        data.salt += "+"
    data.load()
    return data
