"""What a CKAN with ckanext-dcat makes of the catalogue: what it cannot do without, and what it would show badly.

In words of our own from its documentation ("RDF DCAT to CKAN dataset mapping"): a data set is told again by its identifier or address,
its title becomes the name in the address, each distribution a resource with an address.
"""

from __future__ import annotations

import re
import unicodedata

from kg.errors import Text
from kg.namespaces import DCAT, DCTERMS, FOAF
from kg.preflight.advice import REMAKE, advice
from kg.preflight.findings import Findings, Place
from kg.preflight.material import Graph, Material

_CKAN = ("ckan",)
TAG = re.compile(r"[\w \-.]{2,100}")


def check(material: Material, findings: Findings) -> None:
    """Check every data set of the catalogue."""
    graph = material.catalogue
    if graph is None:
        return
    sets = graph.of(DCAT.Dataset)
    if not sets:
        what = Text("There is no dcat:Dataset: a harvester finds nothing.", "Es gibt kein dcat:Dataset: Ein Harvester findet nichts.")
        findings.add("ckan-empty", "Violation", _CKAN, what, Place(graph.name), REMAKE)
    for one in sets:
        _dataset(graph, one, findings)
    names: dict[str, str] = {}
    for one in sets:
        for name in {munged(graph.value(one, DCTERMS.title))} - {""}:
            if names.setdefault(name, one) != one:
                what = Text(
                    "Two data sets have titles that become one name in CKAN; it will number them.",
                    "Zwei Datensätze haben Titel, die in CKAN ein Name werden; es nummeriert sie dann.",
                )
                findings.add("ckan-same-name", "Info", _CKAN, what, Place(graph.name, one, DCTERMS.title, name), advice(DCTERMS.title))


def _dataset(graph: Graph, one: str, findings: Findings) -> None:
    def add(rule: str, severity: str, en: str, de: str, prop: str = "", found: str = "", subject: str = one) -> None:
        findings.add(rule, severity, _CKAN, Text(en, de), Place(graph.name, subject, prop, found), advice(prop))

    titles = [term.value for term in graph.values(one, DCTERMS.title) if term.kind == "literal"]
    if not any(munged(title) for title in titles):
        add(
            "ckan-title",
            "Violation",
            "A data set has no title that CKAN could make a name of.",
            "Ein Datensatz hat keinen Titel, aus dem CKAN einen Namen machen könnte.",
            DCTERMS.title,
            "".join(titles[:1]),
        )
    if not graph.value(one, DCTERMS.description):
        add(
            "ckan-notes",
            "Warning",
            "A data set has no description; its page would be empty.",
            "Ein Datensatz hat keine Beschreibung; seine Seite wäre leer.",
            DCTERMS.description,
        )
    if one.startswith("_:") and not graph.value(one, DCTERMS.identifier):
        add(
            "ckan-identity",
            "Violation",
            "A data set has neither address nor identifier: each harvest would make it anew.",
            "Ein Datensatz hat weder Adresse noch Kennung: Jeder Abruf legte ihn neu an.",
            DCTERMS.identifier,
        )
    if not any(graph.value(agent.value, FOAF.name) for agent in graph.values(one, DCTERMS.publisher)):
        add(
            "ckan-publisher",
            "Warning",
            "A data set names no publisher with a name.",
            "Ein Datensatz nennt keinen Herausgeber mit Namen.",
            DCTERMS.publisher,
        )
    resources = graph.values(one, DCAT.distribution)
    if not resources:
        add(
            "ckan-resources",
            "Warning",
            "A data set has no distribution: there would be nothing to download.",
            "Ein Datensatz hat keine Distribution: Es gäbe nichts herunterzuladen.",
            DCAT.distribution,
        )
    for term in resources:
        if not graph.value(term.value, DCAT.downloadURL, DCAT.accessURL):
            add(
                "ckan-url",
                "Violation",
                "A distribution has no address; CKAN refuses a resource without one.",
                "Eine Distribution hat keine Adresse; CKAN weist eine Ressource ohne Adresse ab.",
                DCAT.accessURL,
                subject=term.value,
            )
        if not graph.values(term.value, DCTERMS.format, DCAT.mediaType):
            add(
                "ckan-format",
                "Warning",
                "A distribution has no format; CKAN could not preview it.",
                "Eine Distribution hat kein Format; CKAN könnte sie nicht anzeigen.",
                DCTERMS.format,
                subject=term.value,
            )
    if resources and not any(graph.values(term.value, DCTERMS.license) for term in resources) and not graph.values(one, DCTERMS.license):
        add(
            "ckan-licence",
            "Warning",
            "Neither data set nor distributions have a licence; CKAN shows “not specified”.",
            "Weder Datensatz noch Distributionen haben eine Lizenz; CKAN zeigt „nicht angegeben“.",
            DCTERMS.license,
        )
    for term in graph.values(one, DCAT.keyword):
        if not TAG.fullmatch(term.value):
            add(
                "ckan-tag",
                "Warning",
                "A keyword is no valid tag in CKAN (2 to 100 letters, digits, blanks, hyphens, dots).",
                "Ein Schlagwort ist in CKAN nicht gültig (2 bis 100 Buchstaben, Ziffern, Leerzeichen, Striche, Punkte).",
                DCAT.keyword,
                term.value,
            )


def munged(title: str) -> str:
    """Return a title as a name in an address of CKAN: ASCII, lower case, hyphens.

    >>> munged("Dortmund – Innovationsökosystem"), munged("…")
    ('dortmund-innovationsokosystem', '')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]
