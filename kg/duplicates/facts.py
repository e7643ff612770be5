"""What is known of each entity that is compared, read in bulk, and who takes part in what.

Everything comes from the quad table; entities of one class are read together, so that a graph of 30,000 organisations takes some seconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.duplicates.spelling import spellings
from kg.link.entities import Side, identifiers_of, members_of
from kg.link.names import key
from kg.link.profiles import COUNTRY, host
from kg.link.score import Profile
from kg.namespaces import DCTERMS, FOAF, INNO, ORG, RDF, SCHEMA, SKOS, WGS, local_name

if TYPE_CHECKING:
    from kg.engine.base import Engine

CLASSES: Mapping[str, str] = {
    name: INNO[name] for name in ("Organisation", "Project", "Programme", "Event", "Place", "Campaign", "Award", "Document")
} | {"Topic": SKOS.Concept}
"""Classes that are looked through, by the names users give them, in the order of the answer."""

ABOVE = (ORG.subOrganizationOf, INNO.partOf, INNO.withinPlace)
"""From a part to its whole: a part is never its whole."""

RELATED = (INNO.follows, INNO.operatedBy, INNO.representedByUnit, ORG.memberOf, ORG.linkedTo, DCTERMS.relation)
"""Statements by which the data tell two things apart: nothing follows, runs or joins itself."""

NUMBERED = ("cordis", "cordis-rcn", "doi", "eu-grant", "code")
"""Schemes in which the issuer itself gives a thing one number: another number is another thing."""

TEXTS = (SKOS.prefLabel, SKOS.altLabel, INNO.acronym)
VALUES = (
    *(INNO.location, FOAF.page, SCHEMA.startDate, SCHEMA.endDate, ORG.classification, WGS.lat, WGS.long),
    *(DCTERMS.identifier, SKOS.notation, DCTERMS.publisher, *RELATED, *TEXTS),
)
"""What is read of each entity itself."""

DEPTH = 12
"""Steps followed up a hierarchy."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One entity.

    Attributes:
        entity: Its IRI.
        labels, alternatives, acronyms: Its names by kind, sorted, the English label first.
        graphs: Named graphs that type it.
        identifiers: `(scheme, value)` that are its own; a code (`dcterms:identifier`, `skos:notation`) has the scheme `code`.
        parent_identifiers: Those of the body it belongs to.
        countries: IRIs of the countries it lies in.
        cities: Folded names of the places it is directly in, countries left out.
        around: Those of these places and all they lie in.
        places: Names of its places as they are shown.
        kinds: Codes of the kind of organisation.
        pages: Its pages.
        hosts: Host names of these.
        start, end: Earliest start and latest end, or empty.
        point: Latitude and longitude, or nothing.
        parents: What it is directly a part of.
        related: What it stands in another relation with that a thing has not with itself.
        publishers: Who published it.
    """

    entity: str
    labels: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    graphs: frozenset[str] = frozenset()
    identifiers: frozenset[tuple[str, str]] = frozenset()
    parent_identifiers: frozenset[tuple[str, str]] = frozenset()
    countries: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    pages: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    start: str = ""
    end: str = ""
    point: tuple[float, float] | None = None
    parents: frozenset[str] = frozenset()
    related: frozenset[str] = frozenset()
    publishers: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """The name it is shown by."""
        return next(iter((*self.labels, *self.alternatives, *self.acronyms)), "") or local_name(self.entity)

    @property
    def names(self) -> tuple[str, ...]:
        """All its names, each once."""
        return tuple(dict.fromkeys((*self.labels, *self.alternatives, *self.acronyms)))

    def profile(self) -> Profile:
        """Return its names as :mod:`kg.link.score` compares them, variants included."""
        return Profile(tuple(dict.fromkeys(part for name in self.names for part in spellings(name))), self.labels)

    def mark(self) -> str:
        """Return 12 hex digits that change when something changes that a person looks at to decide."""
        shown = [self.names, sorted(self.identifiers), self.places, sorted(self.kinds), self.pages, self.start, self.end, sorted(self.parents)]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class World:
    """The entities of one class, and what the comparison rests on.

    Attributes:
        name: The class, a name of :data:`CLASSES`.
        side: Its tables (:class:`kg.link.entities.Side`).
        facts: Per entity, sorted by IRI.
        above: For each part, of whatever class, what it is directly part of.
        projects: For each organisation its initiatives, each with the roles it has there.
        members: For each initiative its organisations.
        initiatives: For each initiative the name it is shown by.
    """

    name: str
    side: Side
    facts: Mapping[str, Facts]
    above: Mapping[str, frozenset[str]]
    projects: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    initiatives: Mapping[str, str] = field(default_factory=dict)
    _wholes: dict[str, frozenset[str]] = field(default_factory=dict)

    def wholes(self, entity: str) -> frozenset[str]:
        """Return everything it is a part of, all the way up."""
        if entity not in self._wholes:
            self._wholes[entity] = up(self.above, entity)
        return self._wholes[entity]

    def partners(self, entity: str) -> frozenset[str]:
        """Return who shares an initiative with an organisation."""
        return frozenset(other for project in self.projects.get(entity, ()) for other in self.members[project]) - {entity}


def up(above: Mapping[str, frozenset[str]], entity: str) -> frozenset[str]:
    """Return everything above an entity in a hierarchy of direct steps; a circle ends.

    >>> sorted(up({"a": frozenset("b"), "b": frozenset("ac")}, "a"))
    ['a', 'b', 'c']
    """
    found: set[str] = set()
    step = set(above.get(entity, ()))
    for _ in range(DEPTH):
        step -= found
        if not step:
            break
        found |= step
        step = {higher for one in step for higher in above.get(one, ())}
    return frozenset(found)


def sizes(engine: Engine, quads: Any, graphs: Sequence[str]) -> dict[str, int]:
    """Return how many entities of each class there are in some named graphs, by the names of :data:`CLASSES`."""
    typed = quads.filter(quads.graph.isin(list(graphs)) & (quads.predicate == RDF.type) & quads.object.isin(list(CLASSES.values())))
    counted = typed.group_by("object").aggregate(n=typed.subject.nunique())
    found = {str(row["object"]): int(row["n"]) for row in engine.to_pylist(counted)}
    return {name: found.get(iri, 0) for name, iri in CLASSES.items()}


def read_world(engine: Engine, quads: Any, graphs: Sequence[str], name: str) -> World:
    """Read the entities of a class in some named graphs.

    Args:
        engine: Where the expressions run.
        quads: The quad table (Ibis).
        graphs: IRIs of named graphs.
        name: A name of :data:`CLASSES`.
    """
    own = quads.filter(quads.graph.isin(list(graphs)))
    types = own.filter((own.predicate == RDF.type) & (own.object == CLASSES[name])).select(entity="subject", kind="object", graph="graph")
    types = engine.cache(types.distinct())

    def of(predicates: Sequence[str]) -> Any:
        chosen = own.filter(own.predicate.isin(list(predicates)))
        return chosen.semi_join(types, chosen.subject == types.entity)

    named = of(TEXTS).select(entity="subject", predicate="predicate", text="object", language="language").distinct()
    identifiers = identifiers_of(own).semi_join(types, "entity")
    # What the comparison reads otherwise, or not at all, stays empty.
    nothing = types.limit(0)
    members = engine.cache(members_of(own)) if name in ("Organisation", "Project") else nothing
    side = Side(tuple(graphs), types, engine.cache(named), engine.cache(identifiers), nothing, nothing, members, nothing, nothing)
    graphs_of: dict[str, set[str]] = {}
    for entity, graph in _columns(engine, types.select("entity", "graph")):
        graphs_of.setdefault(entity, set()).add(graph)
    reader = _Reader(engine, own, of, side)
    facts = {entity: reader.facts(entity, frozenset(graphs_of[entity])) for entity in sorted(graphs_of)}
    if name not in ("Organisation", "Project"):
        return World(name, side, facts, reader.above)
    return World(name, side, facts, reader.above, *_participations(engine, side), _initiatives(engine, own, side))


def _initiatives(engine: Engine, own: Any, side: Side) -> dict[str, str]:
    """Return the shortest name of each initiative."""
    names = own.filter(own.predicate.isin(TEXTS)).semi_join(side.members, own.subject == side.members.initiative).select("subject", "object")
    found: dict[str, str] = {}
    for initiative, text in _columns(engine, names.distinct()):
        found[initiative] = min(found.get(initiative, text), text, key=lambda one: (len(one), one))
    return found


def _columns(engine: Engine, table: Any) -> Iterable[tuple[Any, ...]]:
    """Yield the rows of a table, batch by batch."""
    names = list(table.columns)
    for batch in engine.batches(table, 50_000):
        yield from zip(*(batch[name].to_pylist() for name in names), strict=True)


def _participations(engine: Engine, side: Side) -> tuple[dict[str, dict[str, frozenset[str]]], dict[str, frozenset[str]]]:
    roles: dict[str, dict[str, set[str]]] = {}
    members: dict[str, set[str]] = {}
    for initiative, organisation, role in _columns(engine, side.members.select("initiative", "organisation", "role")):
        roles.setdefault(organisation, {}).setdefault(initiative, set()).add(local_name(role or ""))
        members.setdefault(initiative, set()).add(organisation)
    projects = {one: {initiative: frozenset(found) for initiative, found in there.items()} for one, there in roles.items()}
    return projects, {initiative: frozenset(found) for initiative, found in members.items()}


class _Reader:
    """Reads the columns of a class and puts them together by entity."""

    def __init__(self, engine: Engine, own: Any, of: Callable[[Sequence[str]], Any], side: Side) -> None:
        self.values: dict[str, dict[str, list[tuple[str, str]]]] = {predicate: {} for predicate in VALUES}
        for subject, predicate, text, language in _columns(engine, of(VALUES).select("subject", "predicate", "object", "language").distinct()):
            self.values[predicate].setdefault(subject, []).append((text, language))
        above: dict[str, set[str]] = {}
        for part, whole in _columns(engine, own.filter(own.predicate.isin(ABOVE)).select("subject", "object").distinct()):
            above.setdefault(part, set()).add(whole)
        self.above = {part: frozenset(wholes) for part, wholes in above.items()}
        self.identifiers: dict[str, set[tuple[str, str, bool]]] = {}
        for entity, scheme, value, parent in _columns(engine, side.identifiers.select("entity", "scheme", "value", "parent")):
            self.identifiers.setdefault(entity, set()).add((scheme, value.lower(), parent))
        places = own.filter((own.predicate == RDF.type) & (own.object == CLASSES["Place"])).select(place="subject")
        labels = own.filter(own.predicate.isin([SKOS.prefLabel, SKOS.altLabel])).semi_join(places, own.subject == places.place)
        self.place_names: dict[str, set[str]] = {}
        for place, text in _columns(engine, labels.select("subject", "object").distinct()):
            self.place_names.setdefault(place, set()).add(text)

    def texts(self, predicate: str, entity: str) -> tuple[str, ...]:
        there = self.values[predicate].get(entity)
        if not there:
            return ()
        if len(there) == 1:
            return (there[0][0],)
        found = sorted(there, key=lambda pair: (pair[1] != "en", pair[0]))
        return tuple(dict.fromkeys(text for text, _ in found))

    def facts(self, entity: str, graphs: frozenset[str]) -> Facts:
        own = self.identifiers.get(entity, set())
        located = self.texts(INNO.location, entity)
        places = {higher for place in located for higher in (place, *up(self.above, place))}
        higher = places | up(self.above, entity)
        pages = self.texts(FOAF.page, entity)
        names, direct = self._place_names(places), self._place_names(located)
        return Facts(
            entity,
            self.texts(SKOS.prefLabel, entity),
            self.texts(SKOS.altLabel, entity),
            self.texts(INNO.acronym, entity),
            graphs,
            frozenset((scheme, value) for scheme, value, parent in own if not parent)
            | frozenset(("code", text.lower()) for predicate in (DCTERMS.identifier, SKOS.notation) for text in self.texts(predicate, entity)),
            frozenset((scheme, value) for scheme, value, parent in own if parent),
            frozenset(place for place in higher if COUNTRY in place and place != entity),
            _folded(direct),
            _folded(names),
            tuple(sorted(direct)),
            frozenset(map(local_name, self.texts(ORG.classification, entity))),
            pages,
            frozenset(filter(None, map(host, pages))),
            min(self.texts(SCHEMA.startDate, entity), default=""),
            max(self.texts(SCHEMA.endDate, entity), default=""),
            self._point(entity),
            self.above.get(entity, frozenset()),
            frozenset(text for predicate in RELATED for text in self.texts(predicate, entity)),
            frozenset(self.texts(DCTERMS.publisher, entity)),
        )

    def _place_names(self, places: Iterable[str]) -> set[str]:
        return {text for place in places if COUNTRY not in place for text in self.place_names.get(place, ())}

    def _point(self, entity: str) -> tuple[float, float] | None:
        try:
            return float(self.texts(WGS.lat, entity)[0]), float(self.texts(WGS.long, entity)[0])
        except (IndexError, ValueError):
            return None


def _folded(names: Iterable[str]) -> frozenset[str]:
    """Return names of places as they are compared; some give two languages with a slash."""
    return frozenset(folded for text in names for part in text.split("/") if (folded := key(part)))
