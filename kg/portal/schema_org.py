"""The thing as schema.org JSON-LD inside its page: what search engines for data read (product guide, P1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kg.namespaces import DCTERMS, FOAF, INNO, SCHEMA, SKOS, WGS
from kg.portal.facts import Said, Statement

if TYPE_CHECKING:
    from kg.store import Node

TYPES = {
    INNO.Organisation: "Organization",
    INNO.Project: "ResearchProject",
    INNO.Programme: "FundingScheme",
    INNO.Campaign: "Project",
    INNO.Event: "Event",
    INNO.Place: "Place",
    INNO.Document: "CreativeWork",
    SKOS.Concept: "DefinedTerm",
    SKOS.ConceptScheme: "DefinedTermSet",
    "http://www.w3.org/ns/dcat#Dataset": "Dataset",
}
"""Type by class; a thing of another class gets no block."""
_DATES = {
    "Organization": ("foundingDate", "dissolutionDate"),
    "ResearchProject": ("foundingDate", "dissolutionDate"),
    "Project": ("foundingDate", "dissolutionDate"),
    "Event": ("startDate", "endDate"),
}
_MAX_TEXTS = 40


def schema_org(iri: str, address: str, classes: Iterable[str], statements: Iterable[Statement], location: Iterable[Said], lang: str) -> str:
    """Return the block as text that may stand inside a `<script>` element, or an empty text for a thing without a schema.org type.

    Args:
        iri: The thing.
        address: Whole address of its page.
        classes: Its classes.
        statements: About it.
        location: What is said about its place, for coordinates.
        lang: Language of the page: names and descriptions are given in it first.
    """
    kind = next((TYPES[one] for one in classes if one in TYPES), "")
    if not kind:
        return ""
    said = [(one.predicate, one.object) for one in statements]
    data: dict[str, Any] = {"@context": "https://schema.org", "@type": kind, "@id": iri, "url": address}
    names = _texts(said, (SKOS.prefLabel, DCTERMS.title), lang)
    data["name"] = names[0] if names else None
    data["alternateName"] = names[1:] + _texts(said, (SKOS.altLabel, INNO.acronym), lang)
    data["description"] = next(iter(_texts(said, (DCTERMS.description, SKOS.definition), lang)), None)
    data["sameAs"] = [v.value for p, v in said if p == SCHEMA.sameAs and v.value.startswith("http")]
    data["identifier"] = [v.value for p, v in said if p == DCTERMS.identifier]
    pages = [v.value for p, v in said if p == FOAF.page and v.value.startswith("http")]
    data["mainEntityOfPage"] = pages[:1]
    for name, predicate in zip(_DATES.get(kind, ()), (SCHEMA.startDate, SCHEMA.endDate), strict=False):
        data[name] = next((v.value for p, v in said if p == predicate), None)
    where = dict(location)
    if WGS.lat in where and WGS.long in where:
        geo = {"@type": "GeoCoordinates", "latitude": _number(where[WGS.lat].value), "longitude": _number(where[WGS.long].value)}
        data.update({"geo": geo} if kind == "Place" else {"location": {"@type": "Place", "geo": geo}})
    return for_script({key: value[:_MAX_TEXTS] if isinstance(value, list) else value for key, value in data.items() if value not in (None, [], "")})


def for_script(data: object) -> str:
    """Return JSON that may stand inside a `<script>` element: no `<`, `>` or `&` is left, so that nothing in it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _texts(said: Iterable[Said], predicates: tuple[str, ...], lang: str) -> list[str]:
    found: list[Node] = [value for name in predicates for predicate, value in said if predicate == name]
    found.sort(key=lambda one: getattr(one, "language", None) != lang)
    return list(dict.fromkeys(one.value for one in found))


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
