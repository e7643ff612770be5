"""Words of cards: names in the place of short names and addresses, quotation marks, and what was found said in either language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.namespaces import RDFS, curie

LANGUAGES = ("de", "en")


def quoted(text: str, lang: str) -> str:
    """Put a text between the quotation marks of a language.

    >>> quoted("Smart Rhino", "de")
    '„Smart Rhino“'
    """
    return f"„{text}“" if lang == "de" else f"“{text}”"


def cut(text: str, width: int) -> str:
    """Return a text on one line, cut at a width."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


_IRI = re.compile(r"<?\bhttps?://[^\s<>'\"„“”]*[^\s<>'\"„“”.,;:)]>?")


def without_iris(text: str) -> str:
    """Put the last step of an address where the address stood: titles are for reading.

    >>> without_iris("The id 'https://example.org/id/project/alpha' is not known.")
    "The id 'alpha' is not known."
    """
    return _IRI.sub(lambda match: match.group().strip("<>").rstrip("/#").rsplit("#", 1)[-1].rsplit("/", 1)[-1], text)


_DATATYPES: dict[str, tuple[str, str]] = {
    "xsd:date": ("ein Tag (JJJJ-MM-TT)", "a day (YYYY-MM-DD)"),
    "xsd:gYearMonth": ("ein Monat (JJJJ-MM)", "a month (YYYY-MM)"),
    "xsd:gYear": ("ein Jahr (JJJJ)", "a year (YYYY)"),
    "xsd:dateTime": ("ein Zeitpunkt (JJJJ-MM-TTThh:mm:ssZ)", "a point in time (YYYY-MM-DDThh:mm:ssZ)"),
    "xsd:integer": ("eine ganze Zahl", "a whole number"),
    "xsd:decimal": ("eine Zahl", "a number"),
    "xsd:boolean": ("true oder false", "true or false"),
    "xsd:string": ("ein Text ohne Sprachangabe", "a text without a language"),
    "rdf:langString": ("ein Text mit Sprachangabe", "a text with a language"),
    "xsd:anyURI": ("eine Webadresse", "a web address"),
    "geo:wktLiteral": ("eine Geometrie (WKT)", "a geometry (WKT)"),
}
_NAMED = re.compile(r"<?(https?://[^\s<>,;:]+[^\s<>,;:.)])>?|\b(?:xsd|rdf|geo|inno|org|skos|schema|dcterms|foaf|adms|rdfs|oa|prov):[A-Za-z]\w*")
_OF_CLASS = {"de": re.compile(r"ein Knoten der Klasse (\S+?)(?=[,;]?(?:\s|\Z))"), "en": re.compile(r"a node of class (\S+?)(?=[,;]?(?:\s|\Z))")}


def term_name(short: str, lang: str) -> str:
    """Return the name of a datatype, class or property that is given as a short name, or the short name.

    >>> term_name("xsd:gYear", "de")
    'ein Jahr (JJJJ)'
    """
    known = _DATATYPES.get(short) or _FOREIGN.get(short)
    return known[lang == "en"] if known else vocabulary_names().get(short, {}).get(lang, short)


_VOCABULARY: dict[str, dict[str, str]] = {}


def vocabulary_names() -> Mapping[str, Mapping[str, str]]:
    """Return the names of the ontology's terms by short name and language; read once."""
    if not _VOCABULARY:
        from kg.resources import folder
        from kg.sources.rdf import read_rdf

        for quad in read_rdf(folder("ontology", "inno.ttl")):
            if quad.predicate == RDFS.label and quad.language in LANGUAGES:
                _VOCABULARY.setdefault(curie(quad.subject), {})[quad.language] = quad.object
    return _VOCABULARY


def in_words(text: str, lang: str) -> str:
    """Put names in the place of datatypes and classes.

    >>> in_words("xsd:date, xsd:gYearMonth or xsd:gYear", "en")
    'a day (YYYY-MM-DD), a month (YYYY-MM) or a year (YYYY)'
    """
    of = "etwa" if lang == "de" else "something"
    shown = _OF_CLASS[lang].sub(lambda match: f"{of if lang == 'en' else 'etwas'} " + _kind(match[1], lang), text)
    return _NAMED.sub(lambda match: _DATATYPES[match.group()][lang == "en"] if match.group() in _DATATYPES else match.group(), shown)


def _kind(short: str, lang: str) -> str:
    name = term_name(short, lang)
    return f"der Art {quoted(name, lang)}" if lang == "de" else f"of the kind {quoted(name, lang)}"


FOUND: dict[str, tuple[str, str]] = {
    # what kg.validate.reader says where nothing is there: de, en
    "none": ("keiner", "none"),
    "nothing": ("nichts davon", "none of it"),
}


def found_in(found: str, lang: str) -> str:
    """Return what was found in words: fixed words in the language, names for properties, no addresses and datatypes.

    >>> found_in("none of it", "de")
    'nichts davon'
    >>> found_in("schema:endDate 2021 (xsd:gYear); inno:partOf SISCODE (https://example.org/id/project/siscode)", "en")
    'end 2021; part of SISCODE'
    """
    for de, en in FOUND.values():
        if found in (de, en):
            return de if lang == "de" else en
    text = re.sub(r" \((?:https?://[^()\s]*|(?:xsd|edtf|rdf|geo):\w+)\)", "", found)
    text = re.sub(r"(?:(?<=\A)|(?<=; ))([a-z]+:[A-Za-z]\w*)(?= )", lambda match: property_name(match[1], lang), text)
    text = without_iris(text)
    if lang == "de":
        return re.sub(r"; and (\d+) more\Z", r"; und \1 weitere", text)
    return re.sub(r"; und (\d+) weitere\Z", r"; and \1 more", text)


_FOREIGN: dict[str, tuple[str, str]] = {
    # names of terms of other vocabularies, de and en
    "org:FormalOrganization": ("selbständige Organisation", "formal organisation"),
    "org:OrganizationalUnit": ("Organisationseinheit", "organisational unit"),
    "skos:Concept": ("Begriff", "concept"),
    "skos:ConceptScheme": ("Code-Liste", "code list"),
    "dcat:Dataset": ("Datensatz", "data set"),
    "foaf:Agent": ("Akteur", "agent"),
    "locn:Address": ("Anschrift", "address"),
    "adms:Identifier": ("Kennung", "identifier"),
    "oa:TextPositionSelector": ("Textstelle", "passage"),
    "schema:startDate": ("Beginn", "start"),
    "schema:endDate": ("Ende", "end"),
    "schema:mentions": ("erwähnt", "mentions"),
    "skos:prefLabel": ("Name", "name"),
    "skos:altLabel": ("weiterer Name", "other name"),
    "skos:notation": ("Kürzel", "notation"),
    "skos:inScheme": ("Schema", "scheme"),
    "skos:definition": ("Erklärung", "definition"),
    "skos:broader": ("Oberbegriff", "broader concept"),
    "adms:identifier": ("Kennung", "identifier"),
    "org:classification": ("Art", "kind"),
    "org:subOrganizationOf": ("Teil von", "part of"),
    "org:memberOf": ("Mitglied von", "member of"),
    "org:linkedTo": ("verbunden mit", "linked to"),
    "dcterms:description": ("Beschreibung", "description"),
    "dcterms:title": ("Titel", "title"),
    "dcterms:issued": ("erschienen", "issued"),
    "dcterms:language": ("Sprache", "language"),
    "dcterms:license": ("Lizenz", "licence"),
    "dcterms:creator": ("Urheber", "creator"),
    "dcterms:relation": ("Bezug", "related"),
    "dcterms:source": ("Quelle", "source"),
    "foaf:page": ("Webseite", "web page"),
    "wgs:lat": ("Breite", "latitude"),
    "wgs:long": ("Länge", "longitude"),
    "geo:asWKT": ("Geometrie", "geometry"),
    "rdf:type": ("Klasse", "class"),
    "rdf:subject": ("Gegenstand", "subject"),
    "rdf:predicate": ("Eigenschaft", "predicate"),
    "rdf:object": ("Ziel", "object"),
    "oa:hasSource": ("Quelle", "source"),
    "oa:exact": ("Zitat", "quote"),
    "oa:start": ("Anfang der Stelle", "start of the passage"),
    "oa:end": ("Ende der Stelle", "end of the passage"),
}


def property_name(short: str, lang: str) -> str:
    """Return the name of a property that is given as a short name or a path of such; the last step where it has none.

    >>> property_name("schema:startDate", "de"), property_name("https://example.org/terms#size", "en")
    ('Beginn', 'size')
    """
    if short in _FOREIGN:
        return _FOREIGN[short][lang == "en"]
    named = vocabulary_names().get(short, {}).get(lang, "")
    return named or re.split(r"[#/:]", short.rstrip("#/"))[-1]
