"""What the graph holds, counted over distinct statements: one Ibis expression per kind of number, on any engine.

A triple that stands in two graphs counts once in the whole and once in each graph, as on the union of the graphs in SPARQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from kg.engine.base import Engine
from kg.identifiers import LINKS
from kg.namespaces import DCTERMS, RDF, local_name

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


def count(engine: Engine, quads: Any, space: str, example_classes: tuple[str, ...]) -> Counts:
    """Count statements, things and links.

    Args:
        engine: Batch engine.
        quads: Distinct quads (:func:`kg.publish.dumps.distinct`).
        space: Namespace of the entities.
        example_classes: Classes to give an example of.
    """
    triples = quads.drop("graph").distinct()
    with triples.mutate(value=_value(triples), typed=triples.predicate == RDF.type).cache() as held:
        return _count(engine, quads, held, space, example_classes)


def _count(engine: Engine, quads: Any, triples: Any, space: str, example_classes: tuple[str, ...]) -> Counts:
    import ibis

    numbers = triples.aggregate(
        triples=triples.count(),
        subjects=triples.subject.nunique(),
        objects=triples.value.nunique(),
        entities=triples.subject.nunique(where=triples.subject.startswith(space)),
        typed=triples.subject.nunique(where=triples.typed),
    )
    whole = engine.to_pylist(numbers)[0]
    classes, properties = _uses(engine, triples, int(whole["typed"]))
    key = ibis.ifelse(quads.predicate.isin([RDF.type, DCTERMS.license]) & (quads.kind == "iri"), quads.object, "")
    parts = quads.mutate(key=key).group_by("graph", "predicate", "key").aggregate(n=lambda table: table.count())
    graphs: dict[str, int] = {}
    classes_by_graph: dict[str, dict[str, int]] = {}
    licences: dict[str, list[str]] = {}
    for row in engine.to_pylist(parts.order_by("graph", "predicate", "key")):
        graphs[row["graph"]] = graphs.get(row["graph"], 0) + int(row["n"])
        stated = licences.setdefault(row["graph"], [])
        if row["key"] and row["predicate"] == RDF.type:
            classes_by_graph.setdefault(row["graph"], {})[row["key"]] = int(row["n"])
        elif row["key"]:
            stated.append(row["key"])
    return Counts(
        quads=sum(graphs.values()),
        triples=int(whole["triples"]),
        subjects=int(whole["subjects"]),
        objects=int(whole["objects"]),
        entities=int(whole["entities"]),
        classes=classes,
        properties=properties,
        graphs=graphs,
        classes_by_graph=classes_by_graph,
        links=_links(engine, triples),
        licences=licences,
        examples=_examples(engine, triples, space, example_classes),
    )


def _value(triples: Any) -> Any:
    """Return an expression that is equal for equal objects only: kind, datatype and language hold no space."""
    return triples.kind + " " + triples.datatype + " " + triples.language + " " + triples.object


def _uses(engine: Engine, triples: Any, typed: int) -> tuple[dict[str, int], list[PropertyCount]]:
    """Return the instances of each class and the use of each property; `rdf:type` is grouped by class, so its subjects come from elsewhere."""
    import ibis

    kind = ibis.ifelse(triples.typed, triples.object, "")
    grouped = triples.mutate(kind=kind).group_by("predicate", "kind")
    used = grouped.aggregate(triples=lambda t: t.count(), subjects=lambda t: t.subject.nunique(), objects=lambda t: t.value.nunique())
    classes: dict[str, int] = {}
    properties: list[PropertyCount] = []
    for row in engine.to_pylist(used.order_by("predicate", "kind")):
        if row["predicate"] == RDF.type:
            classes[row["kind"]] = int(row["triples"])
        else:
            properties.append(PropertyCount(row["predicate"], int(row["triples"]), int(row["subjects"]), int(row["objects"])))
    if classes:
        properties.append(PropertyCount(RDF.type, sum(classes.values()), typed, len(classes)))
    return classes, sorted(properties)


def _links(engine: Engine, triples: Any) -> list[LinkCount]:
    import ibis

    iris = triples.filter(triples.kind == "iri")
    target = ibis.cases(*((iris.object.startswith(root), name) for name, (root, _, _) in TARGETS.items()), else_="")
    found = iris.mutate(target=target)
    found = found.filter(found.target != "").group_by("target", "predicate").aggregate(n=ibis._.count()).order_by("target", "predicate")
    return [LinkCount(row["target"], row["predicate"], int(row["n"])) for row in engine.to_pylist(found)]


def _examples(engine: Engine, triples: Any, space: str, classes: tuple[str, ...]) -> dict[str, str]:
    members = triples.filter((triples.predicate == RDF.type) & triples.object.isin(list(classes)) & triples.subject.startswith(space))
    members = members.select(item=members.subject, kind=members.object)
    mentions = triples.filter(triples.kind == "iri").select(item="object")
    named = mentions.inner_join(members, "item").group_by("kind", "item").aggregate(n=lambda table: table.count())
    first: dict[str, str] = {}
    for row in engine.to_pylist(named.order_by(named.kind, named.n.desc(), named.item)):
        first.setdefault(row["kind"], row["item"])
    return {kind: first[kind] for kind in classes if kind in first}


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
