"""The data set as schema.org JSON-LD, for search engines of data.

Source: the structured data that Google documents for `Dataset` (required: name, description of 50 to 5,000 characters; recommended: the rest), with the
terms of schema.org. Texts are plain strings in one language, as consumers read no language maps; the title in the other language is `alternateName`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kg.config import codes
from kg.publish.catalogue.description import Description, Party
from kg.publish.catalogue.downloads import Download, downloads
from kg.publish.parts import File

LEAST, MOST = 50, 5000
"""Characters of a description that search engines take."""
_MORE = {
    "de": "Wissensgraph über Projekte, Einrichtungen und Orte der Innovation; jede Aussage mit ihrer Quelle.",
    "en": "Knowledge graph of projects, institutions and places of innovation; each statement with its source.",
}


def schema_org(about: Description, files: Iterable[File | Download], lang: str = "", *, page: str = "", catalog: str = "") -> dict[str, Any]:
    """Return the data set and the catalogue it is in as a JSON-LD document with an `@graph`.

    Args:
        about: What is said about the graph, or about one release.
        files: Its files.
        lang: Language of the texts, `de` or `en`; English by default.
        page: Address of the page that the block stands on or leads to; that of the settings, or the data set's own by default.
        catalog: Address of the catalogue; its IRI by default.
    """
    chosen = lang if lang in ("de", "en") else "en"
    other = "en" if chosen == "de" else "de"
    said, listed = about.catalogue, downloads(files, root=about.address(""))
    holder = _party(about.publisher, about.contacts)
    data_catalog = {
        "@type": "DataCatalog",
        "@id": f"{about.base}catalog",
        "url": catalog or f"{about.base}catalog",
        "name": about.title[chosen],
        "description": _described(about.text[chosen], chosen),
        "license": _one(about.licences),
        "publisher": holder,
        "inLanguage": sorted(about.title),
    }
    keywords = list(dict.fromkeys(word for one in (chosen, other) for word in said.keywords.get(one, ())))
    dataset = {
        "@type": "Dataset",
        "@id": about.dataset,
        "url": page or (about.dataset if about.version else said.homepage or about.base),
        "name": about.names[chosen],
        "alternateName": about.names[other] if about.names[other] != about.names[chosen] else "",
        "description": _described(about.text[chosen], chosen),
        "identifier": [about.dataset, *(() if about.version else said.identifiers)],
        "sameAs": [] if about.version else list(said.identifiers),
        "version": about.version or about.build,
        "datePublished": about.issued or ("" if about.version else said.issued),
        "dateModified": about.state,
        "license": _one(about.licences),
        "creator": holder,
        "publisher": holder,
        "keywords": keywords,
        "inLanguage": sorted(about.title),
        "isAccessibleForFree": said.access_rights in ("", "PUBLIC"),
        "temporalCoverage": f"{said.start or '..'}/{said.end or '..'}" if said.start or said.end else "",
        "spatialCoverage": [{"@type": "Place", "@id": place, "identifier": place} for place in (*said.spatial, *said.political_geocoding)],
        "about": [codes.THEMES[name].in_(chosen) for name in said.themes],
        "measurementTechnique": [text for source in about.sources if (text := source["frame"]["population"].get(chosen, ""))],
        "creditText": said.attribution.get(chosen, ""),
        "hasPart": [_part(source, chosen) for source in about.sources if source.get("graph")],
        "distribution": [_download(file, chosen) for file in listed] + _endpoint(said.endpoint),
        "includedInDataCatalog": {"@id": f"{about.base}catalog"},
    }
    return {"@context": "https://schema.org", "@graph": [_filled(data_catalog), _filled(dataset)]}


def _part(source: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return a source as a data set of its own: who publishes it and how it was collected may differ from source to source."""
    other = "en" if lang == "de" else "de"
    name, text = (source[key].get(lang) or source[key].get(other, "") for key in ("title", "description"))
    return _filled(
        {
            "@type": "Dataset",
            "@id": source["graph"],
            "name": name or str(source["name"]),
            "description": _described(text, lang),
            "license": source["license"],
            "publisher": _party(Party.of(source["publisher"]), ()),
            "measurementTechnique": source["frame"]["population"].get(lang, ""),
        }
    )


def _described(text: str, lang: str) -> str:
    """Return a description of a length that search engines take; what is cut ends with an ellipsis."""
    whole = text if len(text) >= LEAST else f"{text} {_MORE[lang]}".strip()
    return whole if len(whole) <= MOST else f"{whole[: MOST - 1]}…"


def _party(publisher: Party, contacts: Iterable[Party]) -> dict[str, Any]:
    if not publisher.name:
        return {}
    points = [
        _filled({"@type": "ContactPoint", "contactType": "data", "name": one.name, "email": one.email, "url": one.url, "telephone": one.telephone})
        for one in contacts
    ]
    kind = "CollegeOrUniversity" if publisher.type == "Academia-ScientificOrganisation" else "Organization"
    return _filled({"@type": kind, "name": publisher.name, "url": publisher.url, "email": publisher.email, "contactPoint": points})


def _download(file: Download, lang: str) -> dict[str, Any]:
    # A packed file is served as what it is: a consumer has to unpack it.
    media = file.compression or file.media
    said: dict[str, Any] = {"@type": "DataDownload", "name": file.name, "contentUrl": file.url, "encodingFormat": media}
    return _filled({**said, "contentSize": f"{file.bytes} B", "description": (file.purpose or {}).get(lang), "sha256": file.sha256})


def _endpoint(address: str) -> list[dict[str, Any]]:
    return (
        [{"@type": "DataDownload", "name": "SPARQL", "contentUrl": address, "encodingFormat": "application/sparql-results+json"}] if address else []
    )


def _one(values: Iterable[str]) -> str | list[str]:
    found = list(values)
    return found[0] if len(found) == 1 else found


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}
