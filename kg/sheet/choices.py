"""The lists that cells are chosen from: codes from the ontology and the rules of the tables, ids from the tables themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from kg.namespaces import BASE, RDFS, SKOS
from kg.resources import folder
from kg.sources.folder import ATTESTATIONS, DECISIONS, LITERAL_PREDICATES, PREDICATES, TYPES
from kg.sources.lossless import LosslessTable
from kg.sources.rdf import read_rdf

SCHEMES = ("participation-role", "site-role", "result-status")
"""Code lists that a wording of a role may be mapped to."""

OPEN = ("languages", "currencies", "entities", "sources", "institutions", "places")
"""Lists that are not complete: what is not in them may be right, so that a spreadsheet warns only."""

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt")
_CURRENCIES = ("CHF", "EUR", "GBP", "USD")
_CLASS_OF = {"Institution": "Organisation", "Topic": ""}


def choices(tables: Mapping[str, LosslessTable]) -> dict[str, tuple[str, ...]]:
    """Return each list by name: codes in their own order, ids sorted.

    Args:
        tables: The tables of the folder by name.
    """
    entities = tables.get("entities")
    kinds = _column(entities, "entity_id", "type")
    codes = [code for scheme in SCHEMES for code in _names(scheme)]
    return {
        "types": TYPES,
        "kinds": tuple(_names("organisation-kind")),
        "predicates": (*PREDICATES, *LITERAL_PREDICATES),
        "role_predicates": ("*", *PREDICATES),
        "role_schemes": SCHEMES,
        "role_codes": tuple(dict.fromkeys(codes)),
        "attestations": ATTESTATIONS,
        "decisions": DECISIONS,
        "languages": _with(_LANGUAGES, tables.get("sources"), "language"),
        "currencies": _with(_CURRENCIES, tables.get("relations"), "currency"),
        "entities": _sorted(name for name, _ in kinds),
        "sources": _sorted(name for name, _ in _column(tables.get("sources"), "source_id")),
        "institutions": _sorted(name for name, kind in kinds if kind == "Institution"),
        "places": _sorted(name for name, kind in kinds if kind == "Place"),
    }


def explained(choice: str, lang: str) -> Mapping[str, str]:
    """Return the names of the codes of a list, where the ontology names them.

    Args:
        choice: Name of the list.
        lang: `de` or `en`.
    """
    if choice == "types":
        labels = _labels(lang)
        return {name: labels.get(f"{BASE}ontology#{_CLASS_OF.get(name, name)}", "") for name in TYPES}
    schemes = {"kinds": ("organisation-kind",), "attestations": ("attestation",), "role_codes": SCHEMES}.get(choice, ())
    return {code: names[lang] for scheme in schemes for code, names in _names(scheme).items()}


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(filter(None, names))))


def _with(known: tuple[str, ...], table: LosslessTable | None, column: str) -> tuple[str, ...]:
    return _sorted((*known, *(name for name, _ in _column(table, column))))


def _column(table: LosslessTable | None, column: str, beside: str = "") -> list[tuple[str, str]]:
    """Return the cells of a column, each with the one beside it, trimmed."""
    if table is None or column not in table.columns:
        return []
    other = beside in table.columns
    return [(table.cell(row, column).strip(), table.cell(row, beside).strip() if other else "") for row in table.rows]


@lru_cache(maxsize=16)
def _names(scheme: str) -> dict[str, dict[str, str]]:
    """Return the codes of a shipped list in its order, with their names per language."""
    quads = read_rdf(folder("ontology", "codes", f"{scheme}.ttl"))
    notation = {quad.subject: quad.object for quad in quads if quad.predicate == SKOS.notation}
    names: dict[str, dict[str, str]] = {code: {} for code in notation.values()}
    for quad in quads:
        if quad.predicate == SKOS.prefLabel and quad.subject in notation:
            names[notation[quad.subject]][quad.language] = quad.object
    return names


@lru_cache(maxsize=2)
def _labels(lang: str) -> dict[str, str]:
    quads = read_rdf(folder("ontology", "inno.ttl"))
    return {quad.subject: quad.object for quad in quads if quad.predicate == RDFS.label and quad.language == lang}
