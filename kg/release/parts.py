"""Every file of a release: those of `kg publish` and those that a release has besides."""

from __future__ import annotations

from kg.publish.parts import Part, parts, stem

PLAIN = ("manifest.json", "SHA256SUMS")
"""Files that list the others and stand in no list themselves."""

MEDIA = {
    "nq": "application/n-quads",
    "nt": "application/n-triples",
    "ttl": "text/turtle",
    "trig": "application/trig",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "json": "application/json",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "txt": "text/plain",
    "md": "text/markdown",
    "cff": "application/yaml",
}
"""Media types by ending (IANA)."""
_OWN = {"datapackage.json": "application/vnd.datapackage+json", "csv-metadata.json": "application/csvm+json", "dataset.json": "application/ld+json"}

_DUMPS = (
    ("{name}.trig", "quads", "all", "RDF_TRIG", "Alles, ein Abschnitt je Graph", "Everything, one section per graph"),
    (
        "{name}.rdf",
        "triples",
        "data",
        "RDF_XML",
        "Die Daten als RDF/XML, dieselben Tripel wie in Turtle",
        "The data as RDF/XML, the same triples as in Turtle",
    ),
    ("{name}.parquet", "quads", "all", "PARQUET", "Alles als Tabelle: eine Zeile je Aussage", "Everything as a table: one row per statement"),
)
_TABLES = (
    ("organisations.csv", "rows", "sources", "CSV", "Die Organisationen", "The organisations"),
    ("projects.csv", "rows", "sources", "CSV", "Die Projekte", "The projects"),
    ("programmes.csv", "rows", "sources", "CSV", "Die Programme", "The programmes"),
    (
        "events.csv",
        "rows",
        "sources",
        "CSV",
        "Veranstaltungen, Kampagnen, Preise und ihre Ausgaben",
        "Events, campaigns, awards and their editions",
    ),
    ("places.csv", "rows", "sources", "CSV", "Die Orte", "The places"),
    ("documents.csv", "rows", "sources", "CSV", "Die Dokumente, auch die Quellen", "The documents, sources among them"),
    ("funding.csv", "rows", "sources", "CSV", "Wer was mit wie viel gefördert hat", "Who funded what, with how much"),
    ("award-results.csv", "rows", "sources", "CSV", "Wer bei welchem Preis was erreicht hat", "Who achieved what in which award"),
    ("codes.csv", "rows", "sources", "CSV", "Die Codes der Tabellen und ihre Bedeutung", "The codes of the tables and what they mean"),
)
_COLUMNS = (
    ("incidence.parquet", "rows", "sources", "PARQUET", "incidence.csv mit Typen", "incidence.csv with types"),
    ("nodes.parquet", "rows", "sources", "PARQUET", "nodes.csv mit Typen", "nodes.csv with types"),
    ("edges.parquet", "rows", "sources", "PARQUET", "edges.csv mit Typen", "edges.csv with types"),
    ("datapackage.json", "", "schema", "JSON", "Die CSV-Tabellen beschrieben (Frictionless)", "The CSV tables described (Frictionless)"),
    ("csv-metadata.json", "", "schema", "JSON", "Die CSV-Tabellen beschrieben (CSVW)", "The CSV tables described (CSVW)"),
    ("places.geojson", "features", "sources", "GEOJSON", "Die Orte mit Koordinaten für Karten", "The places with coordinates, for maps"),
)
_SYNTAXES = {"ttl": ("RDF_TURTLE", "Turtle"), "rdf": ("RDF_XML", "RDF/XML"), "jsonld": ("JSON_LD", "JSON-LD"), "nt": ("RDF_N_TRIPLES", "N-Triples")}
VOCABULARY = {
    "ontology": ("Die Begriffe des Graphen", "The terms of the graph"),
    "alignments": ("Wie sie zu anderen Vokabularen stehen", "How they relate to other vocabularies"),
    "shapes": ("Die Regeln, nach denen geprüft wird (SHACL)", "The rules that are checked (SHACL)"),
}
"""What is written in four syntaxes."""
_ABOUT = (
    ("catalog.jsonld", "", "about", "JSON_LD", "Eintrag für Datenportale, als JSON-LD", "Record for data portals, as JSON-LD"),
    ("catalog.rdf", "", "about", "RDF_XML", "Eintrag für Datenportale, als RDF/XML", "Record for data portals, as RDF/XML"),
    ("dataset.json", "", "about", "JSON_LD", "Eintrag für Suchmaschinen (schema.org)", "Record for search engines (schema.org)"),
    (
        "prov.ttl",
        "",
        "about",
        "RDF_TURTLE",
        "Woraus und womit die Veröffentlichung entstand (PROV)",
        "What the release was made of, and by what (PROV)",
    ),
    ("LICENSE.txt", "", "about", "TXT", "Welche Lizenz für welchen Teil gilt", "Which licence covers which part"),
    ("CITATION.cff", "", "about", "TXT", "Wie zu zitieren ist, für Programme", "How to cite, for programs"),
)


def _part(name: str, unit: str, holds: str, form: str, de: str, en: str) -> Part:
    return Part(name, _OWN.get(name) or MEDIA[name.rsplit(".", 1)[-1]], unit, holds, form, de, en)


def release_parts(name: str, more: tuple[Part, ...] = ()) -> list[Part]:
    """Return the files of a release in the order in which they are listed.

    Args:
        name: Name of the graph.
        more: Files that describe the release and come from elsewhere: notes and changes.
    """
    published = {part.name: part for part in parts(name)}
    dumps = [published.pop(f"{stem(name)}.{ending}") for ending in ("nq", "ttl", "jsonld")]
    dumps += [_part(file.format(name=stem(name)), *rest) for file, *rest in _DUMPS]
    vocabulary = []
    for file, (de, en) in VOCABULARY.items():
        for ending, (form, syntax) in _SYNTAXES.items():
            known = published.pop(f"{file}.{ending}", None)
            plain = known is not None or ending == "ttl"
            vocabulary.append(
                known
                or _part(f"{file}.{ending}", "", "ontology", form, de if plain else f"{de}, als {syntax}", en if plain else f"{en}, as {syntax}")
            )
    about = [part for part in published.values() if part.holds == "about"]
    tables = [part for part in published.values() if part.holds == "sources"]
    context = [part for part in published.values() if part.holds == "ontology"]
    return [
        *dumps,
        *(_part(*row) for row in _TABLES),
        *tables,
        *(_part(*row) for row in _COLUMNS),
        *vocabulary,
        *context,
        *about,
        *(_part(*row) for row in _ABOUT),
        *more,
    ]
