"""What the columns of an answer are called, and what they hold: things, dates, numbers or text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.errors import Text
from kg.namespaces import XSD
from kg.portal.asking import Asked
from kg.portal.desk import Desk
from kg.portal.drawing import year_of

NAMES: dict[str, Text] = {
    "about": Text("about", "Gegenstand"),
    "amount": Text("amount", "Betrag"),
    "attestation": Text("attestation", "Beleglage"),
    "award": Text("award", "Auszeichnung"),
    "campaign": Text("campaign", "Kampagne"),
    "claim": Text("claim", "Aussage"),
    "completeness": Text("completeness", "Vollständigkeit"),
    "context": Text("context", "Zusammenhang"),
    "contradicts": Text("contradicts", "widerspricht"),
    "contribution": Text("contribution", "Beitrag"),
    "contributor": Text("contributor", "beteiligt"),
    "currency": Text("currency", "Währung"),
    "date": Text("date", "Datum"),
    "declared": Text("declared partners", "angegebene Partner"),
    "declaredBy": Text("declared by", "angegeben in"),
    "document": Text("document", "Dokument"),
    "end": Text("end", "Ende"),
    "example": Text("example", "Beispiel"),
    "forWhom": Text("for whom", "für wen"),
    "funder": Text("funder", "Förderer"),
    "institution": Text("organisation", "Einrichtung"),
    "kind": Text("kind", "Art"),
    "level": Text("level", "Ebene"),
    "minimum": Text("minimum", "Mindestzahl"),
    "named": Text("named", "genannt"),
    "node": Text("claim", "Aussage"),
    "otherDeclared": Text("otherwise declared", "abweichend angegeben"),
    "otherNode": Text("other claim", "andere Aussage"),
    "otherParty": Text("other party", "anderer Beteiligter"),
    "otherPredicate": Text("other property", "andere Eigenschaft"),
    "otherSource": Text("other source", "andere Quelle"),
    "otherStatus": Text("other status", "anderer Status"),
    "otherValue": Text("other value", "anderer Wert"),
    "paraphrase": Text("paraphrase", "Wiedergabe"),
    "parent": Text("larger body", "übergeordnete Einrichtung"),
    "partner": Text("partner", "Partner"),
    "partners": Text("partners", "Partner"),
    "party": Text("party", "Beteiligter"),
    "place": Text("place", "Ort"),
    "predicate": Text("property", "Eigenschaft"),
    "programme": Text("programme", "Programm"),
    "project": Text("project", "Projekt"),
    "projects": Text("projects", "Projekte"),
    "publisher": Text("publisher", "Herausgeber"),
    "quote": Text("quotation", "Zitat"),
    "rank": Text("rank", "Rang"),
    "recorded": Text("recorded partners", "erfasste Partner"),
    "relation": Text("relation", "Beziehung"),
    "repeatPartners": Text("repeat partners", "wiederkehrende Partner"),
    "retrieved": Text("retrieved", "abgerufen"),
    "role": Text("role", "Rolle"),
    "sharedProjects": Text("shared projects", "gemeinsame Projekte"),
    "since": Text("since", "seit"),
    "site": Text("site", "Ort selbst"),
    "source": Text("source", "Quelle"),
    "sources": Text("number of sources", "Zahl der Quellen"),
    "start": Text("start", "Beginn"),
    "status": Text("status", "Status"),
    "step": Text("step", "Schritt"),
    "subject": Text("thing", "Gegenstand"),
    "thing": Text("thing", "Gegenstand"),
    "things": Text("things", "Dinge"),
    "title": Text("title", "Titel"),
    "topic": Text("topic", "Thema"),
    "topicQuote": Text("quotation on the topic", "Zitat zum Thema"),
    "unit": Text("unit", "Einheit"),
    "value": Text("value", "Wert"),
    "wording": Text("wording", "Wortlaut"),
    "wordings": Text("wording", "Wortlaut"),
}
"""Names of the variables of the shipped questions; those of one's own questions are shown as they are, words parted."""
_STARTS, _ENDS = ("start", "from", "begin", "since"), ("end", "until", "to")
_NUMBERS = {XSD.integer, XSD.decimal, XSD.double, XSD.float}
_DATES = {XSD.date, XSD.gYear, XSD.gYearMonth, XSD.dateTime}


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    Attributes:
        name: Variable without `?`.
        place: Its place in a row.
        label: What it is called in the reader's language.
        foreign: Language of the label where it is another one than the reader's; else empty.
        kind: `thing` (entities with a page here), `iri` (codes, classes, other addresses), `date`, `number` or `text`.
    """

    name: str
    place: int
    label: str
    foreign: str
    kind: str


def columns(desk: Desk, asked: Asked) -> list[Column]:
    """Return the columns to show: without the parameters, which say the same in every row, and without empty ones."""
    table = asked.rows
    found = []
    for place, name in enumerate(table.variables):
        if name in asked.terms or (table.rows and all(row[place] is None for row in table.rows)):
            continue
        label, foreign = title_of(name, asked)
        found.append(Column(name, place, label, foreign, _kind(desk, asked, place)))
    return found


def title_of(name: str, asked: Asked) -> tuple[str, str]:
    """Return what a variable is called, and the language of that where it is not the reader's."""
    parameter = next((one for one in asked.question.parameters if one.name == name), None)
    if parameter is not None:
        return parameter.label[asked.lang], ""
    if name in NAMES:
        return NAMES[name].in_(asked.lang), ""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " "), "" if asked.lang == "en" else "en"


def _kind(desk: Desk, asked: Asked, place: int) -> str:
    import pyoxigraph as ox

    terms = [row[place] for row in asked.rows.rows if row[place] is not None]
    if terms and all(isinstance(term, ox.NamedNode) for term in terms):
        return "thing" if all(is_thing(desk, term.value) for term in terms if term is not None) else "iri"
    literals = [term for term in terms if isinstance(term, ox.Literal)]
    if not terms or len(literals) < len(terms):
        return "text"
    kinds = {term.datatype.value for term in literals}
    if kinds <= _NUMBERS:
        return "number"
    # Grouped dates come as text of the same form.
    return "date" if kinds <= _DATES or all(year_of(term.value) is not None and len(term.value) <= 10 for term in literals) else "text"


def is_thing(desk: Desk, iri: str) -> bool:
    """Tell whether an IRI is an entity of this graph, rather than a code, a class or somebody else's."""
    path = desk.local(iri)
    return bool(path) and not path.startswith(("/doc/code/", "/doc/ontology", "/doc/graph/"))


def span(found: Sequence[Column]) -> tuple[Column | None, Column | None, bool]:
    """Return the columns of start and end, and whether the start is rather the day of an event."""
    dates = [one for one in found if one.kind == "date"]
    start = next((one for one in dates if one.name in _STARTS), None)
    end = next((one for one in dates if one.name in _ENDS), None)
    if start is None and end is None and dates:
        return dates[0], None, True
    return start, end, False
