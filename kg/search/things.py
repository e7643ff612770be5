"""From statements to things: names, classes, place, years and importance of each, in the order in which they are found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.namespaces import ADMS, DCTERMS, INNO, PREFIXES, RDF, RDFS, SCHEMA, SKOS, local_name
from kg.search.gather import ENDS, HELPERS, LABELS, LOCATIONS, OTHER_NAMES, STARTS, Gathered

STEPS = 12
"""Steps from a place to the outermost one around it; more would be a circle."""
MAX_NAMES = 50
"""Names and identifiers of one thing that are kept of each kind."""


@dataclass(slots=True)
class Thing:
    """A thing to be found.

    Attributes:
        iri: Its IRI.
        labels: Language (empty where there is none) to name; of several names the smallest, as :func:`kg.results.labels` has it.
        names: Further names.
        acronyms, identifiers: As the sources write them.
        classes: IRIs, most specific ones, own vocabulary before others.
        places: IRIs of places directly around it.
        graphs: IRIs of graphs that name it or say something about it.
        start, end: First and last year, or 0.
        weight: Number of statements that lead to it.
    """

    iri: str
    labels: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    acronyms: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    places: list[str] = field(default_factory=list)
    graphs: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    weight: int = 0


@dataclass(frozen=True)
class Things:
    """All things, most important first, and what is known about classes.

    Attributes:
        rows: In the order of importance, then of name and IRI.
        above: Class to all classes above it, itself included.
    """

    rows: list[Thing]
    above: dict[str, frozenset[str]]


def things(gathered: Gathered) -> Things:
    """Put statements together. A thing is whatever has an IRI and a name, or an identifier of its own."""
    by_subject: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    notations: dict[str, list[str]] = defaultdict(list)
    parents: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, value, language, graph in gathered.facts:
        if predicate == SKOS.notation:
            notations[subject].append(value)
        elif predicate == RDFS.subClassOf:
            parents[subject].add(value)
        else:
            by_subject[subject].append((predicate, value, language, graph))
    above = _above(parents)
    naming = {*LABELS, ADMS.identifier}
    rows = []
    for subject in list(by_subject):
        facts = by_subject.pop(subject)
        if not subject.startswith("_:") and any(fact[0] in naming for fact in facts):
            thing = _thing(subject, facts, notations, above, gathered.links[subject])
            if not thing.classes or not HELPERS.issuperset(thing.classes):
                rows.append(thing)
    rows.sort(key=lambda thing: (-thing.weight, name_of(thing, "en")[0].casefold(), thing.iri))
    return Things(rows, above)


_FIELDS = {
    **dict.fromkeys(LABELS, "label"),
    **dict.fromkeys(OTHER_NAMES, "name"),
    **dict.fromkeys(LOCATIONS, "place"),
    **dict.fromkeys(STARTS, "start"),
    **dict.fromkeys(ENDS, "end"),
    INNO.acronym: "acronym",
    DCTERMS.identifier: "identifier",
    ADMS.identifier: "node",
    SCHEMA.sameAs: "same",
    RDF.type: "class",
}


def _thing(iri: str, facts: list[tuple[str, str, str, str]], notations: dict[str, list[str]], above: dict[str, frozenset[str]], weight: int) -> Thing:
    given: dict[str, set[str]] = {field: set() for field in _FIELDS.values()}
    labels: dict[str, str] = {}
    graphs = set()
    for predicate, value, language, graph in facts:
        graphs.add(graph)
        name = _FIELDS[predicate]
        given[name].add(value)
        if name == "label" and not labels.get(language, value) < value:
            labels[language] = value
    identifiers = given["identifier"].union(notations.get(iri, ()), *(notations.get(node, ()) for node in given["node"]))
    # https://ror.org/X and https://doi.org/X are found by X already (kg.search.asked).
    identifiers |= {value for value in given["same"] if not any(value.endswith("/" + one) for one in identifiers)}
    starts, ends = ([year for year in map(_year, given[name]) if year] for name in ("start", "end"))
    return Thing(
        iri=iri,
        labels=dict(sorted(labels.items())),
        names=sorted((given["label"] | given["name"]) - set(labels.values()) - given["acronym"])[:MAX_NAMES],
        acronyms=sorted(given["acronym"])[:MAX_NAMES],
        identifiers=sorted(identifiers)[:MAX_NAMES],
        classes=_specific(given["class"], above),
        places=sorted(given["place"]),
        graphs=tuple(sorted(graphs)),
        start=min(starts, default=min(ends, default=0)),
        end=max(ends, default=max(starts, default=0)),
        weight=weight,
    )


def _year(text: str) -> int:
    """Return the year at the beginning of a date, or 0."""
    return int(text[:4]) if text[:4].isdigit() and text[:4].isascii() else 0


def _above(parents: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """Return the classes above each class, itself included; circles end."""
    found: dict[str, frozenset[str]] = {}
    for name in sorted({*parents, *(one for many in parents.values() for one in many)}):
        seen, todo = {name}, [name]
        while todo:
            for one in parents.get(todo.pop(), ()):
                if one not in seen and not one.startswith("_:"):
                    seen.add(one)
                    todo.append(one)
        found[name] = frozenset(seen)
    return found


def _specific(classes: set[str], above: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the classes with none of the others below them; those of the own vocabulary alone where there are any."""
    own = {name for name in classes if name.startswith(PREFIXES["inno"])}
    among = own or classes
    return tuple(sorted(name for name in among if not any(name != other and name in above.get(other, ()) for other in among)))


def outermost(rows: Iterable[Thing]) -> dict[str, tuple[str, ...]]:
    """Return for each place the places around it, from the nearest to the outermost; of several ways the longest, then the smallest."""
    around = {thing.iri: thing.places for thing in rows if thing.places}
    known: dict[str, tuple[str, ...]] = {}

    def way(place: str, left: int) -> tuple[str, ...]:
        if place not in known:
            ways = [(one, *way(one, left - 1)) for one in around.get(place, ()) if one != place] if left else []
            known[place] = min(ways, key=lambda steps: (-len(steps), steps), default=())
        return known[place]

    targets = sorted({place for places in around.values() for place in places})
    return {place: way(place, STEPS) for place in targets}


def name_of(thing: Thing, lang: str) -> tuple[str, str]:
    """Return a thing's name and its language: asked for, else German or English, else untagged, else any, else the IRI's last step."""
    for tag in (lang, "en" if lang == "de" else "de", ""):
        if tag in thing.labels:
            return thing.labels[tag], tag
    for tag, text in thing.labels.items():
        return text, tag
    return local_name(thing.iri), ""
