"""What somebody means by a subject, a property and a value: an IRI, a CURIE, an id, a name in German or English; near matches are offered, never taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from kg.errors import ParameterError, StoreError, Text
from kg.namespaces import BASE, DCTERMS, INNO, ORG, PREFIXES, SCHEMA, SKOS, curie, local_name
from kg.questions import folded, resolve_iri
from kg.results import labels
from kg.store import Store
from kg.why.reading import rows

if TYPE_CHECKING:
    from kg.build import Build
    from kg.search import SearchIndex
    from kg.store import Node

MAX_TEXT = 1000
KINDS = ("organisation", "project", "place", "event", "programme", "document", "award-edition", "award", "campaign")
"""Steps of an address under which an id of the tables is looked for."""
BEHIND = ("participation", "funding", "award-result", "site-use", "agent", "claim", "evidence", "identifier", "address", "geometry")
"""Further ones, looked at where the first give nothing: what has no row of its own, or only a publisher's name."""
OFFERED = 5

COLUMNS: dict[str, tuple[str, ...]] = {
    "hasParticipant": (INNO.participant,),
    "hasSite": (INNO.site, INNO.location),
    "hostedAt": (INNO.site, INNO.participant, INNO.featuredIn),
    "organisedBy": (INNO.participant,),
    "runBy": (INNO.operatedBy, INNO.participant, DCTERMS.creator),
    "fundedBy": (INNO.funder, INNO.underProgramme),
    "awardedTo": (INNO.candidate,),
    "finalistOf": (INNO.inEdition, INNO.ofAward),
    "semifinalistOf": (INNO.inEdition, INNO.ofAward),
    "awardedBy": (INNO.conferredBy,),
    "locatedIn": (INNO.location, INNO.withinPlace, ORG.linkedTo),
    "partOf": (INNO.partOf, ORG.subOrganizationOf, INNO.withinPlace, INNO.editionOf, DCTERMS.relation),
    "partOfCampaign": (INNO.featuredIn,),
    "addresses": (DCTERMS.subject,),
    "cooperatesWith": (ORG.linkedTo, DCTERMS.relation),
    "successorOf": (INNO.follows,),
    "developed": (INNO.developed, INNO.outcome),
    "identifiers": (PREFIXES["adms"] + "identifier", INNO.parentIdentifier, SCHEMA.sameAs),
    "identifier": (PREFIXES["adms"] + "identifier", INNO.parentIdentifier),
    "alt_labels": (SKOS.altLabel,),
    "label_de": (SKOS.prefLabel,),
    "label_en": (SKOS.prefLabel,),
    "description_de": (DCTERMS.description,),
    "kind": (ORG.classification,),
    "url": (PREFIXES["foaf"] + "page",),
    "lat": (PREFIXES["wgs"] + "lat",),
    "lon": (PREFIXES["wgs"] + "long",),
}
"""What predicates and columns of the tables are in the graph, where the name differs (docs/decisions/0001-model.md)."""


def expanded(text: str) -> str:
    """Return the IRI that a text writes: as it is, in angle brackets, or with a known prefix."""
    text = text.strip().strip("<>")
    prefix, colon, local = text.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else text


def is_iri(text: str) -> bool:
    """Tell whether a text can be asked for as an IRI."""
    return "://" in text and len(text) <= MAX_TEXT and not any(character <= " " or character in '<>"{}|^`\\\x7f' for character in text)


def _exists(store: Store, iris: Iterable[str]) -> list[str]:
    """Return those IRIs that something is said about, or that a claim is about, in their order."""
    import pyoxigraph as ox

    wanted = list(dict.fromkeys(iris))
    things = " ".join(str(ox.NamedNode(iri)) for iri in wanted)
    query = f"SELECT ?s WHERE {{ VALUES ?s {{ {things} }} FILTER (EXISTS {{ ?s ?p ?o }} || EXISTS {{ ?c rdf:subject ?s }}) }}"
    found = {row[0].value for row in rows(store, query) if row[0] is not None}
    return [iri for iri in wanted if iri in found]


def find_subject(store: Store, text: str, *, build: Build | None = None, lang: str = "en") -> str:
    """Return the IRI of the thing that a text means.

    Raises:
        ParameterError: Nothing, or more than one thing, is called so; the nearest are offered.
    """
    text = text.strip()
    if not text or len(text) > MAX_TEXT:
        what = Text("The subject is empty or longer than 1,000 characters.", "Der Gegenstand ist leer oder länger als 1.000 Zeichen.")
        raise ParameterError(what, where="SUBJECT", fix=Text("Give an id, a name or an IRI.", "Geben Sie Kennung, Name oder IRI an."))
    iri = expanded(text)
    if is_iri(iri):
        if _exists(store, [iri]):
            return iri
        raise _unknown(text, _offers(text, build, lang))
    base = build.base if build is not None else BASE
    roots = dict.fromkeys((base, BASE))
    if all(character.isalnum() or character in "-_.~" for character in text):
        for kinds in (KINDS, BEHIND):
            found = _exists(store, [f"{root}{step}{text}" for root in roots for step in (*(f"id/{kind}/" for kind in kinds), "code/topic/")])
            if len(found) == 1:
                return found[0]
            if found:
                raise _ambiguous(store, text, found, lang)
    named = _named(store, text, build)
    if len(named) == 1:
        return named[0]
    if named:
        raise _ambiguous(store, text, named, lang)
    if build is None:
        # No index beside the store: names are compared one by one, and the nearest offered.
        return resolve_iri(store, text, lang=lang)
    raise _unknown(text, _offers(text, build, lang))


def _index(build: Build | None) -> SearchIndex | None:
    from kg.search import INDEX, SearchIndex

    path = build.path / INDEX if build is not None else None
    try:
        return SearchIndex(path) if path is not None and path.is_file() else None
    except StoreError:
        return None  # Damaged or of an older build: names are looked up in the graph.


def _named(store: Store, text: str, build: Build | None) -> list[str]:
    """Return the things with exactly this name, folded where there is an index."""
    import pyoxigraph as ox

    index = _index(build)
    if index is not None:
        hits = [hit for tag in ("de", "en") for hit in index.suggest(text, lang=tag, limit=20)]
        found = {hit.iri for hit in hits if folded(text) in (folded(hit.label), folded(hit.other), folded(hit.acronym))}
        index.close()
        if found:
            # A document is often called like the thing that it is about.
            return sorted(iri for iri in found if "/id/document/" not in iri) or sorted(found)
    names = " ".join(str(ox.Literal(text, language=tag) if tag else ox.Literal(text)) for tag in ("de", "en", ""))
    query = f"SELECT DISTINCT ?s WHERE {{ VALUES ?name {{ {names} }} ?s skos:prefLabel|skos:altLabel|dcterms:title|inno:acronym ?name }} LIMIT 20"
    return sorted(row[0].value for row in rows(store, query) if isinstance(row[0], ox.NamedNode))


def _offers(text: str, build: Build | None, lang: str) -> list[str]:
    """Return names and ids that are near."""
    index = _index(build)
    if index is None:
        return []
    hits = index.near(text, lang=lang, limit=OFFERED)
    index.close()
    return [f"{hit.label} ({local_name(hit.iri)})" for hit in hits]


def _unknown(text: str, near: Sequence[str]) -> ParameterError:
    what = Text(f"Nothing in the graph is called {text!r}.", f"Nichts im Graphen heißt {text!r}.")
    fix = Text(
        "Give an id of the tables, a name or an IRI; `kg query` finds what there is.",
        "Geben Sie eine Kennung der Tabellen, einen Namen oder eine IRI an; `kg query` findet, was es gibt.",
    )
    if near:
        fix = Text(f"Did you mean {' / '.join(near)}?", f"Gemeint vielleicht {' / '.join(near)}?")
    return ParameterError(what, where="SUBJECT", fix=fix)


def _ambiguous(store: Store, text: str, found: Sequence[str], lang: str) -> ParameterError:
    names = labels(store, found, lang)
    options = "; ".join(f"{names[iri]} ({iri})" for iri in found[:8])
    what = Text(f"{text!r} means {len(found)} things: {options}.", f"{text!r} bezeichnet {len(found)} Dinge: {options}.")
    return ParameterError(what, where="SUBJECT", fix=Text("Give the IRI of one of them.", "Geben Sie die IRI des Gemeinten an."))


# --- properties ------------------------------------------------------------------------------------------------------------


def find_predicates(store: Store, text: str, among: Iterable[str], words: Mapping[str, Text]) -> tuple[str, ...]:
    """Return the properties that a text means; several where one name stands for several.

    Args:
        store: Where names of properties are looked up.
        text: CURIE, IRI, local name, name in German or English, or a predicate or column of the tables.
        among: Properties that the thing has; they come first.
        words: Names of properties that the graph does not name.

    Raises:
        ParameterError: No property is called so; the nearest are offered.
    """
    mine = sorted(set(among))
    iri = expanded(text)
    known = set(words) | {
        row[0].value
        for row in rows(store, "SELECT DISTINCT ?p WHERE { ?p a ?t VALUES ?t { owl:ObjectProperty owl:DatatypeProperty } } LIMIT 2000")
        if row[0] is not None
    }
    if iri in mine or iri in known:
        return (iri,)
    names = property_names(store, {*mine, *known}, words)
    wanted = folded(text)
    of_tables = {folded(name): meant for name, meant in COLUMNS.items()}
    found = [one for one in mine if wanted in names[one]]
    found = found or [one for one in of_tables.get(wanted, ()) if one in mine]
    found = found or [one for one in sorted(known) if wanted in names[one]] or list(of_tables.get(wanted, ()))
    if found:
        return tuple(found)
    shown: dict[str, str] = {}
    for one in mine or sorted(known):
        for name in sorted(names[one]):
            shown.setdefault(name, f"{name} ({curie(one)})")
    near = [shown[name] for name in get_close_matches(wanted, shown, n=OFFERED, cutoff=0.6)]
    near = near or [f"{min(names[one], key=len)} ({curie(one)})" for one in mine[:20]]
    what = Text(f"No property is called {text!r}.", f"Keine Eigenschaft heißt {text!r}.")
    choice = " / ".join(dict.fromkeys(near))
    raise ParameterError(what, where="PREDICATE", fix=Text(f"Did you mean {choice}?", f"Gemeint vielleicht {choice}?"))


def property_names(store: Store, properties: Iterable[str], words: Mapping[str, Text]) -> dict[str, set[str]]:
    """Return all names of properties, folded: CURIE, local name, labels of the graph in any language, known words."""
    import pyoxigraph as ox

    wanted = sorted(set(properties))
    names: dict[str, set[str]] = defaultdict(set)
    for one in wanted:
        names[one] |= {folded(curie(one)), folded(local_name(one))}
        if one in words:
            names[one] |= {folded(words[one].en), folded(words[one].de)}
    things = " ".join(str(ox.NamedNode(iri)) for iri in wanted)
    for subject, label in rows(store, f"SELECT ?s ?l WHERE {{ VALUES ?s {{ {things} }} ?s rdfs:label ?l }}") if wanted else []:
        if subject is not None and label is not None:
            names[subject.value].add(folded(label.value))
    return names


# --- values ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """A value that somebody looks for among those there are."""

    text: str

    def matches(self, value: Node, names: Iterable[str]) -> bool:
        """Tell whether a value is meant: its IRI, its id, its text, one of its names."""
        text = self.text.strip()
        plain = {folded(text), folded(text.strip("\"'"))}
        if value.value in (text, expanded(text)):
            return True
        import pyoxigraph as ox

        if isinstance(value, ox.NamedNode):
            return local_name(value.value) == text or bool(plain & {folded(name) for name in names})
        return folded(value.value) in plain

    def nearness(self, names: Iterable[str]) -> float:
        """Return how near the nearest name is, 0 to 1."""
        from difflib import SequenceMatcher

        wanted = folded(self.text)
        return max((SequenceMatcher(None, wanted, folded(name)).ratio() for name in names), default=0.0)
