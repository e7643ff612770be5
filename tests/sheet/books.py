"""Folders of small tables, and workbooks as a user or an attacker would change them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from kg.sheet import Imported, export_sheet, import_sheet

SOURCES = "source_id,url,title,publisher,language,published,note\ns1,https://example.org/a,Ein Titel,Amt,de,2021,\n"
ENTITIES = (
    "entity_id,type,label_de,label_en,alt_labels,start,end,url,identifiers,address,lat,lon,description_de,source_ids\n"
    'amt,Institution,Amt,Office,,2021-11,,,,,51.513889,7.465278,"Ein Amt, in Worten.",s1\n'
    "werk,Project,Werk,Work,A;B,007,,,,,,,,s1\n"
)
RELATIONS = (
    "subject_id,predicate,object_id,role,start,end,source_id,evidence\n"
    "werk,hasParticipant,amt,Partner,2021-11,,s1,Eins\n"
    "werk,hasParticipant,amt,Leitung,2022,,s1,Zwei\n"
    "werk,fundedBy,amt,,2023-01-01,,s1,Drei\n"
    "werk,supports,amt,,,,s1,Vier\n"
)


def folder(path: Path, **tables: str | bytes) -> Path:
    """Make a folder of tables; keyword arguments replace them."""
    path.mkdir(parents=True, exist_ok=True)
    texts: Mapping[str, str | bytes] = {"sources": SOURCES, "entities": ENTITIES, "relations": RELATIONS, **tables}
    for name, text in texts.items():
        (path / f"{name}.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def contents(path: Path) -> dict[str, bytes]:
    """Return the bytes of all tables of a folder."""
    return {file.name: file.read_bytes() for file in sorted(path.glob("*.csv"))}


def exported(path: Path) -> Path:
    """Export a folder and return the workbook beside it."""
    book = path.parent / f"{path.name}.xlsx"
    export_sheet(path, book, force=True)
    return book


def edited(book: Path, edit: Callable[[Any], object]) -> Path:
    """Change a workbook as a program does that reads and writes all of it."""
    opened = load_workbook(book)
    edit(opened)
    opened.save(book)
    return book


def cell(book: Any, sheet: str, row: int, column: str) -> Any:
    """Return a cell by the name of its column."""
    place = next(found.column for found in book[sheet][1] if found.value == column)
    return book[sheet].cell(row, place)


def put(sheet: str, row: int, column: str, value: object) -> Callable[[Any], None]:
    """Return an edit that puts a value into a cell."""

    def edit(book: Any) -> None:
        cell(book, sheet, row, column).value = value

    return edit


def merged(path: Path, edit: Callable[[Any], object], **options: Any) -> Imported:
    """Export, change, import."""
    return import_sheet(edited(exported(path), edit), path, **options)


def rewritten(book: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """Change the parts of a workbook as bytes."""
    with zipfile.ZipFile(book) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    book.write_bytes(buffer.getvalue())
    return book
