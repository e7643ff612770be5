"""How the graph was made (PROV-O, W3C Recommendation, 30 April 2013): the build, the files it read, the software, the release before.

No clock is read: when a computer did the work says nothing about the graph, and would make every rebuild another file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from kg.namespaces import DCAT, DCTERMS, FOAF, PROV, RDF, XSD
from kg.publish.catalogue.description import Description, Triple, about_dataset, texts
from kg.publish.catalogue.linked import SPDX
from kg.publish.turtle import document
from kg.quads import iri, literal

_OWN = {"ontology/codes/": "codes", "ontology/": "ontology", "queries/infer/": "inferred", "data/mappings/": "links"}
"""Graph by where a file of the project lies; the first that fits."""
_SHA256 = f"{SPDX}checksumAlgorithm_sha256"


def prov(about: Description, record: Mapping[str, Any]) -> str:
    """Return the provenance of the graph, or of a release, as Turtle.

    Args:
        about: What is said about it.
        record: Record of the build (`build.json`).
    """
    comment = "How the graph was made (PROV-O): the build, every file it has read with its checksum, the software."
    extra = {"spdx": SPDX, "input": f"{about.base}id/input/", "activity": f"{about.base}id/activity/"}
    return document(about.base, _prov(about, record), comment=comment, extra=extra)


def _prov(about: Description, record: Mapping[str, Any]) -> Iterator[Triple]:
    me, activity, agent = about.dataset, about.activity, f"{about.base}id/agent/innovation-kg"
    publisher = f"{about.base}catalog#publisher"
    inputs = [(f"{about.base}id/input/{hashlib.sha256(str(one['file']).encode()).hexdigest()[:16]}", one) for one in record.get("inputs", [])]
    yield me, RDF.type, iri(PROV.Entity)
    yield from about_dataset(about)
    yield me, PROV.wasGeneratedBy, iri(activity)
    if about.publisher:
        yield me, PROV.wasAttributedTo, iri(publisher)
    if about.version:
        yield me, PROV.specializationOf, iri(f"{about.base}dataset")
    if about.previous:
        yield me, PROV.wasRevisionOf, iri(about.release(about.previous))
        yield about.release(about.previous), RDF.type, iri(PROV.Entity)
    for entity, _ in inputs:
        yield me, PROV.wasDerivedFrom, iri(entity)
    yield activity, RDF.type, iri(PROV.Activity)
    yield activity, DCTERMS.identifier, literal(about.build)
    yield activity, PROV.wasAssociatedWith, iri(agent)
    for entity, _ in inputs:
        yield activity, PROV.used, iri(entity)
    yield agent, RDF.type, iri(PROV.SoftwareAgent)
    yield agent, FOAF.name, literal("innovation-kg")
    yield agent, DCAT.version, literal(str(record.get("software", "")))
    if about.publisher:
        yield publisher, RDF.type, iri(PROV.Agent)
        yield publisher, RDF.type, iri(FOAF.Agent)
        yield publisher, FOAF.name, literal(about.publisher.name)
    graphs = {str(source["name"]): str(source["graph"]) for source in about.sources if source.get("graph")}
    for source in about.sources:
        if graph := str(source.get("graph") or ""):
            yield graph, RDF.type, iri(PROV.Entity)
            yield from texts(graph, DCTERMS.title, source["title"])
            yield me, DCTERMS.hasPart, iri(graph)
            if source["publisher"]["name"]:
                holder = f"{about.base}catalog#publisher-{source['name']}"
                yield graph, PROV.wasAttributedTo, iri(holder)
                yield holder, RDF.type, iri(PROV.Agent)
                yield holder, FOAF.name, literal(source["publisher"]["name"])
    for entity, one in inputs:
        yield from _input(entity, one)
        if graph := _graph_of(str(one["file"]), graphs, about.base):
            yield graph, PROV.wasDerivedFrom, iri(entity)


def _input(entity: str, one: Mapping[str, Any]) -> Iterator[Triple]:
    checksum = f"{entity}-sha256"
    yield entity, RDF.type, iri(PROV.Entity)
    yield entity, DCTERMS.title, literal(str(one["file"]))
    if "bytes" in one:
        yield entity, DCAT.byteSize, literal(str(one["bytes"]), XSD.nonNegativeInteger)
    yield entity, f"{SPDX}checksum", iri(checksum)
    yield checksum, RDF.type, iri(f"{SPDX}Checksum")
    yield checksum, f"{SPDX}algorithm", iri(_SHA256)
    yield checksum, f"{SPDX}checksumValue", literal(str(one["sha256"]), XSD.hexBinary)


def _graph_of(file: str, graphs: Mapping[str, str], base: str) -> str:
    """Return the named graph that came out of a file: that of the source whose folder it lies in, or of a part of the project; else nothing.

    >>> _graph_of("ontology/inno.ttl", {}, "https://example.org/")
    'https://example.org/graph/ontology'
    """
    source = graphs.get(file.partition("/")[0], "")
    return source or next((f"{base}graph/{name}" for root, name in _OWN.items() if file.startswith(root)), "")
