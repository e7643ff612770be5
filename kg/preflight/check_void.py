"""VoID: what a consumer needs is stated, and the numbers are those of the dump."""

from __future__ import annotations

from kg.errors import Text
from kg.namespaces import DCAT, DCTERMS, VOID
from kg.preflight.advice import REMAKE, advice
from kg.preflight.check_catalogue import promised
from kg.preflight.findings import Findings, Place
from kg.preflight.material import Counts, Graph, Material

_VOID = ("void",)
_ENDPOINT = advice(DCAT.endpointURL)
_WANTED = (
    (VOID.dataDump, "Violation", "void:dataDump"),
    (VOID.triples, "Violation", "void:triples"),
    (DCTERMS.license, "Violation", "dcterms:license"),
    (DCTERMS.title, "Warning", "dcterms:title"),
    (DCTERMS.description, "Warning", "dcterms:description"),
    (VOID.uriSpace, "Warning", "void:uriSpace"),
    (VOID.vocabulary, "Warning", "void:vocabulary"),
    (VOID.exampleResource, "Warning", "void:exampleResource"),
    (VOID.feature, "Warning", "void:feature"),
    (VOID.sparqlEndpoint, "Info", "void:sparqlEndpoint"),
)


def check(material: Material, findings: Findings) -> None:
    """Check the description with VoID, and compare it with the dump where there is one with all graphs."""
    graph = material.void
    if graph is None:
        if material.only:
            findings.leave("void", Text("A catalogue alone was given.", "Gegeben war nur ein Katalog."))
            return
        what = Text("There is no VoID description (void.ttl).", "Es gibt keine Beschreibung in VoID (void.ttl).")
        findings.add("void-missing", "Violation", _VOID, what, Place("void.ttl"), REMAKE)
        return
    sets = material.void_sets()
    if not sets:
        what = Text("The file describes no void:Dataset.", "Die Datei beschreibt kein void:Dataset.")
        findings.add("void-no-dataset", "Violation", _VOID, what, Place(graph.name), REMAKE)
    for one in graph.of(VOID.Dataset):
        promised(material, graph, one, VOID.dataDump, _VOID, findings)
    for one in sets:
        for prop, severity, short in _WANTED:
            if not graph.values(one, prop):
                what = Text(f"The data set of the VoID description lacks {short}.", f"Dem Datensatz der VoID-Beschreibung fehlt {short}.")
                todo = (
                    advice(prop)
                    if prop in (DCTERMS.license, DCTERMS.title, DCTERMS.description)
                    else _ENDPOINT
                    if prop == VOID.sparqlEndpoint
                    else REMAKE
                )
                findings.add(f"void-{short.split(':')[1]}", severity, _VOID, what, Place(graph.name, one, prop), todo)
    dump = max((name for name, counts in material.counts.items() if counts.triples), key=lambda name: material.counts[name].triples, default="")
    if dump and sets:
        _numbers(graph, sets[0], material.counts[dump], dump, findings)


def _numbers(graph: Graph, dataset: str, counts: Counts, dump: str, findings: Findings) -> None:
    for prop, number in (
        (VOID.triples, counts.triples),
        (VOID.distinctSubjects, counts.subjects),
        (VOID.distinctObjects, counts.objects),
        (VOID.properties, len(counts.properties)),
        (VOID.classes, len(counts.classes)),
    ):
        _same(graph, dataset, prop, number, dump, findings)
    for part in graph.values(dataset, VOID.classPartition):
        kind = graph.value(part.value, VOID["class"])
        _same(graph, part.value, VOID.entities, counts.classes.get(kind, 0), dump, findings)
    for part in graph.values(dataset, VOID.propertyPartition):
        _same(graph, part.value, VOID.triples, counts.properties.get(graph.value(part.value, VOID.property), 0), dump, findings)


def _same(graph: Graph, subject: str, prop: str, number: int, dump: str, findings: Findings) -> None:
    stated = graph.value(subject, prop)
    if stated and stated != str(number):
        what = Text(
            f"A number of the VoID description is not that of the dump {dump}.", f"Eine Zahl der VoID-Beschreibung ist nicht die des Abzugs {dump}."
        )
        place = Place(graph.name, subject, prop, f"{stated} ≠ {number}")
        findings.add(
            "void-number", "Violation", _VOID, what, place, REMAKE, expected=Text("the number counted in the dump", "die im Abzug gezählte Zahl")
        )
