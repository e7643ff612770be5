"""What every result is computed from: the participations that count, by what was selected, with the method they stand for.

A result never reads a build itself: it is a function of :class:`Data`, so that all results of one selection count the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.analyse.dates import Span
from kg.analyse.edges import Collaboration, collaboration
from kg.analyse.frames import Frame, frame_of
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named
from kg.analyse.method import Method, method_of
from kg.analyse.projection import LEVELS, ROLES, WEIGHTS, check, counted, organisations
from kg.errors import AnalysisError, Text
from kg.namespaces import DCTERMS, INNO, RDFS, SCHEMA, SKOS, local_name

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa

    from kg.build import Build
    from kg.engine.base import Engine


@dataclass(frozen=True)
class Selection:
    """What counts, and how.

    Attributes:
        level: One of :data:`kg.analyse.projection.LEVELS`.
        weight: One of :data:`kg.analyse.projection.WEIGHTS`.
        roles: A key of :data:`kg.analyse.projection.ROLES`.
        linked: Whether entities that exact links join count as one.
        seed: Seed of everything random.
    """

    level: str = "merged"
    weight: str = "newman"
    roles: str = "all"
    linked: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what is not known.

        Raises:
            AnalysisError: An option has no such value.
        """
        check(self.level, LEVELS, "level")
        check(self.weight, WEIGHTS, "weight")
        check(self.roles, ROLES, "roles")


@dataclass(frozen=True, eq=False)
class Data:
    """Participations as they count, and what stands around them.

    Attributes:
        build: The build they come from.
        selection: What was selected.
        table: Columns of :class:`kg.analyse.projection.Row` as texts; `role` is an IRI here.
        labels: Labels and kinds of the institutions.
        method: How numbers made of it are made; results give it with each number.
        engine: A session to look more up in; one is opened and closed where it is None.
    """

    build: Build
    selection: Selection
    table: pa.Table
    labels: Mapping[str, Named]
    method: Method
    engine: Engine | None = field(default=None, repr=False)

    @property
    def frame(self) -> Frame:
        """How the data were collected."""
        return self.method.frame

    def named(self, iri: str) -> Named:
        """Return an institution with its labels."""
        return self.labels.get(iri) or Named(iri)

    @cached_property
    def incidence(self) -> Incidence:
        """Who is in which project."""
        return Incidence.read(self.table)

    @cached_property
    def collaboration(self) -> Collaboration:
        """The collaboration network by columns, at any size; nodes are the institutions of :attr:`incidence`."""
        return collaboration(self.incidence, self.selection.weight)

    @cached_property
    def network(self) -> nx.Graph:
        """The same as `networkx.Graph`; about 1 kB an edge."""
        return self.collaboration.networkx(self.labels)

    @cached_property
    def spans(self) -> dict[str, Span]:
        """When each project ran, as far as its own dates say; every project has an entry."""
        found: dict[str, dict[str, str]] = {project: {} for project in self.incidence.projects}
        for subject, predicate, value in self._of(self.incidence.projects, SCHEMA.startDate, SCHEMA.endDate):
            dates = found[subject]
            dates[predicate] = min(value, dates.get(predicate, value))
        return {project: Span(dates.get(SCHEMA.startDate, ""), dates.get(SCHEMA.endDate, "")) for project, dates in found.items()}

    @cached_property
    def topics(self) -> dict[str, tuple[str, ...]]:
        """IRIs of the topics of each project, sorted; projects without a topic have an empty entry."""
        found: dict[str, set[str]] = {project: set() for project in self.incidence.projects}
        for subject, _, value in self._of(self.incidence.projects, DCTERMS.subject):
            found[subject].add(value)
        return {project: tuple(sorted(topics)) for project, topics in found.items()}

    @cached_property
    def countries(self) -> dict[str, str]:
        """IRI of the country of each institution, as its places lead to one (`inno:location`, `inno:withinPlace`); without one no entry."""
        places: dict[str, str] = {}
        for subject, _, value in self._of(self.incidence.institutions, INNO.location):
            places[subject] = min(value, places.get(subject, value))
        above = {subject: value for subject, _, value in self._all(INNO.withinPlace)}
        found = {}
        for institution, place in places.items():
            seen: set[str] = set()
            while not is_country(place) and place in above and place not in seen:
                seen.add(place)
                place = above[place]
            if is_country(place):
                found[institution] = place
        return found

    def names(self, iris: Any) -> dict[str, Named]:
        """Return labels of any things (topics, projects, places) by IRI."""
        wanted = sorted(set(iris))
        labels: dict[str, dict[str, str]] = {iri: {} for iri in wanted}
        for subject, predicate, value, language in self._of(wanted, SKOS.prefLabel, RDFS.label, language=True):
            known = labels[subject]
            if predicate == SKOS.prefLabel or language not in known:
                known[language] = value
        return {iri: Named(iri, found) for iri, found in labels.items()}

    def with_draws(self, number: int) -> Data:
        """Return the same for a result that rests on so many draws."""
        return replace(self, method=replace(self.method, draws=number))

    def _of(self, subjects: list[str], *predicates: str, language: bool = False) -> Iterator[tuple[str, ...]]:
        """Yield subject, predicate, object (and language) of statements about some things, sorted."""
        import pyarrow as pa

        from kg.quads import strings

        with self._session() as engine:
            quads = engine.quads(self.build.parquet)
            asked = engine.table(pa.table({"subject": strings(subjects)}))
            rows = quads.filter(quads.predicate.isin(list(predicates))).semi_join(asked, "subject")
            yield from self._rows(engine, rows, language=language)

    def _all(self, *predicates: str) -> Iterator[tuple[str, ...]]:
        """Yield subject, predicate and object of all statements with some properties, sorted."""
        with self._session() as engine:
            quads = engine.quads(self.build.parquet)
            yield from self._rows(engine, quads.filter(quads.predicate.isin(list(predicates))))

    @staticmethod
    def _rows(engine: Engine, rows: Any, *, language: bool = False) -> Iterator[tuple[str, ...]]:
        names = ["subject", "predicate", "object", *(["language"] if language else [])]
        found = engine.to_arrow(rows.select(*names).distinct().order_by(names))
        yield from zip(*(column.to_pylist() for column in found.columns), strict=True)

    @contextmanager
    def _session(self) -> Iterator[Engine]:
        from kg.engine.duckdb import DuckDB

        if self.engine is not None:
            yield self.engine
        else:
            with DuckDB() as engine:
                yield engine


def is_country(place: str) -> bool:
    """Tell whether the IRI of a place is that of a country.

    >>> is_country("https://w3id.org/innokg/id/place/country-DE"), is_country("https://w3id.org/innokg/id/place/nuts-DE")
    (True, False)
    """
    return local_name(place).startswith("country-")


def load(build: Build, selection: Selection | None = None, *, engine: Engine | None = None) -> Data:
    """Return the participations of a build that count.

    Args:
        build: A finished build.
        selection: What counts; the defaults of :class:`Selection` without it.
        engine: Batch engine; one is opened and closed without it.

    Raises:
        AnalysisError: The build holds no participation in a project, or none that is selected.
    """
    from kg.engine.duckdb import DuckDB

    if engine is None:
        with DuckDB() as opened:
            return replace(load(build, selection, engine=opened), engine=None)
    chosen = selection or Selection()
    table = engine.to_arrow(counted(engine, build.parquet, level=chosen.level, roles=chosen.roles, linked=chosen.linked))
    if not table.num_rows:
        what = Text("There is no participation in a project.", "Es gibt keine Beteiligung an einem Projekt.")
        fix = Text("Add rows with hasParticipant and build again.", "Ergänzen Sie Zeilen mit hasParticipant, und bauen Sie neu.")
        raise AnalysisError(what, where=str(build.path), fix=fix)
    method = method_of(
        build,
        engine,
        frame_of(build, engine),
        level=chosen.level,
        weight=chosen.weight,
        roles=chosen.roles,
        seed=chosen.seed,
        draws=0,
        linked=chosen.linked,
    )
    return Data(build, chosen, table, organisations(engine, build.parquet), method, engine)
