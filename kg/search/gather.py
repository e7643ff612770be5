"""The statements that the search index needs, from quad tables or from any store."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kg.errors import StoreError, Text
from kg.namespaces import ADMS, DCTERMS, FOAF, GEO, INNO, LOCN, ORG, PROV, RDF, RDFS, SCHEMA, SKOS, local_name

if TYPE_CHECKING:
    from kg.store import Store

LABELS = (SKOS.prefLabel, RDFS.label, DCTERMS.title, FOAF.name)
OTHER_NAMES = (SKOS.altLabel, SKOS.hiddenLabel, SCHEMA.alternateName)
LOCATIONS = (INNO.location, INNO.withinPlace, INNO.site)
STARTS, ENDS = (SCHEMA.startDate, DCTERMS.issued), (SCHEMA.endDate,)
FACTS: tuple[str, ...] = (
    *LABELS,
    *OTHER_NAMES,
    *LOCATIONS,
    *STARTS,
    *ENDS,
    INNO.acronym,
    DCTERMS.identifier,
    SKOS.notation,
    ADMS.identifier,
    SCHEMA.sameAs,
    RDF.type,
    RDFS.subClassOf,
)
LINKS: tuple[str, ...] = (
    *LOCATIONS,
    INNO.participant,
    INNO.inInitiative,
    INNO.candidate,
    INNO.partOf,
    INNO.underProgramme,
    INNO.funder,
    INNO.inEdition,
    INNO.editionOf,
    INNO.featuredIn,
    INNO.contributedTo,
    DCTERMS.subject,
    DCTERMS.publisher,
    SKOS.broader,
    ORG.memberOf,
    ORG.subOrganizationOf,
)
"""Properties whose statements make their object more important."""
UNNAMED: tuple[str, ...] = (
    INNO.Participation,
    INNO.Funding,
    INNO.Evidence,
    INNO.Claim,
    INNO.SiteUse,
    INNO.AwardResult,
    ADMS.Identifier,
    RDF.Statement,
    GEO.Geometry,
)
"""Classes of what has no name of its own: half of all types, left out early."""
HELPERS = frozenset({LOCN.Address, PROV.Entity, PROV.Activity, PROV.SoftwareAgent})
"""Classes of what has a name but is nothing to look for: addresses, files of a build."""
BATCH = 20_000
PAGE = 10_000
MAX_FACTS = 20_000_000


Fact: TypeAlias = tuple[str, str, str, str, str]
"""Subject, predicate, object, language, graph."""


class Gathered(NamedTuple):
    """Statements, and how many lead to each thing."""

    facts: Iterable[Fact]
    links: Counter[str]


def from_tables(paths: Sequence[Path]) -> Gathered:
    """Read quad tables by columns; only rows with a property in :data:`FACTS` become objects. `links` is complete once the facts are read."""
    links: Counter[str] = Counter()
    return Gathered(_rows(paths, links), links)


def _rows(paths: Sequence[Path], links: Counter[str]) -> Iterator[Fact]:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from kg.quads import strings

    wanted, leading, unnamed = strings(FACTS), strings(LINKS), strings(UNNAMED)
    names = ["subject", "predicate", "object", "language", "graph"]
    for path in paths:
        before: Any = None
        # Read ahead, and by threads, it would take three times the memory.
        for batch in pq.ParquetFile(path, pre_buffer=False).iter_batches(batch_size=BATCH, columns=names, use_threads=False):
            column = dict(zip(names, (batch.column(batch.schema.get_field_index(name)) for name in names), strict=True))
            led = batch.filter(pc.is_in(column["predicate"], leading))
            led, before = _distinct(led, before)
            for count in pc.value_counts(led.column("object")).to_pylist():
                links[count["values"]] += count["counts"]
            is_type = pc.equal(column["predicate"], RDF.type)
            kept = pc.and_(pc.is_in(column["predicate"], wanted), pc.invert(pc.and_(is_type, pc.is_in(column["object"], unnamed))))
            rows = batch.filter(kept)
            yield from zip(*(_texts(rows.column(index), few=name in _FEW) for index, name in enumerate(names)), strict=True)


_FEW = ("predicate", "language", "graph")


def _texts(column: Any, *, few: bool) -> list[str]:
    """Return a column as texts; of few different ones, equal texts are one object."""
    if not few:
        return column.to_pylist()  # type: ignore[no-any-return]
    encoded = column.dictionary_encode()
    texts = [sys.intern(text) for text in encoded.dictionary.to_pylist()]
    return [texts[index] for index in encoded.indices.to_pylist()]


def _distinct(rows: Any, before: Any) -> tuple[Any, Any]:
    """Leave out rows that equal the one in front of them, also across batches: tables are sorted, and a quad stands once per origin."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not rows.num_rows:
        return rows, before
    table = pa.Table.from_batches([rows]).combine_chunks()
    joined = pa.concat_tables([before if before is not None else table.slice(0, 1), table]).combine_chunks()
    differs: Any = None
    for name in joined.column_names:
        values = joined.column(name).chunk(0)
        one = pc.not_equal(values.slice(1), values.slice(0, len(values) - 1))
        differs = one if differs is None else pc.or_(differs, one)
    kept = table.filter(differs)
    if before is None:
        kept = pa.concat_tables([table.slice(0, 1), kept])
    return kept, table.slice(table.num_rows - 1)


def from_store(store: Store) -> Gathered:
    """Ask a store, page by page, property by property.

    Raises:
        StoreError: The store gives fewer statements than it counts, or more than may be read.
    """
    return Gathered(_asked(store), _links(store))


def _asked(store: Store) -> Iterator[Fact]:
    import pyoxigraph as ox

    without = " ".join(str(ox.NamedNode(name)) for name in UNNAMED)
    for predicate in FACTS:
        refused = f" MINUS {{ VALUES ?o {{ {without} }} }}" if predicate == RDF.type else ""
        statement = f"?s {ox.NamedNode(predicate)} ?o"
        for s, o, g in _pages(store, ("s", "o", "g"), f"GRAPH ?g {{ {statement} }}{refused}", predicate):
            if isinstance(s, ox.NamedNode) and isinstance(o, ox.NamedNode | ox.Literal):
                language = (o.language or "") if isinstance(o, ox.Literal) else ""
                yield s.value, predicate, o.value, language, sys.intern(g.value)


def _links(store: Store) -> Counter[str]:
    import pyoxigraph as ox

    leading = " ".join(str(ox.NamedNode(name)) for name in LINKS)
    inner = f"{{ SELECT ?o (COUNT(*) AS ?n) WHERE {{ VALUES ?p {{ {leading} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?o }}"
    return Counter({o.value: int(n.value) for o, n in _pages(store, ("o", "n"), inner, "links")})


def _pages(store: Store, names: tuple[str, ...], where: str, what: str) -> Iterator[tuple[Any, ...]]:
    """Ask for all rows, a page at a time; an endpoint that gives shorter pages than asked for is asked again from where it stopped."""
    from kg.store import Table

    counted = store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {where} }}")
    total = int(counted.rows[0][0].value) if isinstance(counted, Table) and counted.rows and counted.rows[0][0] is not None else 0
    if total > MAX_FACTS:
        text = Text(f"There are too many statements to search in ({total}).", f"Es gibt zu viele Aussagen zum Durchsuchen ({total}).")
        raise StoreError(text, where=store.location, fix=Text("Serve a part of the graph.", "Bieten Sie einen Teil des Graphen an."))
    shown, order = " ".join(f"?{name}" for name in names), " ".join(f"?{name}" for name in names)
    received = 0
    while received < total:
        page = store.query(f"SELECT {shown} WHERE {{ {where} }} ORDER BY {order} LIMIT {PAGE} OFFSET {received}")
        rows = page.rows if isinstance(page, Table) else []
        if not rows:
            name = local_name(what)
            text = Text(f"Only {received} of {total} statements came ({name}).", f"Nur {received} von {total} Aussagen kamen an ({name}).")
            raise StoreError(text, where=store.location, fix=Text("Try again later.", "Versuchen Sie es später."))
        received += len(rows)
        yield from rows
