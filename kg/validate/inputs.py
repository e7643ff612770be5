"""What `kg validate PATH…` reads: folders of tables, single tables, RDF files, and mixes of them.

A folder is read as `kg build` reads it, but nothing stops at the first fault: a faulty cell or row becomes a finding and is left out,
the rest goes on to the shapes. A single table is read together with its siblings where they are there, and only what concerns it is
told; alone it is checked for itself. Only what cannot be read at all is fatal; then every problem of every input is listed and
nothing is reported as a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from kg.config import SourceSettings, read_source_settings
from kg.errors import InputError, KgError, Problem, Text
from kg.identifiers import parse_date
from kg.namespaces import INNO, INNOSH, OA, PREFIXES, RDF, XSD, curie
from kg.quads import Quad, term_text
from kg.resources import folder as resource
from kg.sources.folder import (
    DECISION_COLUMNS,
    ENTITY_COLUMNS,
    RELATION_COLUMNS,
    RETIRED_COLUMNS,
    ROLE_COLUMNS,
    SOURCE_COLUMNS,
    TEXTS,
    Folder,
    check_folder,
    relation_key,
    role_map,
)
from kg.sources.rdf import FORMATS, read_rdf
from kg.sources.statements import map_folder
from kg.sources.tables import Row, Table, problem, read_table
from kg.validate.report import TABLE, Origin, Result
from kg.validate.shapes import steady_blank_nodes

COLUMNS: dict[str, tuple[str, ...]] = {
    "sources": SOURCE_COLUMNS,
    "entities": ENTITY_COLUMNS,
    "relations": RELATION_COLUMNS,
    "decisions": DECISION_COLUMNS,
    "retired": RETIRED_COLUMNS,
    "roles": ROLE_COLUMNS,
}
"""Kinds of tables and the columns each must have."""

REQUIRED = ("sources", "entities", "relations")
TABLE_SUFFIXES = (".csv", ".tsv")

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "missing-path": ("Das gibt es nicht.", "There is no such file or folder.", "Prüfen Sie den Pfad.", "Check the path."),
    "empty-folder": (
        "Der Ordner enthält weder Tabellen noch RDF-Dateien.",
        "The folder holds neither tables nor RDF files.",
        "Erwartet werden sources.csv, entities.csv und relations.csv, oder Dateien wie *.ttl.",
        "Expected are sources.csv, entities.csv and relations.csv, or files such as *.ttl.",
    ),
    "unknown-table": (
        "Die Kopfzeile gehört zu keiner bekannten Tabelle.",
        "The header belongs to no known table.",
        "Bekannt sind {known}; die Spalten nennt `kg init`.",
        "Known are {known}; `kg init` shows their columns.",
    ),
    "unknown-term": (
        "Den Begriff {value} kennt die Ontologie nicht.",
        "The ontology has no term {value}.",
        "{hint_de}",
        "{hint}",
    ),
    "wrong-literal": (
        "{value} ist kein Wert des Datentyps {datatype}.",
        "{value} is no value of the datatype {datatype}.",
        "Berichtigen Sie den Wert oder den Datentyp.",
        "Correct the value or the datatype.",
    ),
    "unknown-reference": (
        "Was {value} bezeichnet, beschreibt {file} nicht.",
        "What {value} denotes is not described in {file}.",
        "{hint_de}",
        "{hint}",
    ),
}


@dataclass(frozen=True)
class Inputs:
    """What was read.

    Attributes:
        quads: Statements of all inputs, without ontology and code lists.
        problems: Faulty cells and rows: findings.
        fatal: What cannot be read; where there is any, nothing else should be reported.
        named: Files that single tables were named for: only what comes from them is told. Empty: everything is told.
        rdf: Files read as RDF; their terms and references are checked by :func:`check_terms`, :func:`check_literals` and :func:`check_references`.
        documents: Whether a table of sources is among the named files: what the evidence of other tables rests on bears on it.
        labels: Names of the rows' subjects, by identifier and language.
    """

    quads: tuple[Quad, ...] = ()
    problems: tuple[Problem, ...] = ()
    fatal: tuple[Problem, ...] = ()
    named: frozenset[str] = frozenset()
    rdf: frozenset[str] = frozenset()
    documents: bool = False
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def bears(self, quad: Quad) -> bool:
        """Tell whether a statement can bear on a finding that is reported.

        Where single tables are named, those beside them give what the rows speak of; their own claims and evidence, most of all statements, would
        be checked only for findings about rows that nobody asked for.
        """
        file = quad.origin.rpartition("#")[0]
        return (
            not self.named
            or file in self.named
            or file in self.rdf
            or not _EVIDENCE.search(quad.subject)
            or (self.documents and quad.predicate in (OA.hasSource, INNO.concerns))
        )

    def tells(self, places: Iterable[str]) -> bool:
        """Tell whether a finding from these files is to be reported."""
        files = set(places)
        return not self.named or bool(files & (self.named | self.rdf)) or not files


_EVIDENCE = re.compile(r"/id/(?:claim|evidence|anchor)/[^/]+\Z")


def _texts(texts: tuple[str, str, str, str], words: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Fill texts and return what is wrong and what to do, per language."""
    what_de, what_en, fix_de, fix_en = (text.format(**words) for text in texts)
    return {"de": what_de, "en": what_en}, {"de": fix_de, "en": fix_en}


@dataclass
class _Reading:
    """Collects what the single inputs give."""

    quads: list[Quad] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    rdf: set[str] = field(default_factory=set)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    whole: bool = False

    def fatal(self, code: str, file: str, **words: str) -> None:
        """Note what makes a file unusable."""
        self.problems.append(Problem(file, 0, "", code, *_texts(MESSAGES[code], words), fatal=True))

    def unreadable(self, file: str, error: KgError) -> None:
        """Note an error that was raised while a file was read."""
        what, fix = ({"de": text.de, "en": text.en} for text in (error.what, error.fix or Text("", "")))
        self.problems.append(Problem(error.where or file, 0, "", "unreadable", what, fix, fatal=True))


def read_inputs(paths: Sequence[Path]) -> Inputs:
    """Read everything a user named; nothing is raised, all problems are in the result."""
    reading = _Reading()
    tables: dict[Path, dict[str, Path]] = {}
    files: list[Path] = []
    for path in dict.fromkeys(paths):
        if path.is_dir():
            _read_directory(path, reading, files)
        elif not path.exists():
            reading.fatal("missing-path", str(path))
        elif path.suffix.casefold() in TABLE_SUFFIXES:
            kind = _kind(path)
            if kind is None:
                reading.fatal("unknown-table", str(path), known=", ".join(f"{name}.csv" for name in COLUMNS))
            else:
                tables.setdefault(path.parent, {})[kind] = path
        else:
            files.append(path)
    for folder, named in tables.items():
        _read_tables(folder, reading, named)
    for number, path in enumerate(dict.fromkeys(files), start=1):
        _read_file(path, number, reading)
    problems = sorted(set_of_problems(reading.problems))
    return Inputs(
        quads=tuple(reading.quads),
        problems=tuple(p for p in problems if not p.fatal),
        fatal=tuple(p for p in problems if p.fatal),
        named=frozenset() if reading.whole else frozenset(reading.named),
        rdf=frozenset(reading.rdf),
        documents=any("sources" in named for named in tables.values()),
        labels=reading.labels,
    )


def set_of_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Drop problems that say the same of the same cell."""
    known: dict[tuple[object, ...], Problem] = {}
    for item in problems:
        known.setdefault((item.file, item.row, item.column, item.code, item.value, item.subject, item.what["en"]), item)
    return list(known.values())


def _read_directory(path: Path, reading: _Reading, files: list[Path]) -> None:
    if any((path / f"{kind}.csv").exists() for kind in COLUMNS):
        reading.whole = True
        _read_tables(path, reading)
        return
    try:
        found = sorted(entry for entry in path.iterdir() if entry.suffix.casefold() in FORMATS and entry.is_file())
    except OSError as error:
        what = Text(f"The folder cannot be read: {error.strerror}.", f"Der Ordner ist nicht lesbar: {error.strerror}.")
        reading.unreadable(str(path), InputError(what, fix=Text("Check permissions.", "Prüfen Sie die Rechte.")))
        return
    if not found:
        reading.fatal("empty-folder", str(path))
    reading.whole = reading.whole or bool(found)
    files += found


# --- RDF -----------------------------------------------------------------------------------------------------------------


def _read_file(path: Path, number: int, reading: _Reading) -> None:
    """Read an RDF file; blank nodes get names that stay the same from run to run and do not meet those of other files."""
    try:
        quads = read_rdf(path, str(path))
    except InputError as error:
        reading.unreadable(str(path), error)
        return
    reading.quads += steady_blank_nodes(quads, f"f{number}")
    reading.rdf.add(str(path))


def _near(near: str, otherwise: Text) -> dict[str, str]:
    """Return what to do: take what may be meant, else something else."""
    meant = Text(f"Did you mean {near}?", f"Gemeint vielleicht {near}?") if near else otherwise
    return {"hint": meant.en, "hint_de": meant.de}


_ENTITY = re.compile(r"https?://\S+/id/(?:project|programme|campaign|event|award|award-edition|organisation|place|document)/[^/\s]+\Z")
NEAR = 50
"""How many of the unresolved references get a suggestion: the comparison is slow."""


def check_terms(quads: Sequence[Quad], files: Iterable[str], vocabulary: Sequence[Quad]) -> list[Problem]:
    """Return a problem for each property and class of our namespace that the ontology does not have."""
    namespace = PREFIXES["inno"]
    known = {quad.subject for quad in vocabulary if quad.subject.startswith(namespace)}
    names = sorted(term.removeprefix(namespace) for term in known)
    wanted, problems = set(files), []
    hints: dict[str, list[str]] = {}
    for quad in quads:
        file, _, row = quad.origin.rpartition("#")
        if file not in wanted:
            continue
        used = [("unknown-predicate", quad.predicate)] + ([("unknown-type", quad.object)] if quad.predicate == RDF.type else [])
        for code, term in used:
            if term.startswith(namespace) and term not in known:
                if term not in hints:
                    hints[term] = get_close_matches(term.removeprefix(namespace), names, n=3, cutoff=0.6) if len(hints) < NEAR else []
                near = " / ".join(f"inno:{name}" for name in hints[term])
                hint = Text(
                    "Use a term of the ontology, or of another namespace.",
                    "Verwenden Sie einen Begriff der Ontologie oder eines anderen Namensraums.",
                )
                texts = _texts(MESSAGES["unknown-term"], {"value": repr(curie(term)), **_near(near, hint)})
                problems.append(Problem(file, int(row or 0), "", code, *texts, curie(term), subject=quad.subject))
    return set_of_problems(problems)


_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_INTEGERS = (
    *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "long", "int", "short", "byte"),
    *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)
_DAYS = {"date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "gYearMonth": r"[0-9]{4}-[0-9]{2}", "gYear": r"[0-9]{4}"}
FORMS: dict[str, re.Pattern[str]] = {
    **{XSD[name]: re.compile(rf"({form}){_ZONE}") for name, form in _DAYS.items()},
    XSD.dateTime: re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T(?:[01][0-9]|2[0-4]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?{_ZONE}"),
    XSD.boolean: re.compile(r"true|false|1|0"),
    XSD.decimal: re.compile(_NUMBER),
    XSD.double: re.compile(rf"{_NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
    XSD.float: re.compile(rf"{_NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
    **{XSD[name]: re.compile("[+-]?[0-9]+") for name in _INTEGERS},
    XSD.nonNegativeInteger: re.compile(r"\+?[0-9]+|-0+"),
    XSD.positiveInteger: re.compile(r"\+?0*[1-9][0-9]*"),
}
"""What literals of a datatype look like (XML Schema 1.1 Part 2); years of four digits. pySHACL does not check all of them."""

_DATES = (XSD.date, XSD.gYearMonth, XSD.gYear, XSD.dateTime)


def well_formed(value: str, datatype: str) -> bool:
    """Tell whether a lexical form belongs to its datatype; datatypes that are not in :data:`FORMS` always do.

    >>> well_formed("2021-02-29", XSD.date), well_formed("2021", XSD.gYear), well_formed("abc", XSD.gYear)
    (False, True, False)
    """
    form = FORMS.get(datatype)
    match = form.fullmatch(value.strip(" \t\n\r")) if form else None
    if form is None or match is None:
        return form is None
    return datatype not in _DATES or parse_date(match.group(1)) is not None


def check_literals(quads: Sequence[Quad], files: Iterable[str], told: Iterable[str]) -> list[Problem]:
    """Return a problem for each literal that is not of its datatype; a shape that asks for another datatype may not say so.

    Args:
        quads: Statements of all inputs.
        files: RDF files to check.
        told: Values that a shape has reported already.
    """
    wanted, spared = set(files), set(told)
    problems = []
    for quad in quads:
        if quad.kind != "literal" or quad.datatype not in FORMS or well_formed(quad.object, quad.datatype):
            continue
        file, _, row = quad.origin.rpartition("#")
        if file in wanted and term_text(quad.term) not in spared:
            texts = _texts(MESSAGES["wrong-literal"], {"value": repr(quad.object), "datatype": curie(quad.datatype)})
            code = "wrong-date" if quad.datatype in _DATES else "wrong-literal"
            problems.append(Problem(file, int(row or 0), curie(quad.predicate), code, *texts, quad.object, subject=quad.subject))
    return set_of_problems(problems)


def check_references(quads: Sequence[Quad], files: Iterable[str], known: Iterable[str], told: Iterable[str]) -> list[Problem]:
    """Return a problem for each reference to an entity that no input describes.

    Args:
        quads: Statements of all inputs.
        files: RDF files to check.
        known: Subjects of the vocabulary.
        told: Values that a shape has reported already.
    """
    subjects = {quad.subject for quad in quads} | set(known)
    wanted, spared = set(files), set(told)
    entities = sorted(subject for subject in subjects if _ENTITY.match(subject))
    problems: list[Problem] = []
    hints: dict[str, list[str]] = {}
    for quad in quads:
        file, _, row = quad.origin.rpartition("#")
        target = quad.object
        if quad.kind != "iri" or file not in wanted or target in subjects or target in spared or not _ENTITY.match(target):
            continue
        if target not in hints:
            hints[target] = get_close_matches(target, entities, n=1, cutoff=0.9) if len(hints) < NEAR else []
        near = " / ".join(hints[target])
        hint = Text("Describe it there, or correct the reference.", "Beschreiben Sie sie dort oder berichtigen Sie den Verweis.")
        texts = _texts(MESSAGES["unknown-reference"], {"value": repr(target), "file": file, **_near(near, hint)})
        problems.append(Problem(file, int(row or 0), curie(quad.predicate), "unknown-id", *texts, target, subject=quad.subject))
    return set_of_problems(problems)


# --- Tables --------------------------------------------------------------------------------------------------------------


def _kind(path: Path) -> str | None:
    """Return what kind of table a file is: by its name, else by its header."""
    if path.stem in COLUMNS:
        return path.stem
    header = set(read_table(path, path.name, ()).columns)
    fits = {kind: len(header & set(columns)) / len(columns) for kind, columns in COLUMNS.items()}
    best = max(fits, key=lambda kind: fits[kind])
    return best if fits[best] >= 0.5 else None


def _shown(folder: Path, file: Path) -> str:
    """Return a file of a folder as the user would name it."""
    return str(file) if file.is_absolute() or str(folder) != "." else f"./{file.name}"


def _read_tables(folder: Path, reading: _Reading, named: Mapping[str, Path] | None = None) -> None:
    """Read and check the tables of a folder, or those named there with the others beside them."""
    tables: dict[str, Table] = {}
    for kind, columns in COLUMNS.items():
        file = (named or {}).get(kind, folder / f"{kind}.csv")
        must = kind in named if named is not None else kind in REQUIRED
        if must or file.exists():
            table = read_table(file, _shown(folder, file), columns)
            if must or named is None or table.usable:
                tables[kind] = table
    wanted = {tables[kind].file for kind in (tables if named is None else named)}
    reading.named |= wanted if named is not None else set()
    settings = _settings(folder, reading, alone=named is not None)
    raw = {kind: list(table.rows) for kind, table in tables.items() if table.usable}
    _labels(raw.get("entities", []), reading)
    source, invented = _folder(settings, {kind: table for kind, table in tables.items() if table.usable}, raw)
    check_folder(source)
    source.__post_init__()
    found = [item for table in tables.values() for item in table.problems] + source.problems
    complete = all(kind in tables and tables[kind].usable for kind in REQUIRED)
    if complete and not any(item.fatal for item in found):
        quads, mapped = map_folder(source)
        found += mapped
        if named is None or all(path.stem == kind for kind, path in named.items()):
            reading.quads += quads
    reading.problems += [item for item in _own(found, raw, invented) if item.file in wanted]


def _settings(folder: Path, reading: _Reading, *, alone: bool) -> SourceSettings:
    try:
        return read_source_settings(folder)
    except InputError as error:
        if not alone:
            reading.unreadable(str(folder), error)
        return SourceSettings(name="input")


def _labels(entities: Iterable[Row], reading: _Reading) -> None:
    for row in entities:
        reading.labels.setdefault(row["entity_id"], {lang: row[f"label_{lang}"] for lang in ("de", "en") if row[f"label_{lang}"]})


def _folder(settings: SourceSettings, tables: Mapping[str, Table], raw: Mapping[str, list[Row]]) -> tuple[Folder, set[str]]:
    """Return tables as a folder; a table that is not there is invented, so that every id that others use is in it.

    Returns:
        The folder, and the names of invented tables.
    """
    used: dict[str, set[str]] = {"sources": set(), "entities": set()}
    for row in raw.get("entities", []):
        used["sources"] |= {part.strip() for part in row["source_ids"].split(";")}
        used["entities"].add(row["municipality_of"])
    for row in raw.get("relations", []):
        used["sources"].add(row["source_id"])
        used["entities"] |= {row["subject_id"], row["object_id"]}
    used["entities"] |= {row["publisher_id"] for row in raw.get("sources", [])}
    fill = {"sources": {"title": "-", "language": "de"}, "entities": {"type": "Institution"}}
    invented: set[str] = set()
    made: dict[str, Table] = {}
    for kind in ("sources", "entities", "relations", "decisions", "retired"):
        if kind in tables:
            made[kind] = tables[kind]
            continue
        made[kind] = Table(f"<{kind}>", COLUMNS[kind])
        invented.add(made[kind].file)
        identifier = {"sources": "source_id", "entities": "entity_id"}.get(kind)
        if identifier:
            made[kind].rows = [Row(0, {identifier: name, **fill[kind]}) for name in sorted(used[kind] - {""})]
    shipped = read_table(resource("data", "mappings", "roles.csv"), "data/mappings/roles.csv", ROLE_COLUMNS)
    own = tables["roles"].rows if "roles" in tables else []
    roles = role_map([*shipped.rows, *own])
    folder = Folder(settings, made["sources"], made["entities"], made["relations"], made["decisions"], made["retired"], roles)
    return folder, invented


def _own(problems: Iterable[Problem], raw: Mapping[str, list[Row]], invented: set[str]) -> list[Problem]:
    """Drop what only follows from another fault: a row that is faulty itself is not unknown to the rows that name it."""
    there = {row["entity_id"] for row in raw.get("entities", [])} | {row["source_id"] for row in raw.get("sources", [])}
    there |= {relation_key(row) for row in raw.get("relations", [])}
    partly = bool(invented & {"<sources>", "<entities>", "<relations>"})
    kept = []
    for item in problems:
        if item.code in ("unknown-id", "unknown-target") and item.value in there:
            continue
        if item.code == "unknown-target" and partly:
            continue
        if item.code == "unknown-id" and partly:
            table = "<sources>" if "source" in item.column else "<entities>"
            if table in invented:
                wrong = problem(TEXTS, "wrong-id", item.file, item.row, item.column, value=item.value, subject=item.subject)
                kept.append(wrong)
                continue
        kept.append(item)
    return kept


# --- Results -------------------------------------------------------------------------------------------------------------


def problem_results(problems: Iterable[Problem], labels: Mapping[str, Mapping[str, str]], lang: str) -> list[Result]:
    """Turn faulty cells and rows into results."""
    return [
        Result(
            severity="Violation",
            shape=INNOSH[f"Table-{item.code}"],
            component=TABLE,
            focus=item.subject or (f"{item.file}#{item.row}" if item.row else item.file),
            focus_label=_label(item, labels.get(item.subject, {}), lang),
            path=item.column,
            value=item.value,
            message={language: f"{item.what[language]} {item.fix[language]}" for language in ("de", "en")},
            expected=item.fix[lang],
            found=item.value if len(item.value) <= 200 else f"{item.value[:200]}…",
            origin=(Origin(item.file, item.row),),
        )
        for item in problems
    ]


def _label(item: Problem, names: Mapping[str, str], lang: str) -> str:
    return names.get(lang) or next(iter(names.values()), "") or item.subject or item.file
