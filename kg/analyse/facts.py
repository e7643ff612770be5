"""Looking things up in the store for a profile: a few typed queries, terms bound as `VALUES`, never pasted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from kg.analyse.labels import Named
from kg.errors import AnalysisError, ParameterError
from kg.namespaces import FOAF, INNO, ORG, SKOS, local_name, prologue
from kg.store import Store, Table

if TYPE_CHECKING:
    import pyoxigraph as ox

    Term = ox.NamedNode | ox.BlankNode | ox.Literal


class Value(NamedTuple):
    """An object of a statement: IRI or lexical form, with the language of a literal."""

    value: str
    language: str = ""


def iris(name: str, values: Iterable[str]) -> str:
    """Return a `VALUES` block that binds a variable to some IRIs.

    Raises:
        ValueError: One of them is no IRI.
    """
    import pyoxigraph as ox

    return f"VALUES ?{name} {{ {' '.join(str(ox.NamedNode(value)) for value in sorted(set(values)))} }}"


def _iri(value: str) -> str:
    import pyoxigraph as ox

    return str(ox.NamedNode(value))


def _pairs(subjects: Iterable[str], predicates: Iterable[str]) -> str:
    """Return subject and predicate in one list of pairs: the store looks each of them up, and joins two lists of their own by reading everything."""
    import pyoxigraph as ox

    nodes, terms = (sorted({str(ox.NamedNode(value)) for value in values}) for values in (subjects, predicates))
    return f"VALUES (?s ?p) {{ {' '.join(f'({node} {term})' for node in nodes for term in terms)} }}"


def _value(term: object) -> Value:
    import pyoxigraph as ox

    if isinstance(term, ox.Literal):
        return Value(term.value, term.language or "")
    return Value(getattr(term, "value", ""))


def select(store: Store, query: str) -> list[tuple[Value, ...]]:
    """Return the distinct rows of a SELECT, sorted; an unbound variable is an empty value."""
    answer = store.query(prologue() + query)
    assert isinstance(answer, Table)
    return sorted({tuple(_value(term) for term in row) for row in answer.rows})


Statements = Mapping[str, Mapping[str, tuple[Value, ...]]]


def statements(store: Store, subjects: Iterable[str], predicates: Iterable[str]) -> dict[str, dict[str, tuple[Value, ...]]]:
    """Return the objects of some predicates for some subjects, as `{subject: {predicate: values}}`, sorted."""
    found: dict[str, dict[str, tuple[Value, ...]]] = {}
    subjects, predicates = list(subjects), list(predicates)
    if subjects:
        for subject, predicate, value in select(store, f"SELECT ?s ?p ?o WHERE {{ {_pairs(subjects, predicates)} ?s ?p ?o }}"):
            values = found.setdefault(subject.value, {})
            values[predicate.value] = (*values.get(predicate.value, ()), value)
    return found


def incoming(store: Store, objects: Iterable[str], predicate: str) -> dict[str, tuple[str, ...]]:
    """Return the subjects that point to some objects by a predicate, as `{object: subjects}`, sorted."""
    found: dict[str, tuple[str, ...]] = {}
    objects = list(objects)
    if objects:
        for object_, subject in select(store, f"SELECT ?o ?s WHERE {{ {iris('o', objects)} ?s {_iri(predicate)} ?o }}"):
            found[object_.value] = (*found.get(object_.value, ()), subject.value)
    return found


def sites(store: Store, projects: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the places of some projects with their role (IRIs; the role may be empty), as `{project: places}`, sorted."""
    found: dict[str, list[tuple[str, str]]] = {}
    projects = list(projects)
    if projects:
        query = f"SELECT ?i ?l ?r WHERE {{ {iris('i', projects)} ?x inno:inInitiative ?i ; inno:site ?l OPTIONAL {{ ?x inno:role ?r }} }}"
        for project, place, role in select(store, query):
            found.setdefault(project.value, []).append((place.value, role.value))
    return found


def first(values: Statements, subject: str, predicate: str) -> str:
    """Return the first value of a predicate of a subject, or an empty text."""
    found = values.get(subject, {}).get(predicate, ())
    return found[0].value if found else ""


def names(store: Store, things: Iterable[str]) -> dict[str, Named]:
    """Return label and kind of some things; `foaf:name` serves where there is no `skos:prefLabel`."""
    wanted = sorted({iri for iri in things if iri})
    found = statements(store, wanted, [SKOS.prefLabel, FOAF.name, ORG.classification])
    result = {}
    for iri in wanted:
        values = found.get(iri, {})
        labels = {value.language: value.value for value in (*values.get(FOAF.name, ()), *values.get(SKOS.prefLabel, ()))}
        kind = values.get(ORG.classification, ())
        result[iri] = Named(iri, labels, local_name(kind[0].value) if kind else "")
    return result


def family(store: Store, institution: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the bodies above an institution and its units below, near and far, sorted."""
    above = select(store, f"SELECT DISTINCT ?x WHERE {{ {iris('s', [institution])} ?s org:subOrganizationOf+ ?x }}")
    below = select(store, f"SELECT DISTINCT ?x WHERE {{ {iris('o', [institution])} ?x org:subOrganizationOf+ ?o }}")
    return tuple(row[0].value for row in above if row[0].value != institution), tuple(row[0].value for row in below if row[0].value != institution)


def institution(store: Store, base: str, text: str, lang: str = "en") -> str:
    """Return the IRI of the institution that an IRI, a slug or a name means.

    An IRI and a slug are looked up at once; only a name has to be compared with those of all institutions.

    Raises:
        AnalysisError: Nothing, or more than one institution, is called so; the nearest are suggested.
    """
    from kg.questions import resolve_iri

    text = text.strip()
    direct = text if ":" in text else f"{base}id/organisation/{text}"
    try:
        known = text and select(store, f"SELECT ?s WHERE {{ {iris('s', [direct])} ?s a inno:Organisation }}")
    except ValueError:  # a name with a colon
        known = None
    if known:
        return direct
    try:
        return resolve_iri(store, text, "inno:Organisation", lang=lang)
    except ParameterError as error:
        raise AnalysisError(error.what, where=error.where, fix=error.fix) from error


def sources(store: Store, projects: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the named graphs that name participants of some projects, as `{project: graphs}`, sorted."""
    found: dict[str, tuple[str, ...]] = {}
    projects = list(projects)
    if projects:
        query = f"SELECT DISTINCT ?i ?g WHERE {{ {iris('i', projects)} GRAPH ?g {{ ?x inno:inInitiative ?i ; inno:participant ?o }} }}"
        for project, graph in select(store, query):
            found[project.value] = (*found.get(project.value, ()), graph.value)
    return found


def countries(store: Store, institutions: Iterable[str]) -> dict[str, str]:
    """Return the IRI of the country of each institution, as its places lead to one; without one no entry.

    Of several places the smallest IRI counts, as in :attr:`kg.analyse.data.Data.countries`.
    """
    from kg.analyse.data import is_country

    placed = {one: min(v.value for v in values[INNO.location]) for one, values in statements(store, institutions, [INNO.location]).items()}
    above: dict[str, str] = {}
    waiting = {place for place in placed.values() if not is_country(place)}
    while waiting:
        found = statements(store, waiting, [INNO.withinPlace])
        above.update({place: min(value.value for value in values[INNO.withinPlace]) for place, values in found.items()})
        waiting = {place for place in above.values() if not is_country(place)} - set(above) - waiting
    result = {}
    for one, start in placed.items():
        place, seen = start, {start}
        while not is_country(place) and (place := above.get(place, "")) and place not in seen:
            seen.add(place)
        if place and is_country(place):
            result[one] = place
    return result


class Attestation(NamedTuple):
    """One source for one participation.

    Attributes:
        participation: IRI of the participation.
        attestation: `stated`, `attributed` or `entity-row`.
        status: `accepted`, `disputed` or `superseded`; rejected claims are left out.
        wording: The role as the source words it, or empty.
        wording_language: Language of the wording.
        document: IRI of the source.
        publisher: IRI of its publisher, or empty.
    """

    participation: str
    attestation: str
    status: str
    wording: str
    wording_language: str
    document: str
    publisher: str


def attestations(store: Store, participations: Iterable[str]) -> list[Attestation]:
    """Return who says that these participations exist, and in which words."""
    participations = list(participations)
    if not participations:
        return []
    query = f"""SELECT DISTINCT ?p ?a ?st ?w ?d ?pub WHERE {{
      {iris("p", participations)}
      ?c rdf:subject ?p ; rdf:predicate inno:inInitiative ; inno:attestation ?a ; inno:claimStatus ?st .
      OPTIONAL {{ ?c inno:roleWording ?w }}
      OPTIONAL {{ ?c inno:evidence/oa:hasSource ?d OPTIONAL {{ ?d dcterms:publisher ?pub }} }}
    }}"""
    return sorted(
        Attestation(p.value, local_name(a.value), local_name(status.value), wording.value, wording.language, document.value, publisher.value)
        for p, a, status, wording, document, publisher in select(store, query)
        if local_name(status.value) != "rejected"
    )


class Contribution(NamedTuple):
    """A statement of the contribution family: what it says, about what, in which words, from which sources."""

    predicate: str
    object: str
    wordings: tuple[str, ...]
    documents: tuple[str, ...]


CONTRIBUTIONS = (INNO.developed, INNO.supports, INNO.contributedTo, INNO.featuredIn)


def contributions(store: Store, institution: str) -> list[Contribution]:
    """Return the contributions of an institution; they never count as participation."""
    query = f"""SELECT DISTINCT ?p ?o ?w ?d WHERE {{
      {iris("s", [institution])} {iris("p", CONTRIBUTIONS)} ?s ?p ?o .
      OPTIONAL {{
        ?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
        OPTIONAL {{ ?c inno:roleWording ?w }}
        OPTIONAL {{ ?c inno:evidence/oa:hasSource ?d }}
      }}
    }}"""
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for predicate, object_, wording, document in select(store, query):
        wordings, documents = found.setdefault((predicate.value, object_.value), (set(), set()))
        wordings |= {wording.value} - {""}
        documents |= {document.value} - {""}
    order = {predicate: position for position, predicate in enumerate(CONTRIBUTIONS)}
    keys = sorted(found, key=lambda key: (order[key[0]], key[1]))
    return [Contribution(local_name(p), o, tuple(sorted(found[p, o][0])), tuple(sorted(found[p, o][1]))) for p, o in keys]


class Elsewhere(NamedTuple):
    """A participation in something that is no project (an event, a programme, a campaign); it is not counted."""

    participation: str
    initiative: str
    kind: str
    role: str


def elsewhere(store: Store, institution: str) -> list[Elsewhere]:
    """Return the participations of an institution in initiatives that are no projects."""
    query = f"""SELECT DISTINCT ?x ?i ?k ?r WHERE {{
      {iris("s", [institution])} ?x inno:participant ?s ; inno:inInitiative ?i ; inno:role ?r . ?i a ?k .
      {iris("k", [INNO.Event, INNO.Programme, INNO.Campaign])}
    }}"""
    return [Elsewhere(x.value, i.value, local_name(k.value), local_name(r.value)) for x, i, k, r in select(store, query)]
