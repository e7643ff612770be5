"""Faults that people make, one per kind: where each is put, which rule sees it, and which kind of repair undoes it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.sources.lossless import LosslessTable
from tests.fix.cut import find, write


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        name: What is wrong.
        table: In which table.
        key: Cells that tell the row.
        cells: What is put in, by column; the row itself is repeated where there is none.
        code: The rule of the tables that sees it, or the end of the name of the shape; empty where only `kg fix` looks for it.
        kind: The kind of repair; empty where nobody can know what is right.
    """

    name: str
    table: str
    key: Mapping[str, str]
    cells: Mapping[str, str | Callable[[str], str]]
    code: str
    kind: str

    def put(self, folder: Path) -> int:
        """Put the fault into a folder and return the row where it is to be found."""
        path = folder / f"{self.table}.csv"
        table = LosslessTable.read(path)
        row = find(table, **self.key)
        for column, value in self.cells.items():
            table.set(row, column, value if isinstance(value, str) else value(table.cell(row, column)))
        if not self.cells:
            row = table.append(table.row(row))
        write(path, table)
        return row


def entity(name: str) -> dict[str, str]:
    return {"entity_id": name}


def relation(subject: str, predicate: str, target: str = "", **more: str) -> dict[str, str]:
    return {"subject_id": subject, "predicate": predicate, "object_id": target, **more}


IRI = "https://w3id.org/innokg/id/project/t-factor"
BROKEN = "Technische Universität Dortmund".encode().decode("cp1252")
APART = unicodedata.normalize("NFD", "Europäische Kommission")
PARTNER = relation("t-factor", "hasParticipant", "wirtschaftsfoerderung-dortmund")

FAULTS = (
    Fault("a size with decimals", "relations", relation("t-factor", "declaredSize", value="25"), {"value": "25,0"}, "wrong-number", "number"),
    Fault("a German date", "entities", entity("tu-dortmund"), {"start": "16.12.1968"}, "wrong-date", "date"),
    Fault("a date in words", "entities", entity("eic-summit-2021"), {"end": "25. November 2021"}, "wrong-date", "date"),
    Fault("a time of day", "entities", entity("iresilience"), {"start": "2018-11-01T00:00"}, "wrong-date", "date"),
    Fault("start and end swapped", "entities", entity("t-factor"), {"start": "2024-05-31", "end": "2020-06-01"}, "date-order", "date-order"),
    Fault("a language by name", "sources", {"source_id": "seed-sfs-2022"}, {"language": "German"}, "wrong-language", "language"),
    Fault("a language in capitals", "sources", {"source_id": "seed-sfs-2022"}, {"language": "DE"}, "wrong-language", "language"),
    Fault("a type in small letters", "entities", entity("tzdo"), {"type": "institution"}, "unknown-type", "code"),
    Fault("a mistyped predicate", "relations", PARTNER, {"predicate": "hasParticipent"}, "unknown-predicate", "code"),
    Fault(
        "a kind of organisation in capitals",
        "entities",
        entity("tu-dortmund"),
        {"kind": "University"},
        "OrganisationShape-classificationCode",
        "code",
    ),
    Fault("an address of ours for an id", "relations", PARTNER, {"subject_id": IRI}, "unknown-id", "iri"),
    Fault(
        *("a page for an identifier", "entities", entity("tu-dortmund")),
        *({"identifiers": "https://ror.org/01k97gp34;grid:grid.5675.1;wikidata:Q685557"}, "wrong-identifier", "iri"),
    ),
    Fault("a web address without a scheme", "entities", entity("tu-dortmund"), {"url": "www.tu-dortmund.de"}, "wrong-url", "url"),
    Fault("a web address with a blank", "entities", entity("t-factor"), {"url": "https:// www.t-factor.eu"}, "wrong-url", "url"),
    Fault("latitude and longitude swapped", "entities", entity("technologiepark-dortmund"), {"lat": "7.403717", "lon": "51.491308"}, "", "swapped"),
    Fault(
        "a decimal comma", "entities", entity("technologiepark-dortmund"), {"lat": "51,491308", "lon": "7,403717"}, "wrong-coordinate", "coordinate"
    ),
    Fault("degrees, minutes and seconds", "entities", entity("dortmund"), {"lat": "51° 30' 50\" N"}, "wrong-coordinate", "coordinate"),
    Fault("blanks around a value", "entities", entity("fh-dortmund"), {"label_de": " Fachhochschule Dortmund\u00a0 "}, "", "blank"),
    Fault(
        "a character of no width in an id", "relations", PARTNER, {"object_id": "wirtschaftsfoerderung-\u200bdortmund"}, "unknown-id", "characters"
    ),
    Fault("letters and dots apart", "entities", entity("europaeische-kommission"), {"label_de": APART}, "", "characters"),
    Fault("broken umlauts", "entities", entity("tu-dortmund"), {"label_de": BROKEN}, "", "mojibake"),
    Fault("a mistyped id", "relations", relation("t-factor", "hasParticipant", "tu-dortmund"), {"object_id": "tu-dortmnd"}, "unknown-id", "id"),
    Fault(
        "an id in another form",
        "relations",
        relation("t-factor", "hasParticipant", "tu-dortmund"),
        {"object_id": "TU_Dortmund"},
        "unknown-id",
        "id-form",
    ),
    Fault("its own id in another form", "entities", entity("tu-dortmund"), {"entity_id": "TU_Dortmund"}, "wrong-id", "id-form"),
    Fault("a row twice", "relations", PARTNER, {}, "duplicate-row", "duplicate-row"),
    Fault(
        *("subject and object swapped", "relations", relation("t-factor", "hasParticipant", "tu-dortmund")),
        *({"subject_id": "tu-dortmund", "object_id": "t-factor"}, "wrong-pair", "direction"),
    ),
    Fault(
        *("commas between sources", "entities", entity("dortmund-kreativ")),
        *({"source_ids": lambda cell: cell.replace(";", ",")}, "unknown-id", "separator"),
    ),
    Fault(
        "a currency sign",
        "relations",
        relation("icapital-award-2021", "awardedTo", "dortmund", currency="EUR"),
        {"currency": "€"},
        "wrong-code",
        "currency",
    ),
    Fault(
        *("blanks between thousands", "relations", relation("icapital-award-2021", "awardedTo", "dortmund", amount="1000000")),
        *({"amount": "1 000\u00a0000"}, "wrong-number", "number"),
    ),
    Fault(
        *("a German amount", "relations", relation("icapital-award-2021", "awardedTo", "dortmund", amount="1000000")),
        *({"amount": "1.000.000,00"}, "wrong-number", "number"),
    ),
    Fault("day or month", "entities", entity("helpathon"), {"start": "02/05/2020"}, "wrong-date", ""),
    Fault("no start", "entities", entity("helpathon"), {"start": ""}, "EventShape-startDate", ""),
    Fault("a year that cannot be", "entities", entity("helpathon-vol-1"), {"start": "2020-13-02"}, "wrong-date", ""),
    Fault(
        *("a part of itself by a detour", "relations", relation("helpathon", "partOf", "greenhouse-ruhr")),
        *({"object_id": "helpathon-vol-1"}, "InitiativeShape-partOfCycle", ""),
    ),
    Fault("an id that stands nowhere", "relations", PARTNER, {"object_id": "gibt-es-nicht"}, "unknown-id", ""),
    Fault("half a coordinate", "entities", entity("dortmund"), {"lon": ""}, "half-coordinate", ""),
    Fault("wrong check digits", "entities", entity("fh-dortmund"), {"identifiers": "ror:03dv91854"}, "wrong-identifier", ""),
    Fault("linked to itself", "relations", PARTNER, {"object_id": "t-factor"}, "self-reference", ""),
)
