"""Small graphs written as quad tables, as a census by default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.analyse.data import Data, Selection, load
from kg.analyse.incidence import Incidence
from kg.build import Build
from kg.engine.base import Engine
from kg.namespaces import BASE, DCTERMS, INNO, OA, RDF, SCHEMA, SKOS, code
from kg.quads import Quad, Term, decimal, iri, literal, write_parquet

Claim = tuple[str, str, Sequence[str]]
"""Status, attestation and documents."""


def thing(kind: str, name: str) -> str:
    return f"{BASE}id/{kind}/{name}"


@dataclass(frozen=True)
class Part:
    """One participation, as the source gives it."""

    project: str
    body: str
    role: str = "partner"
    amount: str | None = None
    claims: Sequence[Claim] = ()


@dataclass(frozen=True)
class Small:
    """What a small graph holds; all names are last steps of IRIs."""

    parts: Sequence[Part]
    dates: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    frame: str = "census"

    def quads(self) -> Iterable[Quad]:
        def quad(subject: str, predicate: str, term: Term) -> Quad:
            return Quad(subject, predicate, *term, f"{BASE}graph/small", "small#1")

        for project in sorted({part.project for part in self.parts}):
            subject = thing("project", project)
            yield quad(subject, RDF.type, iri(INNO.Project))
            for predicate, text in zip((SCHEMA.startDate, SCHEMA.endDate), self.dates.get(project, ("", "")), strict=True):
                if text:
                    yield quad(subject, predicate, literal(text))
            for topic in self.topics.get(project, ()):
                yield quad(subject, DCTERMS.subject, iri(thing("topic", topic)))
        for body in sorted({part.body for part in self.parts}):
            yield quad(thing("organisation", body), RDF.type, iri(INNO.Organisation))
            if body in self.places:
                yield quad(thing("organisation", body), INNO.location, iri(thing("place", self.places[body])))
        for place, higher in self.within.items():
            yield quad(thing("place", place), INNO.withinPlace, iri(thing("place", higher)))
        for place in sorted({*self.within, *self.within.values()}):
            yield quad(thing("place", place), SKOS.prefLabel, literal(place.title(), language="en"))
        for number, part in enumerate(self.parts):
            me = thing("participation", str(number))
            yield quad(me, INNO.inInitiative, iri(thing("project", part.project)))
            yield quad(me, INNO.participant, iri(thing("organisation", part.body)))
            for role in part.role.split():
                yield quad(me, INNO.role, iri(code("participation-role", role)))
            if part.amount is not None:
                yield quad(me, INNO.contribution, decimal(part.amount))
            for position, (status, attestation, documents) in enumerate(part.claims):
                claim = thing("claim", f"{number}-{position}")
                yield quad(claim, RDF.subject, iri(me))
                yield quad(claim, RDF.predicate, iri(INNO.inInitiative))
                yield quad(claim, INNO.claimStatus, iri(code("claim-status", status)))
                yield quad(claim, INNO.attestation, iri(code("attestation", attestation)))
                for document in documents:
                    yield quad(claim, INNO.evidence, iri(thing("evidence", f"{number}-{position}-{document}")))
                    yield quad(thing("evidence", f"{number}-{position}-{document}"), OA.hasSource, iri(thing("document", document)))

    def build(self, folder: Path) -> Build:
        write_parquet(sorted(set(self.quads())), folder / "quads" / "small.parquet")
        source = {"name": "small", "frame": {"kind": self.frame, "around": "", "date": "2026-01-01", "population": {"de": "klein", "en": "small"}}}
        title = {"de": "Klein", "en": "Small"}
        return Build(folder, {"id": "small", "base": BASE, "name": "small", "title": title, "state": "2026-01-01", "sources": [source]})

    def load(self, folder: Path, engine: Engine, **options: object) -> Data:
        (folder / "quads").mkdir(parents=True, exist_ok=True)
        return load(self.build(folder), Selection(**options), engine=engine)  # type: ignore[arg-type]


def edges(data: Data) -> dict[tuple[str, str], float]:
    """Return the weights of a selection, by last steps of IRIs."""
    network = data.collaboration
    names = [name.rsplit("/", 1)[-1] for name in network.names]
    return {(names[one], names[other]): weight for one, other, weight in zip(network.source, network.target, network.weight.tolist(), strict=True)}


def teams(data: Data) -> dict[str, set[str]]:
    """Return who is in which project, by last steps of IRIs."""
    found = Incidence.teams(data.incidence)
    return {project.rsplit("/", 1)[-1]: {body.rsplit("/", 1)[-1] for body in bodies} for project, bodies in found.items()}
