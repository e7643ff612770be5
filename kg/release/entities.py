"""One table per kind of entity: what it is called, its dates, numbers, places, identifiers and links.

A cell of a date or a number holds one value. Where sources disagree, or a value has no proper form, it is empty and the column `disputed` holds all of them:
contradictions are shown, never smoothed.
"""

from __future__ import annotations

from typing import NamedTuple

from kg.namespaces import ADMS, DCTERMS, FOAF, INNO, ORG, OWL, SCHEMA, SKOS
from kg.publish.tables import Column

DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
NUMBERS = {"integer": "[+-]?[0-9]+", "decimal": r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"}
"""Forms of values that a cell may hold."""


class Field(NamedTuple):
    """A column and where its values come from.

    Attributes:
        column: Name, type and meaning.
        how: `id`; `label` or `text` in the language `of`; `one` value; `codes`, `iris`, `texts`: a list; or a rule of :mod:`kg.release.tables`.
        of: Properties whose objects they are, or a language.
    """

    column: Column
    how: str
    of: tuple[str, ...] = ()


class Table(NamedTuple):
    """A table of entities.

    Attributes:
        classes: Classes of its rows.
        fields: Its columns in order.
    """

    classes: tuple[str, ...]
    fields: tuple[Field, ...]


_FORM = "YYYY-MM-DD | YYYY-MM | YYYY"


def _id(de: str, en: str) -> Field:
    return Field(Column("id", "iri", de, en), "id")


def _one(name: str, kind: str, de: str, en: str, *of: str) -> Field:
    return Field(Column(name, kind, de, en, _FORM if kind == "date" else ""), "one", of)


def _iris(name: str, de: str, en: str, *of: str) -> Field:
    return Field(Column(name, "list of iri", de, en), "iris", of)


def _codes(name: str, de: str, en: str, scheme: str, *of: str) -> Field:
    return Field(Column(name, "list of code", de, en, f"https://w3id.org/innokg/code/{scheme}" if scheme else ""), "codes", of)


def _texts(name: str, de: str, en: str, *of: str) -> Field:
    return Field(Column(name, "list of text", de, en), "texts", of)


_LABELS = (
    Field(
        Column("label_de", "text", "Name, deutsch; sonst der in einer anderen Sprache", "Name in German, else that in another language"),
        "label",
        ("de",),
    ),
    Field(
        Column("label_en", "text", "Name, englisch; sonst der in einer anderen Sprache", "Name in English, else that in another language"),
        "label",
        ("en",),
    ),
    _texts("other_names", "Weitere Namen und Kurznamen", "Other names and acronyms", SKOS.altLabel, INNO.acronym),
)
_SPAN = (
    _one("start", "date", "Beginn", "Start", SCHEMA.startDate),
    _one("end", "date", "Ende", "End", SCHEMA.endDate),
)
_IDENTIFIERS = Field(
    Column("identifiers", "list of text", "Kennungen, jede mit ihrem Schema davor", "Identifiers, each with its scheme before it", "scheme:value"),
    "identifiers",
)
_SAME = _iris("same_as", "Dasselbe in anderen Verzeichnissen", "The same in other registers", SCHEMA.sameAs, OWL.sameAs)
_PAGE = _iris("website", "Seiten im Web", "Pages on the web", FOAF.page)
_TEXT = tuple(
    Field(Column(f"description_{lang}", "text", f"Beschreibung, {de}", f"Description in {en}"), "text", (lang,))
    for lang, de, en in (("de", "deutsch", "German"), ("en", "englisch", "English"))
)
_LOCATION = (
    _iris("places", "Orte", "Places", INNO.location),
    Field(
        Column("country", "list of code", "Land der Orte, soweit bekannt", "Country of the places where known", "ISO 3166-1 alpha-2 (EL, UK: EU)"),
        "country",
    ),
)
_POINT = (
    Field(Column("latitude", "decimal", "Geografische Breite in Grad (WGS 84)", "Latitude in degrees (WGS 84)", "-90 … 90"), "latitude"),
    Field(Column("longitude", "decimal", "Geografische Länge in Grad (WGS 84)", "Longitude in degrees (WGS 84)", "-180 … 180"), "longitude"),
)
_DISPUTED = Field(
    Column(
        "disputed",
        "list of text",
        "Spalten, zu denen die Quellen Verschiedenes sagen oder deren Wert keine gültige Form hat: Name und alle Werte; die Zelle selbst ist dann leer",
        "Columns on which the sources disagree or whose value has no proper form: name and all values; the cell itself is then empty",
        "column: value | value",
    ),
    "disputed",
)
_TOPICS = _iris("topics", "Themen", "Topics", DCTERMS.subject)
_PART_OF = _iris("part_of", "Teil von", "Part of", INNO.partOf)
_MONEY = (
    _one("amount", "decimal", "Betrag", "Amount", INNO.amount),
    _one("currency", "text", "Währung (ISO 4217)", "Currency (ISO 4217)", INNO.currency),
)

ENTITIES: dict[str, Table] = {
    "organisations.csv": Table(
        (INNO.Organisation,),
        (
            _id("Die Organisation", "The organisation"),
            *_LABELS,
            _codes("kind", "Art der Organisation", "Kind of organisation", "organisation-kind", ORG.classification),
            *_SPAN,
            *_LOCATION,
            _IDENTIFIERS,
            _SAME,
            _iris("part_of", "Übergeordnete Organisation", "Organisation above it", ORG.subOrganizationOf),
            _PAGE,
            *_TEXT,
            _DISPUTED,
        ),
    ),
    "projects.csv": Table(
        (INNO.Project,),
        (
            _id("Das Projekt", "The project"),
            *_LABELS,
            *_SPAN,
            _codes("status", "Stand des Projekts", "Status of the project", "project-status", ADMS.status),
            _codes(
                "completeness",
                "Ob alle Beteiligten bekannt sind",
                "Whether all participants are known",
                "completeness",
                INNO.completeness,
            ),
            _iris("coordinator", "Wer koordiniert", "Who coordinates", INNO.coordinatedBy),
            _PART_OF,
            *_LOCATION,
            _one("recorded_size", "integer", "Zahl der erfassten Beteiligten", "Number of participants recorded", INNO.recordedSize),
            _one("declared_size", "integer", "Zahl der Beteiligten laut Quelle", "Number of participants as a source says", INNO.declaredSize),
            _one("total_cost", "decimal", "Gesamtkosten in Euro", "Total cost in euro", INNO.totalCost),
            _TOPICS,
            _IDENTIFIERS,
            _SAME,
            _PAGE,
            *_TEXT,
            _DISPUTED,
        ),
    ),
    "programmes.csv": Table(
        (INNO.Programme,),
        (_id("Das Programm", "The programme"), *_LABELS, *_SPAN, _PART_OF, _TOPICS, _IDENTIFIERS, _SAME, _PAGE, *_TEXT, _DISPUTED),
    ),
    "events.csv": Table(
        (INNO.Event, INNO.Campaign, INNO.Award, INNO.AwardEdition),
        (
            _id("Die Veranstaltung, Kampagne, der Preis oder die Ausgabe", "The event, campaign, award or edition"),
            Field(Column("class", "list of text", "Klasse", "Class", "Event | Campaign | Award | AwardEdition"), "class"),
            *_LABELS,
            *_SPAN,
            _iris("part_of", "Teil von; bei Ausgaben auch der Preis", "Part of; of editions also the award", INNO.partOf, INNO.editionOf),
            *_LOCATION,
            _iris("conferred_by", "Wer den Preis verleiht", "Who confers the award", INNO.conferredBy),
            _TOPICS,
            _PAGE,
            *_TEXT,
            _DISPUTED,
        ),
    ),
    "places.csv": Table(
        (INNO.Place,),
        (
            _id("Der Ort", "The place"),
            *_LABELS,
            Field(
                Column("kind", "code", "Ebene, wo ein Code sie nennt", "Level where a code says so", "country | nuts-1 | nuts-2 | nuts-3"), "level"
            ),
            _iris("within", "Liegt in", "Lies in", INNO.withinPlace),
            Field(Column("country", "list of code", "Land", "Country", "ISO 3166-1 alpha-2 (EL, UK: EU)"), "country"),
            *_POINT,
            _IDENTIFIERS,
            _SAME,
            _PAGE,
            *_TEXT,
            _DISPUTED,
        ),
    ),
    "documents.csv": Table(
        (INNO.Document,),
        (
            _id("Das Dokument", "The document"),
            *_LABELS[:2],
            Field(Column("publisher", "list of text", "Wer es herausgibt", "Who published it"), "names", (DCTERMS.publisher,)),
            _texts("language", "Sprache (BCP 47)", "Language (BCP 47)", DCTERMS.language),
            _one("issued", "date", "Erschienen", "Issued", DCTERMS.issued),
            _PAGE,
            _IDENTIFIERS,
            *_TEXT,
            _DISPUTED,
        ),
    ),
    "funding.csv": Table(
        (INNO.Funding,),
        (
            _id("Die Förderung", "The funding"),
            _iris("funds", "Was gefördert wird", "What is funded", INNO.funds),
            _iris("programme", "Aus welchem Programm", "Under which programme", INNO.underProgramme),
            _iris("funder", "Wer fördert", "Who funds", INNO.funder),
            *_MONEY,
            *_SPAN,
            _one("issued", "date", "Tag des Vertrags oder Bescheids", "Day of contract or decision", DCTERMS.issued),
            _DISPUTED,
        ),
    ),
    "award-results.csv": Table(
        (INNO.AwardResult,),
        (
            _id("Das Ergebnis", "The result"),
            _iris("award", "Bei welchem Preis", "In which award", INNO.ofAward),
            _iris("edition", "In welcher Ausgabe", "In which edition", INNO.inEdition),
            _iris("candidate", "Wer", "Who", INNO.candidate),
            _codes("status", "Was erreicht wurde", "What was achieved", "result-status", INNO.resultStatus),
            _one("rank", "integer", "Rang", "Rank", INNO.rank),
            *_MONEY,
            _one("date", "date", "Wann", "When", SCHEMA.startDate),
            _DISPUTED,
        ),
    ),
    "codes.csv": Table(
        (SKOS.Concept,),
        (
            _id("Der Code", "The code"),
            _codes("scheme", "Liste, zu der er gehört", "List it belongs to", "", SKOS.inScheme),
            Field(Column("code", "text", "Der Code, wie er in den Tabellen steht", "The code as the tables have it"), "code"),
            *_LABELS[:2],
            *(
                Field(Column(f"definition_{lang}", "text", f"Bedeutung, {de}", f"Meaning in {en}"), "text", (lang,))
                for lang, de, en in (("de", "deutsch", "German"), ("en", "englisch", "English"))
            ),
        ),
    ),
}
"""The tables of entities, in the order in which they are listed."""
COLUMNS: dict[str, tuple[Column, ...]] = {name: tuple(field.column for field in table.fields) for name, table in ENTITIES.items()}
"""Their columns."""
