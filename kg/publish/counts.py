"""What the graph holds, counted over distinct statements, by columns: batch by batch while it is written, distinct objects by the batch engine.

A triple that stands in two graphs counts once in the whole and once in each graph, as on the union of the graphs in SPARQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.engine.base import Engine
from kg.identifiers import LINKS
from kg.namespaces import DCTERMS, RDF, local_name
from kg.publish.columns import changes, codes, combinations, mask, starts, truth

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

TARGETS: dict[str, tuple[str, str, str]] = {
    "ror": (LINKS["ror"].format(""), "Research Organization Registry (ROR)", "https://ror.org/"),
    "wikidata": (LINKS["wikidata"].format(""), "Wikidata", "https://www.wikidata.org/"),
    "gnd": (LINKS["gnd"].format(""), "Gemeinsame Normdatei (GND)", "https://gnd.network/"),
    "cordis": (LINKS["cordis"].format(""), "CORDIS", "https://cordis.europa.eu/"),
    "doi": (LINKS["doi"].format(""), "Digital Object Identifier (DOI)", "https://www.doi.org/"),
    "euroscivoc": (
        "http://data.europa.eu/8mn/euroscivoc/",
        "European Science Vocabulary (EuroSciVoc)",
        "https://op.europa.eu/en/web/eu-vocabularies/euroscivoc",
    ),
    "geonames": ("https://sws.geonames.org/", "GeoNames", "https://www.geonames.org/"),
    "nuts": ("http://data.europa.eu/nuts/code/", "Nomenclature of territorial units for statistics (NUTS)", "https://data.europa.eu/"),
}
"""Data sets that links may lead to: namespace, name, home page."""


class PropertyCount(NamedTuple):
    """How often a property is used."""

    property: str
    triples: int
    subjects: int
    objects: int


class LinkCount(NamedTuple):
    """How many statements link to another data set by one property."""

    target: str
    predicate: str
    triples: int


@dataclass(frozen=True)
class Counts:
    """Numbers about a graph.

    Attributes:
        quads: Distinct quads.
        triples: Distinct triples of the union of the graphs.
        subjects: Distinct subjects.
        objects: Distinct objects, literals by their value, datatype and language.
        entities: Distinct subjects with an IRI below the entities' namespace.
        classes: Distinct instances by class.
        properties: Use of each property, by IRI.
        graphs: Distinct quads by graph.
        classes_by_graph: Distinct instances by graph and class.
        links: Links to other data sets.
        licences: Licences stated in each graph.
        examples: For each class of entities the one that is named most often.
    """

    quads: int
    triples: int
    subjects: int
    objects: int
    entities: int
    classes: dict[str, int]
    properties: list[PropertyCount]
    graphs: dict[str, int]
    classes_by_graph: dict[str, dict[str, int]]
    links: list[LinkCount]
    licences: dict[str, list[str]]
    examples: dict[str, str]


class Tally:
    """Counts while the graph is written, batch by batch; what one subject says stands in one batch.

    Args:
        space: Namespace of the entities.
    """

    def __init__(self, space: str) -> None:
        self._space = space
        self._whole: Counter[str] = Counter()
        self._uses: dict[str, Counter[str]] = {}
        self._classes: Counter[str] = Counter()
        self._graphs: Counter[str] = Counter()
        self._stated: Counter[tuple[str, str, str]] = Counter()
        self._links: Counter[tuple[str, str]] = Counter()
        self._named: list[tuple[pa.Array, NDArray[np.int64]]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of distinct quads in the order of their N-Quads lines, in which a triple of several graphs stands together."""
        import numpy as np
        import pyarrow.compute as pc

        if not batch.num_rows:
            return
        found, position = combinations(batch, ("predicate", "kind", "datatype", "language"))
        subject, new_object = np.cumsum(changes(batch["subject"])), changes(batch["object"])
        predicates = sorted({name for name, *_ in found})
        predicate = np.array([predicates.index(name) for name, *_ in found], dtype=np.int64)[position]
        new_subject, new_use, new = starts(subject), starts(subject, predicate), starts(subject, position) | new_object
        entity = pc.starts_with(batch["subject"].filter(mask(new_subject)), self._space)
        self._whole.update(triples=int(new.sum()), subjects=int(new_subject.sum()), entities=int(truth(entity).sum()))
        for kind, rows in (("triples", new), ("subjects", new_use)):
            for name, number in zip(predicates, np.bincount(predicate[rows], minlength=len(predicates)).tolist(), strict=True):
                self._uses.setdefault(name, Counter())[kind] += number
        for (graph,), number in _numbers(batch, ("graph",)):
            self._graphs[graph] += number
        typed = np.array([name == RDF.type for name, *_ in found], dtype=bool)[position]
        for (kind,), number in _numbers(batch.filter(mask(typed & new)), ("object",)):
            self._classes[kind] += number
        iri = np.array([kind == "iri" for _, kind, *_ in found], dtype=bool)[position]
        stated = np.array([name in (RDF.type, DCTERMS.license) and kind == "iri" for name, kind, *_ in found], dtype=bool)[position]
        for (graph, name, value), number in _numbers(batch.filter(mask(stated)), ("graph", "predicate", "object")):
            self._stated[graph, name, value] += number
        named = batch.filter(mask(iri & new))
        self._count_links(named)
        below = named["object"].filter(pc.starts_with(named["object"], self._space))
        items, position = codes(below)
        self._named.append((items, np.bincount(position, minlength=len(items)).astype(np.int64)))
        if len(self._named) >= _HELD:
            self._named = [_summed(self._named)]

    def _count_links(self, batch: pa.RecordBatch) -> None:
        """Count the links of each property to each data set; the first of :data:`TARGETS` that fits takes it."""
        import pyarrow.compute as pc

        for target, (root, _, _) in TARGETS.items():
            fits = pc.starts_with(batch["object"], root)
            for (name,), number in _numbers(batch.filter(fits), ("predicate",)):
                self._links[target, name] += number
            batch = batch.filter(pc.invert(fits))

    def counts(self, engine: Engine, quads: Any, example_classes: tuple[str, ...]) -> Counts:
        """Return the numbers of the whole graph.

        Args:
            engine: Batch engine: distinct objects are spread over all subjects.
            quads: Ibis table with the same quads, in any number of rows each.
            example_classes: Classes to give an example of.
        """
        objects = _objects(engine, quads)
        graphs = sorted(self._graphs)
        stated = sorted(self._stated.items())
        uses = sorted(self._uses.items())
        return Counts(
            quads=sum(self._graphs.values()),
            triples=self._whole["triples"],
            subjects=self._whole["subjects"],
            objects=objects.pop(None, 0),
            entities=self._whole["entities"],
            classes=dict(sorted(self._classes.items())),
            properties=[PropertyCount(name, used["triples"], used["subjects"], objects[name]) for name, used in uses],
            graphs={graph: self._graphs[graph] for graph in graphs},
            classes_by_graph=_by_graph((graph, value, number) for (graph, name, value), number in stated if name == RDF.type),
            links=[LinkCount(target, name, number) for (target, name), number in sorted(self._links.items())],
            licences={graph: [value for (of, name, value), _ in stated if of == graph and name == DCTERMS.license] for graph in graphs},
            examples=self._examples(engine, quads, example_classes),
        )

    def _examples(self, engine: Engine, quads: Any, classes: tuple[str, ...]) -> dict[str, str]:
        """Return for each class the member that is named most often; of several the one with the smallest IRI."""
        import numpy as np
        import pyarrow.compute as pc

        if not self._named:
            return {}
        items, number = _summed(self._named)
        found = {}
        for kind in classes:
            members = quads.filter((quads.predicate == RDF.type) & (quads.object == kind)).select("subject").distinct()
            named = pc.is_in(items, engine.to_arrow(members)["subject"])
            times = np.where(truth(named), number, 0)
            if times.any():
                found[kind] = min(items.filter(mask(times == times.max())).to_pylist())
        return found


_HELD = 50
"""Batches of names after which they are added up."""


def _numbers(batch: pa.RecordBatch, names: tuple[str, ...]) -> list[tuple[tuple[str, ...], int]]:
    """Return how many rows have each combination of values."""
    import numpy as np

    found, position = combinations(batch, names)
    return list(zip(found, np.bincount(position, minlength=len(found)).tolist(), strict=True))


def _summed(tables: list[tuple[pa.Array, NDArray[np.int64]]]) -> tuple[pa.Array, NDArray[np.int64]]:
    """Add up numbers by item. In NumPy, because grouping in Arrow imports pandas first (0.4 s)."""
    import numpy as np
    import pyarrow as pa

    items, position = codes(pa.concat_arrays([items for items, _ in tables]))
    found = np.zeros(len(items), dtype=np.int64)
    np.add.at(found, position, np.concatenate([number for _, number in tables]))
    return items, found


def _by_graph(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for graph, value, number in rows:
        found.setdefault(graph, {})[value] = number
    return found


def _objects(engine: Engine, quads: Any) -> dict[str | None, int]:
    """Return the distinct objects of each property and, under no name, of all."""
    import ibis

    values = quads.select("predicate", value=_value(quads)).distinct()
    each = values.group_by("predicate").aggregate(n=lambda table: table.count())
    found: dict[str | None, int] = {row["predicate"]: int(row["n"]) for row in engine.to_pylist(each)}
    found[None] = int(engine.scalar(quads.select(value=_value(quads)).distinct().aggregate(n=ibis._.count())))
    return found


def _value(quads: Any) -> Any:
    """Return an expression that is equal for equal objects only: kind, datatype and language hold no space."""
    return quads.kind + " " + quads.datatype + " " + quads.language + " " + quads.object


def slug(iri: str) -> str:
    """Return a name for an IRI that can stand in a fragment: its last step, with a hash where that may not be unique.

    >>> slug("https://w3id.org/innokg/ontology#Project")
    'inno-Project'
    """
    import hashlib

    from kg.namespaces import curie

    short = curie(iri)
    if short != iri:
        return short.replace(":", "-")
    return f"{local_name(iri)[:40] or 'iri'}-{hashlib.sha256(iri.encode()).hexdigest()[:8]}"
