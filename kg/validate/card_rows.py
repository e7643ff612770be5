"""The row that a finding comes from, as it stands in the table, with the cells that it is about.

Tables are read cell by cell (:mod:`kg.sources.lossless`) from the folders that they were read from, and only where the file is still the one that was checked:
a row number of another version would show another row. What is not at hand (a delivery in a zip, a folder elsewhere) is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError, Text
from kg.namespaces import ADMS, DCTERMS, FOAF, GEO, INNO, LOCN, OA, ORG, RDF, SCHEMA, SKOS, WGS, local_name
from kg.sources.lossless import LosslessTable, checksum
from kg.validate.report import TABLE, Origin, Result, parse_literal, parse_path, path_steps

MAX_FILE = 64 * 1024 * 1024
"""Bytes of a table that is read for a row."""
MAX_COLUMNS = 60
MAX_CELL = 300
"""Characters of a cell that are shown; what is cut ends in an ellipsis."""
MAX_ROWS = 3
"""Rows of one finding that are shown."""
KEPT = 4
"""Tables that are held at a time."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    SKOS.prefLabel: ("label_de", "label_en", "title"),
    SKOS.altLabel: ("alt_labels",),
    SKOS.notation: ("identifiers",),
    SKOS.inScheme: ("identifiers",),
    SKOS.definition: ("description_de",),
    ADMS.identifier: ("identifiers",),
    SCHEMA.startDate: ("start", "startDate"),
    SCHEMA.endDate: ("end", "endDate"),
    SCHEMA.mentions: ("predicate", "object_id"),
    INNO.edtf: ("start", "end"),
    FOAF.page: ("url",),
    LOCN.address: ("address",),
    WGS.lat: ("lat",),
    WGS.long: ("lon",),
    GEO.asWKT: ("lat", "lon"),
    GEO.hasDefaultGeometry: ("lat", "lon"),
    DCTERMS.title: ("title",),
    DCTERMS.description: ("description_de", "evidence"),
    DCTERMS.language: ("language",),
    DCTERMS.issued: ("published",),
    DCTERMS.publisher: ("publisher", "publisher_id"),
    DCTERMS.source: ("source_ids",),
    INNO.retrievedAt: ("retrieved_at",),
    INNO.contentHash: ("content_hash",),
    ORG.classification: ("kind",),
    RDF.type: ("type",),
    RDF.subject: ("subject_id",),
    RDF.predicate: ("predicate",),
    RDF.object: ("object_id", "value"),
    INNO.inInitiative: ("subject_id",),
    INNO.participant: ("object_id",),
    INNO.site: ("object_id",),
    INNO.role: ("role",),
    INNO.roleWording: ("role",),
    INNO.evidence: ("source_id", "evidence"),
    OA.hasSource: ("source_id",),
    OA.exact: ("quote",),
    OA.start: ("quote_start", "quote_end"),
    INNO.declaredSize: ("value",),
}
"""Columns of the tables that say a property; the columns of deliveries often have its name."""

_NAMED = re.compile(r"columns? ((?:[a-z_]+)(?:(?:, | and )[a-z_]+)*)")


@dataclass(frozen=True)
class Cell:
    """A cell: its column, its text (cut at :data:`MAX_CELL`), and whether the finding is about it."""

    column: str
    text: str
    marked: bool = False


@dataclass(frozen=True)
class TableRow:
    """A row as it stands in its table.

    Attributes:
        file, row: Where; the header is row 1, 0 means the file as a whole.
        cells: By column; empty where the row cannot be shown.
        note: Why it cannot be shown, or what is not shown of it; else empty.
        table: Whether the file is a table: the number is a line of the file otherwise.
    """

    file: str
    row: int
    cells: tuple[Cell, ...] = ()
    note: str = ""
    table: bool = True


class Tables:
    """The tables that findings come from.

    Args:
        folders: Folders that were read, or whose parents were; and those that hold such folders.
        sums: SHA-256 by the name of a file as origins have it. Files that are in it must be the same; without any, files are taken as they are.
        named: Whether origins are paths as the user named them.
        largest: Bytes of a table that is read.
    """

    def __init__(self, folders: Sequence[Path] = (), sums: Mapping[str, str] | None = None, *, named: bool = False, largest: int = MAX_FILE) -> None:
        self._folders = list(folders)
        self._sums = sums
        self._named = named
        self._largest = largest
        self._known: dict[str, LosslessTable | Text] = {}

    def row(self, place: Origin, marked: Iterable[str], lang: str) -> TableRow:
        """Return a row with its cells, or why it is not at hand."""
        if not place.file.casefold().endswith((".csv", ".tsv")):
            note = Text(
                "The file is no table; the statements about the entry begin there.",
                "Die Datei ist keine Tabelle; dort beginnen die Aussagen über den Eintrag.",
            )
            return TableRow(place.file, place.row, note=note.in_(lang), table=False)
        table = self._table(place.file)
        if isinstance(table, Text):
            return TableRow(place.file, place.row, note=table.in_(lang))
        if place.row not in table.rows:
            note = Text("The finding is about the file as a whole.", "Der Befund betrifft die Datei als Ganzes.")
            if place.row > 1:
                note = Text("The table has no such row any more.", "Diese Zeile gibt es in der Tabelle nicht mehr.")
            return TableRow(place.file, place.row, note=note.in_(lang))
        wanted = set(marked)
        cells = [
            Cell(column, text if len(text) <= MAX_CELL else f"{text[:MAX_CELL]}…", column in wanted) for column, text in table.row(place.row).items()
        ]
        more = len(cells) - MAX_COLUMNS
        note = Text(f"{more} more columns are not shown.", f"{more} weitere Spalten sind nicht gezeigt.")
        return TableRow(place.file, place.row, tuple(cells[:MAX_COLUMNS]), note.in_(lang) if more > 0 else "")

    def columns(self, file: str) -> Sequence[str]:
        """Return the columns of a table, none where it is not at hand."""
        table = self._table(file) if file.casefold().endswith((".csv", ".tsv")) else Text("", "")
        return () if isinstance(table, Text) else table.columns

    def cells(self, place: Origin) -> Mapping[str, str]:
        """Return the cells of a row by column, none where it is not at hand."""
        table = self._table(place.file) if place.file.casefold().endswith((".csv", ".tsv")) else None
        return table.row(place.row) if isinstance(table, LosslessTable) and place.row in table.rows else {}

    def _table(self, file: str) -> LosslessTable | Text:
        if file not in self._known:
            while len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[file] = self._read(file)
        return self._known[file]

    def _read(self, file: str) -> LosslessTable | Text:
        changed = False
        for path in self._candidates(file):
            try:
                if not path.is_file() or path.stat().st_size > self._largest:
                    continue
                data = path.read_bytes()
                expected = (self._sums or {}).get(file, "")
                if expected and checksum(data) != expected:
                    changed = True
                    continue
                return LosslessTable(data, file)
            except (OSError, InputError):
                continue
        if changed:
            return Text(
                "The file has changed since it was read, so that the row is not shown.",
                "Die Datei wurde geändert, seit sie gelesen wurde; die Zeile wird darum nicht gezeigt.",
            )
        return Text(
            "The file is not at hand here, so that the row is not shown.", "Die Datei liegt hier nicht vor; die Zeile wird darum nicht gezeigt."
        )

    def _candidates(self, file: str) -> list[Path]:
        name = Path(file)
        if self._named:
            return [name]
        if name.is_absolute() or ".." in name.parts or (self._sums is not None and file not in self._sums):
            return []
        # An origin is the name of the folder and the file in it: the folder itself, or one that holds it, may be given.
        return [path for folder in self._folders for path in ([folder / name.name] if folder.name == name.parent.name else []) + [folder / name]]


def guilty(result: Result, predicates: Iterable[str], todo: str, columns: Sequence[str], cells: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns of a row that a finding is about, none where nothing of the row tells.

    Args:
        result: The finding.
        predicates: Properties that the rule speaks of.
        todo: What to do, in English: it may name columns.
        columns: Of the table.
        cells: Of the row, by column.
    """
    if result.component == TABLE:
        return (result.path,) if result.path in columns else ()
    named = [name for match in _NAMED.finditer(todo) for name in re.split(r", | and ", match[1]) if name in columns]
    if named:
        return tuple(dict.fromkeys(named))
    steps = [iri for iri, _ in path_steps(parse_path(result.path))] if result.path else []
    # Without a path the rule's own properties say it; with one, what else its query mentions says nothing.
    spoken = steps or list(predicates)
    said = [column for iri in spoken if cells.get("predicate") == local_name(iri) for column in ("predicate", "object_id") if column in columns]
    mapped = [column for iri in spoken for column in (*COLUMNS.get(iri, ()), local_name(iri)) if column in columns]
    if not steps and not any(cells.get(column) for column in mapped):
        mapped = []  # The rule speaks of several things; what is empty here is said in another row.
    about_itself = result.value == result.focus
    text = (
        ""
        if about_itself
        else parse_literal(result.value).value
        if result.value.startswith('"')
        else local_name(result.value)
        if result.value
        else ""
    )
    same = [column for column in columns if text and cells.get(column, "").strip() == text]
    both = [column for column in mapped if column in same]
    return tuple(dict.fromkeys(both or [*said, *mapped] or same))
