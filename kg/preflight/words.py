"""The words of a preflight: portals, answers, severities, headings, in both languages."""

from __future__ import annotations

from kg.errors import Text
from kg.namespaces import PREFIXES, curie
from kg.preflight import Flight, Verdict
from kg.preflight.findings import Card, Place
from kg.validate.format_words import plain

PORTALS = {
    "dcat-ap": Text("data.europa.eu (DCAT-AP 3.0)", "data.europa.eu (DCAT-AP 3.0)"),
    "dcat-ap-de": Text("GovData (DCAT-AP.de 3.0)", "GovData (DCAT-AP.de 3.0)"),
    "ckan": Text("CKAN (ckanext-dcat)", "CKAN (ckanext-dcat)"),
    "schema-org": Text("Google Dataset Search (schema.org)", "Google Dataset Search (schema.org)"),
    "void": Text("Linked-data readers (VoID)", "Linked-Data-Leser (VoID)"),
    "files": Text("Anyone with wget (files)", "Alle mit wget (Dateien)"),
    "shapes": Text("The shapes given (--shapes)", "Die angegebenen Regeln (--shapes)"),
}
ANSWERS = {
    "yes": Text("takes it", "nimmt es"),
    "yes-but": Text("takes it, could be better", "nimmt es, ginge besser"),
    "no": Text("does not take it", "nimmt es nicht"),
    "unchecked": Text("not checked", "nicht geprüft"),
}
MET = {
    "yes": Text("in order", "in Ordnung"),
    "yes-but": Text("in order, could be better", "in Ordnung, ginge besser"),
    "no": Text("not in order", "nicht in Ordnung"),
}
MARKS = {"yes": "✓", "yes-but": "~", "no": "✗", "unchecked": "–"}
ONE = {"Violation": Text("violation", "Verstoß"), "Warning": Text("warning", "Warnung"), "Info": Text("note", "Hinweis")}
MANY = {"Violation": Text("violations", "Verstöße"), "Warning": Text("warnings", "Warnungen"), "Info": Text("notes", "Hinweise")}
HEADS = {
    "title": Text("Preflight", "Vorabprüfung"),
    "where": Text("Where", "Wo"),
    "found": Text("Found", "Gefunden"),
    "expected": Text("Expected", "Erwartet"),
    "todo": Text("What to do", "Was zu tun ist"),
    "setting": Text("Setting", "Einstellung"),
    "example": Text("Example", "Beispiel"),
    "portal": Text("Portal", "Portal"),
    "answer": Text("Answer", "Antwort"),
    "findings": Text("Findings", "Befunde"),
    "rule": Text("Rule", "Regel"),
    "for": Text("Counts for", "Zählt für"),
    "release": Text("Release", "Release"),
    "files": Text("Files", "Dateien"),
    "nothing": Text("nothing found", "ohne Befund"),
    "network": Text(
        "Checked were the files alone; nothing was asked of the network.",
        "Geprüft wurden nur die Dateien; im Netz wurde nichts abgefragt.",
    ),
}


def counted(count: int, severity: str, lang: str) -> str:
    """Return a number of findings in words.

    >>> counted(1, "Violation", "de"), counted(3, "Info", "en")
    ('1 Verstoß', '3 notes')
    """
    return f"{count} {(ONE if count == 1 else MANY)[severity].in_(lang)}"


def all_counted(counts: dict[str, int], lang: str) -> str:
    """Return the numbers of findings that are not zero; words where there is none.

    >>> all_counted({"Violation": 0, "Warning": 2, "Info": 0}, "en")
    '2 warnings'
    """
    return ", ".join(counted(count, name, lang) for name, count in counts.items() if count) or HEADS["nothing"].in_(lang)


def answer(verdict: Verdict, lang: str) -> str:
    """Return the answer of a verdict, without its numbers."""
    words = ANSWERS if verdict.profile in ("dcat-ap", "dcat-ap-de", "ckan", "schema-org") or verdict.answer == "unchecked" else MET
    return words[verdict.answer].in_(lang)


def line(verdict: Verdict, lang: str) -> str:
    """Return a verdict in one line without its portal."""
    rest = verdict.why.in_(lang) if verdict.why else all_counted(verdict.counts, lang)
    return f"{answer(verdict, lang)} – {plain(rest, 300)}"


def place_text(place: Place, base: str = "") -> str:
    """Return where something is: file and line, subject, property."""
    file = f"{place.file}:{place.line}" if place.line else place.file
    subject = f"…/{place.subject[len(base) :]}" if base and place.subject.startswith(base) and place.subject != base else place.subject
    return plain(" · ".join(part for part in (file, subject, short(place.property)) if part), 300)


def short(iri: str) -> str:
    """Return an IRI by the prefixes of catalogues, else as it is.

    >>> short("http://dcat-ap.de/def/dcatde/contributorID")
    'dcatde:contributorID'
    """
    for prefix, root in _PREFIXES.items():
        if iri.startswith(root) and iri != root:
            return f"{prefix}:{iri[len(root) :]}"
    return curie(iri)


_PREFIXES = {
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dcatap": "http://data.europa.eu/r5r/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": PREFIXES["vcard"],
}


def portals(card: Card, flight: Flight, lang: str) -> str:
    """Return for whom a card counts, of those that were asked."""
    asked = {verdict.profile for verdict in flight.verdicts}
    return ", ".join(PORTALS[name].in_(lang).split(" (")[0] for name in card.profiles if name in asked)


def more(card: Card, shown: int, lang: str) -> str:
    """Return how many places are not shown, in words; empty where none is left."""
    left = card.count - shown
    return "" if left <= 0 else {"de": f"und {left} weitere", "en": f"and {left} more"}[lang]
