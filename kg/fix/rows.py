"""Repairs that need more than one cell: start and end, latitude and longitude, subject and object, and rows that repeat another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from kg.errors import Text
from kg.fix.cells import coordinate
from kg.fix.characters import tidy
from kg.fix.model import SURE, Edit
from kg.fix.numbers import DEGREES, NUMBER, currency_in, number_forms
from kg.identifiers import parse_date

ORDER = Text(
    "The end lies before the start; the other way round both fit. Check the source: a mistyped year looks the same.",
    "Das Ende liegt vor dem Beginn; umgekehrt passen beide. Prüfen Sie die Quelle: ein vertipptes Jahr sieht genauso aus.",
)
SWAPPED = Text(
    "No latitude is beyond 90 degrees; with latitude and longitude swapped both are right.",
    "Keine Breite liegt jenseits von 90 Grad; mit vertauschter Breite und Länge stimmen beide.",
)
FAR = Text(
    "The point lies far from all others of the table; with latitude and longitude swapped it is among them.",
    "Der Punkt liegt fern von allen anderen der Tabelle; mit vertauschter Breite und Länge liegt er unter ihnen.",
)
REPEATED = Text("The row is the same as an earlier one, cell by cell.", "Die Zeile gleicht einer früheren Zelle für Zelle.")
NEARLY = Text(
    "An earlier row says the same; only texts such as the evidence differ. Look at both.",
    "Eine frühere Zeile sagt dasselbe; nur Texte wie der Beleg weichen ab. Sehen Sie beide an.",
)
DIRECTION = Text(
    "The predicate does not link these two in this direction, but does in the other.",
    "Das Prädikat verbindet die beiden nicht in dieser Richtung, wohl aber in der anderen.",
)
MONEY = Text("The currency belongs into its own column.", "Die Währung gehört in ihre eigene Spalte.")

FAR_AWAY = 20
"""Degrees from the next other point from which a point is taken to be swapped."""
CLOSE = 2
"""Degrees to other points within which the swapped point must lie."""

Found = tuple[tuple[Edit, ...], str, float, Text]
"""Edits, kind, score and reason."""


def swapped_dates(row: Mapping[str, str]) -> list[Found]:
    """Return the repair of a row whose end lies before its start."""
    start, end = row["start"], row["end"]
    if not (parse_date(start.strip()) and parse_date(end.strip())):
        return []
    edits = (Edit("start", start, end.strip()), Edit("end", end, start.strip()))
    return [(edits, "date-order", 0.8, ORDER)]


def _degrees(row: Mapping[str, str]) -> tuple[Decimal, Decimal] | None:
    """Return latitude and longitude where both are numbers, else `None`; limits are not looked at."""
    texts = [row.get(column, "").strip() for column in ("lat", "lon")]
    if not all(text.lstrip("-").replace(".", "", 1).isdecimal() and text.isascii() for text in texts):
        return None
    return Decimal(texts[0]), Decimal(texts[1])


def points_of(rows: Iterable[Mapping[str, str]]) -> list[tuple[Decimal, Decimal]]:
    """Return the points of a table, those left out that are none."""
    found = (_degrees(row) for row in rows)
    return [point for point in found if point and abs(point[0]) <= 90 and abs(point[1]) <= 180]


def coordinates(row: Mapping[str, str], points: Sequence[tuple[Decimal, Decimal]], *, faulty: bool) -> list[Found]:
    """Return the repair of a point: decimal degrees, or latitude and longitude swapped.

    Args:
        row: The row as it stands.
        points: The points of the table; near ones tell where a point belongs.
        faulty: A finding names one of the two cells.
    """
    edits = []
    if faulty:
        for column in ("lat", "lon"):
            found = coordinate(row, column)
            if found:
                edits.append(Edit(column, row[column], found[0].after))
    if edits:
        return [(tuple(edits), "coordinate", SURE, DEGREES)]
    point = _degrees(row)
    if point is None:
        return []
    lat, lon = point
    swapped = (Edit("lat", row["lat"], row["lon"].strip()), Edit("lon", row["lon"], row["lat"].strip()))
    if faulty and 90 < abs(lat) <= 180 and abs(lon) <= 90:
        return [(swapped, "swapped", SURE, SWAPPED)]
    if faulty or lat == lon or abs(lon) > 90:
        return []
    others = [other for other in points if other != point]
    alone = all(max(abs(lat - y), abs(lon - x)) >= FAR_AWAY for y, x in others)
    # Two, because of two points alone nobody can tell which of them is swapped.
    company = sum(max(abs(lon - y), abs(lat - x)) <= CLOSE for y, x in others)
    return [(swapped, "swapped", 0.9, FAR)] if alone and company >= 2 else []


def amount_with_currency(row: Mapping[str, str]) -> list[Found]:
    """Return the repair of an amount that names its currency, where the column of the currency is empty."""
    value = tidy(row["amount"])
    currency = currency_in(value)
    numbers = number_forms(value)
    if not currency or row.get("currency", "x").strip() or len(numbers) != 1:
        return []
    edits = (Edit("amount", row["amount"], numbers[0].after), Edit("currency", row["currency"], currency))
    return [(edits, "number", numbers[0].score, Text(f"{NUMBER.en} {MONEY.en}", f"{NUMBER.de} {MONEY.de}"))]


def repeated(row: Mapping[str, str], rows: Mapping[int, Mapping[str, str]], number: int, first: int) -> tuple[float, Text] | None:
    """Return score and reason for taking a repeated row away; `None` where the first cannot be found."""
    earlier = rows.get(first)
    if earlier is None or first >= number:
        return None
    same = {column: cell.strip() for column, cell in row.items()} == {column: cell.strip() for column, cell in earlier.items()}
    return (SURE, REPEATED) if same else (0.6, NEARLY)


def turned(folder: Path, rows: Iterable[int]) -> set[int]:
    """Return those rows of `relations.csv` whose predicate fits when subject and object are swapped; the mapping itself is asked."""
    from kg.sources.folder import read_folder
    from kg.sources.statements import map_folder

    wanted = set(rows)
    source = read_folder(folder)
    for row in source.relations.rows:
        if row.number in wanted:
            row.cells["subject_id"], row.cells["object_id"] = row["object_id"], row["subject_id"]
    present = {row.number for row in source.relations.rows}
    wrong = {problem.row for problem in map_folder(source)[1] if problem.code == "wrong-pair"}
    return (wanted & present) - wrong
