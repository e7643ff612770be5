"""Mapping sets in SSSOM/TSV: read, checked and written in the canonical form.

Source: SSSOM specification 1.1, sections "The SSSOM/TSV serialisation format" and "Canonical SSSOM/TSV format"; SEMAPV for the justifications.
Rows are records of the table: the line of column names is record 1, comment lines (the metadata) do not count.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.errors import InputError, Problem, Text
from kg.files import write_file
from kg.namespaces import PREFIXES

EXACT = (PREFIXES["skos"] + "exactMatch", PREFIXES["owl"] + "sameAs")
BROAD = PREFIXES["skos"] + "broadMatch"
SEMAPV = "https://w3id.org/semapv/vocab/"

BUILT_IN = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs", "skos", "xsd")} | {
    "linkml": "https://w3id.org/linkml/",
    "semapv": SEMAPV,
    "sssom": "https://w3id.org/sssom/",
}
"""Prefixes that every mapping set knows; the canonical form leaves them out of `curie_map`."""

JUSTIFICATIONS = frozenset(
    SEMAPV + name
    for name in (
        "BackgroundKnowledgeBasedMatching",
        "CompositeMatching",
        "InstanceBasedMatching",
        "LexicalMatching",
        "LexicalSimilarityThresholdMatching",
        "LogicalReasoning",
        "ManualMappingCuration",
        "MappingChaining",
        "MappingInversion",
        "MappingReview",
        "SemanticSimilarityThresholdMatching",
        "StructuralMatching",
        "UnspecifiedMatching",
    )
)
"""What the specification allows as `mapping_justification`."""

PREDICATES = frozenset((*EXACT, *(PREFIXES["skos"] + name for name in ("closeMatch", "broadMatch", "narrowMatch", "relatedMatch"))))
"""Predicates used between entities of two sources."""

_CURIE = re.compile(r"(?P<prefix>[A-Za-z_][\w.-]*):(?P<name>[^\s]*)\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


@dataclass(frozen=True, order=True)
class EntityMapping:
    """One row of a mapping set; fields are the specification's slots in its order, entities as full IRIs.

    Attributes:
        row: Record in the file it was read from, the column names being 1; 0 for one not read from a file.
    """

    subject_id: str
    subject_label: str = ""
    predicate_id: str = EXACT[0]
    predicate_modifier: str = ""
    object_id: str = ""
    object_label: str = ""
    mapping_justification: str = ""
    reviewer_label: str = ""
    subject_source: str = ""
    object_source: str = ""
    mapping_date: str = ""
    confidence: float = 1.0
    match_string: str = ""
    comment: str = ""
    row: int = field(default=0, compare=False)

    @property
    def pair(self) -> tuple[str, str]:
        """Subject and object."""
        return (self.subject_id, self.object_id)

    @property
    def rejected(self) -> bool:
        """Whether the row says that the two are *not* so related."""
        return self.predicate_modifier == "Not"

    @property
    def exact(self) -> bool:
        """Whether the row says that the two are one and the same."""
        return self.predicate_id in EXACT and not self.rejected


COLUMNS = tuple(item.name for item in fields(EntityMapping) if item.name != "row")
"""Columns in the order of the specification."""

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
REFERENCES = ("subject_id", "predicate_id", "object_id", "mapping_justification", "subject_source", "object_source")
PROPAGATED = ("subject_source", "object_source", "mapping_date")
"""Slots that may stand once in the metadata for all rows."""


@dataclass(frozen=True)
class MappingSet:
    """A mapping set.

    Attributes:
        metadata: The other slots of the set: `mapping_set_id`, `license` and what else stands in the metadata block.
        prefixes: `curie_map` without the built-in prefixes.
        mappings: The rows, in the order of the file.
        name: File name, for origins.
    """

    metadata: Mapping[str, Any]
    prefixes: Mapping[str, str]
    mappings: tuple[EntityMapping, ...] = ()
    name: str = ""


def new_set(name: str, base: str, title: Mapping[str, str], license_: str) -> MappingSet:
    """Return an empty mapping set for entities below a namespace root.

    Args:
        name: File name.
        base: Namespace root of the entities, ends with `/`.
        title: What is mapped, per language.
        license_: IRI of the licence.
    """
    prefixes = {"graph": f"{base}graph/", "organisation": f"{base}id/organisation/", "project": f"{base}id/project/"}
    metadata = {"sssom_version": "1.1", "mapping_set_id": f"{base}mapping/{name.removesuffix('.sssom.tsv')}", "mapping_set_title": title["en"]}
    return MappingSet({**metadata, "license": license_}, prefixes, (), name)


def read_sssom(path: Path) -> MappingSet:
    """Read a mapping set.

    Raises:
        InputError: The file cannot be read, is no SSSOM/TSV, or :func:`problems` finds rows to correct; all of them are in `problems`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = Text(f"The mapping file cannot be read: {error}.", f"Die Zuordnungsdatei lässt sich nicht lesen: {error}.")
        fix = Text("Name an SSSOM/TSV file in UTF-8.", "Nennen Sie eine SSSOM/TSV-Datei in UTF-8.")
        raise InputError(what, where=str(path), fix=fix) from error
    return parse_sssom(text, path.name)


def parse_sssom(text: str, name: str) -> MappingSet:
    """Read a mapping set from text (see :func:`read_sssom`).

    Args:
        text: The whole file.
        name: File name, for messages and origins.

    Raises:
        InputError: As :func:`read_sssom`.
    """
    lines = text.split("\n")
    size = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    metadata = _metadata([line[1:] for line in lines[:size]], name)
    table = list(csv.reader(io.StringIO("\n".join(lines[size:])), delimiter="\t", strict=False))
    header = table[0] if table else []
    if missing := [column for column in REQUIRED if column not in header]:
        columns = ", ".join(missing)
        raise _not_sssom(name, Text(f"The columns {columns} are missing.", f"Es fehlen die Spalten {columns}."))
    prefixes = {str(key): str(value) for key, value in (metadata.pop("curie_map", None) or {}).items()}
    found: list[Problem] = []
    shared = {slot: metadata.pop(slot) for slot in PROPAGATED if slot in metadata and slot not in header}
    mappings = []
    for number, cells in enumerate(table[1:], 2):
        if cells:
            row = dict(zip(header, cells, strict=False))
            mappings.append(_mapping(row | {slot: str(value) for slot, value in shared.items()}, prefixes, name, number, found))
    result = MappingSet(metadata, prefixes, tuple(mappings), name)
    found += problems(result)
    if found:
        what = Text(f"{len(found)} problems in the mapping file.", f"{len(found)} Probleme in der Zuordnungsdatei.")
        fix = Text("Correct the rows listed.", "Berichtigen Sie die genannten Zeilen.")
        raise InputError(what, where=name, fix=fix, problems=tuple(found))
    return result


def _metadata(lines: list[str], name: str) -> dict[str, Any]:
    import yaml

    class Loader(yaml.SafeLoader):
        """Dates stay text, as everything else here."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        found = yaml.load("\n".join(lines), Loader=Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise _not_sssom(name, Text(f"The metadata are no YAML: {error}.", f"Die Metadaten sind kein YAML: {error}.")) from error
    if not isinstance(found, dict) or not isinstance(found.get("curie_map", {}), dict):
        raise _not_sssom(name, Text("The metadata lines (#) are missing.", "Es fehlen die Zeilen mit Metadaten (#)."))
    return found


def _not_sssom(name: str, what: Text) -> InputError:
    fix = Text("See docs/how-to/linking.md for the form of the file.", "Die Form der Datei steht in docs/how-to/linking.md.")
    return InputError(what, where=name, fix=fix)


def _mapping(row: Mapping[str, str], prefixes: Mapping[str, str], name: str, number: int, found: list[Problem]) -> EntityMapping:
    values: dict[str, Any] = {column: row.get(column, "") or "" for column in COLUMNS}
    for column in REFERENCES:
        if values[column]:
            iri = expand(values[column], prefixes)
            if iri is None:
                what = Text(f"{values[column]!r} has no declared prefix.", f"{values[column]!r} hat kein erklärtes Präfix.")
                fix = Text("Declare the prefix in curie_map, and write identifiers as CURIEs.", "Erklären Sie das Präfix in curie_map.")
                found.append(_problem(name, number, column, "undeclared-prefix", what, fix, values[column]))
            values[column] = iri or values[column]
    try:
        values["confidence"] = float(values["confidence"] or 1)
    except ValueError:
        values["confidence"] = float("nan")
    return EntityMapping(**values, row=number)


def expand(curie: str, prefixes: Mapping[str, str]) -> str | None:
    """Return the IRI of a CURIE, or `None` where its prefix is unknown.

    >>> expand("skos:exactMatch", {})
    'http://www.w3.org/2004/02/skos/core#exactMatch'
    """
    match = _CURIE.match(curie)
    root = {**BUILT_IN, **prefixes}.get(match["prefix"]) if match else None
    return root + match["name"] if match and root else None


def problems(mapping_set: MappingSet, exists: Callable[[str], bool] = lambda _: True) -> list[Problem]:
    """Return what is wrong with a mapping set beyond its syntax.

    Args:
        mapping_set: The mapping set.
        exists: Tells whether an entity is in the graph; by default every one is.
    """
    name, found, seen = mapping_set.name, [], dict[tuple[str, str], int]()
    for slot in ("mapping_set_id", "license"):
        if not mapping_set.metadata.get(slot):
            what = Text(f"The metadata lack {slot}.", f"Den Metadaten fehlt {slot}.")
            found.append(_problem(name, 0, slot, "missing-slot", what, Text("Add it.", "Ergänzen Sie es."), ""))
    for prefix, root in mapping_set.prefixes.items():
        if BUILT_IN.get(prefix, root) != root:
            what = Text(f"The prefix {prefix} is built in and means something else.", f"Das Präfix {prefix} ist fest vergeben.")
            found.append(_problem(name, 0, "curie_map", "built-in-prefix", what, Text("Take another one.", "Wählen Sie ein anderes."), root))
    for mapping in mapping_set.mappings:
        for code, column, value, what, fix in _faults(mapping, exists, seen):
            found.append(_problem(name, mapping.row, column, code, what, fix, value))
        seen.setdefault(mapping.pair, mapping.row)
    return found


def _faults(mapping: EntityMapping, exists: Callable[[str], bool], seen: Mapping[tuple[str, str], int]) -> list[tuple[str, str, str, Text, Text]]:
    found = []
    for column in REQUIRED:
        if not getattr(mapping, column):
            what, fix = Text("The cell is empty.", "Die Zelle ist leer."), Text("Fill it in.", "Füllen Sie sie aus.")
            found.append(("empty-cell", column, "", what, fix))
    for column in ("subject_id", "object_id"):
        if (value := getattr(mapping, column)) and not exists(value):
            what = Text(f"{value} is not in the graph.", f"{value} ist nicht im Graphen.")
            found.append(
                ("unknown-entity", column, value, what, Text("Correct it, or load its source.", "Berichtigen Sie es, oder laden Sie die Quelle."))
            )
    for column, allowed in (("predicate_id", PREDICATES), ("mapping_justification", JUSTIFICATIONS)):
        if (value := getattr(mapping, column)) and value not in allowed:
            names = ", ".join(sorted(re.sub(".*[/#]", "", iri) for iri in allowed))
            what = Text(f"{value} is no {column} known here.", f"{value} ist hier kein {column}.")
            found.append(("unknown-term", column, value, what, Text(f"Known are: {names}.", f"Bekannt sind: {names}.")))
    if mapping.predicate_modifier not in ("", "Not"):
        what = Text("The modifier can only be Not.", "Der Zusatz kann nur Not sein.")
        found.append(("unknown-term", "predicate_modifier", mapping.predicate_modifier, what, Text("Write Not or nothing.", "Not oder nichts.")))
    if not 0 <= mapping.confidence <= 1:
        what = Text("The confidence is no number from 0 to 1.", "Die Sicherheit ist keine Zahl von 0 bis 1.")
        found.append(("confidence", "confidence", str(mapping.confidence), what, Text("Correct it.", "Berichtigen Sie sie.")))
    if mapping.mapping_date and not _DATE.match(mapping.mapping_date):
        what = Text("The date is not YYYY-MM-DD.", "Das Datum ist nicht JJJJ-MM-TT.")
        found.append(("date", "mapping_date", mapping.mapping_date, what, Text("Correct it.", "Berichtigen Sie es.")))
    if mapping.pair in seen:
        row = seen[mapping.pair]
        what = Text(f"The pair stands in record {row} already.", f"Das Paar steht schon in Zeile {row}.")
        found.append(("duplicate", "object_id", mapping.object_id, what, Text("Keep one of the two.", "Behalten Sie eine der beiden.")))
    if mapping.subject_id == mapping.object_id:
        what = Text("An entity is mapped to itself.", "Etwas ist sich selbst zugeordnet.")
        found.append(("itself", "object_id", mapping.object_id, what, Text("Delete the row.", "Löschen Sie die Zeile.")))
    return found


def _problem(name: str, row: int, column: str, code: str, what: Text, fix: Text, value: str) -> Problem:
    return Problem(name, row, column, code, what._asdict(), fix._asdict(), value)


def sssom_text(mapping_set: MappingSet) -> str:
    """Return a mapping set as canonical SSSOM/TSV: rows sorted, empty columns left out, what all rows share in the metadata.

    Raises:
        InputError: An entity has no prefix in `curie_map`.
    """
    rows = sorted(mapping_set.mappings)
    cells = [{column: _cell(mapping, column, mapping_set) for column in COLUMNS} for mapping in rows]
    shared = {slot: cells[0][slot] for slot in PROPAGATED if cells and cells[0][slot] and len({row[slot] for row in cells}) == 1}
    columns = [column for column in COLUMNS if column in REQUIRED or (column not in shared and any(row[column] for row in cells))]
    used = {match["prefix"] for row in cells for column in REFERENCES if (match := _CURIE.match(row[column]))}
    head: dict[str, Any] = {
        "curie_map": {prefix: root for prefix, root in sorted(mapping_set.prefixes.items()) if prefix in used and prefix not in BUILT_IN}
    }
    head |= {**mapping_set.metadata, **shared}
    out = io.StringIO()
    for slot, value in head.items():
        out.writelines(f"#{line}\n" for line in _slot(slot, value))
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in cells)
    return out.getvalue()


def _slot(slot: str, value: object) -> list[str]:
    """Return a slot of the metadata as YAML lines: plain where that reads back as the same text, else in double quotes."""
    import yaml

    if isinstance(value, str):
        return [f"{slot}: {_scalar(value)}"]
    if isinstance(value, dict) and value:
        return [f"{slot}:", *(f"  {key}: {_scalar(str(item))}" for key, item in value.items())]
    return [] if value == {} else str(yaml.safe_dump({slot: value}, allow_unicode=True, width=10_000)).splitlines()


def _scalar(text: str) -> str:
    with contextlib.suppress(InputError):
        if _metadata([f"slot: {text}"], "") == {"slot": text}:
            return text
    return json.dumps(text, ensure_ascii=False)


def _cell(mapping: EntityMapping, column: str, mapping_set: MappingSet) -> str:
    value = getattr(mapping, column)
    if column == "confidence":
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if column in REFERENCES and value:
        for prefix, root in sorted({**BUILT_IN, **mapping_set.prefixes}.items(), key=lambda item: -len(item[1])):
            if value.startswith(root):
                return f"{prefix}:{value[len(root) :]}"
        what = Text(f"No prefix for {value}.", f"Kein Präfix für {value}.")
        raise InputError(what, where=mapping_set.name, fix=Text("Declare one in curie_map.", "Erklären Sie eines in curie_map."))
    return str(value)


def write_sssom(mapping_set: MappingSet, path: Path) -> None:
    """Write a mapping set as canonical SSSOM/TSV, whole or not at all.

    Raises:
        InputError: An entity has no prefix in `curie_map`.
        BuildError: The file cannot be written.
    """
    write_file(path, sssom_text(mapping_set))
