"""Each file is what it says it is: RDF, JSON, CSV, XML, Parquet are parsed, and counted while they are."""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path

from kg.errors import InputError, Text
from kg.preflight.advice import REMAKE
from kg.preflight.counting import count_rdf
from kg.preflight.findings import Advice, Findings, Place
from kg.preflight.material import DESCRIPTION, SYNTAX, Material

JSONLD = 48 * 1024 * 1024
"""Bytes of a JSON-LD file that is parsed: its reader holds all of it, about 17 times its size."""
_FILES = ("files",)
_COUNTED = {"quads", "triples", "rows"}
FIELD = 16 * 1024 * 1024
_FORMULA = re.compile(r"[\s\ufeff]*[=@\uff1d\uff20]|[\t\r]|[\s\ufeff]*[+\-\uff0b\uff0d](?![0-9.,]+(?:[eE][+-]?[0-9]+)?\Z|[0-9][0-9., …–%]*\Z)")
"""How a cell begins that a spreadsheet takes for a formula; a number with its sign, or a range of numbers, is none."""


def check(material: Material, findings: Findings) -> None:
    """Parse every file by its ending, and compare what was counted with the manifest and among the syntaxes of one dump.

    Files of a site that are pages are left alone.
    """
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for name, path in sorted(material.files.items()):
        ending = path.suffix.lower()
        try:
            number = _parse(material, name, path, ending, findings)
        except InputError as error:
            place = Place(name, found=error.what.en, line=_line(error.where or ""))
            what = Text("A file is not what its ending says.", "Eine Datei ist nicht, was ihre Endung sagt.")
            findings.add("file-broken", "Violation", _FILES, what, place, REMAKE, expected=Text("a file that can be parsed", "eine lesbare Datei"))
            continue
        stated, unit = _stated(material, name)
        if number is not None and stated is not None and unit in _COUNTED and stated != number:
            what = Text(
                "A file holds another number of statements or rows than the manifest states.",
                "Eine Datei enthält eine andere Zahl von Aussagen oder Zeilen, als das Manifest nennt.",
            )
            findings.add("file-count", "Violation", _FILES, what, Place(name, found=f"{number} ≠ {stated}"), REMAKE)
        if number is not None and unit in ("quads", "triples") and "/" not in name:
            counted.setdefault((name.rsplit(".", 1)[0], unit), {})[name] = number
    for (_stem, unit), numbers in sorted(counted.items()):
        if len(set(numbers.values())) > 1:
            shown = ", ".join(f"{name}: {number}" for name, number in sorted(numbers.items()))
            what = Text(
                f"The syntaxes of a dump hold different numbers of {unit}.", "Die Syntaxen eines Abzugs enthalten verschieden viele Aussagen."
            )
            findings.add(f"dump-{unit}-differ", "Violation", _FILES, what, Place(min(numbers), found=shown), REMAKE)


def _parse(material: Material, name: str, path: Path, ending: str, findings: Findings) -> int | None:
    """Parse a file and return what was counted in it, if anything."""
    if ending in SYNTAX and ending != ".xml":
        if ending == ".jsonld" and name.startswith("context"):
            _json(path, "@context")
            return None
        if ending == ".jsonld" and path.stat().st_size > JSONLD:
            what = Text(
                "A JSON-LD file is too large to be parsed here; the other syntaxes were.",
                "Eine JSON-LD-Datei ist zu groß, um hier gelesen zu werden; die anderen Syntaxen wurden es.",
            )
            todo = Advice(
                Text(
                    f"Nothing, unless you want it: above {JSONLD >> 20} MB only size and checksum are checked.",
                    f"Nichts, wenn Sie nicht wollen: Über {JSONLD >> 20} MB werden nur Größe und Prüfsumme geprüft.",
                )
            )
            findings.add("jsonld-large", "Info", _FILES, what, Place(name, found=f"{path.stat().st_size >> 20} MB"), todo)
            return None
        deep = ending == ".nq" and name.count("/") <= 1
        counts = count_rdf(path, material.base if deep else "", findings if deep else None, name)
        material.counts[name] = counts
        # Expanded JSON-LD needs no context: its keys are addresses.
        if ending == ".jsonld" and not counts.statements and not _has_context(path):
            what = Text(
                "A JSON-LD file has no @context: without it its names mean nothing.",
                "Eine JSON-LD-Datei hat keinen @context: Ohne ihn bedeuten ihre Namen nichts.",
            )
            findings.add("jsonld-context", "Violation", _FILES, what, Place(name), REMAKE)
        return counts.statements
    if ending in (".json", ".geojson"):
        _json(path, "")
    elif ending == ".csv":
        return _csv(path, name, findings)
    elif ending in (".xml", ".graphml", ".gexf", ".atom", ".svg"):
        _xml(path)
    elif ending == ".parquet":
        return _parquet(path)
    elif ending == ".gz":
        _gzip(path)
    return None


def _stated(material: Material, name: str) -> tuple[int | None, str]:
    row = material.listed.get(name, {})
    unit = row.get("unit")
    if isinstance(unit, str) and isinstance(row.get("count"), int):
        return row["count"], unit
    for unit in ("quads", "triples", "rows", "nodes"):
        if isinstance(row.get(unit), int):
            return row[unit], unit
    return None, ""


def _line(where: str) -> int:
    tail = where.rsplit(":", 1)[-1]
    return int(tail) if tail.isdecimal() else 0


def _broken(path: Path, en: str, de: str, line: int = 0) -> InputError:
    return InputError(Text(en, de), where=f"{path}:{line}" if line else str(path), fix=REMAKE.fix)


def _has_context(path: Path) -> bool:
    with path.open("rb") as file:
        return b'"@context"' in file.read(1 << 16)


def _json(path: Path, key: str) -> None:
    if path.stat().st_size > DESCRIPTION:
        raise _broken(path, f"Larger than {DESCRIPTION} bytes, not read.", f"Größer als {DESCRIPTION} Byte, nicht gelesen.")
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"No JSON: {error}.", f"Kein JSON: {error}.") from error
    if key and (not isinstance(data, dict) or key not in data):
        raise _broken(path, f"There is no {key}.", f"Es gibt kein {key}.")


def _csv(path: Path, name: str, findings: Findings) -> int:
    """Read a table and return its number of rows: UTF-8, a header without empty or double names, rows of one width, no cell that is a formula."""
    csv.field_size_limit(min(FIELD, sys.maxsize))
    rows = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            if not header or not all(header) or len(set(header)) < len(header):
                raise _broken(path, "The header has an empty or a double name.", "Die Kopfzeile hat einen leeren oder doppelten Namen.", 1)
            for row in reader:
                rows += 1
                if len(row) != len(header):
                    raise _broken(
                        path,
                        f"A row has {len(row)} cells, the header {len(header)}.",
                        f"Eine Zeile hat {len(row)} Zellen, die Kopfzeile {len(header)}.",
                        reader.line_num,
                    )
                for column, cell in zip(header, row, strict=True):
                    if cell and cell[0] in _SUSPECT and _FORMULA.match(cell):
                        what = Text(
                            "A cell begins as a formula: a spreadsheet would compute it.",
                            "Eine Zelle beginnt wie eine Formel: Ein Tabellenprogramm würde sie ausrechnen.",
                        )
                        findings.add("csv-formula", "Violation", _FILES, what, Place(name, property=column, found=cell, line=reader.line_num), REMAKE)
    except UnicodeDecodeError as error:
        raise _broken(path, "Not in UTF-8.", "Nicht in UTF-8.") from error
    except csv.Error as error:
        raise _broken(path, f"No CSV: {error}.", f"Kein CSV: {error}.") from error
    return rows


_SUSPECT = frozenset("=+-@\t\r \n\u00a0\ufeff\uff1d\uff0b\uff0d\uff20")


def _xml(path: Path) -> None:
    """Read an XML file; one that declares entities is refused before any is expanded."""
    from xml.parsers import expat

    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise _broken(path, "XML with a document type, which may hide entities.", "XML mit Dokumenttyp, der Entitäten verbergen kann.")

    parser.StartDoctypeDeclHandler = refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        raise _broken(path, f"XML is not well-formed: {error}.", f"XML ist nicht wohlgeformt: {error}.", error.lineno) from error


def _parquet(path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        first = file.read(4)
        file.seek(-4, 2) if path.stat().st_size >= 8 else None
        if first != b"PAR1" or file.read(4) != b"PAR1":
            raise _broken(path, "It does not begin and end as Parquet does.", "Anfang und Ende sind nicht die von Parquet.")
    try:
        return int(pq.ParquetFile(path).metadata.num_rows)
    except (pa.ArrowException, OSError) as error:
        raise _broken(path, f"No Parquet: {error}.", f"Kein Parquet: {error}.") from error


def _gzip(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(3) != b"\x1f\x8b\x08":
            raise _broken(path, "It does not begin as gzip does.", "Der Anfang ist nicht der von gzip.")
