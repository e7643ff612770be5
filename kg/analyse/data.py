"""What every result is computed from: the participations that count, by what was selected, with the method they stand for.

A result never reads a build itself: it is a function of :class:`Data`, so that all results of one selection count the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.analyse.arrow import constant
from kg.analyse.chosen import COORDINATOR, at_places, by_claims, in_window, require_some, up_to, with_contributions
from kg.analyse.dates import Span
from kg.analyse.edges import Collaboration, collaboration
from kg.analyse.filters import Filters
from kg.analyse.frames import Frame, frame_of
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named
from kg.analyse.lookup import statements_of
from kg.analyse.method import Method, method_of
from kg.analyse.places import is_country, places_of
from kg.analyse.projection import counted, organisations, same_things
from kg.analyse.selection import Selection
from kg.errors import Text
from kg.namespaces import DCTERMS, RDFS, SCHEMA, SKOS
from kg.quads import strings

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa
    from numpy.typing import NDArray

    from kg.build import Build
    from kg.engine.base import Engine

__all__ = ["Data", "Selection", "is_country", "load"]


@dataclass(frozen=True, eq=False)
class Data:
    """Participations as they count, and what stands around them.

    Attributes:
        build: The build they come from.
        selection: What was selected.
        table: Columns of :class:`kg.analyse.projection.Row` as texts; `role` is an IRI here. With weight `contribution` also `contribution`, in euro.
        labels: Labels and kinds of the institutions; at a level of places also labels of the places.
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
        return collaboration(self.incidence, self.selection.weight, coordinators=self.coordinators, amounts=self.amounts)

    @cached_property
    def coordinators(self) -> Any:
        """Who coordinates which project, as :attr:`kg.analyse.incidence.Incidence.matrix`; `None` where all of a project are tied."""
        return self._cells(lambda table: _is(table["role"], COORDINATOR).to_numpy().astype("int32")).sign() if self.selection.star else None

    @cached_property
    def amounts(self) -> Any:
        """Contribution in euro of each institution in each project, as :attr:`kg.analyse.incidence.Incidence.matrix`; `None` with other weights."""
        return self._cells(lambda table: table["contribution"].to_numpy()) if "contribution" in self.table.column_names else None

    def _cells(self, values: Callable[[pa.Table], NDArray[Any]]) -> Any:
        """Return sums of a value of participations by institution and project as compressed sparse rows, without zeros."""
        import pyarrow.compute as pc
        from scipy.sparse import coo_array

        names = {"organisation": self.incidence.institutions, "initiative": self.incidence.projects}
        places = tuple(pc.index_in(self.table[column], value_set=strings(known)).to_numpy() for column, known in names.items())
        found = coo_array((values(self.table), places), shape=self.incidence.matrix.shape).tocsr()
        found.eliminate_zeros()
        return found

    @cached_property
    def network(self) -> nx.Graph:
        """The same as `networkx.Graph`; about 1 kB an edge."""
        return self.collaboration.networkx(self.labels)

    @cached_property
    def spans(self) -> dict[str, Span]:
        """When each project ran, as far as its own dates (or those of what counts as one with it) say; every project has an entry."""
        with self._session() as engine:
            return _spans(engine, self.build, self.incidence.projects, linked=self.selection.linked)

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
        return self.places("country")

    def places(self, level: str) -> dict[str, str]:
        """Return the place of a level (`country`, `nuts1`, `nuts2`, `nuts3`) of each institution; one whose places lead to none has no entry."""
        with self._session() as engine:
            same = same_things(engine, engine.quads(self.build.parquet)) if self.selection.linked else {}
            return places_of(engine, self.build.parquet, self.incidence.institutions, level, same)

    def names(self, iris: Any) -> dict[str, Named]:
        """Return labels of any things (topics, projects, places) by IRI."""
        with self._session() as engine:
            return _named(iris, engine, self.build)

    def with_draws(self, number: int) -> Data:
        """Return the same for a result that rests on so many draws."""
        return replace(self, method=replace(self.method, draws=number))

    def _of(self, subjects: list[str], *predicates: str, language: bool = False) -> Iterator[tuple[str, ...]]:
        """Yield subject, predicate, object (and language) of statements about some things, sorted."""
        with self._session() as engine:
            yield from statements_of(engine, self.build.parquet, subjects, *predicates, language=language)

    @contextmanager
    def _session(self) -> Iterator[Engine]:
        from kg.engine.duckdb import DuckDB

        if self.engine is not None:
            yield self.engine
        else:
            with DuckDB() as engine:
                yield engine


def load(build: Build, selection: Selection | None = None, *, engine: Engine | None = None) -> Data:
    """Return the participations of a build that count.

    They are narrowed in this order: roles, claims, time window, size of projects, place.

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
    roles = "all" if chosen.star else chosen.roles
    table = engine.to_arrow(counted(engine, build.parquet, level=chosen.body_level, roles=roles, linked=chosen.linked))
    what = Text("There is no participation in a project.", "Es gibt keine Beteiligung an einem Projekt.")
    fix = Text("Add rows with hasParticipant and build again.", "Ergänzen Sie Zeilen mit hasParticipant, und bauen Sie neu.")
    require_some(table, what, fix, str(build.path))
    labels = organisations(engine, build.parquet)
    table, counts = _narrowed(table, chosen, build, engine)
    if chosen.of_places:
        labels = {**labels, **_named(table["organisation"].unique().to_pylist(), engine, build)}
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
        filters=Filters(chosen.since, chosen.until, chosen.open_dates, chosen.cap, chosen.claims, counts),
    )
    return Data(build, chosen, table, labels, method, engine)


def _narrowed(table: pa.Table, chosen: Selection, build: Build, engine: Engine) -> tuple[pa.Table, dict[str, int]]:
    """Return the participations that a selection leaves, and what it left out by the keys of :data:`kg.analyse.filters.LEFT_OUT`.

    Raises:
        AnalysisError: Nothing is left.
    """
    counts: dict[str, int] = {}
    if chosen.claims != "all":
        table, counts["participations_by_claims"] = by_claims(engine, build.parquet, table, chosen.claims)
        what = Text("No participation has such claims.", "Keine Beteiligung ist so belegt.")
        require_some(table, what, Text("Use --claims all.", "Nehmen Sie --claims all."), f"--claims {chosen.claims}")
    if chosen.windowed:
        projects = sorted(table["initiative"].unique().to_pylist())
        spans = _spans(engine, build, projects, linked=chosen.linked)
        table, outside, undated = in_window(table, spans, chosen.since, chosen.until, chosen.open_dates)
        counts |= {"projects_outside_window": outside, "projects_undated": undated}
    if chosen.cap is not None:
        table, counts["projects_over_cap"] = up_to(table, chosen.cap)
        what = Text("All projects have more institutions.", "Alle Projekte haben mehr Einrichtungen.")
        require_some(table, what, Text("Raise the cap.", "Erhöhen Sie die Grenze."), f"--cap {chosen.cap}")
    if chosen.of_places:
        same = same_things(engine, engine.quads(build.parquet)) if chosen.linked else {}
        places = places_of(engine, build.parquet, table["organisation"].unique().to_pylist(), chosen.level, same)
        table, counts["institutions_without_place"] = at_places(table, places)
        what = Text("The places of no institution lead to this level.", "Die Orte keiner Einrichtung führen zu dieser Ebene.")
        require_some(table, what, Text("Use --level merged.", "Nehmen Sie --level merged."), f"--level {chosen.level}")
    if chosen.star:
        led = table.filter(_is(table["role"], COORDINATOR))
        counts["projects_without_coordinator"] = len(table["initiative"].unique()) - len(led["initiative"].unique())
    if chosen.weight == "contribution":
        table, counts["contributions_missing"], counts["contributions_negative"] = with_contributions(engine, build.parquet, table)
        what = Text("No contribution above 0 is known.", "Kein Förderanteil über 0 ist bekannt.")
        known = table.filter(_above_zero(table["contribution"]))
        require_some(known, what, Text("Use --weight newman.", "Nehmen Sie --weight newman."), "--weight contribution")
    return table, counts


def _is(column: Any, value: str) -> Any:
    import pyarrow.compute as pc

    return pc.equal(column, constant(value))


def _above_zero(column: Any) -> Any:
    import pyarrow.compute as pc

    return pc.greater(column, 0.0)


def _spans(engine: Engine, build: Build, projects: Iterable[str], *, linked: bool) -> dict[str, Span]:
    """Return the span of each project: of several dates the earliest; those of a linked project only fill a gap, and not against its own dates."""
    same = same_things(engine, engine.quads(build.parquet)) if linked else {}
    own: dict[str, dict[str, str]] = {project: {} for project in projects}
    others: dict[str, dict[str, str]] = {project: {} for project in own}
    name = {**{other: project for other, project in same.items() if project in own}, **{project: project for project in own}}
    for subject, predicate, value in statements_of(engine, build.parquet, sorted(name), SCHEMA.startDate, SCHEMA.endDate):
        dates = (own if subject in own else others)[name[subject]]
        dates[predicate] = min(value, dates.get(predicate, value))
    found = {}
    for project, dates in own.items():
        filled = {**others[project], **dates}
        start, end = filled.get(SCHEMA.startDate, ""), filled.get(SCHEMA.endDate, "")
        found[project] = (
            Span(dates.get(SCHEMA.startDate, ""), dates.get(SCHEMA.endDate, "")) if start and end and start[:4] > end[:4] else Span(start, end)
        )
    return found


def _named(iris: Iterable[str], engine: Engine, build: Build) -> dict[str, Named]:
    """Return labels of any things by IRI; `rdfs:label` serves where there is no `skos:prefLabel`."""
    wanted = sorted(set(iris))
    labels: dict[str, dict[str, str]] = {iri: {} for iri in wanted}
    for subject, predicate, value, language in statements_of(engine, build.parquet, wanted, SKOS.prefLabel, RDFS.label, language=True):
        known = labels[subject]
        if predicate == SKOS.prefLabel or language not in known:
            known[language] = value
    return {iri: Named(iri, found) for iri, found in labels.items()}
