"""The CSV tables, and the codebook that says what each column means.

Format: RFC 4180 (comma, CRLF, header line), UTF-8 without BOM. Several values in one cell are separated by `; `, in a fixed order. A text that a
spreadsheet would take for a formula has an apostrophe before it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.arrow import constant
from kg.analyse.labels import Named
from kg.analyse.lines import csv_field, joined
from kg.engine.base import Engine
from kg.namespaces import INNO, OA, RDF, SCHEMA, SKOS, WGS, local_name
from kg.publish.columns import choose, codes
from kg.publish.limits import BOUNDED, cell, cell_limit

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        name: Name in the header line.
        type: `iri`, `text`, `code`, `date`, `integer`, `decimal`, or a list of one of them.
        de: Meaning in German.
        en: Meaning in English.
        values: Allowed values, or the form of a value.
    """

    name: str
    type: str
    de: str
    en: str
    values: str = ""


_DATE = "YYYY-MM-DD | YYYY-MM | YYYY"
_ROLES = "https://w3id.org/innokg/code/participation-role"
_KINDS = "https://w3id.org/innokg/code/organisation-kind"

COLUMNS: dict[str, tuple[Column, ...]] = {
    "incidence.csv": (
        Column("participation", "iri", "Die Beteiligung", "The participation"),
        Column("institution", "iri", "Einrichtung, wie die Quelle sie nennt", "Institution as the source names it"),
        Column("institution_label_de", "text", "Name der Einrichtung, deutsch", "Name of the institution in German"),
        Column("institution_label_en", "text", "Name der Einrichtung, englisch", "Name of the institution in English"),
        Column(
            "institution_merged",
            "iri",
            "Einrichtung, für die die Beteiligung auf der Ebene merged zählt",
            "Institution the participation counts for at level merged",
        ),
        Column("project", "iri", "Projekt, wie die Quelle es nennt", "Project as the source names it"),
        Column("project_label_de", "text", "Name des Projekts, deutsch", "Name of the project in German"),
        Column("project_label_en", "text", "Name des Projekts, englisch", "Name of the project in English"),
        Column(
            "project_counted",
            "iri",
            "Projekt, mit dem die Beteiligung zählt: das Ganze, wo ein Teil kein eigenes Konsortium hat",
            "Project the participation counts with: the whole, where a part has no consortium of its own",
        ),
        Column("role", "code", "Rolle der Einrichtung im Projekt", "Role of the institution in the project", _ROLES),
        Column("start", "date", "Beginn der Beteiligung, wo eine Quelle ihn nennt", "Start of the participation where a source gives it", _DATE),
        Column("end", "date", "Ende der Beteiligung, wo eine Quelle es nennt", "End of the participation where a source gives it", _DATE),
        Column("project_start", "date", "Beginn des Projekts, leer wo unbekannt", "Start of the project, empty where unknown", _DATE),
        Column("project_end", "date", "Ende des Projekts, leer wo unbekannt", "End of the project, empty where unknown", _DATE),
        Column("sources", "list of iri", "Dokumente, die die Beteiligung belegen", "Documents that support the participation"),
        Column(
            "attestation",
            "list of code",
            "Wie die Quellen die Beteiligung belegen",
            "How the sources support the participation",
            "https://w3id.org/innokg/code/attestation",
        ),
        Column(
            "claim_status",
            "list of code",
            "Ob die Aussagen gelten",
            "Whether the claims are accepted",
            "https://w3id.org/innokg/code/claim-status",
        ),
        Column("wordings", "list of text", "Rolle im Wortlaut der Quellen", "Role in the wording of the sources"),
    ),
    "nodes.csv": (
        Column("id", "iri", "Einrichtung (Ebene merged)", "Institution (level merged)"),
        Column("label_de", "text", "Name, deutsch", "Name in German"),
        Column("label_en", "text", "Name, englisch", "Name in English"),
        Column("kind", "code", "Art der Einrichtung, leer wo unbekannt", "Kind of institution, empty where unknown", _KINDS),
        Column("project_count", "integer", "Zahl der Projekte", "Number of projects", ">= 1"),
        Column("projects", "list of iri", "Die Projekte", "The projects"),
        Column("same_as", "list of iri", "Dieselbe Einrichtung in anderen Verzeichnissen", "The same institution in other registers"),
        Column(
            "latitude",
            "decimal",
            "Geografische Breite in Grad (WGS 84), leer wo unbekannt",
            "Latitude in degrees (WGS 84), empty where unknown",
            "-90 … 90",
        ),
        Column(
            "longitude",
            "decimal",
            "Geografische Länge in Grad (WGS 84), leer wo unbekannt",
            "Longitude in degrees (WGS 84), empty where unknown",
            "-180 … 180",
        ),
    ),
    "edges.csv": (
        Column(
            "source",
            "iri",
            "Eine Einrichtung (die Kante hat keine Richtung; die kleinere IRI steht hier)",
            "One institution (edges have no direction; the smaller IRI stands here)",
        ),
        Column("target", "iri", "Die andere Einrichtung", "The other institution"),
        Column(
            "weight",
            "decimal",
            "Gewicht nach Newman: Summe über die gemeinsamen Projekte von 1/(k−1), k = Zahl der Einrichtungen des Projekts",
            "Newman's weight: sum over the shared projects of 1/(k−1), k = number of institutions of the project",
            "> 0",
        ),
        Column("count", "integer", "Zahl der gemeinsamen Projekte", "Number of shared projects", ">= 1"),
        Column("shared", "list of iri", "Die gemeinsamen Projekte", "The shared projects"),
    ),
    "codebook.csv": (
        Column("file", "text", "Name der Tabelle", "Name of the table"),
        Column("column", "text", "Name der Spalte", "Name of the column"),
        Column("type", "text", "Art der Werte", "Type of the values", "iri | text | code | date | integer | decimal | list of …"),
        Column("meaning_de", "text", "Bedeutung, deutsch", "Meaning in German"),
        Column("meaning_en", "text", "Bedeutung, englisch", "Meaning in English"),
        Column("values", "text", "Zulässige Werte, ihre Form oder die Liste der Codes", "Allowed values, their form, or the list of codes"),
    ),
}
"""The columns of every table, in order."""


@dataclass(frozen=True)
class Facts:
    """What the tables say about projects, institutions and participations besides the network.

    Attributes:
        projects: Label of each project.
        dates: Start and end of each project.
        same_as: IRIs of the same institution elsewhere.
        places: Latitude and longitude of an institution.
        claims: For each participation its claims.
    """

    projects: Mapping[str, Named]
    dates: Mapping[str, tuple[str, str]]
    same_as: Mapping[str, list[str]]
    places: Mapping[str, tuple[str, str]]
    claims: Mapping[str, list[Claim]]


class Claim(NamedTuple):
    """One claim about a participation.

    Attributes:
        status: Code of its status.
        attestation: Code of how the source supports it.
        wording: Role in the source's words, or empty.
        sources: Documents it rests on.
    """

    status: str
    attestation: str
    wording: str
    sources: tuple[str, ...]


def facts(engine: Engine, quads: Any) -> Facts:
    """Look up labels, dates, links, coordinates and claims: one row per project and institution.

    Args:
        engine: Batch engine.
        quads: Ibis table in the layout of the quad table.
    """

    def members(kind: str) -> Any:
        return quads.filter((quads.predicate == RDF.type) & (quads.object == kind)).select("subject").distinct()

    def values(predicate: str) -> Any:
        return quads.filter(quads.predicate == predicate).select("subject", "object", "language").distinct()

    labels: dict[str, dict[str, str]] = {}
    names = values(SKOS.prefLabel).semi_join(members(INNO.Project), "subject")
    for row in engine.to_pylist(names.group_by("subject", "language").aggregate(object=lambda table: table.object.min())):
        labels.setdefault(row["subject"], {})[row["language"]] = row["object"]
    ends = quads.filter(quads.predicate.isin([SCHEMA.startDate, SCHEMA.endDate])).semi_join(members(INNO.Project), "subject")
    ends = ends.group_by("subject", "predicate").aggregate(object=lambda table: table.object.min())
    dates: dict[str, tuple[str, str]] = {}
    for row in engine.to_pylist(ends):
        start, end = dates.get(row["subject"], ("", ""))
        dates[row["subject"]] = (row["object"], end) if row["predicate"] == SCHEMA.startDate else (start, row["object"])
    same_as: dict[str, list[str]] = {}
    for row in engine.to_pylist(values(SCHEMA.sameAs).semi_join(members(INNO.Organisation), "subject").order_by("subject", "object")):
        same_as.setdefault(row["subject"], []).append(row["object"])
    return Facts({item: Named(item, text) for item, text in labels.items()}, dates, same_as, _places(engine, quads), _claims(engine, quads))


def _places(engine: Engine, quads: Any) -> dict[str, tuple[str, str]]:
    """Return latitude and longitude of institutions: their own, else those of the first place they are located in that has both."""
    import ibis

    def first(predicate: str, name: str) -> Any:
        found = quads.filter(quads.predicate == predicate)
        return found.group_by(place=found.subject).aggregate(**{name: found.object.min()})

    points = first(WGS.lat, "latitude").inner_join(first(WGS.long, "longitude"), "place").select("place", "latitude", "longitude")
    members = quads.filter((quads.predicate == RDF.type) & (quads.object == INNO.Organisation)).select(item=quads.subject).distinct()
    located = quads.filter(quads.predicate == INNO.location).select(item="subject", place="object").distinct()
    own = members.mutate(place=members.item, own=ibis.literal(0))
    found = own.union(located.semi_join(members, "item").mutate(own=ibis.literal(1))).inner_join(points, "place")
    rank = ibis.row_number().over(ibis.window(group_by="item", order_by=["own", "place"]))
    found = found.mutate(rank=rank).filter(ibis._.rank == 0).select("item", "latitude", "longitude")
    return {row["item"]: (row["latitude"], row["longitude"]) for row in engine.to_pylist(found)}


def _claims(engine: Engine, quads: Any) -> dict[str, list[Claim]]:
    """Return the claims on the defining edge of each participation."""
    edges = quads.filter((quads.predicate == RDF.predicate) & (quads.object == INNO.inInitiative)).select(claim=quads.subject).distinct()
    members = quads.filter((quads.predicate == RDF.type) & (quads.object == INNO.Participation)).select(participation=quads.subject).distinct()
    about = quads.filter(quads.predicate == RDF.subject).select(claim=quads.subject, participation=quads.object)
    about = about.semi_join(edges, "claim").semi_join(members, "participation").distinct()
    wanted = (INNO.claimStatus, INNO.attestation, INNO.roleWording, INNO.evidence)
    values = quads.filter(quads.predicate.isin(list(wanted))).select("predicate", "object", claim="subject")
    documents = quads.filter(quads.predicate == OA.hasSource).select(object="subject", document="object").distinct()
    rows = about.inner_join(values, "claim").left_join(documents, "object")
    rows = rows.select("participation", "claim", "predicate", "object", "document").distinct()
    claims: dict[tuple[str, str], dict[str, set[str]]] = {}
    for row in engine.to_pylist(rows):
        value = row["document"] if row["predicate"] == INNO.evidence else row["object"]
        if value:
            claims.setdefault((row["participation"], row["claim"]), {}).setdefault(row["predicate"], set()).add(value)
    result: dict[str, list[Claim]] = {}
    for (participation, _), parts in sorted(claims.items()):
        status, attestation, wording, sources = (sorted(parts.get(predicate, ())) or [""] for predicate in wanted)
        result.setdefault(participation, []).append(Claim(local_name(status[0]), local_name(attestation[0]), wording[0], tuple(sources)))
    return result


def incidence(table: pa.Table, institutions: Mapping[str, Named], known: Facts) -> Iterator[pa.RecordBatch]:
    """Yield the two-mode incidence list, one row per participation in a project, in batches of texts.

    Args:
        table: Participations as they count, the result of :func:`kg.analyse.projection.counted`.
        institutions: Labels of the institutions.
        known: What else is said of projects and participations.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    role = _each(table["role"], local_name)
    order = {"recorded": table["recorded"], "named": table["named"], "role": role, "participation": table["participation"]}
    place = pc.sort_indices(pa.table(order), sort_keys=[(name, "ascending") for name in order])
    for start in range(0, table.num_rows, _ROWS):
        part = place.slice(start, _ROWS)
        yield _participations(table.take(part), role.take(part), institutions, known)


def _participations(table: pa.Table, role: pa.Array, institutions: Mapping[str, Named], known: Facts) -> pa.RecordBatch:
    import pyarrow as pa

    def each(name: str, function: Callable[[str], str]) -> pa.Array:
        return _each(table[name], function)

    def label(names: Mapping[str, Named], lang: str) -> Callable[[str], str]:
        return lambda iri: names.get(iri, Named(iri)).label(lang)

    def said(values: Callable[[Claim], Iterable[str]]) -> pa.Array:
        return each("participation", lambda iri: _several(value for claim in known.claims.get(iri, ()) for value in values(claim)))

    columns = (
        table["participation"].combine_chunks(),
        table["named"].combine_chunks(),
        each("named", label(institutions, "de")),
        each("named", label(institutions, "en")),
        table["organisation"].combine_chunks(),
        table["recorded"].combine_chunks(),
        each("recorded", label(known.projects, "de")),
        each("recorded", label(known.projects, "en")),
        table["initiative"].combine_chunks(),
        role,
        table["start"].combine_chunks(),
        table["end"].combine_chunks(),
        each("recorded", lambda iri: known.dates.get(iri, ("", ""))[0]),
        each("recorded", lambda iri: known.dates.get(iri, ("", ""))[1]),
        said(lambda claim: claim.sources),
        said(lambda claim: (claim.attestation,)),
        said(lambda claim: (claim.status,)),
        said(lambda claim: (claim.wording,)),
    )
    return pa.record_batch(dict(zip((column.name for column in COLUMNS["incidence.csv"]), columns, strict=True)))


def _each(column: pa.ChunkedArray, function: Callable[[str], str]) -> pa.Array:
    """Return what each distinct text of a column becomes, in every row that holds it."""
    distinct, position = codes(column.combine_chunks())
    return choose(map(function, distinct.to_pylist()), position)


def nodes(network: nx.Graph, known: Facts) -> list[list[str]]:
    """Return the institutions of the network."""
    return [
        [
            iri,
            data["label_de"],
            data["label_en"],
            data["kind"],
            str(len(data["projects"])),
            cell(data["projects"]),
            _several(known.same_as.get(iri, [])),
            *known.places.get(iri, ("", "")),
        ]
        for iri, data in sorted(network.nodes(data=True))
    ]


def edges(network: nx.Graph) -> list[list[str]]:
    """Return the pairs of institutions that share a project."""
    pairs = sorted((min(one, other), max(one, other), data) for one, other, data in network.edges(data=True))
    return [[one, other, repr(data["weight"]), str(data["count"]), cell(data["shared"])] for one, other, data in pairs]


def codebook(bounded: bool = False, tables: Mapping[str, Sequence[Column]] = COLUMNS) -> list[list[str]]:
    """Return one row per column of every table.

    Args:
        bounded: Say of the columns whose lists are left empty where they are too long for a cell that they are.
        tables: Columns by table.
    """
    rows = []
    for file, columns in tables.items():
        for column in columns:
            limit = cell_limit() if bounded and (file, column.name) in BOUNDED else ""
            rows.append([file, column.name, column.type, column.de, column.en, column.values or limit])
    return rows


def _several(values: Iterable[str]) -> str:
    return cell(sorted({value for value in values if value}))


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> int:
    """Write a table with the header of its name and return its number of rows."""
    return write_rows(path, COLUMNS[path.name], rows)


def write_rows(path: Path, columns: Iterable[Column], rows: Iterable[Sequence[str]]) -> int:
    """Write a table row by row, no cell of which a spreadsheet takes for a formula, and return its number of rows."""
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow([safe(value) for value in row])
            number += 1
    return number


def write_columns(path: Path, batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches of texts with the header of the table's name, as :func:`write_table` writes rows, and return their number of rows."""
    number = 0
    with path.open("wb") as file:
        file.write((",".join(column.name for column in COLUMNS[path.name]) + "\r\n").encode())
        for batch in batches:
            cells = [part for column in batch.columns for part in (",", csv_field(_safe(column)))]
            file.write(joined(*cells[1:], "\r\n"))
            number += batch.num_rows
    return number


_FORMULA = r"^(?:[\s\x{feff}]*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]|[\t\r])"
_NUMBER = r"^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
_FORMULA_RE, _NUMBER_RE = re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", r"\\u\1", _FORMULA)), re.compile(_NUMBER.replace("$", r"\Z"))


def safe(text: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would take for a formula (OWASP: CSV injection); numbers stay as they are.

    >>> safe("=1+1"), safe("-0.5"), safe("@x"), safe("a")
    ("'=1+1", '-0.5', "'@x", 'a')
    """
    return f"'{text}" if _FORMULA_RE.match(text) and not _NUMBER_RE.match(text) else text


def _safe(column: pa.Array) -> pa.Array:
    """Do the same to a column of texts."""
    import pyarrow.compute as pc

    hostile = pc.and_not(pc.match_substring_regex(column, _FORMULA), pc.match_substring_regex(column, _NUMBER))
    return pc.if_else(hostile, pc.binary_join_element_wise(constant("'"), column, constant("")), column) if pc.any(hostile).as_py() else column


_ROWS = 5_000
"""Rows written at once."""
