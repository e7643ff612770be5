"""A folder of tables as one thing: read, cross-checked, every problem listed (contracts, section 2).

`sources.csv`, `entities.csv`, `relations.csv` must be there; `decisions.csv`, `retired.csv`, `roles.csv`, `settings.toml` may be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

from kg.config import SourceSettings, read_source_settings
from kg.errors import IdentifierError, Problem
from kg.identifiers import SLUG, parse_date, split_identifier
from kg.resources import folder as resource
from kg.sources.tables import TEXTS as TABLE_TEXTS
from kg.sources.tables import Row, Table, problem, read_table

SOURCE_COLUMNS = ("source_id", "url", "title", "publisher", "language", "published", "note")
ENTITY_COLUMNS = (
    *("entity_id", "type", "label_de", "label_en", "alt_labels", "start", "end", "url", "identifiers", "address", "lat", "lon"),
    *("description_de", "source_ids"),
)
RELATION_COLUMNS = ("subject_id", "predicate", "object_id", "role", "start", "end", "source_id", "evidence")
DECISION_COLUMNS = ("target", "decision", "value", "who", "when", "why")
ROLE_COLUMNS = ("predicate", "wording", "scheme", "code", "rank", "note")
RETIRED_COLUMNS = ("iri", "successor", "date")

TYPES = ("Institution", "Place", "Project", "Topic", "Event", "Programme", "Document", "Award", "Campaign")
INITIATIVES = ("Project", "Event", "Programme", "Campaign")
PREDICATES = (
    *("hasParticipant", "coordinatedBy", "organisedBy", "runBy", "hostedAt", "hasSite", "locatedIn", "partOf", "partOfCampaign"),
    *("featuredIn", "contributedTo", "developed", "supports", "addresses", "memberOf", "mentions", "successorOf", "cooperatesWith"),
    *("fundedBy", "awardedTo", "finalistOf", "semifinalistOf", "awardedBy"),
)
LITERAL_PREDICATES = ("startDate", "endDate", "declaredSize", "amount", "altLabel")
DECIDED_PROPERTIES = ("", "startDate", "endDate", "amount", "rank", "declaredSize")
DECISIONS = (
    *("accepted", "disputed", "rejected", "merge", "identifier-of-parent", "same-as", "contradicts", "map-as"),
    *("enriched", "not-enriched", "enrich-later"),
)
ATTESTATIONS = ("stated", "attributed")

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "empty-cell": ("Die Zelle {column!r} ist leer.", "The cell {column!r} is empty.", "Tragen Sie den Wert ein.", "Enter the value."),
    "unknown-type": ("Den Typ {value!r} gibt es nicht.", "There is no type {value!r}.", "{hint_de}", "{hint}"),
    "unknown-predicate": ("Das Prädikat {value!r} gibt es nicht.", "There is no predicate {value!r}.", "{hint_de}", "{hint}"),
    "unknown-id": (
        "Die Kennung {value!r} steht nicht in {table}.",
        "The id {value!r} is not in {table}.",
        "{hint_de}",
        "{hint}",
    ),
    "wrong-id": (
        "Die Kennung {value!r} hat nicht die vereinbarte Form.",
        "The id {value!r} does not have the agreed form.",
        "Nur Kleinbuchstaben, Ziffern und einzelne Bindestriche.",
        "Only small letters, digits and single hyphens.",
    ),
    "double-id": (
        "Die Kennung {value!r} steht schon in Zeile {first}.",
        "The id {value!r} stands in row {first} already.",
        "Jede Kennung gibt es einmal; benennen Sie eine um oder führen Sie die Zeilen zusammen.",
        "Each id stands once; rename one or merge the rows.",
    ),
    "duplicate-row": (
        "Die Zeile wiederholt Zeile {first}.",
        "The row repeats row {first}.",
        "Löschen Sie eine von beiden.",
        "Delete one of the two.",
    ),
    "wrong-date": (
        "{value!r} ist kein Datum.",
        "{value!r} is no date.",
        "Schreiben Sie JJJJ, JJJJ-MM oder JJJJ-MM-TT; ungefähr: 2021~, offen: 2016/.. .",
        "Write YYYY, YYYY-MM or YYYY-MM-DD; about: 2021~, open: 2016/.. .",
    ),
    "wrong-coordinate": (
        "{value!r} ist kein Wert für {column!r}: erlaubt sind {low} bis {high}.",
        "{value!r} is no value for {column!r}: {low} to {high} are allowed.",
        "Dezimalgrad mit Punkt; vielleicht sind Breite und Länge vertauscht.",
        "Decimal degrees with a point; perhaps latitude and longitude are swapped.",
    ),
    "half-coordinate": (
        "Nur eine von zwei Koordinaten ist angegeben.",
        "Only one of the two coordinates is given.",
        "Ergänzen oder leeren Sie beide.",
        "Complete or empty both.",
    ),
    "wrong-url": (
        "{value!r} ist keine Webadresse.",
        "{value!r} is no web address.",
        "Sie beginnt mit http:// oder https:// und hat keine Leerzeichen.",
        "It begins with http:// or https:// and holds no blanks.",
    ),
    "wrong-identifier": ("{reason_de}", "{reason}", "{hint_de}", "{hint}"),
    "wrong-number": (
        "{value!r} ist keine Zahl für {column!r}.",
        "{value!r} is no number for {column!r}.",
        "Schreiben Sie 1250.5 oder 1250.",
        "Write 1250.5 or 1250.",
    ),
    "wrong-code": ("Den Wert {value!r} gibt es für {column!r} nicht.", "There is no value {value!r} for {column!r}.", "{hint_de}", "{hint}"),
    "wrong-language": (
        "{value!r} ist kein Sprachkürzel.",
        "{value!r} is no language tag.",
        "Zum Beispiel de, en oder it.",
        "For example de, en or it.",
    ),
    "wrong-pair": (
        "Das Prädikat {value!r} verbindet nicht {subject_type} mit {object_type}.",
        "The predicate {value!r} does not link {subject_type} to {object_type}.",
        "Prüfen Sie Prädikat und Kennungen; die erlaubten Paare stehen in docs/decisions/0001-model.md.",
        "Check predicate and ids; the allowed pairs are in docs/decisions/0001-model.md.",
    ),
    "self-reference": (
        "Die Zeile verbindet {value!r} mit sich selbst.",
        "The row links {value!r} to itself.",
        "Prüfen Sie beide Kennungen.",
        "Check both ids.",
    ),
    "half-amount": (
        "Betrag und Währung gehören zusammen.",
        "Amount and currency belong together.",
        "Ergänzen oder leeren Sie beide.",
        "Complete or empty both.",
    ),
    "unknown-target": (
        "Die Entscheidung meint {value!r}; das steht in keiner Tabelle.",
        "The decision refers to {value!r}, which stands in no table.",
        "Eine Kennung, oder: subject_id predicate object_id source_id.",
        "An id, or: subject_id predicate object_id source_id.",
    ),
    "date-order": (
        "Das Ende {value!r} liegt vor dem Beginn {start!r}.",
        "The end {value!r} lies before the start {start!r}.",
        "Prüfen Sie beide an der Quelle.",
        "Check both against the source.",
    ),
}

_URL = re.compile(r"https?://[^\s<>\"{}|\\^`]+\Z")
COUNT = re.compile(r"[0-9]{1,12}\Z")
"""A count or position: digits of ASCII only."""

_KIND = re.compile(r"[A-Za-z0-9-]+\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")


@dataclass
class Folder:
    """What a folder of tables holds; only rows without a problem in their keys are kept.

    Attributes:
        settings: Its settings.
        sources, entities, relations, decisions, retired: Its tables.
        roles: (predicate, folded wording) → [(scheme, code, rank)]; predicate `*` is any.
        problems: Everything wrong, in file and row order.
    """

    settings: SourceSettings
    sources: Table
    entities: Table
    relations: Table
    decisions: Table
    retired: Table
    roles: Mapping[tuple[str, str], list[tuple[str, str, str]]]
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.entity = {row["entity_id"]: row for row in self.entities.rows}
        self.source = {row["source_id"]: row for row in self.sources.rows}


def read_folder(path: Path, name: str | None = None) -> Folder:
    """Read and check a folder of tables.

    Args:
        path: The folder.
        name: How the folder is called in origins; its own name by default.

    Raises:
        InputError: `settings.toml` is wrong. Problems of tables are in the result.
    """
    settings = read_source_settings(path)
    label = path.name if name is None else name

    def read(file: str, columns: tuple[str, ...], optional: bool = False) -> Table:
        shown = f"{label}/{file}" if label else file
        return Table(shown) if optional and not (path / file).exists() else read_table(path / file, shown, columns)

    tables = {
        "sources": read("sources.csv", SOURCE_COLUMNS),
        "entities": read("entities.csv", ENTITY_COLUMNS),
        "relations": read("relations.csv", RELATION_COLUMNS),
        "decisions": read("decisions.csv", DECISION_COLUMNS, optional=True),
        "retired": read("retired.csv", RETIRED_COLUMNS, optional=True),
    }
    own_roles = read("roles.csv", ROLE_COLUMNS, optional=True)
    shipped = read_table(resource("data", "mappings", "roles.csv"), "data/mappings/roles.csv", ROLE_COLUMNS)
    folder = Folder(
        settings,
        sources=tables["sources"],
        entities=tables["entities"],
        relations=tables["relations"],
        decisions=tables["decisions"],
        retired=tables["retired"],
        roles=role_map([*shipped.rows, *own_roles.rows]),
    )
    for table in (*tables.values(), own_roles):
        folder.problems += table.problems
    if not any(problem.fatal for problem in folder.problems):
        check_folder(folder)
    folder.problems.sort()
    folder.__post_init__()
    return folder


def role_map(rows: Iterable[Row]) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Index rows of role tables by predicate and wording; later tables win: a folder's own row for a wording replaces the shipped ones."""
    roles: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for row in rows:
        entry = (row["scheme"], row["code"], row["rank"])
        known = roles.setdefault((row["predicate"] or "*", row["wording"].casefold()), [])
        if entry not in known:
            known.append(entry)
    return roles


def _hint(value: str, known: Iterable[str]) -> dict[str, object]:
    """Return the words `hint` and `hint_de`: "Did you mean …?", or the list where it is short."""
    options = sorted(known)
    near = get_close_matches(value, options, n=3, cutoff=0.6) or [o for o in options if o.casefold() == value.casefold()]
    if near:
        meant = " / ".join(near)
        return {"hint": f"Did you mean {meant}?", "hint_de": f"Gemeint vielleicht {meant}?"}
    if len(options) <= 40:
        return _listed(options)
    return {"hint": "Add it there, or correct the cell.", "hint_de": "Tragen Sie sie dort ein oder berichtigen Sie die Zelle."}


def _listed(options: Iterable[str]) -> dict[str, object]:
    """Return the words `hint` and `hint_de` that list what there is."""
    known = ", ".join(options)
    return {"hint": f"Known: {known}.", "hint_de": f"Bekannt sind: {known}."}


class _Checker:
    """Collects problems of one table; each `check` returns whether the cell may be used."""

    def __init__(self, table: Table, problems: list[Problem], subject_column: str) -> None:
        self.table = table
        self.problems = problems
        self.subject_column = subject_column

    def report(self, code: str, row: Row, column: str = "", **words: object) -> None:
        value = row[column] if column else ""
        self.problems.append(problem(TEXTS, code, self.table.file, row.number, column, value=value, subject=row[self.subject_column], words=words))

    def filled(self, row: Row, *columns: str) -> bool:
        good = True
        for column in columns:
            if not row[column]:
                self.report("empty-cell", row, column)
                good = False
        return good

    def clear(self, row: Row, column: str, code: str, holds: bool, **words: object) -> None:
        """Report a cell that does not hold and empty it, so that nothing wrong goes further."""
        if row[column] and not holds:
            self.report(code, row, column, **words)
            row.cells[column] = ""

    def dates(self, row: Row, *columns: str) -> None:
        for column in columns:
            self.clear(row, column, "wrong-date", parse_date(row[column]) is not None)

    def order(self, row: Row, start: str, end: str) -> None:
        first, last = row[start], row[end]
        length = min(len(first), len(last))
        if first[:4].isdigit() and last[:4].isdigit() and last[:length] < first[:length]:
            self.report("date-order", row, end, start=first)

    def unique(self, key: Callable[[Row], tuple[str, ...]], code: str, column: str = "") -> None:
        seen: dict[tuple[str, ...], int] = {}
        kept: list[Row] = []
        for row in self.table.rows:
            first = seen.setdefault(key(row), row.number)
            if first != row.number:
                self.report(code, row, column, first=first)
            else:
                kept.append(row)
        self.table.rows[:] = kept

    def known(self, row: Row, column: str, keys: Mapping[str, object], table: str) -> bool:
        if row[column] in keys:
            return True
        self.report("unknown-id", row, column, table=table, **_hint(row[column], keys))
        return False


def check_folder(folder: Folder) -> None:
    """Cross-check the tables of a folder: problems go to `folder.problems`, faulty rows and cells are taken out."""
    _check_sources(folder)
    _check_entities(folder)
    folder.__post_init__()
    for row in folder.sources.rows:
        if row["publisher_id"] not in folder.entity:
            # Told already: it is unknown, or its own row is faulty.
            row.cells["publisher_id"] = ""
    _check_relations(folder)
    _check_decisions(folder)


def _check_sources(folder: Folder) -> None:
    check = _Checker(folder.sources, folder.problems, "source_id")
    entities = {row["entity_id"]: row for row in folder.entities.rows}
    kept: list[Row] = []
    for row in folder.sources.rows:
        filled = check.filled(row, "source_id", "title", "language")
        if _slug(check, row, "source_id") and filled:
            kept.append(row)
        check.clear(row, "url", "wrong-url", bool(_URL.match(row["url"])))
        check.clear(row, "language", "wrong-language", bool(_LANGUAGE.match(row["language"])))
        check.dates(row, "published", "retrieved_at")
        if row["publisher_id"] and not check.known(row, "publisher_id", entities, "entities.csv"):
            row.cells["publisher_id"] = ""
    folder.sources.rows[:] = kept
    check.unique(lambda row: (row["source_id"],), "double-id", "source_id")


def _slug(check: _Checker, row: Row, column: str) -> bool:
    """Tell whether an id has the agreed form; an empty one is reported as such elsewhere."""
    if SLUG.match(row[column]):
        return True
    if row[column]:
        check.report("wrong-id", row, column)
    return False


def _check_entities(folder: Folder) -> None:
    check = _Checker(folder.entities, folder.problems, "entity_id")
    sources = {row["source_id"]: row for row in folder.sources.rows}
    kept: list[Row] = []
    for row in folder.entities.rows:
        filled = check.filled(row, "entity_id", "type")
        good_id = _slug(check, row, "entity_id")
        if row["type"] and row["type"] not in TYPES:
            check.report("unknown-type", row, "type", **_hint(row["type"], TYPES))
        elif filled and good_id:
            kept.append(row)
        check.dates(row, "start", "end")
        check.order(row, "start", "end")
        check.clear(row, "url", "wrong-url", bool(_URL.match(row["url"])))
        _check_coordinates(check, row)
        good = []
        for text in filter(None, (part.strip() for part in row["identifiers"].split(";"))):
            try:
                split_identifier(text)
                good.append(text)
            except IdentifierError as error:
                fix = error.fix or error.what
                check.report("wrong-identifier", row, "identifiers", reason=error.what.en, reason_de=error.what.de, hint=fix.en, hint_de=fix.de)
        row.cells["identifiers"] = ";".join(good)
        named = [part.strip() for part in row["source_ids"].split(";") if part.strip()]
        for source in named:
            if source not in sources:
                words: dict[str, object] = {**_hint(source, sources), "table": "sources.csv"}
                folder.problems.append(
                    problem(TEXTS, "unknown-id", folder.entities.file, row.number, "source_ids", value=source, subject=row["entity_id"], words=words)
                )
        row.cells["source_ids"] = ";".join(dict.fromkeys(s for s in named if s in sources))
    folder.entities.rows[:] = kept
    check.unique(lambda row: (row["entity_id"],), "double-id", "entity_id")
    known = {row["entity_id"]: row for row in folder.entities.rows}
    kinds = "university, company, …: ontology/codes/organisation-kind.ttl"
    for row in folder.entities.rows:
        check.clear(row, "kind", "wrong-code", bool(_KIND.match(row["kind"])), hint=f"Known: {kinds}.", hint_de=f"Bekannt sind: {kinds}.")
        if row["municipality_of"] and not check.known(row, "municipality_of", known, "entities.csv"):
            row.cells["municipality_of"] = ""


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal("1e15") and len(text) <= 40 else None


def _check_coordinates(check: _Checker, row: Row) -> None:
    for column, limit in (("lat", 90), ("lon", 180)):
        value = _number(row[column]) if row[column] else None
        check.clear(row, column, "wrong-coordinate", value is not None and abs(value) <= limit, low=-limit, high=limit)
    if bool(row["lat"]) != bool(row["lon"]):
        if not any(p.row == row.number and p.code == "wrong-coordinate" for p in check.problems if p.file == check.table.file):
            check.report("half-coordinate", row, "lat" if not row["lat"] else "lon")
        row.cells["lat"] = row.cells["lon"] = ""


def relation_key(row: Row) -> str:
    """Return how a decision names a row: subject, predicate, object or literal, source."""
    return " ".join((row["subject_id"], row["predicate"], row["object_id"] or row["value"], row["source_id"]))


def _check_relations(folder: Folder) -> None:
    check = _Checker(folder.relations, folder.problems, "subject_id")
    kept: list[Row] = []
    for row in folder.relations.rows:
        literal = row["predicate"] in LITERAL_PREDICATES
        good = check.filled(row, "subject_id", "predicate", "value" if literal else "object_id", "source_id")
        for column in ("subject_id",) if literal else ("subject_id", "object_id"):
            good = (not row[column] or check.known(row, column, folder.entity, "entities.csv")) and good
        good = (not row["source_id"] or check.known(row, "source_id", folder.source, "sources.csv")) and good
        if row["predicate"] and not literal and row["predicate"] not in PREDICATES:
            check.report("unknown-predicate", row, "predicate", **_hint(row["predicate"], (*PREDICATES, *LITERAL_PREDICATES)))
            good = False
        if row["subject_id"] and row["subject_id"] == row["object_id"]:
            check.report("self-reference", row, "object_id")
            good = False
        check.dates(row, "start", "end")
        check.order(row, "start", "end")
        good = _check_values(check, row) and good
        if good:
            kept.append(row)
    folder.relations.rows[:] = kept
    check.unique(lambda row: tuple(row[c] for c in (*RELATION_COLUMNS[:7], "value")), "duplicate-row")


def _check_values(check: _Checker, row: Row) -> bool:
    good = True
    if row["predicate"] in ("startDate", "endDate") and row["value"] and parse_date(row["value"]) is None:
        check.report("wrong-date", row, "value")
        good = False
    if row["predicate"] == "declaredSize" and row["value"] and not COUNT.match(row["value"]):
        check.report("wrong-number", row, "value")
        good = False
    if row["predicate"] == "amount" and row["value"] and _number(row["value"]) is None:
        check.report("wrong-number", row, "value")
        good = False
    check.clear(row, "amount", "wrong-number", _number(row["amount"]) is not None)
    for column in ("quote_start", "quote_end"):
        check.clear(row, column, "wrong-number", bool(COUNT.match(row[column])))
    check.clear(
        row,
        "currency",
        "wrong-code",
        bool(re.match(r"[A-Z]{3}\Z", row["currency"])),
        hint="Write the code of ISO 4217: EUR, USD, …",
        hint_de="Schreiben Sie das Kürzel nach ISO 4217: EUR, USD, …",
    )
    if bool(row["amount"]) != bool(row["currency"]) and row["predicate"] not in LITERAL_PREDICATES:
        check.report("half-amount", row, "amount" if not row["amount"] else "currency")
        row.cells["amount"] = row.cells["currency"] = ""
    check.clear(row, "attestation", "wrong-code", row["attestation"] in ATTESTATIONS, **_listed(ATTESTATIONS))
    return good


def _check_decisions(folder: Folder) -> None:
    check = _Checker(folder.decisions, folder.problems, "target")
    keys = {relation_key(row) for row in folder.relations.rows}
    for row in folder.decisions.rows:
        if not check.filled(row, "target", "decision", "who", "when", "why"):
            continue
        check.dates(row, "when")
        if row["decision"] not in DECISIONS:
            check.report("wrong-code", row, "decision", **_listed(DECISIONS))
        elif row["decision"] in ("accepted", "disputed", "rejected") and row["value"] not in DECIDED_PROPERTIES:
            check.report("wrong-code", row, "value", **_listed(filter(None, DECIDED_PROPERTIES)))
        targets = [row["target"], *([row["value"]] if row["decision"] in ("merge", "contradicts", "same-as") else [])]
        for target in targets:
            if target not in keys and target not in folder.entity and target not in folder.source:
                folder.problems.append(problem(TEXTS, "unknown-target", folder.decisions.file, row.number, "target", value=target, subject=target))


ALL_TEXTS = {**TABLE_TEXTS, **TEXTS}
"""Every message a table can cause, for the reference page and the test of both languages."""
