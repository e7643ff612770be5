"""Queries to begin with: the ready questions with values that fit this graph, and some that show how the graph is made.

A question's example names things of the shipped graph. On another graph the best connected thing of the same class takes their place, so that every
example gives an answer about what is really there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import KgError, Text
from kg.namespaces import PREFIXES
from kg.store import Table, bind

if TYPE_CHECKING:
    from kg.portal.desk import Desk
    from kg.questions import Parameter, Question
    from kg.store import Node

COUNTED = 50_000
"""Statements that lead to things of a class, among which the best connected thing is chosen."""


@dataclass(frozen=True)
class Example:
    """A query to begin with.

    Attributes:
        name: Short name, for the address.
        title: Per language.
        terms: CURIEs of the classes and properties in it, sorted.
        query: SPARQL; empty for a ready question, whose values are bound when it is opened.
    """

    name: str
    title: Text
    terms: tuple[str, ...]
    query: str = ""


_CURIE = re.compile(r"(?<![\w:<?$/])([a-z]+):([A-Za-z]\w*)")


def terms_in(sparql: str) -> tuple[str, ...]:
    """Return the CURIEs with a known prefix in a query, without its header and prefix lines.

    >>> terms_in("PREFIX inno: <x>  SELECT * { ?x a inno:Project # skos:note")
    ('inno:Project',)
    """
    body = "\n".join(line.partition("#")[0] for line in sparql.splitlines() if not line.startswith("#+"))
    body = re.sub(r"PREFIX\s+\S+\s*<[^>]*>", "", body, flags=re.IGNORECASE)
    return tuple(sorted({f"{prefix}:{name}" for prefix, name in _CURIE.findall(body) if prefix in PREFIXES}))


def examples_of(desk: Desk) -> tuple[Example, ...]:
    """Return the examples: own ones first, then the ready questions."""
    ready = (Example(name, Text(one.title["en"], one.title["de"]), terms_in(one.sparql)) for name, one in desk.questions.items())
    return (*OWN, *ready)


def query_of(desk: Desk, name: str) -> str:
    """Return the text of an example; empty where there is none of that name. A question keeps its text, with its values as a `VALUES` block."""
    own = next((example for example in OWN if example.name == name), None)
    if own is not None:
        return own.query
    question = desk.questions.get(name)
    if question is None:
        return ""
    text = "\n".join(line for line in question.sparql.splitlines() if not line.startswith("#+")).strip() + "\n"
    return bind(text, terms_of(desk, question))


def terms_of(desk: Desk, question: Question) -> Mapping[str, Node]:
    """Return terms for the parameters of a question that give an answer on this graph: defaults, and required values; made once per question."""
    return desk.cached(("example terms", question.name), lambda: _terms(desk, question))


def _terms(desk: Desk, question: Question) -> dict[str, Node]:
    from kg.questions import term_of

    found: dict[str, Node] = {}
    for parameter in question.parameters:
        if parameter.type == "iri":
            term = _thing(desk, parameter) if parameter.required else None
            if term is not None:
                found[parameter.name] = term
        elif value := parameter.default or (parameter.example if parameter.required else ""):
            try:
                found[parameter.name] = term_of(desk.store, parameter, value, "en")
            except KgError:
                continue  # a question of the operator's own whose example does not fit stays open there
    return found


def _thing(desk: Desk, parameter: Parameter) -> Node | None:
    """Return the thing that an example names, else the best connected one of its class, else nothing."""
    import pyoxigraph as ox

    slug = parameter.example.rsplit("/", 1)[-1]
    kind = parameter.of_class.rpartition(":")[2]
    step = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind).lower()
    if re.fullmatch(r"[\w.-]+", slug):
        steps = [step, *(one for one in ("organisation", "project", "place", "event", "document", "programme", "award", "campaign") if one != step)]
        things = " ".join(str(ox.NamedNode(f"{desk.base}id/{one}/{slug}")) for one in steps)
        pattern = f"?x a/rdfs:subClassOf* {_class(parameter)}" if parameter.of_class else "?x a ?any"
        named = f'{{ VALUES ?x {{ {things} }} }} UNION {{ ?x dcterms:identifier "{slug}" }}'
        there = [row[0].value for row in _rows(desk, f"SELECT DISTINCT ?x WHERE {{ {named} {pattern} }} ORDER BY ?x") if row[0] is not None]
        # The first step that fits wins: the answer keeps no order of steps.
        for iri in (*(f"{desk.base}id/{one}/{slug}" for one in steps), *there):
            if iri in there:
                return ox.NamedNode(iri)
    return desk.cached(("best connected", parameter.of_class, parameter.among), lambda: _best_connected(desk, parameter))


_LEADING = {"inno:Organisation": "inno:participant", "inno:Project": "inno:inInitiative", "inno:Place": "inno:location"}
"""By which property the best connected thing of a class is found; of other classes just one is taken."""


def _best_connected(desk: Desk, parameter: Parameter) -> Node | None:
    """Return what most statements lead to, among the first so many statements."""
    leading = f"<{_iri(parameter.among)}>" if parameter.among else _LEADING.get(parameter.of_class, "" if parameter.of_class else "inno:concerns")
    if leading:
        inner = f"SELECT ?x WHERE {{ ?any {leading} ?x FILTER (isIRI(?x)) }} LIMIT {COUNTED}"
        # The class is asked for afterwards: for the best ones only.
        best = f"SELECT ?x (COUNT(*) AS ?n) WHERE {{ {{ {inner} }} }} GROUP BY ?x ORDER BY DESC(?n) ?x LIMIT 20"
        kind = f"?x a {_class(parameter)}" if parameter.of_class and not parameter.among else ""
        rows = _rows(desk, f"SELECT ?x WHERE {{ {{ {best} }} {kind} }} ORDER BY DESC(?n) ?x LIMIT 1")
        if rows:
            return rows[0][0]
    if not parameter.of_class:
        return None
    rows = _rows(desk, f"SELECT (MIN(?y) AS ?x) WHERE {{ {{ SELECT ?y WHERE {{ ?y a {_class(parameter)} }} LIMIT 1000 }} }}")
    return rows[0][0] if rows else None


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else name


def _class(parameter: Parameter) -> str:
    import pyoxigraph as ox

    return str(ox.NamedNode(_iri(parameter.of_class)))


def _rows(desk: Desk, query: str) -> list[tuple[Node | None, ...]]:
    result = desk.store.query(query)
    return result.rows if isinstance(result, Table) else []


def _example(name: str, en: str, de: str, query: str) -> Example:
    return Example(name, Text(en, de), terms_in(query), query.strip() + "\n")


OWN: tuple[Example, ...] = (
    _example(
        "most-projects",
        "Institutions with the most projects",
        "Einrichtungen mit den meisten Projekten",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>

SELECT ?institution (COUNT(DISTINCT ?project) AS ?projects)
WHERE {
  ?participation inno:participant ?institution ;
                 inno:inInitiative ?project .
  ?project a inno:Project .
}
GROUP BY ?institution
ORDER BY DESC(?projects) ?institution
LIMIT 25
""",
    ),
    _example(
        "largest-consortia",
        "Projects with the largest consortia, and when they began",
        "Projekte mit den größten Konsortien und ihr Beginn",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>
PREFIX schema: <https://schema.org/>

SELECT ?project (COUNT(DISTINCT ?institution) AS ?institutions) (MIN(?begin) AS ?began)
WHERE {
  ?participation inno:inInitiative ?project ;
                 inno:participant ?institution .
  ?project a inno:Project .
  OPTIONAL { ?project schema:startDate ?begin }
}
GROUP BY ?project
ORDER BY DESC(?institutions) ?project
LIMIT 25
""",
    ),
    _example(
        "roles",
        "Roles, and how often each occurs",
        "Rollen und wie oft jede vorkommt",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>

SELECT ?role (COUNT(?participation) AS ?times)
WHERE {
  ?participation a inno:Participation ;
                 inno:role ?role .
}
GROUP BY ?role
ORDER BY DESC(?times) ?role
""",
    ),
    _example(
        "pairs",
        "Pairs of institutions that share at least two of the latest 200 projects",
        "Paare von Einrichtungen mit mindestens zwei gemeinsamen unter den neuesten 200 Projekten",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>

SELECT ?one ?other (COUNT(DISTINCT ?project) AS ?shared)
WHERE {
  { SELECT ?project WHERE { ?project a inno:Project ; <https://schema.org/startDate> ?begin } ORDER BY DESC(?begin) ?project LIMIT 200 }
  ?a inno:inInitiative ?project ; inno:participant ?one .
  ?b inno:inInitiative ?project ; inno:participant ?other .
  FILTER (STR(?one) < STR(?other))
}
GROUP BY ?one ?other
HAVING (COUNT(DISTINCT ?project) >= 2)
ORDER BY DESC(?shared) ?one ?other
LIMIT 100
""",
    ),
    _example(
        "evidence",
        "Statements with the words of their source",
        "Aussagen mit dem Wortlaut ihrer Quelle",
        """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX inno: <https://w3id.org/innokg/ontology#>
PREFIX oa: <http://www.w3.org/ns/oa#>

SELECT ?thing ?source ?words ?status
WHERE {
  ?claim inno:concerns ?thing ;
         inno:claimStatus ?status ;
         inno:evidence ?evidence .
  ?evidence oa:hasSource ?source ;
            dcterms:description ?words .
}
ORDER BY ?thing ?source ?words
LIMIT 50
""",
    ),
    _example(
        "disputed",
        "Statements that contradict each other",
        "Aussagen, die einander widersprechen",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?thing ?property ?value ?otherValue
WHERE {
  ?claim inno:contradicts ?other ;
         inno:concerns ?thing ;
         rdf:predicate ?property ;
         rdf:object ?value .
  ?other rdf:object ?otherValue .
}
ORDER BY ?thing ?property ?value ?otherValue
LIMIT 100
""",
    ),
    _example(
        "on-the-map",
        "Institutions with their place",
        "Einrichtungen mit ihrem Ort",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>
PREFIX wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#>

SELECT ?institution ?place ?latitude ?longitude
WHERE {
  ?institution a inno:Organisation ;
               inno:location ?place .
  ?place wgs:lat ?latitude ;
         wgs:long ?longitude .
}
ORDER BY ?institution ?place
LIMIT 100
""",
    ),
    _example(
        "frames",
        "Graphs, their sampling frame and what was sampled",
        "Graphen, ihre Stichprobe und was sie erfasst",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>

SELECT ?graph ?frame ?around ?population
WHERE {
  ?graph inno:samplingFrame ?frame .
  OPTIONAL { ?graph inno:sampledAround ?around }
  OPTIONAL { ?graph inno:samplingPopulation ?population }
}
ORDER BY ?graph ?population
""",
    ),
    _example(
        "one-project-as-graph",
        "One project with its participations, as a graph",
        "Ein Projekt mit seinen Beteiligungen, als Graph",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

CONSTRUCT {
  ?project ?about ?fact .
  ?participation inno:inInitiative ?project ; inno:participant ?institution ; inno:role ?role .
  ?institution skos:prefLabel ?name .
}
WHERE {
  { SELECT ?project WHERE { ?project a inno:Project } ORDER BY ?project LIMIT 1 }
  { ?project ?about ?fact }
  UNION
  {
    ?participation inno:inInitiative ?project ; inno:participant ?institution ; inno:role ?role .
    OPTIONAL { ?institution skos:prefLabel ?name }
  }
}
""",
    ),
    _example(
        "ends-before-it-begins",
        "Does any project end before it begins?",
        "Endet ein Projekt, bevor es beginnt?",
        """
PREFIX inno: <https://w3id.org/innokg/ontology#>
PREFIX schema: <https://schema.org/>

ASK {
  ?project a inno:Project ;
           schema:startDate ?begin ;
           schema:endDate ?end .
  FILTER (?end < ?begin)
}
""",
    ),
)

__all__ = ("OWN", "Example", "examples_of", "query_of", "terms_in", "terms_of")
