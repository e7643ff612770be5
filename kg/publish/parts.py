"""Every file of a publication: what it is for, its media type, what its numbers count; and the words of `README.txt`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """A file before it is written.

    Attributes:
        name: File name.
        media: Media type.
        unit: What is counted in it: `quads`, `triples`, `rows`, `nodes`, or empty.
        holds: `all` graphs, the `data` graphs, the `sources` alone, the `ontology`, or a description (`about`).
        format: Code of the European file type list, or empty where it has none.
        de: What it is for, in German.
        en: What it is for, in English.
    """

    name: str
    media: str
    unit: str
    holds: str
    format: str
    de: str
    en: str


@dataclass(frozen=True)
class Compressed:
    """A file packed with gzip, beside the plain one.

    Attributes:
        name: File name.
        bytes: Size.
        sha256: Checksum, hexadecimal.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class File:
    """A file of a publication.

    Attributes:
        part: What it is.
        bytes: Size.
        sha256: Checksum, hexadecimal.
        count: Number of what `part.unit` names, or 0.
        licences: IRIs of the licences of what it holds.
        compressed: The same, packed, or nothing.
    """

    part: Part
    bytes: int
    sha256: str
    count: int
    licences: tuple[str, ...]
    compressed: Compressed | None = None

    @property
    def name(self) -> str:
        """File name."""
        return self.part.name

    def purpose(self, lang: str) -> str:
        """What the file is for, in `de` or `en`."""
        return self.part.de if lang == "de" else self.part.en


_PARTS = (
    ("{name}.nq", "quads", "all", "RDF_N_QUADS", "Alles, mit benannten Graphen", "Everything, with named graphs"),
    (
        "{name}.ttl",
        "triples",
        "data",
        "RDF_TURTLE",
        "Die Daten zum Lesen, ohne Ontologie und Herstellung",
        "The data to read, without ontology and provenance",
    ),
    ("{name}.jsonld", "quads", "all", "JSON_LD", "Alles als JSON, mit eingebettetem Kontext", "Everything as JSON, with the context embedded"),
    (
        "incidence.csv",
        "rows",
        "sources",
        "CSV",
        "Wer woran beteiligt ist, wann, nach welcher Quelle",
        "Who takes part in what, when, by which source",
    ),
    ("nodes.csv", "rows", "sources", "CSV", "Die Einrichtungen des Netzes", "The institutions of the network"),
    ("edges.csv", "rows", "sources", "CSV", "Wer mit wem Projekte teilt, mit Gewicht", "Who shares projects with whom, with a weight"),
    ("codebook.csv", "rows", "sources", "CSV", "Was jede Spalte der Tabellen bedeutet", "What each column of the tables means"),
    (
        "network.graphml",
        "nodes",
        "sources",
        "XML",
        "Das Netz für yEd, Cytoscape, igraph, NetworkX",
        "The network for yEd, Cytoscape, igraph, NetworkX",
    ),
    ("network.gexf", "nodes", "sources", "XML", "Das Netz für Gephi", "The network for Gephi"),
    ("ontology.ttl", "", "ontology", "RDF_TURTLE", "Die Begriffe des Graphen", "The terms of the graph"),
    ("alignments.ttl", "", "ontology", "RDF_TURTLE", "Wie sie zu anderen Vokabularen stehen", "How they relate to other vocabularies"),
    ("context.jsonld", "", "ontology", "JSON_LD", "Kurze Namen für JSON-LD", "Short names for JSON-LD"),
    ("void.ttl", "", "about", "RDF_TURTLE", "Der Graph in Zahlen (VoID)", "The graph in numbers (VoID)"),
    ("catalog.ttl", "", "about", "RDF_TURTLE", "Eintrag für Datenportale (DCAT-AP 3)", "Record for data portals (DCAT-AP 3)"),
    ("README.txt", "", "about", "TXT", "Was die Dateien sind, wie gezählt und zitiert wird", "What the files are, how to count and to cite"),
)
_MEDIA = {
    "nq": "application/n-quads",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "csv": "text/csv",
    "graphml": "application/xml",
    "gexf": "application/xml",
    "txt": "text/plain",
}


def stem(name: str) -> str:
    """Return the name of the dumps without ending: the graph's, unless another file has it.

    >>> stem("dortmund"), stem("catalog"), stem("places")
    ('dortmund', 'catalog-graph', 'places-graph')
    """
    taken = {pattern.rsplit(".", 1)[0].lower() for pattern, *_ in _PARTS} | _RELEASED
    return f"{name}-graph" if name in taken else name


_RELEASED = frozenset(
    [
        "award-results",
        "changes",
        "citation",
        "codes",
        "csv-metadata",
        "datapackage",
        "dataset",
        "documents",
        "events",
        "funding",
        "licence",
        "license",
        "manifest",
        "notes",
        "organisations",
        "places",
        "programmes",
        "projects",
        "prov",
        "sha256sums",
        "shapes",
    ]
)
"""Names of further files of a release (kg.release.parts), which has the same dumps."""


def parts(name: str) -> list[Part]:
    """Return the files of a publication in the order in which they are listed.

    Args:
        name: Name of the graph.
    """
    found = []
    for pattern, unit, holds, form, de, en in _PARTS:
        file = pattern.format(name=stem(name))
        found.append(Part(file, _MEDIA[file.rsplit(".", 1)[-1]], unit, holds, form, de, en))
    return found


MANIFEST = "manifest.json"

QUOTES = {
    "de": "Wörtliche Zitate aus den Quellen (oa:exact) fallen nicht unter die Lizenz; die Rechte daran bleiben bei ihren Urhebern.",
    "en": "Verbatim quotes from the sources (oa:exact) are not covered by the licence; the rights in them stay with their authors.",
}
"""What the licence does not cover."""

QUOTING = ("all", "data")
"""Values of `holds` whose files carry quotes."""


def citation(record: Mapping[str, Any], title: str, lang: str) -> str:
    """Return how to cite the publication, as far as its settings say.

    >>> citation({"base": "https://example.org/", "state": "2026-11-22", "id": "ab12", "sources": []}, "Innovation in X", "en")
    'Innovation in X. State 2026-11-22, build ab12. https://example.org/'
    """
    publishers = list(dict.fromkeys(source["publisher"]["name"] for source in record["sources"] if source["publisher"]["name"]))
    who = f"{', '.join(publishers)}: " if publishers else ""
    state = f"{'Stand' if lang == 'de' else 'State'} {record['state']}, " if record.get("state") else ""
    build = f"{'Fassung' if lang == 'de' else 'build'} {record['id']}"
    return f"{who}{title}. {state}{build}. {record['base']}"


def readme(
    titles: Mapping[str, str],
    files: Iterable[Part],
    licences: Iterable[str],
    method: Mapping[str, str],
    frames: Mapping[str, str],
    limits: Mapping[str, str],
    cite: Mapping[str, str],
) -> str:
    """Return the text of `README.txt`, German and English.

    Args:
        titles: Title per language.
        files: The files, in the order of the list.
        licences: Licences of the data.
        method: How the network was made, per language.
        frames: How the data were collected, per language.
        limits: What stands in another place than usual, per language, or nothing.
        cite: How to cite, per language.
    """
    import textwrap

    words = {
        "de": (
            "DATEIEN",
            "LIZENZ",
            "WIE GESAMMELT WURDE",
            "WIE GEZÄHLT WIRD",
            "GRENZEN",
            "ZITIEREN",
            "Keine angegeben.",
            "Größe, Prüfsumme, Lizenz jeder Datei",
        ),
        "en": (
            "FILES",
            "LICENCE",
            "HOW THE DATA WERE COLLECTED",
            "HOW THINGS ARE COUNTED",
            "LIMITS",
            "HOW TO CITE",
            "None stated.",
            "Size, checksum, licence",
        ),
    }
    fill = textwrap.TextWrapper(100, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False).fill
    listed, stated = list(files), list(licences)
    text = []
    for lang, (heading, licence, collected, counted, limited, citing, none, manifest) in words.items():
        width = max(len(part.name) for part in listed) + 2
        lines = [f"  {part.name:<{width}}{part.de if lang == 'de' else part.en}" for part in listed]
        lines.append(f"  {MANIFEST:<{width}}{manifest}")
        blocks = [
            (licence, f"{', '.join(stated) or none} {QUOTES[lang]}"),
            *([(collected, frames[lang])] if frames.get(lang) else []),
            (counted, method[lang]),
            *([(limited, limits[lang])] if limits.get(lang) else []),
            (citing, cite[lang]),
        ]
        title = titles[lang]
        text.append(f"{title}\n{'=' * len(title)}\n\n{heading}\n" + "\n".join(lines) + "\n")
        text.extend(f"{name}\n{fill(body)}\n" for name, body in blocks)
    return "\n".join(text)
