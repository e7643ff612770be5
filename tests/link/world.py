"""A small world of two sources for tests: entities are written as short lines, quads come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kg.engine.duckdb import DuckDB
from kg.identifiers import node_key
from kg.namespaces import ADMS, BASE, CODE, INNO, ORG, RDF, SCHEMA, SKOS
from kg.quads import Quad, Term, iri, literal, write_parquet

LEFT, RIGHT = f"{BASE}graph/left", f"{BASE}graph/right"


def org(key: str) -> str:
    return f"{BASE}id/organisation/{key}"


def project(key: str) -> str:
    return f"{BASE}id/project/{key}"


class World:
    """Collects quads."""

    def __init__(self) -> None:
        self.quads: list[Quad] = []

    def add(self, graph: str, subject: str, predicate: str, term: Term) -> None:
        self.quads.append(Quad(subject, predicate, *term, graph, "test#1"))

    def identifier(self, graph: str, entity: str, identifier: str, *, parent: bool = False) -> None:
        scheme, _, value = identifier.partition(":")
        node = f"{BASE}id/identifier/{scheme}-{value.lower()}"
        self.add(graph, entity, INNO.parentIdentifier if parent else ADMS.identifier, iri(node))
        self.add(graph, node, SKOS.notation, literal(value))
        self.add(graph, node, SKOS.inScheme, iri(f"{CODE}identifier-scheme/{scheme}"))

    def organisation(
        self,
        graph: str,
        key: str,
        *names: str,
        ids: Iterable[str] = (),
        parent_ids: Iterable[str] = (),
        part_of: str = "",
        city: str = "",
        country: str = "",
        kind: str = "",
    ) -> str:
        entity = org(key)
        self.add(graph, entity, RDF.type, iri(INNO.Organisation))
        self._names(graph, entity, names)
        for identifier in ids:
            self.identifier(graph, entity, identifier)
        for identifier in parent_ids:
            self.identifier(graph, entity, identifier, parent=True)
        if part_of:
            self.add(graph, entity, RDF.type, iri(ORG.OrganizationalUnit))
            self.add(graph, entity, ORG.subOrganizationOf, iri(org(part_of)))
        if kind:
            self.add(graph, entity, ORG.classification, iri(f"{CODE}organisation-kind/{kind}"))
        if city:
            place = f"{BASE}id/place/{graph[-5:].strip('/')}-{city.lower()}"
            self.add(graph, entity, INNO.location, iri(place))
            self.add(graph, place, SKOS.prefLabel, literal(city, language="en"))
            if country:
                self.add(graph, place, INNO.withinPlace, iri(f"{BASE}id/place/country-{country}"))
        elif country:
            self.add(graph, entity, INNO.location, iri(f"{BASE}id/place/country-{country}"))
        return entity

    def project(self, graph: str, key: str, *names: str, ids: Iterable[str] = (), start: str = "", members: Iterable[str] = ()) -> str:
        entity = project(key)
        self.add(graph, entity, RDF.type, iri(INNO.Project))
        self._names(graph, entity, names)
        for identifier in ids:
            self.identifier(graph, entity, identifier)
        if start:
            self.add(graph, entity, SCHEMA.startDate, literal(start))
        for member in members:
            body, _, role = member.partition("/")
            node = f"{BASE}id/participation/{node_key([(key, member)])}"
            self.add(graph, node, INNO.inInitiative, iri(entity))
            self.add(graph, node, INNO.participant, iri(org(body)))
            self.add(graph, node, INNO.role, iri(f"{CODE}participation-role/{role or 'partner'}"))
        return entity

    def _names(self, graph: str, entity: str, names: Iterable[str]) -> None:
        for number, name in enumerate(names):
            self.add(graph, entity, SKOS.altLabel if number else SKOS.prefLabel, literal(name, language="" if number else "en"))

    def engine(self, folder: Path) -> Iterator[tuple[DuckDB, Any]]:
        """Yield an engine and the quad table."""
        write_parquet(self.quads, folder / "quads.parquet")
        with DuckDB(threads=1) as engine:
            yield engine, engine.quads([folder / "quads.parquet"])
