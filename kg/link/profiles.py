"""Profiles of the entities that are compared, read in bulk when they are first needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kg.link.candidates import NameIndex, attributes, grouped, texts_table
from kg.link.entities import DETAILS, PROJECT, Side
from kg.link.names import key
from kg.link.score import Profile
from kg.namespaces import FOAF, ORG, SCHEMA, SKOS, local_name

if TYPE_CHECKING:
    from kg.engine.base import Engine

PROJECT_SCHEMES = frozenset(("cordis", "cordis-rcn", "doi"))
"""Schemes in which a project has one number; a body may have several PICs."""

COUNTRY = "/id/place/country-"
"""What the IRI of a country holds (docs/decisions/0005-bulk.md)."""


class Profiles:
    """Profiles by entity, of both sides."""

    def __init__(self, engine: Engine, left: Side, right: Side, indexes: Mapping[str, NameIndex]) -> None:
        self._engine, self._sides, self._indexes = engine, (left, right), indexes
        self._profiles: dict[str, Profile] = {}
        self._labels: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._graphs: dict[str, str] = {}

    def of(self, entity: str) -> Profile:
        """Return the profile of a loaded entity."""
        return self._profiles[entity]

    def label(self, entity: str) -> str:
        """Return the preferred English label of a loaded entity, else another preferred label, else nothing."""
        return self._labels.get(entity, "")

    def load(self, kind: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Read the profiles of the entities of some pairs that are not there yet."""
        pairs = list(pairs)
        for place, side in enumerate(self._sides):
            wanted = sorted({pair[place] for pair in pairs} - self._profiles.keys())
            if wanted:
                self._read(kind, side, wanted, right=bool(place))

    def _read(self, kind: str, side: Side, wanted: list[str], *, right: bool) -> None:
        preferred = side.names.filter(side.names.predicate == SKOS.prefLabel)
        numbers = side.identifiers.filter(side.identifiers.scheme.isin(sorted(PROJECT_SCHEMES)) & ~side.identifiers.parent)
        tables = {predicate: side.details.filter(side.details.predicate == predicate).select("entity", "value") for predicate in DETAILS}
        tables |= {
            "name": self._indexes[kind].table(right=right).select("entity", value="name"),
            "label": preferred.select("entity", value=(preferred.language == "en").ifelse("0", "1") + preferred.text),
            "place": side.places.select("entity", value="place"),
            "number": numbers.select("entity", value=numbers.scheme + ":" + numbers.value),
            "city": side.places.filter(~side.places.place.contains(COUNTRY)).select("entity", value="text").drop_null(),
        }
        found = attributes(self._engine, tables, wanted)
        for entity in wanted:
            self._kinds[entity] = kind
            self._labels[entity] = found["label"].get(entity, ("0",))[0][1:]
            self._profiles[entity] = Profile(
                found["name"].get(entity, ()),
                tuple(text[1:] for text in found["label"].get(entity, ())),
                countries=frozenset(place for place in found["place"].get(entity, ()) if COUNTRY in place),
                cities=frozenset(key(part) for text in found["city"].get(entity, ()) for part in text.split("/") if key(part)),
                kinds=frozenset(local_name(code) for code in found[ORG.classification].get(entity, ())),
                hosts=frozenset(filter(None, map(host, found[FOAF.page].get(entity, ())))),
                numbers=frozenset(found["number"].get(entity, ())),
                start=min(found[SCHEMA.startDate].get(entity, ("",))),
                end=max(found[SCHEMA.endDate].get(entity, ("",))),
            )

    def partners(self, links: Iterable[tuple[str, str]]) -> None:
        """Give the loaded projects their partners, those of the left side by what they are linked to."""
        linked: dict[str, set[str]] = {}
        for left, right in links:
            linked.setdefault(left, set()).add(right)
        for place, side in enumerate(self._sides):
            projects = sorted(entity for entity in self._profiles if self._kinds[entity] == PROJECT)
            members = grouped(self._engine, side.members.select(entity="initiative", value="organisation"), projects)
            for project, organisations in members.items():
                known = {right for left in organisations for right in linked.get(left, ())} if place == 0 else set(organisations)
                self._profiles[project] = replace(self._profiles[project], partners=frozenset(known))

    def graph(self, entity: str) -> str:
        """Return the first graph of its side that types an entity."""
        if entity not in self._graphs:
            self._graphs.update(self._typed())
        return self._graphs.get(entity, "")

    def _typed(self) -> dict[str, str]:
        engine, found = self._engine, dict[str, str]()
        chosen = engine.table(texts_table(("entity",), [(entity,) for entity in sorted(self._profiles)]))
        for side in self._sides:
            order: dict[str, int] = {graph: number for number, graph in enumerate(side.graphs)}
            rows: list[dict[str, Any]] = engine.to_pylist(side.types.semi_join(chosen, "entity").select("entity", "graph"))
            for row in sorted(rows, key=lambda row: order[row["graph"]], reverse=True):
                found[str(row["entity"])] = str(row["graph"])
        return found


def host(page: str) -> str:
    """Return the host of a page, without `www.`; CORDIS writes some without a scheme.

    >>> host("www.tu-dortmund.de/uni"), host("https://cet.tu-dortmund.de")
    ('tu-dortmund.de', 'cet.tu-dortmund.de')
    """
    try:
        name = urlsplit(page if "//" in page else f"//{page}").hostname or ""
    except ValueError:
        return ""
    return name.removeprefix("www.")
