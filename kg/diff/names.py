"""Names of things in a comparison: the new table's before the old one's, the shipped ontology's and code lists' where neither has one."""

# ruff: noqa: S608 (only names of this package are put into statements; every value is bound)
from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.analyse.labels import Named
from kg.diff.words import CLASSES, NAMES, PROPERTIES
from kg.errors import Text
from kg.namespaces import BASE, CODE, GEO, INNO, RDFS, SKOS, local_name

if TYPE_CHECKING:
    from kg.diff.session import Session

_ASKED = (*NAMES, INNO.acronym, SKOS.inScheme, GEO.asWKT)
_SCHEMES = {"ror": "ROR", "pic": "PIC", "gnd": "GND", "doi": "DOI", "wikidata": "Wikidata", "cordis": "CORDIS", "cordis-rcn": "CORDIS RCN"}


class Names:
    """Labels, looked up in batches and remembered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, Named] = {}

    def load(self, iris: Iterable[str]) -> None:
        """Look up the labels of things that are not known yet; terms of the shipped ontology and code lists are called as they are shipped."""
        new = {iri for iri in iris if iri not in self._known and not (iri in PROPERTIES or iri in CLASSES or iri in _shipped())}
        if not new:
            return
        self._session.texts("asked", new)
        marks = ", ".join("?" for _ in _ASKED)
        found: dict[str, dict[str, dict[str, str]]] = {iri: {} for iri in new}
        for side in ("a", "b"):
            # What the new table says replaces what the old one said, per property and language; of several the smallest.
            rows = self._session.rows(
                f"SELECT subject, predicate, language, min(object) FROM {side} SEMI JOIN asked ON subject = value "
                f"WHERE predicate IN ({marks}) GROUP BY ALL",
                _ASKED,
            )
            for subject, predicate, language, value in rows:
                found[subject].setdefault(predicate, {})[language] = value
        for iri, facts in found.items():
            self._known[iri] = Named(iri, _labels(iri, facts))

    def __getitem__(self, iri: str) -> Named:
        """Return a thing with its labels; what was not loaded has none."""
        return self._known.get(iri) or Named(iri, dict(_shipped().get(iri, {})))

    def property(self, iri: str) -> Text:
        """Return what a property is called; the shipped name before the one in the data, which may be no noun."""
        if iri in PROPERTIES:
            return PROPERTIES[iri]
        named = self[iri]
        return Text(named.label("en"), named.label("de"))

    def cls(self, iri: str) -> Text:
        """Return what a class is called, in the plural where that is known."""
        if iri in CLASSES:
            return CLASSES[iri]
        named = self[iri]
        return Text(named.label("en"), named.label("de"))


def _labels(iri: str, facts: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return labels per language: of each language the best property that has one."""
    labels: dict[str, str] = {}
    for predicate in reversed(NAMES):
        labels |= facts.get(predicate, {})
    acronym = next(iter(facts.get(INNO.acronym, {}).values()), "")
    if acronym and "/project/" in iri:
        return {lang: label if acronym.casefold() in label.casefold() else f"{acronym} – {label}" for lang, label in labels.items()} or {"": acronym}
    scheme = next(iter(facts.get(SKOS.inScheme, {}).values()), "")
    if "identifier-scheme/" in scheme and labels:
        kind = local_name(scheme)
        return {"": f"{_SCHEMES.get(kind, kind)} {next(iter(labels.values()))}"}
    if not labels and (point := facts.get(GEO.asWKT)):
        return point
    return labels or dict(_shipped().get(iri, {}))


@lru_cache(maxsize=1)
def _shipped() -> dict[str, dict[str, str]]:
    """Return the labels of the shipped ontology and code lists, by IRI and language."""
    from kg.resources import folder
    from kg.sources.rdf import read_rdf

    labels: dict[str, dict[str, str]] = {}
    for path in (folder("ontology", "inno.ttl"), *sorted(folder("ontology", "codes").glob("*.ttl"))):
        for quad in read_rdf(path):
            if quad.predicate in (RDFS.label, SKOS.prefLabel) and quad.subject.startswith((BASE, CODE)):
                labels.setdefault(quad.subject, {})[quad.language] = quad.object
    return labels
