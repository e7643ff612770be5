"""The folder as enrichment sees it: names, what is there, who is a unit of whom, which place lies where."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.enrich.records import Countries
from kg.errors import InputError, Text
from kg.link.names import key, tokens, variants
from kg.link.profiles import host
from kg.link.score import Profile
from kg.sources.folder import Folder, read_folder
from kg.sources.tables import Row

_WHOLE = re.compile(
    r"universi|hochschule|college|polytechn|akademie|academy|\bstadt\b|\bcity of\b|\blandkreis\b|(?-i:\b(?:TU|RWTH|FH|UPV|AWO)\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"institut|fakultät|faculty|department|lehrstuhl|abteilung|zentrum|centre|center|school|büro|office|stelle|werkstätt|anwendungszentrum|lab\b|laborator",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s+[–—-]\s+|,\s+|\s*\(|\s+(?:an der|der|at|of the)\s+")


def names_of(row: Row) -> tuple[str, ...]:
    """Return all names of an entity, the variants they state included."""
    texts = [row["label_de"], row["label_en"], *(part.strip() for part in row["alt_labels"].split(";"))]
    return tuple(dict.fromkeys(name for text in texts if text for name in variants(text)))


def named_whole(label: str) -> bool:
    """Tell whether a label names a unit and, beside it, the body it belongs to: `Institut für Raumplanung, TU Dortmund`.

    >>> named_whole("Fakultät Rehabilitationswissenschaften, TU Dortmund"), named_whole("Sozialforschungsstelle an der Universität Münster")
    (True, True)
    >>> named_whole("Technische Universität Dortmund"), named_whole("Universidad del País Vasco (UPV/EHU)"), named_whole("University of the Arts London")
    (False, False, False)
    """
    # An acronym in brackets that is the body's own goes: `Universidad del País Vasco (UPV/EHU)`.
    parts = [part for part in _BETWEEN.split(variants(label)[-1] if label.endswith(")") else label) if part]
    wholes = [number for number, part in enumerate(parts) if _WHOLE.search(part)]
    units = [number for number, part in enumerate(parts) if _UNIT.search(part) and number not in wholes]
    return bool(wholes and (units or wholes[0] > 0))


class Entities:
    """The entities of a folder.

    Attributes:
        rows: Row by `entity_id`.
        wholes: For each entity the bodies it is a part of, all the way up.
        located: For each entity the entities it is located in, as rows say.
        bearers: For each `scheme:value` the entities that bear it.
        cities: For each name key the places that go by it.
        no_own_identifiers: Entities whose identifiers are those of the whole (decision `identifier-of-parent`).
    """

    def __init__(self, folder: Folder, countries: Countries) -> None:
        self.folder, self.countries = folder, countries
        self.rows: Mapping[str, Row] = folder.entity
        self.no_own_identifiers = {row["target"] for row in folder.decisions.rows if row["decision"] == "identifier-of-parent"}
        parts, self.located = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for row in folder.relations.rows:
            subject, target = row["subject_id"], row["object_id"]
            if row["predicate"] == "partOf" and self.type(subject) == self.type(target) == "Institution":
                parts[subject].append(target)
            elif (row["predicate"] in ("locatedIn", "hasSite") and self.type(subject) in ("Institution", "Place")) or (
                row["predicate"] == "partOf" and self.type(subject) == self.type(target) == "Place"
            ):
                self.located[subject].append(target)
        self.wholes = {entity: _above(entity, parts) for entity in parts}
        self.bearers = defaultdict[str, list[str]](list)
        for entity in self.rows:
            for text in self.identifiers(entity):
                self.bearers[text].append(entity)
        self.cities = defaultdict[str, list[str]](list)
        for entity, row in self.rows.items():
            if row["type"] == "Place":
                for name in {key(name) for name in names_of(row)} - {""}:
                    self.cities[name].append(entity)

    def type(self, entity: str) -> str:
        """Return the type of an entity, or empty."""
        row = self.rows.get(entity)
        return row["type"] if row else ""

    def of(self, *types: str) -> list[str]:
        """Return the entities of some types, sorted."""
        return sorted(entity for entity, row in self.rows.items() if row["type"] in types)

    def identifiers(self, entity: str) -> list[str]:
        """Return the identifiers in the cell of an entity."""
        return [part.strip() for part in self.rows[entity]["identifiers"].split(";") if part.strip()]

    def label(self, entity: str) -> Text:
        """Return the labels of an entity."""
        row = self.rows[entity]
        return Text(row["label_en"] or row["label_de"], row["label_de"] or row["label_en"])

    def is_unit(self, entity: str) -> bool:
        """Tell whether an institution is a part of another, by a row, a decision or its name."""
        row = self.rows[entity]
        return entity in self.wholes or entity in self.no_own_identifiers or named_whole(row["label_de"]) or named_whole(row["label_en"])

    def places(self, entity: str) -> list[str]:
        """Return all places of an entity up the hierarchy, sorted."""
        return [place for place in _above(entity, self.located) if self.type(place) == "Place"]

    def is_country(self, place: str) -> bool:
        """Tell whether a place of the folder is a country."""
        return bool(self.countries.iso(self.rows[place]["label_en"]))

    def nearer(self, entity: str) -> list[str]:
        """Return what an entity is located in, countries left out."""
        return [target for target in self.located.get(entity, ()) if not self.is_country(target)]

    def country(self, entity: str) -> str:
        """Return the ISO code of the country among the places of an entity, or empty."""
        found = {self.countries.iso(self.rows[place]["label_en"]) for place in (*self.places(entity), entity)} - {""}
        return min(found) if len(found) == 1 else ""

    def profile(self, entity: str) -> Profile:
        """Return what linking compares of an institution."""
        row = self.rows[entity]
        cities = {key(name) for place in self.places(entity) for name in names_of(self.rows[place])}
        country = self.country(entity)
        pages = {host(row["url"])} if row["url"] else set()
        return Profile(
            names_of(row),
            tuple(dict.fromkeys(filter(None, (row["label_de"], row["label_en"])))),
            countries=frozenset({country} - {""}),
            cities=frozenset(cities - {""}),
            kinds=frozenset({row["kind"]} - {""}),
            hosts=frozenset(pages - {""}),
        )

    def whole_names(self, entity: str) -> list[str]:
        """Return the names of the bodies an entity is a part of."""
        return [name for whole in self.wholes.get(entity, ()) for name in names_of(self.rows[whole])]


def _above(entity: str, steps: Mapping[str, Iterable[str]]) -> list[str]:
    found: set[str] = set()
    rest = [entity]
    while rest:
        for target in steps.get(rest.pop(), ()):
            if target not in found and target != entity:
                found.add(target)
                rest.append(target)
    return sorted(found)


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name that tell bodies apart."""
    return frozenset(tokens(name))


def read_entities(path: Path, countries: Countries) -> Entities:
    """Read a folder of tables.

    Raises:
        InputError: A table is missing or unreadable.
    """
    folder = read_folder(path)
    fatal = tuple(problem for problem in folder.problems if problem.fatal)
    if fatal:
        what = Text("The folder of tables cannot be read.", "Der Ordner mit Tabellen ist nicht lesbar.")
        raise InputError(
            what, where=str(path), fix=Text("Run `kg validate` on it first.", "Rufen Sie zuerst `kg validate` dafür auf."), problems=fatal
        )
    return Entities(folder, countries)
