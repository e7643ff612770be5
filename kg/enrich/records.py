"""Records of tables at hand: one register entry per row, whatever the columns are called.

Read are delimited text (comma, semicolon, tab) and JSON lists: the data dump of the Research Organization Registry (CSV and JSON, schemas 1 and 2:
ROR, "Data dump" and "Fields and sub-fields"), answers of the Wikidata query service, exports of OpenRefine, and any list whose columns are named.
Nothing is asked of any host. Every bound that cuts is an error, not a silence.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kg.cells import is_formula
from kg.enrich.identifiers import PROPOSED, identifier
from kg.errors import IdentifierError, InputError, ParameterError, Problem, Text
from kg.resources import folder as resource
from kg.sources.tables import MAX_BYTES, MAX_CELL, delimiter_of

MAX_RECORDS = 1_000_000
"""Rows of one table."""

MAX_PROBLEMS = 1_000
"""Faulty cells kept of one table; the number of others is said."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("name", "label", "institution", "institut", "organisation", "organization", "einrichtung", "title", "names.types.ror_display"),
        *("itemlabel", "label_de", "label_en", "name_de", "name_en", "legalname", "institution_name", "organisation_name", "organization_name"),
    ),
    "alias": (
        *("alias", "aliases", "alt_labels", "altlabel", "altlabels", "itemaltlabel", "shortname", "acronym", "acronyms", "abbreviation", "labels"),
        *("names.types.alias", "names.types.label", "names.types.acronym"),
    ),
    "ror": ("ror", "ror_id", "rorid", "ror-id", "ror_url"),
    "wikidata": (
        *("wikidata", "wikidata_id", "wikidataid", "qid", "item", "wikidata-id", "external_ids.type.wikidata.preferred"),
        *("external_ids.wikidata.preferred", "external_ids.type.wikidata.all", "external_ids.wikidata.all"),
    ),
    "gnd": ("gnd", "gnd_id", "gndid", "gnd-id"),
    "grid": ("grid", "grid_id", "external_ids.type.grid.preferred", "external_ids.grid.preferred", "external_ids.grid.all"),
    "pic": ("pic", "pic_code", "organisationid", "organisation_id", "organizationid"),
    "isni": ("isni", "isni_id"),
    "country": (
        *("country", "country_code", "countrycode", "land", "staat", "countrylabel", "country_name", "iso"),
        *("locations.geonames_details.country_code", "country.country_code"),
    ),
    "city": ("city", "stadt", "ort", "town", "citylabel", "municipality", "locations.geonames_details.name", "addresses[0].city"),
    "url": ("url", "website", "homepage", "webseite", "web", "organizationurl", "links.type.website", "links"),
    "lat": ("lat", "latitude", "breite", "breitengrad"),
    "lon": ("lon", "lng", "long", "longitude", "laenge", "längengrad"),
    "coordinates": ("coord", "coords", "coordinates", "koordinaten", "geolocation", "coordinate"),
    "address": ("address", "adresse", "anschrift", "street_address"),
    "status": ("status",),
}
"""Columns by what they hold, in lower case; the first one present counts, of names and aliases all."""

FIELDS = tuple(NAMES)
SEVERAL = frozenset(("name", "alias"))
_LIST = re.compile(r"\s*[;|]\s*")
_LANGUAGE = re.compile(r"(?:[a-z]{2,3}|no_lang_code):\s*")
_POINT = re.compile(
    r"\s*(?:POINT\s*\(\s*(?P<x>-?[0-9.]+)\s+(?P<y>-?[0-9.]+)\s*\)|(?P<lat>-?[0-9.]+)\s*[,;]\s*(?P<lon>-?[0-9.]+))\s*\Z", re.IGNORECASE
)


@dataclass(frozen=True)
class Record:
    """One entry of a table at hand.

    Attributes:
        table: Name of the table as messages and reasons show it.
        row: Record number, the header being 1 (in JSON the number of the object).
        names: Its names, the preferred first.
        ids: `scheme:value`, sorted as found.
        country: ISO 3166-1 code of two letters, or empty.
        city: Name, or empty.
        url: Page, or empty.
        point: Latitude and longitude as written, or nothing.
        city_point: Whether the point is that of the city only.
        address: One line, or empty.
        citation: Id of the source row to be cited.
    """

    table: str
    row: int
    names: tuple[str, ...]
    ids: tuple[str, ...] = ()
    country: str = ""
    city: str = ""
    url: str = ""
    point: tuple[str, str] | None = None
    city_point: bool = False
    address: str = ""
    citation: str = ""

    @property
    def origin(self) -> str:
        """Where it stands."""
        return f"{self.table}:{self.row}" if self.row else self.table


class Countries:
    """Codes and names of countries (`data/reference/countries.csv`)."""

    def __init__(self) -> None:
        self.names: dict[str, Text] = {}
        self._iso: dict[str, str] = {}
        with resource("data", "reference", "countries.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if len(row["iso"]) == 2:
                    self.names.setdefault(row["iso"], Text(row["name_en"] or row["name_de"], row["name_de"] or row["name_en"]))
                    for text in filter(None, (row["code"], row["iso"], row["name_de"], row["name_en"])):
                        self._iso.setdefault(text.casefold(), row["iso"])

    def iso(self, text: str) -> str:
        """Return the ISO code of a code or a German or English name, or empty.

        >>> Countries().iso("EL"), Countries().iso("Deutschland"), Countries().iso("nowhere")
        ('GR', 'DE', '')
        """
        return self._iso.get(text.strip().casefold(), "")


def read_records(path: Path, columns: Mapping[str, str], citation: str, countries: Countries) -> tuple[list[Record], list[Problem], str]:
    """Read a table at hand.

    Args:
        path: CSV, TSV or JSON.
        columns: What holds what, `name` → column, where names do not say so themselves; keys are :data:`FIELDS`.
        citation: Id of the source row to be cited.
        countries: As for :class:`Record`.

    Returns:
        Records, faulty cells (identifiers with a wrong form or check digit, half points, formulas), and the layout: `ror`, `wikidata` or `table`.

    Raises:
        InputError: The file cannot be read, is too large, or has neither a name nor an identifier in any column.
        ParameterError: `columns` names a field or column that is not there.
    """
    text = _text(path)
    rows: Iterator[tuple[int, Mapping[str, str]]]
    if path.suffix.casefold() == ".json":
        header, rows = _json(text, path)
    else:
        header, rows = _delimited(text, path)
    chosen = _chosen(header, columns, path)
    layout = "ror" if _is_ror(header) else "wikidata" if any(column.casefold() == "itemlabel" for column in header) else "table"
    if layout == "ror":
        chosen["ror"] = ["id"]
    reader = _Reader(path.name, chosen, layout, citation, countries)
    records = [record for number, row in rows if (record := reader.record(number, row)) is not None]
    return records, reader.problems, layout


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES // 1024 // 1024
            what = Text(f"The file is larger than {limit} MB.", f"Die Datei ist größer als {limit} MB.")
            fix = Text(
                "Take the CSV instead of the JSON file, or cut it to your countries.",
                "Nehmen Sie die CSV- statt der JSON-Datei, oder kürzen Sie sie auf Ihre Länder.",
            )
            raise InputError(what, where=str(path), fix=fix)
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = Text(f"The byte at offset {error.start} is not UTF-8.", f"Das Byte an Stelle {error.start} ist kein UTF-8.")
        raise InputError(what, where=str(path), fix=Text("Save the table as CSV UTF-8.", "Speichern Sie die Tabelle als CSV UTF-8.")) from error
    except OSError as error:
        reason = error.strerror or str(error)
        what = Text(f"The file cannot be read: {reason}.", f"Die Datei ist nicht lesbar: {reason}.")
        raise InputError(what, where=str(path), fix=Text("Check path and permissions.", "Prüfen Sie Pfad und Rechte.")) from error


def _delimited(text: str, path: Path) -> tuple[list[str], Iterator[tuple[int, Mapping[str, str]]]]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)

    def broken(error: csv.Error, row: int) -> InputError:
        what = Text(f"The row is no valid CSV: {error}.", f"Die Zeile ist kein gültiges CSV: {error}.")
        return InputError(what, where=f"{path}:{row}", fix=Text("Close the quotes.", "Schließen Sie die Anführungszeichen."))

    try:
        header = [cell.strip() for cell in next(reader, [])]
    except csv.Error as error:
        raise broken(error, 1) from error
    if not any(header):
        raise InputError(
            Text("The file is empty.", "Die Datei ist leer."), where=str(path), fix=Text("Name another file.", "Nennen Sie eine andere Datei.")
        )

    def rows() -> Iterator[tuple[int, Mapping[str, str]]]:
        number = 1
        try:
            for number, cells in enumerate(reader, 2):
                _bounded(number, path)
                yield number, dict(zip(header, (cell.strip() for cell in cells), strict=False))
        except csv.Error as error:
            raise broken(error, number + 1) from error

    return header, rows()


def _bounded(number: int, path: Path) -> None:
    if number > MAX_RECORDS + 1:
        what = Text(f"The table has more than {MAX_RECORDS} rows.", f"Die Tabelle hat mehr als {MAX_RECORDS} Zeilen.")
        raise InputError(what, where=str(path), fix=Text("Cut it to your countries.", "Kürzen Sie sie auf Ihre Länder."))


def _json(text: str, path: Path) -> tuple[list[str], Iterator[tuple[int, Mapping[str, str]]]]:
    fix = Text("Give a list of objects.", "Geben Sie eine Liste von Objekten an.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(Text(f"The file is no JSON: {error}.", f"Die Datei ist kein JSON: {error}."), where=str(path), fix=fix) from error
    if isinstance(data, dict):
        data = data.get("items")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data) or not data:
        raise InputError(Text("The file holds no list of objects.", "Die Datei enthält keine Liste von Objekten."), where=str(path), fix=fix)
    _bounded(len(data), path)
    flat = [_flat(item) for item in data]
    return sorted({column for row in flat for column in row}), iter(enumerate(flat, 1))


def _flat(item: Mapping[str, Any]) -> dict[str, str]:
    """Return an object with the columns of the CSV of the same register (ROR), or its plain values."""
    found = {str(key): str(value) for key, value in item.items() if isinstance(value, str | int | float)}
    spelled = item.get("names")
    if isinstance(spelled, list):
        for kind in ("ror_display", "label", "alias", "acronym"):
            values = [str(name.get("value", "")) for name in spelled if isinstance(name, dict) and kind in (name.get("types") or ())]
            found[f"names.types.{kind}"] = "; ".join(values)
    for key in ("aliases", "acronyms", "links", "types"):
        listed = item.get(key)
        if isinstance(listed, list):
            texts = [str(value.get("value", "")) if isinstance(value, dict) else str(value) for value in listed]
            found["links.type.website" if key == "links" else key] = texts[0] if texts and key == "links" else "; ".join(texts)
    if isinstance(item.get("labels"), list):
        found["labels"] = "; ".join(str(label.get("label", "")) for label in item["labels"] if isinstance(label, dict))
    external = item.get("external_ids")
    pairs: Iterable[tuple[str, Any]] = ()
    if isinstance(external, list):
        pairs = ((str(entry.get("type", "")), entry) for entry in external if isinstance(entry, dict))
    elif isinstance(external, dict):
        pairs = ((str(key), entry) for key, entry in external.items() if isinstance(entry, dict))
    for scheme, entry in pairs:
        every = entry.get("all") or ()
        value = entry.get("preferred") or (every if isinstance(every, str) else next(iter(every), ""))
        found[f"external_ids.type.{scheme.casefold()}.preferred"] = str(value)
    places = item.get("locations") or item.get("addresses")
    if isinstance(places, list) and places and isinstance(places[0], dict):
        details = places[0].get("geonames_details") or places[0]
        if isinstance(details, dict):
            found["locations.geonames_details.name"] = str(details.get("name") or details.get("city") or "")
            found["locations.geonames_details.country_code"] = str(details.get("country_code") or "")
    country = item.get("country")
    if isinstance(country, dict):
        found["locations.geonames_details.country_code"] = str(country.get("country_code") or "")
    return found


def _is_ror(header: Sequence[str]) -> bool:
    columns = {column.casefold() for column in header}
    return "id" in columns and bool(
        columns & {"names.types.ror_display", "external_ids.grid.preferred", "external_ids.type.grid.preferred", "country.country_code"}
    )


def _chosen(header: Sequence[str], columns: Mapping[str, str], path: Path) -> dict[str, list[str]]:
    """Return the columns of each field."""
    for asked, column in columns.items():
        if asked not in FIELDS:
            known = ", ".join(FIELDS)
            raise ParameterError(
                Text(f"{asked!r} is no field of --columns.", f"{asked!r} ist kein Feld von --columns."),
                fix=Text(f"There are: {known}.", f"Es gibt: {known}."),
            )
        if column not in header:
            near = get_close_matches(column, header, n=3, cutoff=0.5)
            meant = " / ".join(near) or ", ".join(header[:40])
            what = Text(f"{path.name} has no column {column!r}.", f"{path.name} hat keine Spalte {column!r}.")
            raise ParameterError(what, where="--columns", fix=Text(f"Did you mean {meant}?", f"Gemeint vielleicht {meant}?"))
    folded = {column.casefold(): column for column in reversed(header)}
    found: dict[str, list[str]] = {}
    for name, known_names in NAMES.items():
        if name in columns:
            found[name] = [columns[name]]
            continue
        present = [folded[known] for known in known_names if known in folded and folded[known] not in columns.values()]
        if present:
            found[name] = present if name in SEVERAL else present[:1]
    if not found.keys() & {"name", *PROPOSED} and not _is_ror(header):
        every = {known: name for name, names in NAMES.items() for known in names}
        near = [
            f"{name}={column}"
            for column in header
            for known in get_close_matches(column.casefold(), every, n=1, cutoff=0.7)
            if (name := every[known])
        ]
        what = Text(
            f"No column holds a name or an identifier; there are: {', '.join(header[:40])}.",
            f"Keine Spalte enthält einen Namen oder eine Kennung; es gibt: {', '.join(header[:40])}.",
        )
        hint = f"--columns {','.join(near)}" if near else "--columns name=…,ror=…"
        raise InputError(what, where=str(path), fix=Text(f"Say which column holds what: {hint}.", f"Sagen Sie, welche Spalte was enthält: {hint}."))
    return found


class _Reader:
    """Turns rows into records and collects what is wrong with them."""

    def __init__(self, table: str, chosen: Mapping[str, Sequence[str]], layout: str, citation: str, countries: Countries) -> None:
        self.table, self.chosen, self.layout, self.citation, self.countries = table, chosen, layout, citation, countries
        self.problems: list[Problem] = []

    def record(self, number: int, row: Mapping[str, str]) -> Record | None:
        """Return the record of a row, or nothing for a blank one and one that the register has withdrawn."""
        first = {name: row.get(columns[0], "") or "" for name, columns in self.chosen.items()}
        if self.layout == "ror" and first.get("status", "").casefold() in ("inactive", "withdrawn"):
            return None
        names = [text for column in self.chosen.get("name", ()) for text in self._names(row.get(column, "") or "", whole=True)]
        names += [text for column in self.chosen.get("alias", ()) for text in self._names(row.get(column, "") or "", whole=False)]
        ids = []
        for scheme in (*PROPOSED, "isni"):
            cell = first.get(scheme, "")
            for part in _LIST.split(cell)[:1] if cell else ():
                try:
                    found = identifier(scheme, part)
                except IdentifierError as error:
                    if not (scheme == "wikidata" and self.chosen[scheme][0].casefold() == "item" and self.layout != "wikidata"):
                        self._problem(number, self.chosen[scheme][0], "wrong-identifier", error.what, error.fix or error.what, part)
                    continue
                if found and scheme != "isni":
                    ids.append(found)
        if not names and not ids:
            return None
        address, city = first.get("address", ""), first.get("city", "")
        for name, value in (("address", address), ("city", city)):
            if is_formula(value):
                what = Text("The cell begins like a formula and is left out.", "Die Zelle beginnt wie eine Formel und bleibt weg.")
                self._problem(number, self.chosen[name][0], "formula", what, Text("Write plain text.", "Schreiben Sie reinen Text."), value)
        return Record(
            self.table,
            number,
            tuple(dict.fromkeys(names)),
            tuple(dict.fromkeys(ids)),
            self.countries.iso(first.get("country", "")),
            "" if is_formula(city) or len(city) > 100 else city,
            first.get("url", "") if len(first.get("url", "")) <= 500 else "",
            self._point(number, first),
            self.layout == "ror",
            "" if is_formula(address) or len(address) > 300 or "\n" in address else address,
            self.citation,
        )

    def _names(self, cell: str, *, whole: bool) -> list[str]:
        parts = [cell] if whole and self.layout != "ror" else _LIST.split(cell)
        return [text[:300] for part in parts if (text := _LANGUAGE.sub("", part, count=1).strip() if self.layout == "ror" else part.strip())]

    def _point(self, number: int, first: Mapping[str, str]) -> tuple[str, str] | None:
        lat, lon = first.get("lat", ""), first.get("lon", "")
        match = _POINT.match(first.get("coordinates", ""))
        if match:
            lat, lon = (match["y"], match["x"]) if match["x"] else (match["lat"], match["lon"])
        if not lat and not lon:
            return None
        try:
            good = abs(float(lat)) <= 90 and abs(float(lon)) <= 180
        except ValueError:
            good = False
        if not good:
            what = Text("Latitude and longitude are no point in degrees.", "Breite und Länge sind kein Punkt in Grad.")
            column = (self.chosen.get("lat") or self.chosen.get("coordinates") or self.chosen.get("lon") or [""])[0]
            self._problem(number, column, "wrong-point", what, Text("Write 51.5 and 7.46.", "Schreiben Sie 51.5 und 7.46."), f"{lat} {lon}")
            return None
        return lat, lon

    def _problem(self, row: int, column: str, code: str, what: Text, fix: Text, value: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(self.table, row, column, code, what._asdict(), fix._asdict(), value[:200]))
