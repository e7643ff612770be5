"""Media types, file-type codes and licences that portals know.

Sources: IANA, "Media Types" (https://www.iana.org/assignments/media-types/); Publications Office of the EU, authority table "File type";
DCAT-AP.de, list of licences (http://dcat-ap.de/def/licenses/), of which the common ones are here.
"""

from __future__ import annotations

MEDIA: dict[str, tuple[str, ...]] = {
    "text/turtle": ("RDF_TURTLE",),
    "application/n-quads": ("RDF_N_QUADS",),
    "application/n-triples": ("RDF_N_TRIPLES",),
    "application/trig": ("RDF_TRIG",),
    "application/rdf+xml": ("RDF_XML", "RDF"),
    "application/ld+json": ("JSON_LD",),
    "application/json": ("JSON",),
    "application/geo+json": ("GEOJSON",),
    "application/csvm+json": ("JSON", "JSON_LD"),
    "text/csv": ("CSV",),
    "text/tab-separated-values": ("TSV",),
    "application/xml": ("XML", "GRAPHML", "GEXF"),
    "text/xml": ("XML",),
    "application/gzip": ("GZIP",),
    "application/zip": ("ZIP",),
    "application/zstd": ("ZSTD",),
    "application/vnd.apache.parquet": ("PARQUET",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("XLSX",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ODS",),
    "application/atom+xml": ("ATOM",),
    "application/sparql-query": ("SPARQLQ",),
    "application/sparql-results+json": ("SPARQLQRES",),
    "application/x-ipynb+json": (),
    "application/pdf": ("PDF",),
    "application/schema+json": ("JSON",),
    "application/yaml": (),
    "application/vnd.datapackage+json": ("JSON",),
    "text/plain": ("TXT",),
    "text/html": ("HTML",),
    "text/markdown": ("TXT", "MD"),
    "image/svg+xml": ("SVG",),
    "image/png": ("PNG",),
}
"""Registered media types that a release may hold, with the codes of the EU list that mean the same."""

UNREGISTERED = {"application/x-ipynb+json"}

ENDINGS: dict[str, tuple[str, ...]] = {
    ".nq": ("application/n-quads",),
    ".nt": ("application/n-triples",),
    ".ttl": ("text/turtle",),
    ".trig": ("application/trig",),
    ".rdf": ("application/rdf+xml",),
    ".jsonld": ("application/ld+json",),
    ".json": ("application/json", "application/ld+json", "application/csvm+json", "application/vnd.datapackage+json"),
    ".geojson": ("application/geo+json",),
    ".csv": ("text/csv",),
    ".graphml": ("application/xml",),
    ".gexf": ("application/xml",),
    ".parquet": ("application/vnd.apache.parquet",),
    ".gz": ("application/gzip",),
    ".md": ("text/markdown",),
    ".atom": ("application/atom+xml",),
    ".html": ("text/html",),
}
"""Media types that an ending may have."""

IANA = ("https://www.iana.org/assignments/media-types/", "http://www.iana.org/assignments/media-types/")
FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"

_CC = tuple(
    f"https://creativecommons.org/licenses/{kind}/{version}/"
    for kind in ("by", "by-sa")
    for version in ("2.0", "2.5", "3.0", "4.0", "3.0/de", "2.0/de")
)
OPEN = frozenset(
    one.rstrip("/").replace("http://", "https://")
    for one in (
        *_CC,
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "https://creativecommons.org/publicdomain/mark/1.0/",
        "https://www.govdata.de/dl-de/by-2-0",
        "https://www.govdata.de/dl-de/zero-2-0",
        "https://opendatacommons.org/licenses/by/1-0/",
        "https://opendatacommons.org/licenses/odbl/1-0/",
        "https://opendatacommons.org/licenses/pddl/1-0/",
        "http://www.opendatacommons.org/licenses/by/1.0/",
        "https://www.apache.org/licenses/LICENSE-2.0",
        "https://opensource.org/license/mit",
        "https://eupl.eu/1.2/en/",
    )
)
"""Open licences of data and software, by their addresses without the last slash."""

LICENCE_LISTS = ("http://dcat-ap.de/def/licenses/", "http://publications.europa.eu/resource/authority/licence/")
UNKNOWN = ("unknown", "notspecified", "not-specified", "other-closed", "noassertion", "none", "null", "n/a", "unbekannt")


def licence_kind(licence: str) -> str:
    """Tell whether portals know a licence: `open`, `closed` (known, not open), `unknown` (says nothing), `foreign` (an address nobody lists), `text` (no address).

    >>> licence_kind("https://creativecommons.org/licenses/by/4.0/"), licence_kind("https://creativecommons.org/licenses/by-nc/4.0/")
    ('open', 'closed')
    >>> licence_kind("http://dcat-ap.de/def/licenses/cc-by/4.0"), licence_kind("CC BY"), licence_kind("https://example.org/l")
    ('open', 'text', 'foreign')
    """
    if not licence.startswith(("https://", "http://")):
        return "unknown" if licence.strip().casefold() in ("", *UNKNOWN) else "text"
    if licence.rstrip("/").rsplit("/", 1)[-1].casefold() in UNKNOWN:
        return "unknown"
    plain = licence.rstrip("/").replace("http://", "https://").removesuffix("/deed.de").removesuffix("/deed.en").removesuffix("/legalcode")
    if plain in OPEN:
        return "open"
    if licence.startswith(LICENCE_LISTS):
        closed = ("nc", "nd", "other-closed", "bsp", "officiallicense")
        return "closed" if set(licence.casefold().replace("/", "-").split("-")) & set(closed) else "open"
    return "closed" if plain.startswith("https://creativecommons.org/licenses/") else "foreign"
