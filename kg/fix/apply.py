"""Making chosen repairs: in memory, in a copy for the effect, or in the tables themselves, all of them or none."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from kg.config import SETTINGS_FILE
from kg.errors import InputError, Text
from kg.files import make_folder_of, write_files
from kg.fix.model import Proposal
from kg.fix.propose import tables_of
from kg.sources.lossless import LosslessTable, checksum


def edited(folder: Path, chosen: Sequence[Proposal], *, keep_rows: bool = False) -> dict[str, bytes]:
    """Return the tables that change, with the repairs made, by file name; nothing is written.

    Args:
        folder: The folder of tables.
        chosen: Repairs, no two of the same cell.
        keep_rows: Empty the rows that are removed instead, so that the others keep their numbers.

    Raises:
        InputError: A table has changed since the repairs were proposed, or two repairs change the same cell.
    """
    made: dict[str, bytes] = {}
    for name in sorted({item.file for item in chosen}):
        items = [item for item in chosen if item.file == name]
        path = folder / name
        table = LosslessTable.read(path, str(path))
        if any(checksum(table.data()) != item.checksum for item in items):
            raise _changed(path)
        touched: set[tuple[int, str]] = set()
        for item in items:
            for edit in item.edits:
                if (item.row, edit.column) in touched or table.cell(item.row, edit.column) != edit.before:
                    raise _twice(path, item)
                touched.add((item.row, edit.column))
                table.set(item.row, edit.column, edit.after)
        for item in sorted((item for item in items if item.remove), key=lambda item: -item.row):
            if any(row == item.row for row, _ in touched):
                raise _twice(path, item)
            if keep_rows:
                for column in table.columns:
                    table.set(item.row, column, "")
            else:
                table.remove(item.row)
            touched.add((item.row, "*"))
        made[name] = table.data()
    return made


def _changed(path: Path) -> InputError:
    what = Text(
        "The file has changed since the repairs were proposed; nothing was written.",
        "Die Datei wurde geändert, seit die Reparaturen vorgeschlagen wurden; geschrieben wurde nichts.",
    )
    fix = Text("Run the command again on the file as it is now.", "Rufen Sie den Befehl auf der jetzigen Datei neu auf.")
    return InputError(what, where=str(path), fix=fix)


def _twice(path: Path, item: Proposal) -> InputError:
    what = Text(
        f"Two repairs change the same cell ({item.id}); nothing was written.",
        f"Zwei Reparaturen ändern dieselbe Zelle ({item.id}); geschrieben wurde nichts.",
    )
    return InputError(what, where=f"{path}:{item.row}", fix=Text("Choose one of them.", "Wählen Sie eine von beiden."))


def apply(folder: Path, chosen: Sequence[Proposal], *, target: Path | None = None) -> list[Path]:
    """Make repairs in the tables, or write all tables of the folder with the repairs made into another folder.

    Every byte that no repair names stays; several files are written all or none.

    Args:
        folder: The folder of tables.
        chosen: Repairs, no two of the same cell (see :func:`kg.fix.model.choose`).
        target: Another folder; it must not hold any of the files yet.

    Returns:
        The files written.

    Raises:
        InputError: A table has changed since the repairs were proposed, two repairs change the same cell, or `target` holds such files.
        BuildError: A file cannot be written; all are as they were.
    """
    made: Mapping[str, bytes] = edited(folder, chosen)
    if target is None:
        # A link is followed, so that it stays one and its target is what changes.
        files = {(folder / name).resolve(): data for name, data in made.items()}
    else:
        names = [*tables_of(folder)[1].values(), *([SETTINGS_FILE] if (folder / SETTINGS_FILE).is_file() else []), *made]
        files = {target / name: made[name] if name in made else (folder / name).read_bytes() for name in dict.fromkeys(names)}
        present = next((path for path in files if path.exists()), None)
        if present is not None:
            what = Text("The file is there already; nothing was written.", "Die Datei gibt es schon; geschrieben wurde nichts.")
            raise InputError(what, where=str(present), fix=Text("Name a new folder with --output.", "Nennen Sie mit --output einen neuen Ordner."))
        for path in list(files)[:1]:
            make_folder_of(path)
    if files:
        modes = {path: path.stat().st_mode & 0o777 for path in files if path.exists()}
        write_files(files)
        for path, mode in modes.items():
            path.chmod(mode)
    return list(files)


def copy_tables(path: Path, place: Path) -> Path:
    """Copy the tables and settings of a folder, and return what there stands for what the user named.

    Args:
        path: A folder of tables or one of them.
        place: An empty folder; the copy gets the name of the original in it, which is the name of the graph where no settings say another.
    """
    folder, names = tables_of(path)
    copy = place / (folder.resolve().name or "tables")
    copy.mkdir()
    for name in (*names.values(), SETTINGS_FILE):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, copy / name)
    return copy if path.is_dir() else copy / path.name
