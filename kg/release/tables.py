"""The tables of entities, written from the quad tables class by class: the statements of one entity are held at a time, and what is known of places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.labels import Named
from kg.namespaces import ADMS, DCTERMS, FOAF, INNO, RDF, SKOS, WGS, local_name
from kg.publish.limits import SEPARATOR, cell
from kg.publish.tables import Column, write_rows
from kg.release.entities import DATE, ENTITIES, NUMBERS, Field, Table

if TYPE_CHECKING:
    from kg.engine.base import Engine

BATCH = 20_000
_FORMS = {kind: re.compile(rf"(?:{form})\Z") for kind, form in {"date": DATE, **NUMBERS}.items()}
_COUNTRY, _NUTS = re.compile(r"[A-Z]{2}\Z"), re.compile(r"[A-Z]{2}[0-9A-Z]{1,3}\Z")
_STEPS = 12
"""Places above a place that are looked at."""
_RANGES = {"latitude": 90.0, "longitude": 180.0}


class Value(NamedTuple):
    """An object of a statement about an entity."""

    text: str
    language: str
    kind: str


@dataclass
class Place:
    """What is known of a place.

    Attributes:
        names: Label per language tag; the smallest where there are several.
        within: Places it lies in.
        codes: Its `dcterms:identifier`: ISO codes of countries, NUTS codes.
        latitude: Values that are stated.
        longitude: Values that are stated.
    """

    names: dict[str, str] = field(default_factory=dict)
    within: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    latitude: list[str] = field(default_factory=list)
    longitude: list[str] = field(default_factory=list)

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude, where each is stated once and lies on the globe."""
        if len(self.longitude) != 1 or len(self.latitude) != 1 or disputed("longitude", self.longitude) or disputed("latitude", self.latitude):
            return None
        return float(self.longitude[0]), float(self.latitude[0])

    @property
    def level(self) -> str:
        """`country`, `nuts-1` to `nuts-3`, or empty where no code says so."""
        for code in self.codes:
            if _COUNTRY.match(code):
                return "country"
            if _NUTS.match(code):
                return f"nuts-{len(code) - 2}"
        return ""


@dataclass
class Known:
    """What the tables need to know of other entities.

    Attributes:
        places: The places by IRI.
        identifiers: Identifiers by their node, each with its scheme.
        agents: Names of publishers.
        emptied: Cells left empty because their text is longer than a cell, by table.
    """

    places: dict[str, Place] = field(default_factory=dict)
    identifiers: dict[str, str] = field(default_factory=dict)
    agents: dict[str, str] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)

    def country(self, places: Iterable[str]) -> list[str]:
        """Return the codes of the countries that places lie in, as far as the graph says."""
        found, seen, ahead = set(), set(), list(places)
        for _ in range(_STEPS):
            above = []
            for iri in ahead:
                place = self.places.get(iri)
                if place is None or iri in seen:
                    continue
                seen.add(iri)
                codes = [code for code in place.codes if _COUNTRY.match(code)]
                found.update(codes)
                above += [] if codes else place.within
            ahead = above
        return sorted(found)


def read_known(engine: Engine, quads: Any) -> Known:
    """Read places, identifiers and names of publishers: one row per statement about them.

    Args:
        engine: Batch engine.
        quads: Ibis table in the layout of the quad table.
    """
    known = Known()
    wanted = (SKOS.prefLabel, INNO.withinPlace, DCTERMS.identifier, WGS.lat, WGS.long)
    for iri, values in _entities(engine, quads, (INNO.Place,), wanted):
        names = sorted((value.language, value.text) for value in values[SKOS.prefLabel])
        parts = (sorted({value.text for value in values[name]}) for name in wanted[1:])
        known.places[iri] = Place(dict(reversed(names)), *parts)
    for iri, values in _entities(engine, quads, (ADMS.Identifier,), (SKOS.notation, SKOS.inScheme)):
        scheme = min((local_name(value.text) for value in values[SKOS.inScheme]), default="")
        for value in values[SKOS.notation][:1]:
            known.identifiers[iri] = f"{scheme}:{value.text}" if scheme else value.text
    for iri, values in _entities(engine, quads, (FOAF.Agent,), (FOAF.name,)):
        known.agents[iri] = min((value.text for value in values[FOAF.name]), default="")
    return known


def _entities(engine: Engine, quads: Any, classes: Sequence[str], predicates: Sequence[str]) -> Iterator[tuple[str, dict[str, list[Value]]]]:
    """Yield the members of some classes in the order of their IRIs, each with the distinct values of some properties, in order."""
    members = quads.filter((quads.predicate == RDF.type) & quads.object.isin(list(classes))).select("subject").distinct()
    # Rows of one statement stand together and are dropped here: the engine would hold all texts to find them.
    said = quads.filter(quads.predicate.isin([*predicates, RDF.type])).select("subject", "predicate", "object", "language", "kind")
    said = said.semi_join(members, "subject").order_by("subject", "predicate", "object", "language", "kind")
    subject, values = "", dict[str, list[Value]]()
    for batch in engine.batches(said, BATCH):
        for item, predicate, *value in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if item != subject:
                if subject:
                    yield subject, values
                subject, values = item, {name: [] for name in (*predicates, RDF.type)}
            found = Value(*value)
            if values[predicate][-1:] != [found]:
                values[predicate].append(found)
    if subject:
        yield subject, values


def write_entities(engine: Engine, quads: Any, known: Known, folder: Path) -> dict[str, int]:
    """Write the tables of :data:`kg.release.entities.ENTITIES` and return their numbers of rows."""
    numbers = {}
    for name, table in ENTITIES.items():
        numbers[name] = write_rows(folder / name, [item.column for item in table.fields], _rows(engine, quads, known, name, table))
    return numbers


_LABEL, _TEXT = (SKOS.prefLabel,), (DCTERMS.description, SKOS.definition)
_RULES = {"label": _LABEL, "text": _TEXT, "identifiers": (ADMS.identifier, DCTERMS.identifier), "country": (INNO.location, INNO.withinPlace)}
"""Properties that rules need besides those a field names."""


def _rows(engine: Engine, quads: Any, known: Known, name: str, table: Table) -> Iterator[list[str]]:
    wanted = {
        predicate for item in table.fields for predicate in (*_RULES.get(item.how, ()), *(item.of if item.how not in ("label", "text") else ()))
    }
    classes = {kind: local_name(kind) for kind in table.classes}
    for iri, values in _entities(engine, quads, table.classes, sorted(wanted)):
        row = _Row(iri, values, known, classes)
        texts = [row.cell(item) for item in table.fields]
        cells = [cell([text]) for text in texts]
        known.emptied[name] = known.emptied.get(name, 0) + sum(text != cut for text, cut in zip(texts, cells, strict=True))
        yield cells


class _Row:
    """The cells of one entity."""

    def __init__(self, iri: str, values: Mapping[str, list[Value]], known: Known, classes: Mapping[str, str]) -> None:
        self._iri, self._values, self._known, self._classes = iri, values, known, classes
        self._apart: list[str] = []

    def cell(self, item: Field) -> str:
        """Return the cell of a field; that of `disputed` comes last and knows what those before it left empty."""
        found = getattr(self, f"_{item.how}")(item)
        return SEPARATOR.join(found) if isinstance(found, list) else str(found)

    def _of(self, item: Field) -> list[Value]:
        return [value for predicate in item.of for value in self._values[predicate]]

    def _id(self, _: Field) -> str:
        return self._iri

    def _label(self, item: Field) -> str:
        names = {value.language: value.text for value in reversed(self._values[SKOS.prefLabel])}
        return Named(self._iri, names).label(item.of[0])

    def _text(self, item: Field) -> str:
        texts = [value.text for predicate in _TEXT for value in self._values[predicate] if value.language == item.of[0]]
        return "\n\n".join(dict.fromkeys(texts))

    def _one(self, item: Field) -> str:
        return self._single(item.column, [value.text for value in self._of(item)])

    def _single(self, column: Column, texts: Iterable[str]) -> str:
        stated = sorted(set(texts))
        if not disputed(column.type if column.name not in _RANGES else column.name, stated):
            return stated[0] if stated else ""
        self._apart.append(f"{column.name}: {' | '.join(stated)}")
        return ""

    def _latitude(self, item: Field) -> str:
        return self._single(item.column, self._known.places[self._iri].latitude)

    def _longitude(self, item: Field) -> str:
        return self._single(item.column, self._known.places[self._iri].longitude)

    def _iris(self, item: Field) -> list[str]:
        return sorted({value.text for value in self._of(item) if value.kind == "iri"})

    def _codes(self, item: Field) -> list[str]:
        return sorted({local_name(value.text) for value in self._of(item)})

    def _texts(self, item: Field) -> list[str]:
        return sorted({value.text for value in self._of(item)})

    def _names(self, item: Field) -> list[str]:
        return sorted({self._known.agents.get(value.text) or value.text for value in self._of(item)})

    def _identifiers(self, _: Field) -> list[str]:
        nodes = {self._known.identifiers.get(value.text, "") for value in self._values[ADMS.identifier]}
        return sorted({*nodes, *(value.text for value in self._values[DCTERMS.identifier])} - {""})

    def _country(self, _: Field) -> list[str]:
        if self._iri in self._known.places:
            return self._known.country([self._iri])
        return self._known.country(value.text for value in self._values[INNO.location])

    def _level(self, _: Field) -> str:
        return self._known.places[self._iri].level

    def _class(self, _: Field) -> list[str]:
        return sorted({self._classes[value.text] for value in self._values[RDF.type] if value.text in self._classes})

    def _code(self, _: Field) -> str:
        return local_name(self._iri)

    def _disputed(self, _: Field) -> list[str]:
        return self._apart


def disputed(kind: str, stated: Sequence[str]) -> bool:
    """Return whether values are more than one, or one without the form or range of its kind."""
    if len(stated) != 1:
        return bool(stated)
    form = _FORMS.get("decimal" if kind in _RANGES else kind)
    if form is not None and not form.match(stated[0]):
        return True
    return kind in _RANGES and abs(float(stated[0])) > _RANGES[kind]
