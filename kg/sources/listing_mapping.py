"""The mapping of a project list: which column says what, in which form, and what the list as a whole is (`mapping.toml`).

A setting of a field is the name of a column (`title = "Titel"`) or a constant (`role = {value = "partner"}`). Every error names the setting and
its line. Source of the syntax: TOML 1.0.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kg.config import FRAMES, LANGUAGES, Frame, SourceSettings, slug_of
from kg.errors import InputError, Text
from kg.identifiers import PATTERNS, parse_date
from kg.namespaces import BASE
from kg.resources import folder

MAX_MAPPING = 1024 * 1024
"""Bytes of the longest mapping that is read."""

PROJECT = ("id", "title", "acronym", "description", "start", "end", "place", "country", "page", "amount", "currency", "programme", "funder")
"""Fields of a project, beside its identifiers."""
PARTICIPANT = ("name", "role", "place", "country", "kind", "acronym", "page", "contribution")
"""Fields of a column that names organisations, beside identifiers and separator."""
CONSTANT = ("place", "country", "currency", "programme", "funder", "role", "kind")
"""Fields that may be a constant."""

_SETTINGS: dict[str, tuple[str, ...]] = {
    "graph": ("name", "base", "state", "title", "description", "license"),
    "publisher": ("name", "url"),
    "contact": ("name", "url"),
    "frame": ("kind", "date", "population"),
    "table": ("delimiter", "encoding", "language", "date", "decimal", "missing", "organisation_key"),
    "project": (*PROJECT, "identifiers"),
    "participants": (*PARTICIPANT, "identifiers", "separator"),
    "roles": (),
    "kinds": (),
    "countries": (),
}
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_BASE = re.compile(r"https?://[^\s<>\"{}|\\^`]+/\Z")
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+\Z")
_FORM = re.compile(r"(?:YYYY|MM|DD|[-./ ])+\Z")
_NOTATION = re.compile(r'skos:notation "([^"]+)"')


@dataclass(frozen=True)
class Field:
    """Where a value comes from: a column, or the same for all rows; empty: from nowhere.

    Attributes:
        column: Name in the header.
        value: Constant.
    """

    column: str = ""
    value: str = ""

    def __bool__(self) -> bool:
        return bool(self.column or self.value)


@dataclass(frozen=True)
class Participants:
    """A column that names organisations, and what else is known of them in the same row.

    Attributes:
        fields: Fields of :data:`PARTICIPANT`; `name` is always there.
        identifiers: Columns of identifiers, by scheme; the first that is filled in makes the organisation's IRI.
        separator: What stands between several names in one cell; empty: one name.
    """

    fields: Mapping[str, Field]
    identifiers: Mapping[str, Field] = field(default_factory=dict)
    separator: str = ""


@dataclass(frozen=True)
class TableForm:
    """How the file is written.

    Attributes:
        delimiter: One character.
        encoding: Python's name of the encoding.
        language: Language of titles and names.
        dates: Forms of dates, tried in this order.
        decimal: Decimal mark, `.` or `,`.
        missing: Cells that mean "nothing".
        organisation_key: What tells organisations without an identifier apart: `name`, or `name` and `place`.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    language: str = "en"
    dates: Sequence[str] = ("YYYY-MM-DD", "YYYY-MM", "YYYY")
    decimal: str = "."
    missing: Sequence[str] = ()
    organisation_key: Sequence[str] = ("name",)


@dataclass(frozen=True)
class ListMapping:
    """A checked mapping.

    Attributes:
        settings: Graph, publisher, frame.
        table: How the file is written.
        project: Fields of :data:`PROJECT`.
        identifiers: Columns of the project's identifiers, by scheme.
        participants: Columns that name organisations.
        roles, kinds, countries: Wordings and their codes.
        file: The mapping's file as named by the user.
        sha256: Checksum of the mapping.
        bytes: Its size.
        lines: Line of each setting, for messages.
    """

    settings: SourceSettings
    table: TableForm
    project: Mapping[str, Field]
    identifiers: Mapping[str, Field]
    participants: Sequence[Participants]
    roles: Mapping[str, str]
    kinds: Mapping[str, str]
    countries: Mapping[str, str]
    file: str
    sha256: str
    bytes: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)

    def columns(self) -> dict[str, str]:
        """Return the columns that are used, each with the setting that names it first."""
        found: dict[str, str] = {}
        for name, item in self.project.items():
            found.setdefault(item.column, f"project.{name}")
        for scheme, item in self.identifiers.items():
            found.setdefault(item.column, f"project.identifiers.{scheme}")
        for block in self.participants:
            for name, item in block.fields.items():
                found.setdefault(item.column, f"participants.{name}")
            for scheme, item in block.identifiers.items():
                found.setdefault(item.column, f"participants.identifiers.{scheme}")
        found.pop("", None)
        return found

    def where(self, setting: str) -> str:
        """Return file and line of a setting."""
        line = self.lines.get(setting)
        return f"{self.file}:{line}" if line else self.file


@cache
def codes(scheme: str) -> tuple[str, ...]:
    """Return the codes of a shipped list, in its order.

    >>> codes("participation-role")[:2]
    ('coordinator', 'partner')
    """
    return tuple(_NOTATION.findall(folder("ontology", "codes", f"{scheme}.ttl").read_text(encoding="utf-8")))


def schemes() -> list[str]:
    """Return the identifier schemes a list may use: those with a known form and a code."""
    return [scheme for scheme in codes("identifier-scheme") if scheme in PATTERNS]


def fold(wording: str) -> str:
    """Return a wording without regard to case and blanks, as value maps compare them.

    >>> fold("  Assoziierter   Partner ")
    'assoziierter partner'
    """
    return " ".join(wording.split()).lower()


def read_mapping(path: Path) -> ListMapping:
    """Read and check a mapping.

    Args:
        path: `mapping.toml`.

    Raises:
        InputError: It cannot be read, is no TOML, or a setting is wrong; the error names the line.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MAPPING + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        what = Text(f"The mapping cannot be read: {reason}.", f"Die Zuordnung ist nicht lesbar: {reason}.")
        fix = Text("Make one with `kg map LIST.csv`.", "Erzeugen Sie eine mit `kg map LISTE.csv`.")
        raise InputError(what, where=str(path), fix=fix) from error
    if len(data) > MAX_MAPPING:
        what = Text("The mapping is larger than 1 MB.", "Die Zuordnung ist größer als 1 MB.")
        raise InputError(what, where=str(path), fix=Text("Is this the list itself?", "Ist das die Liste selbst?"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = Text("The mapping is not UTF-8.", "Die Zuordnung ist kein UTF-8.")
        raise InputError(what, where=f"{path}:{line}", fix=Text("Save it as UTF-8.", "Speichern Sie sie als UTF-8.")) from error
    return parse_mapping(text, str(path), default_name=slug_of(path.resolve().parent.name))


def parse_mapping(text: str, file: str = "mapping.toml", *, default_name: str = "list") -> ListMapping:
    """Check the text of a mapping (see :func:`read_mapping`).

    Args:
        text: TOML.
        file: How messages name it.
        default_name: Graph name where the mapping gives none.
    """
    normal = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(normal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line ([0-9]+)", str(error))
        line = int(found.group(1)) if found else normal.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        what = Text(f"The mapping is no valid TOML: {reason}.", f"Die Zuordnung ist kein gültiges TOML: {reason}.")
        fix = Text('Texts stand in quotes: title = "Project title".', 'Texte stehen in Anführungszeichen: title = "Projekttitel".')
        raise InputError(what, where=f"{file}:{line}", fix=fix) from error
    return _Reader(data, file, _lines(normal), text.encode(), default_name).mapping()


def _lines(text: str) -> dict[str, int]:
    """Return the line of each setting, by dotted name; of several tables of a name the first."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if head := re.match(r"\s*\[+\s*([^\[\]]+?)\s*\]+", line):
            table = head.group(1).replace('"', "")
            found.setdefault(table, number)
        elif key := re.match(r"\s*(\"(?:[^\"\\]|\\.)*\"|[A-Za-z0-9_.-]+)\s*=", line):
            name = key.group(1).strip('"')
            found.setdefault(f"{table}.{name}" if table else name, number)
            found.setdefault(f"{table}.{name.split('.')[0]}" if table else name, number)
    return found


class _Reader:
    """Checks the settings one after the other; the first wrong one is raised."""

    def __init__(self, data: Mapping[str, Any], file: str, lines: Mapping[str, int], content: bytes, default_name: str) -> None:
        self.data = data
        self.file = file
        self.lines = lines
        self.content = content
        self.default_name = default_name

    def mapping(self) -> ListMapping:
        """Return the checked mapping."""
        for name, value in self.data.items():
            self._known(name, tuple(_SETTINGS), "")
            if name != "participants":
                self._is_table(name, value)
                if _SETTINGS[name]:
                    for key in value:
                        self._known(key, _SETTINGS[name], name)
        form = self._form()
        project = self._fields("project", self.data.get("project", {}), PROJECT)
        identifiers = self._identifiers("project", self.data.get("project", {}))
        mapping = ListMapping(
            settings=self._source(),
            table=form,
            project=project,
            identifiers=identifiers,
            participants=self._participants(),
            roles=self._codes("roles", codes("participation-role")),
            kinds=self._codes("kinds", codes("organisation-kind")),
            countries=self._countries(),
            file=self.file,
            sha256=hashlib.sha256(self.content).hexdigest(),
            bytes=len(self.content),
            lines=self.lines,
        )
        self._complete(mapping)
        return mapping

    # --- what a setting must be ------------------------------------------------------------------------------------------

    def _error(self, setting: str, what: Text, fix: Text) -> InputError:
        line = self.lines.get(setting) or self.lines.get(setting.rpartition(".")[0])
        return InputError(what, where=f"{self.file}:{line}" if line else self.file, fix=fix)

    def _known(self, name: str, known: Sequence[str], table: str) -> None:
        if name in known:
            return
        setting = f"{table}.{name}" if table else name
        near = difflib.get_close_matches(name, known, 1)
        hint = (
            Text(f"Did you mean {near[0]}?", f"Meinten Sie {near[0]}?")
            if near
            else Text(f"Known: {', '.join(known)}.", f"Bekannt: {', '.join(known)}.")
        )
        raise self._error(setting, Text(f"The setting {setting} is unknown.", f"Die Einstellung {setting} ist unbekannt."), hint)

    def _is_table(self, setting: str, value: Any) -> None:
        if not isinstance(value, dict):
            what = Text(f"{setting} is no table.", f"{setting} ist keine Tabelle.")
            raise self._error(
                setting, what, Text(f"Write [{setting}] and settings below it.", f"Schreiben Sie [{setting}] und darunter Einstellungen.")
            )

    def _string(self, setting: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        what = Text(f"{setting} is no text.", f"{setting} ist kein Text.")
        raise self._error(setting, what, Text("Put the value in quotes.", "Setzen Sie den Wert in Anführungszeichen."))

    def _choice(self, setting: str, value: str, known: Sequence[str]) -> str:
        if value in known:
            return value
        near = difflib.get_close_matches(value, known, 1)
        listed = ", ".join(known)
        hint = Text(f"Did you mean {near[0]!r}?", f"Meinten Sie {near[0]!r}?") if near else Text(f"Use one of {listed}.", f"Möglich sind {listed}.")
        raise self._error(setting, Text(f"{setting}: {value!r} is unknown.", f"{setting}: {value!r} ist unbekannt."), hint)

    def _texts(self, setting: str, value: Any) -> dict[str, str]:
        if isinstance(value, dict):
            for lang in value:
                self._choice(f"{setting}.{lang}", lang, LANGUAGES)
            return {lang: text for lang, item in sorted(value.items()) if (text := self._string(f"{setting}.{lang}", item).strip())}
        text = self._string(setting, value).strip()
        return dict.fromkeys(LANGUAGES, text) if text else {}

    # --- parts -----------------------------------------------------------------------------------------------------------

    def _source(self) -> SourceSettings:
        graph, frame = self.data.get("graph", {}), self.data.get("frame", {})

        def text(table: str, name: str, default: str = "") -> str:
            return self._string(f"{table}.{name}", self.data.get(table, {}).get(name, default)).strip()

        settings = SourceSettings(
            name=text("graph", "name", self.default_name),
            base=text("graph", "base", BASE),
            state=text("graph", "state"),
            title=self._texts("graph.title", graph.get("title", "")),
            description=self._texts("graph.description", graph.get("description", "")),
            license=text("graph", "license"),
            publisher=text("publisher", "name"),
            publisher_url=text("publisher", "url"),
            contact=text("contact", "name"),
            contact_url=text("contact", "url"),
            frame=Frame(
                self._choice("frame.kind", text("frame", "kind", "partial"), [kind for kind in FRAMES if kind != "ego-sampled"]),
                "",
                text("frame", "date"),
                self._texts("frame.population", frame.get("population", "")),
            ),
        )
        kebab = Text("Use small letters, digits and hyphens.", "Nur Kleinbuchstaben, Ziffern und Bindestriche.")
        slash = Text("Use an http(s) address that ends with a slash.", "Eine http(s)-Adresse, die mit einem Schrägstrich endet.")
        address = Text("Use an http(s) address.", "Eine http(s)-Adresse.")
        day = Text("Write YYYY-MM-DD.", "Schreiben Sie JJJJ-MM-TT.")
        dates = {"graph.state": settings.state, "frame.date": settings.frame.date}
        addresses = {"graph.license": settings.license, "publisher.url": settings.publisher_url}
        rules = [
            ("graph.name", settings.name, bool(_NAME.match(settings.name)), kebab),
            ("graph.base", settings.base, bool(_BASE.match(settings.base)), slash),
            *((name, value, not value or bool(_IRI.match(value)), address) for name, value in addresses.items()),
            *((name, value, not value or ((date := parse_date(value)) is not None and not date.edtf), day) for name, value in dates.items()),
        ]
        for setting, value, holds, fix in rules:
            if not holds:
                raise self._error(setting, Text(f"{setting}: {value!r} is not valid.", f"{setting}: {value!r} ist nicht gültig."), fix)
        return settings

    def _form(self) -> TableForm:
        import codecs

        table, default = self.data.get("table", {}), TableForm()
        delimiter = self._string("table.delimiter", table.get("delimiter", default.delimiter))
        delimiter = "\t" if delimiter in ("tab", "\\t") else delimiter
        if (
            len(delimiter) != 1
            or not delimiter.isascii()
            or delimiter.isalnum()
            or (delimiter not in "\t " and not delimiter.isprintable())
            or delimiter == '"'
        ):
            what = Text(f"table.delimiter: {delimiter!r} is no delimiter.", f"table.delimiter: {delimiter!r} ist kein Trennzeichen.")
            raise self._error("table.delimiter", what, Text('Use one character: ";", ",", "|" or "tab".', 'Ein Zeichen: ";", ",", "|" oder "tab".'))
        encoding = self._string("table.encoding", table.get("encoding", default.encoding))
        try:
            known = codecs.lookup(encoding)
            is_text = known._is_text_encoding
        except (LookupError, ValueError):
            is_text = False
        if not is_text:
            what = Text(f"table.encoding: {encoding!r} is unknown.", f"table.encoding: {encoding!r} ist unbekannt.")
            raise self._error("table.encoding", what, Text("Mostly it is utf-8, cp1252 or utf-16.", "Meist ist es utf-8, cp1252 oder utf-16."))
        dates = self._strings("table.date", table.get("date", list(default.dates)))
        for form in dates:
            parts = re.findall("YYYY|MM|DD", form)
            if not _FORM.match(form) or sorted(parts) not in (["YYYY"], ["MM", "YYYY"], ["DD", "MM", "YYYY"]):
                what = Text(f"table.date: {form!r} is no form of a date.", f"table.date: {form!r} ist keine Datumsform.")
                fix = Text('Use YYYY, MM and DD, as in "DD.MM.YYYY".', 'YYYY (Jahr), MM (Monat) und DD (Tag), etwa "DD.MM.YYYY".')
                raise self._error("table.date", what, fix)
        key = self._strings("table.organisation_key", table.get("organisation_key", list(default.organisation_key)))
        if key not in (["name"], ["name", "place"]):
            what = Text("table.organisation_key is not valid.", "table.organisation_key ist nicht gültig.")
            raise self._error("table.organisation_key", what, Text('Use ["name"] or ["name", "place"].', '["name"] oder ["name", "place"].'))
        return TableForm(
            delimiter,
            encoding,
            self._choice("table.language", self._string("table.language", table.get("language", default.language)), LANGUAGES),
            tuple(dates),
            self._choice("table.decimal", self._string("table.decimal", table.get("decimal", default.decimal)), (".", ",")),
            tuple(text.strip() for text in self._strings("table.missing", table.get("missing", []))),
            tuple(key),
        )

    def _strings(self, setting: str, value: Any) -> list[str]:
        if isinstance(value, list) and (value or setting == "table.missing"):
            return [self._string(setting, item) for item in value]
        return [self._string(setting, value)]

    def _fields(self, table: str, data: Mapping[str, Any], known: Sequence[str]) -> dict[str, Field]:
        found = {name: self._field(f"{table}.{name}", data[name], constant=name in CONSTANT) for name in known if name in data}
        return {name: item for name, item in found.items() if item}

    def _field(self, setting: str, value: Any, *, constant: bool) -> Field:
        if isinstance(value, str):
            return Field(column=value.strip())
        if not (isinstance(value, dict) and set(value) == {"value"} and constant):
            what = Text(f"{setting} is neither a column nor a constant.", f"{setting} ist weder eine Spalte noch ein fester Wert.")
            fix = Text("Write the column's name in quotes.", "Schreiben Sie den Namen der Spalte in Anführungszeichen.")
            if constant:
                fix = Text('Write "Name of the column" or {value = "constant"}.', 'Schreiben Sie "Name der Spalte" oder {value = "fester Wert"}.')
            raise self._error(setting, what, fix)
        text = self._string(setting, value["value"]).strip()
        if setting.endswith(".role"):
            self._choice(setting, text, codes("participation-role"))
        if setting.endswith(".kind"):
            self._choice(setting, text, codes("organisation-kind"))
        return Field(value=text)

    def _identifiers(self, table: str, data: Mapping[str, Any]) -> dict[str, Field]:
        found = data.get("identifiers", {})
        self._is_table(f"{table}.identifiers", found)
        for scheme in found:
            self._choice(f"{table}.identifiers.{scheme}", scheme, schemes())
        fields = {scheme: self._field(f"{table}.identifiers.{scheme}", value, constant=False) for scheme, value in found.items()}
        return {scheme: item for scheme, item in fields.items() if item}

    def _participants(self) -> list[Participants]:
        blocks = self.data.get("participants", [])
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            what = Text("participants is no list of tables.", "participants ist keine Liste von Tabellen.")
            raise self._error("participants", what, Text("Write [[participants]].", "Schreiben Sie [[participants]]."))
        found = []
        for block in blocks:
            for key in block:
                self._known(key, _SETTINGS["participants"], "participants")
            fields = self._fields("participants", block, PARTICIPANT)
            identifiers = self._identifiers("participants", block)
            separator = self._string("participants.separator", block.get("separator", ""))
            if not fields.get("name", Field()).column:
                what = Text(
                    "A table [[participants]] names no column for the organisation.",
                    "Eine Tabelle [[participants]] nennt keine Spalte für die Organisation.",
                )
                raise self._error("participants", what, Text('Add name = "Column".', 'Ergänzen Sie name = "Spalte".'))
            single = [name for name in ("acronym", "page", "contribution", "place") if fields.get(name, Field()).column] + list(identifiers)
            if separator and single:
                what = Text(
                    f"{single[0]} cannot belong to each of several organisations in one cell.",
                    f"{single[0]} kann nicht zu jeder von mehreren Organisationen einer Zelle gehören.",
                )
                fix = Text("Leave out the separator or this column.", "Lassen Sie das Trennzeichen oder diese Spalte weg.")
                raise self._error("participants.separator", what, fix)
            found.append(Participants(fields, identifiers, separator))
        return found

    def _codes(self, table: str, known: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for wording, value in self.data.get(table, {}).items():
            setting = f"{table}.{wording}"
            notation = self._string(setting, value).strip()
            if not notation:
                continue
            self._choice(setting, notation, known)
            self._unique(found, setting, wording, notation)
        return found

    def _countries(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for wording, value in self.data.get("countries", {}).items():
            setting = f"countries.{wording}"
            iso = self._string(setting, value).strip()
            if not re.fullmatch("[A-Z]{2}", iso):
                what = Text(f"{setting}: {iso!r} is no country code.", f"{setting}: {iso!r} ist kein Ländercode.")
                raise self._error(setting, what, Text("Use two capitals (ISO 3166-1), such as DE.", "Zwei Großbuchstaben (ISO 3166-1), etwa DE."))
            self._unique(found, setting, wording, iso)
        return found

    def _unique(self, found: dict[str, str], setting: str, wording: str, value: str) -> None:
        if found.setdefault(fold(wording), value) != value:
            what = Text(f"{setting} stands twice, with different values.", f"{setting} steht zweimal, mit verschiedenen Werten.")
            raise self._error(
                setting, what, Text("Upper and lower case do not count: keep one.", "Groß- und Kleinschreibung zählen nicht: Behalten Sie eine.")
            )

    def _complete(self, mapping: ListMapping) -> None:
        project = mapping.project
        if "title" not in project and "id" not in project:
            what = Text("Neither project.title nor project.id names a column.", "Weder project.title noch project.id nennt eine Spalte.")
            fix = Text('Add title = "Column" below [project].', 'Ergänzen Sie title = "Spalte" unter [project].')
            raise self._error("project", what, fix)
        if "amount" in project and "currency" not in project:
            what = Text("project.amount has no currency.", "project.amount hat keine Währung.")
            raise self._error("project.amount", what, Text('Add currency = {value = "EUR"}.', 'Ergänzen Sie currency = {value = "EUR"}.'))
        if "currency" in project and project["currency"].value and not re.fullmatch("[A-Z]{3}", project["currency"].value):
            what = Text("project.currency is no currency code.", "project.currency ist kein Währungscode.")
            raise self._error("project.currency", what, Text("Use three capitals, such as EUR.", "Drei Großbuchstaben, etwa EUR."))
        if "amount" in project and "programme" not in project and "funder" not in project:
            what = Text("project.amount has neither programme nor funder.", "project.amount hat weder Programm noch Geldgeber.")
            fix = Text('Add a column, or funder = {value = "Name"}.', 'Ergänzen Sie eine Spalte oder funder = {value = "Name"}.')
            raise self._error("project.amount", what, fix)
        if not mapping.participants:
            what = Text("No column names an organisation.", "Keine Spalte nennt eine Organisation.")
            raise self._error("participants", what, Text("Add a table [[participants]].", "Ergänzen Sie eine Tabelle [[participants]]."))
