"""From the path of a document to the IRI it is about, and from a graph to what stands at an IRI (linked data patterns: product guide, P2).

`/id/x`, `/doc/x`, `/data/x` are the three addresses of one thing: name, page, data (Cool URIs for the Semantic Web, W3C 2008, section 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from kg.namespaces import BASE
from kg.portal.desk import Desk
from kg.portal.facts import exists
from kg.portal.page import Request

SUFFIXES = ("html", "ttl", "jsonld", "nt", "rdf", "json")
"""Formats a path may end with."""
MAX_KEY = 1000
_FORBIDDEN = frozenset('<>"{}|^`\\')


@dataclass(frozen=True)
class Thing:
    """What a path names.

    Attributes:
        iri: The IRI.
        path: Its document, `/doc/…` or `/resource?iri=…` for an IRI of somebody else, without the root path.
        form: Format that the path asks for by its suffix, or empty.
        found: Whether the graph says anything about it, or by it.
    """

    iri: str
    path: str
    form: str
    found: bool


def is_iri(text: str) -> bool:
    """Tell whether a text can be written as an IRI in SPARQL and RDF (RFC 3987; the characters that SPARQL's IRIREF forbids)."""
    import pyoxigraph as ox

    scheme, colon, rest = text.partition(":")
    named = scheme[:1].isascii() and scheme[:1].isalpha() and all(c.isascii() and (c.isalnum() or c in "+.-") for c in scheme)
    if not (colon and rest and named) or len(text) > MAX_KEY * 2 or any(c in _FORBIDDEN or c <= " " or not c.isprintable() for c in text):
        return False
    try:
        # The store has the last word: what it refuses must not come near a query.
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def candidates(base: str, key: str) -> list[str]:
    """Return the IRIs that a key may stand for, the likelier first.

    >>> candidates("https://w3id.org/innokg/", "project/t-factor")
    ['https://w3id.org/innokg/id/project/t-factor']
    >>> candidates("https://w3id.org/innokg/", "ontology/Project")
    ['https://w3id.org/innokg/ontology#Project']
    """
    kind, slash, rest = key.partition("/")
    if kind == "ontology":
        # The vocabulary is shared by all graphs: it never lies under another root.
        return [BASE + "ontology" + (f"#{rest}" if rest else "")]
    if kind in ("code", "graph") and slash and rest:
        return list(dict.fromkeys((base + key, BASE + key)))
    return [f"{base}id/{key}"]


def thing(desk: Desk, key: str) -> Thing:
    """Return what a key names: an entity of exactly this key wins over a key with a suffix, since a key may hold a dot.

    Args:
        desk: The graph.
        key: Path behind `/doc/` or `/data/`; `code/…`, `graph/…` and `ontology/…` keep their first step.
    """
    stem, form = without_suffix(key)
    choices = [(key, "")] + ([(stem, form)] if form else [])
    named = [(iri, form) for text, form in choices if len(text) <= MAX_KEY for iri in candidates(desk.base, text) if is_iri(iri)]
    for iri, form in named:
        if exists(desk.store, iri):
            return Thing(iri, document_path(desk, iri), form, True)
    iri, form = named[-1] if named else ("", "")
    return Thing(iri, document_path(desk, iri) if iri else "", form, False)


def without_suffix(key: str) -> tuple[str, str]:
    """Return a key without the suffix of a format, and the format; an empty format where there is none.

    >>> without_suffix("project/t-factor.ttl")
    ('project/t-factor', 'ttl')
    """
    stem, dot, suffix = key.rpartition(".")
    return (stem, suffix) if dot and stem and not stem.endswith("/") and suffix in SUFFIXES else (key, "")


def document_path(desk: Desk, iri: str) -> str:
    """Return the path of the page about an IRI, below the root path."""
    return desk.local(iri) or "/resource?iri=" + quote(iri, safe="")


def data_address(desk: Desk, request: Request, iri: str, form: str) -> str:
    """Return the address of the data about an IRI in a format, without origin."""
    local = desk.local(iri)
    if local:
        return f"{request.root}/data/{local.removeprefix('/doc/')}.{form}"
    return f"{request.root}/resource?iri={quote(iri, safe='')}&format={form}"
