"""What a value in an address means: an IRI, a CURIE, a slug or a name of a thing in the graph, as `kg ask` takes them.

Cheap ways come first: the term itself, the addresses that a slug can stand for, the search index, and only then all names of a class.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from kg.errors import ParameterError, Text
from kg.namespaces import BASE, PREFIXES, local_name
from kg.portal.desk import Desk
from kg.questions import MAX_VALUE, Parameter, candidates, folded
from kg.store import Table

NEAR = 4
"""Things suggested where nothing is called so."""
NEAREST = 20
"""Hits of the index whose names are compared."""


class NearError(ParameterError):
    """A value that nothing, or more than one thing, is called, with what may be meant."""

    def __init__(self, what: Text, *, fix: Text, near: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(what, fix=fix)
        self.near = tuple(near)


def resolve(desk: Desk, value: str, of_class: str = "", *, among: str = "", lang: str = "en") -> str:
    """Return the IRI that an IRI, a CURIE, a slug or a name means.

    Args:
        desk: Where to look.
        value: What somebody typed; at most 1,000 characters.
        of_class: CURIE or IRI of a class that it must have (subclasses count), or empty.
        among: CURIE or IRI of a property among whose values it must be, or empty.
        lang: Language of the names in suggestions.

    Raises:
        ParameterError: Nothing, or more than one thing, is called so; `near` of the problem holds what may be meant.
    """
    if len(value) > MAX_VALUE:
        what = Text(f"The value is longer than {MAX_VALUE} characters.", f"Der Wert ist länger als {MAX_VALUE} Zeichen.")
        raise ParameterError(what, fix=Text("Name the thing by its slug.", "Nennen Sie das Gemeinte mit seiner Kennung."))
    found = directly(desk, value, of_class, among)
    if not found:
        found, near = _by_name(desk, value, of_class, among, lang)
        if not found:
            raise _nothing(value, near, of_class)
    if len(found) > 1:
        names = desk.labels(found, lang)
        what = Text(f"{value!r} means {len(found)} things.", f"{value!r} bezeichnet {len(found)} Dinge.")
        choose = Text("Choose one of them, or give its IRI.", "Wählen Sie eines davon, oder geben Sie seine IRI an.")
        raise NearError(what, fix=choose, near=[(iri, names[iri]) for iri in found[:8]])
    return found[0]


def directly(desk: Desk, value: str, of_class: str, among: str) -> list[str]:
    """Return the things that an IRI, a CURIE, a slug or an identifier means, without looking at names: a few look-ups on a graph of any size."""
    exact = _existing(desk, [_expanded(value.strip("<>"))], of_class, among)
    return exact or _existing(desk, _addresses(desk, value), of_class, among) or _existing(desk, _identified(desk, value), of_class, among)


def _nothing(value: str, near: list[tuple[str, str]], of_class: str) -> ParameterError:
    kind = f" ({of_class})" if of_class else ""
    what = Text(f"Nothing{kind} is called {value!r}.", f"Nichts{kind} heißt {value!r}.")
    fix = Text("Give a slug, a name or an IRI.", "Geben Sie eine Kennung, einen Namen oder eine IRI an.")
    if near:
        fix = Text("Did you mean one of these?", "Gemeint vielleicht eines davon?")
    return NearError(what, fix=fix, near=near)


def _expanded(value: str) -> str:
    prefix, colon, local = value.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else value


def _addresses(desk: Desk, slug: str) -> list[str]:
    """Return the IRIs that a slug can stand for: one per kind of thing, one in the ontology, one in each code list."""
    if not slug or set(slug) & set(' /?#<>"{}|^`\\%'):
        return []
    roots = desk.cached("roots of IRIs", lambda: _roots(desk))
    return [root + slug for root in roots]


def _identified(desk: Desk, value: str) -> list[str]:
    """Return the things that have a text as identifier, at most 20."""
    import pyoxigraph as ox

    result = desk.store.query("SELECT DISTINCT ?x WHERE { ?x dcterms:identifier ?id } ORDER BY ?x LIMIT 20", {"id": ox.Literal(value)})
    return [row[0].value for row in (result.rows if isinstance(result, Table) else []) if isinstance(row[0], ox.NamedNode)]


def _roots(desk: Desk) -> list[str]:
    """Return what stands before the last step in the IRIs of this graph's things: a short list, from one thing per class and from the code lists."""
    import pyoxigraph as ox

    def first_column(query: str) -> list[str]:
        result = desk.store.query(query)
        return [row[0].value for row in (result.rows if isinstance(result, Table) else []) if isinstance(row[0], ox.NamedNode)]

    classes = first_column("SELECT DISTINCT ?class WHERE { ?class a owl:Class }")
    # One look-up per class stays quick on millions of statements, which grouping by class does not.
    seen = [iri for one in classes for iri in first_column(f"SELECT ?x WHERE {{ ?x a {ox.NamedNode(one)} }} LIMIT 1")]
    found = {iri[: iri.rindex("/") + 1] for iri in seen if iri.startswith(desk.base) and "/" in iri[len(desk.base) :]}
    found |= {iri.rstrip("/") + "/" for iri in first_column("SELECT DISTINCT ?scheme WHERE { ?scheme a skos:ConceptScheme }")}
    return sorted(found | {BASE + "ontology#"})


def _existing(desk: Desk, iris: Iterable[str], of_class: str, among: str) -> list[str]:
    """Return those of some IRIs that exist and fit, sorted."""
    import pyoxigraph as ox

    terms = []
    for iri in iris:
        try:
            terms.append(str(ox.NamedNode(iri)))
        except ValueError:  # a name, not an IRI
            continue
    if not terms:
        return []
    if among:
        fits = f"FILTER EXISTS {{ ?s {ox.NamedNode(_expanded(among))} ?x }}"
    elif of_class:
        fits = f"?x a ?c . ?c rdfs:subClassOf* {ox.NamedNode(_expanded(of_class))}"
    else:
        fits = "?x skos:prefLabel|dcterms:title ?any"
    result = desk.store.query(f"SELECT DISTINCT ?x WHERE {{ VALUES ?x {{ {' '.join(terms)} }} {fits} }}")
    return sorted(row[0].value for row in (result.rows if isinstance(result, Table) else []) if row[0] is not None)


def _by_name(desk: Desk, value: str, of_class: str, among: str, lang: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the things that are called so, and the near ones."""
    wanted = folded(value)
    if desk.index is not None and not among and of_class != "owl:Class":
        hits = desk.index.suggest(value, of_class=of_class, lang=lang, limit=NEAREST)
        # A hit need not be called so: the index also finds beginnings and mends typing errors.
        called = _names(desk, [hit.iri for hit in hits])
        same = [hit.iri for hit in hits if wanted and wanted in {folded(one) for one in called.get(hit.iri, ())}]
        return sorted(same), [(hit.iri, hit.label) for hit in hits[:NEAR]]
    known = desk.cached(("names", of_class, among), lambda: candidates(desk.store, of_class, among))
    exact = [iri for iri in known if local_name(iri) == value] or [iri for iri, names in known.items() if wanted in {folded(one) for one in names}]
    return sorted(exact), [] if exact else _near(wanted, known, desk, lang)


def _names(desk: Desk, iris: list[str]) -> dict[str, set[str]]:
    """Return all names of some things, in whatever language, as :func:`kg.questions.candidates` reads them."""
    import pyoxigraph as ox

    things = " ".join(str(ox.NamedNode(iri)) for iri in iris)
    path = "skos:prefLabel|skos:altLabel|rdfs:label|dcterms:title|dcterms:identifier|inno:acronym"
    result = desk.store.query(f"SELECT ?x ?name WHERE {{ VALUES ?x {{ {things} }} ?x {path} ?name }}")
    found: dict[str, set[str]] = {}
    for thing, name in result.rows if isinstance(result, Table) else []:
        if thing is not None and name is not None:
            found.setdefault(thing.value, set()).add(name.value)
    return found


def _near(wanted: str, known: Mapping[str, Iterable[str]], desk: Desk, lang: str) -> list[tuple[str, str]]:
    by_text: dict[str, str] = {}
    for iri in sorted(known):
        for text in (local_name(iri), *map(folded, sorted(known[iri]))):
            by_text.setdefault(text, iri)
    close = [by_text[text] for text in get_close_matches(wanted, by_text, n=NEAR, cutoff=0.6)]
    close += [iri for text, iri in sorted(by_text.items()) if len(wanted) > 3 and wanted in text]
    few = list(dict.fromkeys(close))[:NEAR]
    names = desk.labels(few, lang)
    return [(iri, names[iri]) for iri in few]


def any_of(desk: Desk, parameter: Parameter) -> str:
    """Return the IRI of some thing that a parameter can take, the same one each time, or an empty string."""
    import pyoxigraph as ox

    where = f"?c rdfs:subClassOf* {ox.NamedNode(_expanded(parameter.of_class))} . ?x a ?c" if parameter.of_class else "?x skos:prefLabel ?any"
    if parameter.among:
        where = f"?s {ox.NamedNode(_expanded(parameter.among))} ?x FILTER (isIRI(?x))"
    result = desk.store.query(f"SELECT ?x WHERE {{ {where} }} LIMIT 1")
    rows = result.rows if isinstance(result, Table) else []
    return rows[0][0].value if rows and rows[0][0] is not None else ""
