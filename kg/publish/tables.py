"""The CSV tables, and the codebook that says what each column means.

Format: RFC 4180 (comma, CRLF, header line), UTF-8 without BOM. Several values in one cell are separated by `; `, in a fixed order.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.labels import Named
from kg.analyse.projection import Row
from kg.engine.base import Engine
from kg.namespaces import INNO, OA, RDF, SCHEMA, SKOS, WGS, local_name

if TYPE_CHECKING:
    import networkx as nx

SEPARATOR = "; "


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
    """Look up labels, dates, links, coordinates and claims.

    Args:
        engine: Batch engine.
        quads: Ibis table in the layout of the quad table.
    """
    wanted = (SKOS.prefLabel, SCHEMA.startDate, SCHEMA.endDate, SCHEMA.sameAs, WGS.lat, WGS.long, INNO.location)
    kinds = [INNO.Project, INNO.Organisation, INNO.Place]
    things = quads.filter((quads.predicate == RDF.type) & quads.object.isin(kinds)).select("subject").distinct()
    about = quads.filter(quads.predicate.isin(list(wanted))).semi_join(things, "subject")
    about = about.select("subject", "predicate", "object", "language").distinct()
    found: dict[str, dict[str, list[str]]] = {}
    labels: dict[str, dict[str, str]] = {}
    for row in sorted(engine.to_pylist(about), key=lambda row: (row["subject"], row["predicate"], row["object"], row["language"])):
        if row["predicate"] == SKOS.prefLabel:
            labels.setdefault(row["subject"], {}).setdefault(row["language"], row["object"])
        else:
            found.setdefault(row["subject"], {}).setdefault(row["predicate"], []).append(row["object"])

    def first(item: str, predicate: str) -> str:
        return found.get(item, {}).get(predicate, [""])[0]

    places = {}
    for item, values in found.items():
        for place in (item, *values.get(INNO.location, [])):
            if first(place, WGS.lat) and first(place, WGS.long):
                places[item] = (first(place, WGS.lat), first(place, WGS.long))
                break
    return Facts(
        projects={item: Named(item, text) for item, text in labels.items()},
        dates={item: (first(item, SCHEMA.startDate), first(item, SCHEMA.endDate)) for item in found},
        same_as={item: values[SCHEMA.sameAs] for item, values in found.items() if SCHEMA.sameAs in values},
        places=places,
        claims=_claims(engine, quads),
    )


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


def incidence(rows: Iterable[Row], institutions: Mapping[str, Named], known: Facts) -> list[list[str]]:
    """Return the two-mode incidence list: one row per participation in a project."""
    table = []
    for row in rows:
        institution = institutions.get(row.named, Named(row.named))
        project = known.projects.get(row.recorded, Named(row.recorded))
        claims = known.claims.get(row.participation, [])
        start, end = known.dates.get(row.recorded, ("", ""))
        table.append(
            [
                row.participation,
                row.named,
                institution.label("de"),
                institution.label("en"),
                row.organisation,
                row.recorded,
                project.label("de"),
                project.label("en"),
                row.initiative,
                row.role,
                row.start,
                row.end,
                start,
                end,
                _several(source for claim in claims for source in claim.sources),
                _several(claim.attestation for claim in claims),
                _several(claim.status for claim in claims),
                _several(claim.wording for claim in claims),
            ]
        )
    return sorted(table, key=lambda line: (line[5], line[1], line[9], line[0]))


def nodes(network: nx.Graph, known: Facts) -> list[list[str]]:
    """Return the institutions of the network."""
    return [
        [
            iri,
            data["label_de"],
            data["label_en"],
            data["kind"],
            str(len(data["projects"])),
            SEPARATOR.join(data["projects"]),
            _several(known.same_as.get(iri, [])),
            *known.places.get(iri, ("", "")),
        ]
        for iri, data in sorted(network.nodes(data=True))
    ]


def edges(network: nx.Graph) -> list[list[str]]:
    """Return the pairs of institutions that share a project."""
    pairs = sorted((min(one, other), max(one, other), data) for one, other, data in network.edges(data=True))
    return [[one, other, repr(data["weight"]), str(data["count"]), SEPARATOR.join(data["shared"])] for one, other, data in pairs]


def codebook() -> list[list[str]]:
    """Return one row per column of every table."""
    return [[file, column.name, column.type, column.de, column.en, column.values] for file, columns in COLUMNS.items() for column in columns]


def _several(values: Iterable[str]) -> str:
    return SEPARATOR.join(sorted({value for value in values if value}))


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> int:
    """Write a table with the header of its name and return its number of rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in COLUMNS[path.name]])
        writer.writerows(rows)
    return len(rows)
