"""What goes into each column, in both languages, and which list it is chosen from: the notes and drop-downs of a workbook.

The words are those of `data/dortmund/README.md` and decision 0001; names of codes come from the code lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kg.errors import Text


class Column(NamedTuple):
    """A column.

    Attributes:
        what: What goes into it.
        form: Which form it has.
        example: A good cell.
        required: Whether it must be filled.
        choice: Name of its list (see :mod:`kg.sheet.choices`), or empty.
        width: Width in characters.
    """

    what: Text
    form: Text
    example: str = ""
    required: bool = False
    choice: str = ""
    width: int = 20


_SLUG = Text("small letters, digits and single hyphens", "Kleinbuchstaben, Ziffern und einzelne Bindestriche")
_DATE = Text("YYYY, YYYY-MM or YYYY-MM-DD; about: 2021~, open: 2016/..", "JJJJ, JJJJ-MM oder JJJJ-MM-TT; ungefähr: 2021~, offen: 2016/..")
_TEXT = Text("free text", "freier Text")
_URL = Text("web address that begins with https:// or http://", "Webadresse, die mit https:// oder http:// beginnt")
_LIST = Text("several values separated by ; (no drop-down)", "mehrere Werte mit ; getrennt (keine Auswahlliste)")
_CODE = Text("one of the list", "ein Wert der Liste")
_NUMBER = Text("number with a point: 1250.5", "Zahl mit Punkt: 1250.5")
_COUNT = Text("whole number", "ganze Zahl")
_ENTITY = Text("entity_id from the sheet entities", "entity_id aus dem Blatt entities")

COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "sources": {
        "source_id": Column(
            Text("Short name of the source, chosen once and never changed.", "Kurzname der Quelle, einmal gewählt und nie geändert."),
            _SLUG,
            "tudo-icapital-2021",
            required=True,
            width=24,
        ),
        "url": Column(Text("Where the source can be read.", "Wo die Quelle zu lesen ist."), _URL, "https://www.dortmund.de", width=40),
        "title": Column(
            Text("Title as the source gives it.", "Titel, wie ihn die Quelle nennt."),
            _TEXT,
            "Dortmund ist Europäische Innovationshauptstadt 2021",
            required=True,
            width=44,
        ),
        "publisher": Column(
            Text("Who publishes it, as the source says.", "Wer sie veröffentlicht, wie es die Quelle sagt."), _TEXT, "TU Dortmund", width=28
        ),
        "language": Column(
            Text("Language of the version that was read.", "Sprache der gelesenen Fassung."),
            Text("language tag", "Sprachkürzel"),
            "de",
            required=True,
            choice="languages",
            width=10,
        ),
        "published": Column(
            Text("When it was published; empty if unknown.", "Wann sie erschien; leer, wenn unbekannt."), _DATE, "2021-11-24", width=12
        ),
        "note": Column(
            Text("What else should be known of the source.", "Was man sonst über die Quelle wissen sollte."),
            _TEXT,
            "Betrifft die Ausgabe 2019",
            width=36,
        ),
        "retrieved_at": Column(Text("When it was read.", "Wann sie gelesen wurde."), _DATE, "2026-11-22", width=12),
        "publisher_id": Column(
            Text(
                "The publisher as an entity, only where it is that institution or an organ of it; empty if unsure.",
                "Die Herausgeberin als Entität, nur wenn sie diese Einrichtung oder ein Organ von ihr ist; leer, wenn unsicher.",
            ),
            _ENTITY,
            "tu-dortmund",
            choice="institutions",
            width=24,
        ),
        "stored_text": Column(
            Text("File of the stored text, if there is one.", "Datei des abgelegten Textes, falls es einen gibt."),
            Text("file name", "Dateiname"),
            "seed-sfs-2022.txt",
        ),
        "content_hash": Column(
            Text("Checksum of the bytes of the stored text.", "Prüfsumme der Bytes des abgelegten Textes."),
            Text("sha256: and 64 digits", "sha256: und 64 Ziffern"),
        ),
    },
    "entities": {
        "entity_id": Column(
            Text("Short name of the entity, chosen once and never changed.", "Kurzname der Entität, einmal gewählt und nie geändert."),
            _SLUG,
            "tu-dortmund",
            required=True,
            width=26,
        ),
        "type": Column(Text("What kind of thing it is.", "Was es für ein Ding ist."), _CODE, "Project", required=True, choice="types", width=13),
        "label_de": Column(Text("Name in German.", "Name auf Deutsch."), _TEXT, "Stadt Dortmund", required=True, width=32),
        "label_en": Column(Text("Name in English.", "Name auf Englisch."), _TEXT, "City of Dortmund", required=True, width=32),
        "alt_labels": Column(Text("Other names and abbreviations.", "Andere Namen und Abkürzungen."), _LIST, "sfs;Social Research Centre", width=30),
        "start": Column(Text("When it began.", "Wann es begann."), _DATE, "2021-11", width=12),
        "end": Column(Text("When it ended; not before its start.", "Wann es endete; nicht vor dem Beginn."), _DATE, "2023-12-31", width=12),
        "url": Column(Text("Its own page.", "Die eigene Seite."), _URL, "https://www.dortmund.de", width=34),
        "identifiers": Column(
            Text("Identifiers of this very body, not of the one it belongs to.", "Kennungen genau dieser Einrichtung, nicht der, zu der sie gehört."),
            Text(
                "scheme:value, several separated by ; – schemes: ror, grid, wikidata, cordis, eu-grant",
                "schema:Wert, mehrere mit ; getrennt – Schemata: ror, grid, wikidata, cordis, eu-grant",
            ),
            "ror:01k97gp34;wikidata:Q685557",
            width=30,
        ),
        "address": Column(Text("Postal address.", "Anschrift."), _TEXT, "Dortmund", width=28),
        "lat": Column(
            Text("Latitude; both coordinates or none.", "Geographische Breite; beide Koordinaten oder keine."),
            Text("decimal degrees with a point, -90 to 90", "Dezimalgrad mit Punkt, -90 bis 90"),
            "51.513889",
            width=11,
        ),
        "lon": Column(
            Text("Longitude; both coordinates or none.", "Geographische Länge; beide Koordinaten oder keine."),
            Text("decimal degrees with a point, -180 to 180", "Dezimalgrad mit Punkt, -180 bis 180"),
            "7.465278",
            width=11,
        ),
        "description_de": Column(
            Text("What it is, in German and in own words.", "Was es ist, auf Deutsch und in eigenen Worten."),
            _TEXT,
            "Kreisfreie Großstadt im östlichen Ruhrgebiet.",
            width=50,
        ),
        "source_ids": Column(
            Text("All sources it is known from.", "Alle Quellen, aus denen es bekannt ist."),
            _LIST,
            "seed-sfs-2022;wiki-dortmund-it",
            required=True,
            width=40,
        ),
        "kind": Column(
            Text(
                "Institutions only: what the body itself is; empty if not known.",
                "Nur bei Einrichtungen: was sie selbst ist; leer, wenn nicht bekannt.",
            ),
            _CODE,
            "research-institute",
            choice="kinds",
        ),
        "municipality_of": Column(
            Text(
                "Only for the administration of a city: the place it administers.", "Nur bei der Verwaltung einer Stadt: der Ort, den sie verwaltet."
            ),
            Text("entity_id of a Place", "entity_id eines Ortes (Place)"),
            "dortmund",
            choice="places",
            width=18,
        ),
    },
    "relations": {
        "subject_id": Column(
            Text("Of whom or what something is stated.", "Über wen oder was etwas ausgesagt wird."),
            _ENTITY,
            "t-factor",
            required=True,
            choice="entities",
            width=26,
        ),
        "predicate": Column(
            Text(
                "What is stated. With startDate, endDate, declaredSize, amount and altLabel the statement stands in the column value.",
                "Was ausgesagt wird. Bei startDate, endDate, declaredSize, amount und altLabel steht die Aussage in der Spalte value.",
            ),
            _CODE,
            "hasParticipant",
            required=True,
            choice="predicates",
            width=18,
        ),
        "object_id": Column(
            Text("The other end of the statement; empty where value is filled.", "Das andere Ende der Aussage; leer, wo value gefüllt ist."),
            _ENTITY,
            "sozialforschungsstelle",
            choice="entities",
            width=26,
        ),
        "role": Column(
            Text(
                "The role in the words of the source, no code; empty if it names none.",
                "Die Rolle in den Worten der Quelle, kein Code; leer, wenn sie keine nennt.",
            ),
            _TEXT,
            "Koordination",
            width=28,
        ),
        "start": Column(Text("From when on, as the source says.", "Ab wann, wie es die Quelle sagt."), _DATE, "2020-06", width=12),
        "end": Column(Text("Until when, as the source says.", "Bis wann, wie es die Quelle sagt."), _DATE, "2024-05-31", width=12),
        "source_id": Column(
            Text(
                "Who says so: exactly one source; a second one is a second row.", "Wer es sagt: genau eine Quelle; eine zweite ist eine zweite Zeile."
            ),
            Text("source_id from the sheet sources", "source_id aus dem Blatt sources"),
            "seed-sfs-2022",
            required=True,
            choice="sources",
            width=24,
        ),
        "evidence": Column(
            Text(
                "What the source says, in German, in own words, without names of persons.",
                "Was die Quelle sagt, auf Deutsch, in eigenen Worten, ohne Personennamen.",
            ),
            _TEXT,
            "Die Projektseite nennt die Einrichtung als Partnerin.",
            width=50,
        ),
        "attestation": Column(
            Text(
                "attributed: the source names only the parent body, the part of the unit is inferred. Empty: stated.",
                "attributed: Die Quelle nennt nur die übergeordnete Einrichtung, die Beteiligung der Einheit ist erschlossen. Leer: stated.",
            ),
            _CODE,
            "attributed",
            choice="attestations",
            width=12,
        ),
        "value": Column(
            Text(
                "Only with startDate, endDate, declaredSize, amount, altLabel: the date, number or name.",
                "Nur bei startDate, endDate, declaredSize, amount, altLabel: das Datum, die Zahl oder der Name.",
            ),
            Text("date, number or text, as the predicate asks", "Datum, Zahl oder Text, wie es das Prädikat verlangt"),
            "2023-12-31",
        ),
        "amount": Column(
            Text("Money that the source states for this relation; with currency.", "Betrag, den die Quelle für diese Beziehung nennt; mit Währung."),
            _NUMBER,
            "1000000",
            width=12,
        ),
        "currency": Column(
            Text("Currency of the amount.", "Währung des Betrags."),
            Text("three letters (ISO 4217)", "drei Buchstaben (ISO 4217)"),
            "EUR",
            choice="currencies",
            width=9,
        ),
        "quote": Column(
            Text(
                "A short exact quotation; only for a source with a stored text.",
                "Ein kurzes wörtliches Zitat; nur bei einer Quelle mit abgelegtem Text.",
            ),
            _TEXT,
            "Im Mittelpunkt der Bewerbung stand das Innovationsmodell der Stadt",
            width=40,
        ),
        "quote_start": Column(
            Text("Where the quotation begins in the stored text, in characters.", "Wo das Zitat im abgelegten Text beginnt, in Zeichen."),
            _COUNT,
            "91",
            width=11,
        ),
        "quote_end": Column(
            Text("Where the quotation ends in the stored text, in characters.", "Wo das Zitat im abgelegten Text endet, in Zeichen."),
            _COUNT,
            "157",
            width=11,
        ),
    },
    "decisions": {
        "target": Column(
            Text("What is decided on: an entity or a claim.", "Worüber entschieden wird: eine Entität oder eine Aussage."),
            Text("an id, or: subject_id predicate object_id source_id", "eine Kennung oder: subject_id predicate object_id source_id"),
            "tu-dortmund",
            required=True,
            width=50,
        ),
        "decision": Column(Text("What is decided.", "Was entschieden ist."), _CODE, "disputed", required=True, choice="decisions", width=20),
        "value": Column(
            Text(
                "With merge the unit, with same-as the source, with contradicts the other claim, with map-as what the row became; else mostly empty.",
                "Bei merge die Einheit, bei same-as die Quelle, bei contradicts die andere Aussage, bei map-as, was aus der Zeile wurde; sonst meist leer.",
            ),
            _TEXT,
            "sozialforschungsstelle",
            width=40,
        ),
        "who": Column(
            Text("Who decided; an office, no name of a person.", "Wer entschieden hat; eine Stelle, kein Personenname."),
            _TEXT,
            "innovation-kg, Datenredaktion",
            required=True,
            width=26,
        ),
        "when": Column(Text("When it was decided.", "Wann entschieden wurde."), _DATE, "2026-11-22", required=True, width=12),
        "why": Column(Text("The reason.", "Die Begründung."), _TEXT, "", required=True, width=60),
    },
    "retired": {
        "iri": Column(
            Text("IRI that was published and is no longer used.", "IRI, die veröffentlicht war und nicht mehr gilt."),
            _URL,
            "https://w3id.org/innokg/id/organisation/alt",
            required=True,
            width=60,
        ),
        "successor": Column(
            Text("IRI that replaces it; may be empty.", "IRI, die sie ersetzt; darf leer sein."),
            _URL,
            "https://w3id.org/innokg/id/organisation/neu",
            width=60,
        ),
        "date": Column(Text("Since when it is retired.", "Seit wann sie nicht mehr gilt."), _DATE, "2026-11-22", width=12),
    },
    "roles": {
        "predicate": Column(
            Text("Predicate of the rows that are meant; * is any.", "Prädikat der gemeinten Zeilen; * ist jedes."),
            _CODE,
            "hasParticipant",
            required=True,
            choice="role_predicates",
            width=18,
        ),
        "wording": Column(
            Text("The wording of the source (column role).", "Der Wortlaut der Quelle (Spalte role)."),
            _TEXT,
            "Verbundkoordination",
            required=True,
            width=40,
        ),
        "scheme": Column(
            Text("Code list that the code is from.", "Codeliste, aus der der Code stammt."), _CODE, "participation-role", choice="role_schemes"
        ),
        "code": Column(
            Text("Code for this wording; empty: it is a task, no role.", "Code für diesen Wortlaut; leer: eine Aufgabe, keine Rolle."),
            _CODE,
            "coordinator",
            choice="role_codes",
        ),
        "rank": Column(Text("Rank that the wording states.", "Platz, den der Wortlaut nennt."), _COUNT, "2", width=8),
        "note": Column(Text("Remark.", "Bemerkung."), _TEXT, "", width=40),
    },
}
"""Columns by table; a column that is not here is text without a note."""
