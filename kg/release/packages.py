"""The CSV tables described for programs: as a Frictionless Data Package (version 1) and by CSVW (W3C Recommendation, 17 December 2015).

Keys are stated only where they hold: they are looked up in the tables that were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.publish.limits import SEPARATOR
from kg.publish.parts import File
from kg.publish.tables import Column
from kg.release.entities import DATE
from kg.release.licences import licence_title, spdx

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.publish.catalogue import Description

Tables = Mapping[str, Sequence[Column]]


class Reference(NamedTuple):
    """A column whose values are those of a key of another table."""

    table: str
    column: str
    to: str
    key: str


_KEYS = {"incidence.csv": "participation"}
"""Columns that may be keys; of other tables `id`."""
_REFERENCES = (
    Reference("incidence.csv", "institution", "organisations.csv", "id"),
    Reference("incidence.csv", "institution_merged", "nodes.csv", "id"),
    Reference("incidence.csv", "project", "projects.csv", "id"),
    Reference("incidence.csv", "project_counted", "projects.csv", "id"),
    Reference("nodes.csv", "id", "organisations.csv", "id"),
    Reference("edges.csv", "source", "nodes.csv", "id"),
    Reference("edges.csv", "target", "nodes.csv", "id"),
)
_BLOCK = 4 << 20


class Keys(NamedTuple):
    """Keys that hold.

    Attributes:
        primary: Key column by table.
        foreign: Columns that refer to another table.
    """

    primary: Mapping[str, str]
    foreign: Sequence[Reference]


def find_keys(folder: Path, tables: Tables) -> Keys:
    """Return the keys that hold in the tables of a folder: no two rows with one key, no reference to a row that is not there."""
    import pyarrow.compute as pc

    values: dict[tuple[str, str], pa.Array] = {}

    def distinct(table: str, column: str) -> pa.Array:
        if (table, column) not in values:
            values[table, column] = _values(folder / table, column)[0]
        return values[table, column]

    primary = {}
    for table, columns in tables.items():
        column = _KEYS.get(table, "id")
        if column in [one.name for one in columns]:
            found, rows = _values(folder / table, column)
            values[table, column] = found
            if len(found) == rows:
                primary[table] = column
    holds = []
    for reference in _REFERENCES:
        if reference.table in tables and primary.get(reference.to) == reference.key:
            known = pc.is_in(distinct(reference.table, reference.column), distinct(reference.to, reference.key))
            if pc.all(known, min_count=0).as_py():
                holds.append(reference)
    return Keys(primary, holds)


def _values(table: Path, column: str) -> tuple[pa.Array, int]:
    """Return the distinct values of a column, and how many rows the table has."""
    import pyarrow as pa
    import pyarrow.csv as pc_csv

    reader = pc_csv.open_csv(
        table,
        read_options=pc_csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        parse_options=pc_csv.ParseOptions(newlines_in_values=True),
        convert_options=pc_csv.ConvertOptions(include_columns=[column], column_types={column: pa.string()}),
    )
    parts, rows = [], 0
    for batch in reader:
        parts.append(batch.column(0).unique())
        rows += batch.num_rows
    return pa.chunked_array(parts, pa.string()).unique(), rows


def data_package(about: Description, files: Iterable[File], tables: Tables, keys: Keys) -> dict[str, Any]:
    """Return the content of `datapackage.json` (specs.frictionlessdata.io, Data Package and Table Schema, version 1).

    Args:
        about: What is said about the release.
        files: The tables, as they were written.
        tables: Their columns.
        keys: Keys that hold.
    """
    return {
        "profile": "tabular-data-package",
        "name": _name(f"{about.name}-{about.version}"),
        "id": about.dataset,
        "version": about.version,
        "title": about.names["en"],
        "description": about.text["en"],
        "homepage": about.dataset,
        "created": f"{about.issued}T00:00:00Z",
        "keywords": list(about.catalogue.keywords.get("en", ())),
        **({"licenses": [_licence(iri) for iri in about.licences]} if about.licences else {}),
        "contributors": [{"title": about.publisher.name, "role": "publisher", **({"path": about.publisher.url} if about.publisher.url else {})}],
        "resources": [_resource(file, tables[file.name], keys) for file in files],
    }


def _licence(iri: str) -> dict[str, str]:
    name = spdx(iri)
    return {**({"name": name} if name else {}), "path": iri, "title": licence_title(iri)}


def _name(text: str) -> str:
    """Return a name of a package or resource: lower case, digits, `.`, `-`, `_`."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower())


def _resource(file: File, columns: Sequence[Column], keys: Keys) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column, column.name == keys.primary.get(file.name)) for column in columns], "missingValues": [""]}
    if file.name in keys.primary:
        schema["primaryKey"] = keys.primary[file.name]
    foreign = [reference for reference in keys.foreign if reference.table == file.name]
    if foreign:
        schema["foreignKeys"] = [
            {"fields": reference.column, "reference": {"resource": _name(Path(reference.to).stem), "fields": reference.key}} for reference in foreign
        ]
    return {
        "profile": "tabular-data-resource",
        "name": _name(Path(file.name).stem),
        "title": file.part.en,
        "description": f"{file.part.en} | {file.part.de}",
        "path": file.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema,
    }


_PATTERNS = {"date": f"^{DATE}$", "iri": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$", "code": r"^\S+$"}


def _field(column: Column, key: bool) -> dict[str, Any]:
    """Return a field of Table Schema; a list stays one text, as version 1 has no type for it."""
    kind = {"integer": "integer", "decimal": "number"}.get(column.type, "string")
    constraints: dict[str, Any] = {"required": True, "unique": True} if key else {}
    if column.type in _PATTERNS:
        constraints["pattern"] = _PATTERNS[column.type]
    limits = _limits(column)
    constraints |= limits
    description = f"{column.en} | {column.de}"
    several = f" ({SEPARATOR.strip()} between several values)" if column.type.startswith("list of ") else ""
    return {
        "name": column.name,
        "type": kind,
        "title": column.en,
        "description": f"{description}{several}{f' [{column.values}]' if column.values else ''}",
        **({"constraints": constraints} if constraints else {}),
    }


def _limits(column: Column) -> dict[str, Any]:
    """Return the smallest and largest value of a number where the codebook says it."""
    if column.type not in ("integer", "decimal"):
        return {}
    if "…" in column.values:
        low, high = column.values.split("…")
        return {"minimum": int(low), "maximum": int(high)}
    return {"minimum": int(column.values.removeprefix(">="))} if column.values.startswith(">=") else {}


def csvw(about: Description, files: Iterable[File], tables: Tables, keys: Keys) -> dict[str, Any]:
    """Return the content of `csv-metadata.json` (Metadata Vocabulary for Tabular Data).

    Args:
        about: What is said about the release.
        files: The tables, as they were written.
        tables: Their columns.
        keys: Keys that hold.
    """
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@id": about.dataset,
        "dc:title": _tagged(about.names),
        "dc:description": _tagged(about.text),
        "dc:identifier": about.dataset,
        "dc:publisher": {"@value": about.publisher.name},
        "dc:issued": {"@value": about.issued, "@type": "xsd:date"},
        **({"dc:license": [{"@id": iri} for iri in about.licences]} if about.licences else {}),
        "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True, "lineTerminators": ["\r\n", "\n"]},
        "tables": [_table(file, tables[file.name], keys) for file in files],
    }


def _tagged(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@value": text, "@language": lang} for lang, text in sorted(texts.items()) if text]


def _table(file: File, columns: Sequence[Column], keys: Keys) -> dict[str, Any]:
    schema: dict[str, Any] = {"columns": [_column(column, column.name == keys.primary.get(file.name)) for column in columns]}
    if key := keys.primary.get(file.name):
        schema["primaryKey"] = key
        schema["aboutUrl"] = f"{{+{key}}}"
    foreign = [reference for reference in keys.foreign if reference.table == file.name]
    if foreign:
        schema["foreignKeys"] = [
            {"columnReference": reference.column, "reference": {"resource": reference.to, "columnReference": reference.key}} for reference in foreign
        ]
    licences = [{"@id": iri} for iri in file.licences]
    return {
        "url": file.name,
        "dc:title": _tagged({"de": file.part.de, "en": file.part.en}),
        **({"dc:license": licences} if licences else {}),
        "tableSchema": schema,
    }


def _column(column: Column, key: bool) -> dict[str, Any]:
    one = column.type.removeprefix("list of ")
    datatype: Any = {"iri": "anyURI", "integer": "integer", "decimal": "number"}.get(one, "string")
    if one == "date":
        datatype = {"base": "string", "format": _PATTERNS["date"]}
    if limits := _limits(column):
        datatype = {"base": datatype, **limits}
    return {
        "name": column.name,
        # The first title is that of the header line: a description whose titles differ from it is refused.
        "titles": {"de": [column.name, column.de], "en": [column.name, column.en]},
        "dc:description": _tagged({"de": column.de, "en": column.en}),
        "datatype": datatype,
        **({"separator": SEPARATOR} if one != column.type else {}),
        **({"required": True} if key else {}),
    }
