"""A workbook as a package of parts (Open Packaging Conventions, ECMA-376 part 2), opened without trusting it: bounded, and told apart from what it is not."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kg.archives import blown, points_outside, unfit
from kg.errors import InputError, Text

MAX_FILE = 50 * 1024 * 1024
MAX_UNPACKED = 500 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_RATIO = 250
"""How many times larger than packed a part of more than 1 MB may be; sheets of real workbooks come to about 100."""

_SMALL = 1024 * 1024
_BLOCK = 64 * 1024
_NOTHING = Text("Nothing was written.", "Geschrieben wurde nichts.")


class Package:
    """An open workbook; use it as a context manager.

    Attributes:
        name: How the file is named in messages.
        parts: Names of its parts.
    """

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            InputError: It is missing, too large, broken, or no workbook of the kind that can be read.
        """
        self.name = path.name
        self._room = MAX_UNPACKED
        try:
            size = path.stat().st_size
            head = b""
            if size <= MAX_FILE:
                with path.open("rb") as file:
                    head = file.read(_BLOCK)
        except OSError as error:
            reason = error.strerror or str(error)
            what = Text(f"The file cannot be read: {reason}.", f"Die Datei ist nicht lesbar: {reason}.")
            raise InputError(what, where=str(path), fix=Text("Check path and permissions.", "Prüfen Sie Pfad und Rechte.")) from error
        if size > MAX_FILE:
            limit = MAX_FILE // 1024 // 1024
            raise self.refused(
                Text(f"The file is larger than {limit} MB.", f"Die Datei ist größer als {limit} MB."),
                Text(
                    "Delete pictures and sheets that do not belong to the tables, and save again.",
                    "Löschen Sie Bilder und Blätter, die nicht zu den Tabellen gehören, und speichern Sie neu.",
                ),
            )
        if not head.startswith(b"PK\x03\x04"):
            raise self.refused(*_no_package(head))
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self._broken() from error
        try:
            self.parts = self._checked()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def refused(self, what: Text, fix: Text = _NOTHING, part: str = "") -> InputError:
        """Return the error that this file, or a part of it, cannot be read."""
        return InputError(what, where=f"{self.name}, {part}" if part else self.name, fix=fix)

    def _broken(self) -> InputError:
        return self.refused(
            Text("The file is damaged or incomplete.", "Die Datei ist beschädigt oder unvollständig."),
            Text(
                "Open it in the spreadsheet program and save it again as .xlsx.",
                "Öffnen Sie sie im Tabellenprogramm und speichern Sie sie neu als .xlsx.",
            ),
        )

    def _checked(self) -> frozenset[str]:
        entries = self._zip.infolist()
        names = [entry.filename for entry in entries]
        if len(entries) > MAX_ENTRIES:
            raise self.refused(
                Text(
                    f"The file holds {len(entries)} parts; more than {MAX_ENTRIES} are not read.",
                    f"Die Datei enthält {len(entries)} Teile; mehr als {MAX_ENTRIES} werden nicht gelesen.",
                )
            )
        for name in names:
            if points_outside(name) or "\\" in name or "\0" in name:
                raise self.refused(
                    Text(f"The part {name!r} points out of the file.", f"Der Teil {name!r} zeigt aus der Datei hinaus."),
                    Text(
                        "No spreadsheet program writes such a file; do not use it.",
                        "Kein Tabellenprogramm schreibt so eine Datei; verwenden Sie sie nicht.",
                    ),
                )
        if len(set(names)) < len(names):
            raise self._broken()
        reasons = {unfit(entry) for entry in entries}
        if "encrypted" in reasons:
            raise self.refused(*_LOCKED)
        # Parts are packed by deflate or not at all (ECMA-376, part 2, annex C).
        if "method" in reasons:
            raise self._broken()
        total = sum(entry.file_size for entry in entries)
        suspicious = any(blown(entry.file_size, entry.compress_size, ratio=MAX_RATIO, free=_SMALL) for entry in entries)
        if total > MAX_UNPACKED or suspicious:
            raise self._too_large()
        if "mimetype" in names:
            raise self.refused(
                Text("This is an OpenDocument file (.ods).", "Das ist eine OpenDocument-Datei (.ods)."),
                _SAVE_AS,
            )
        if "xl/workbook.bin" in names:
            raise self.refused(Text("This is a binary workbook (.xlsb).", "Das ist eine binäre Arbeitsmappe (.xlsb)."), _SAVE_AS)
        if "[Content_Types].xml" not in names or "_rels/.rels" not in names:
            raise self.refused(Text("This is a zip file, but no workbook.", "Das ist eine Zip-Datei, aber keine Arbeitsmappe."), _SAVE_AS)
        return frozenset(names)

    def _too_large(self) -> InputError:
        limit = MAX_UNPACKED // 1024 // 1024
        return self.refused(
            Text(
                f"Unpacked the file is larger than {limit} MB, or a part is more than {MAX_RATIO} times larger than packed.",
                f"Ausgepackt ist die Datei größer als {limit} MB, oder ein Teil ist mehr als {MAX_RATIO}-mal so groß wie gepackt.",
            ),
            Text(
                "Delete the empty rows and columns after the tables in the spreadsheet program and save again.",
                "Löschen Sie im Tabellenprogramm die leeren Zeilen und Spalten hinter den Tabellen und speichern Sie neu.",
            ),
        )

    def blocks(self, part: str) -> Iterator[bytes]:
        """Yield the bytes of a part, a block at a time.

        Raises:
            InputError: The part is missing, damaged, or larger than it says.
        """
        if part not in self.parts:
            raise self._broken()
        try:
            with self._zip.open(part) as file:
                yield from self._bounded(file)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise self._broken() from error

    def _bounded(self, file: IO[bytes]) -> Iterator[bytes]:
        while block := file.read(_BLOCK):
            self._room -= len(block)
            if self._room < 0:
                raise self._too_large()
            yield block


_SAVE_AS = Text(
    "Open it in the spreadsheet program and save it as .xlsx (Excel workbook).",
    "Öffnen Sie sie im Tabellenprogramm und speichern Sie sie als .xlsx (Excel-Arbeitsmappe).",
)
_LOCKED = (
    Text("The workbook is protected by a password.", "Die Arbeitsmappe ist mit einem Kennwort geschützt."),
    Text(
        "Take the password off in the spreadsheet program and save again.",
        "Nehmen Sie das Kennwort im Tabellenprogramm heraus und speichern Sie neu.",
    ),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _no_package(head: bytes) -> tuple[Text, Text]:
    """Tell what a file is that is no package, and what to do."""
    if not head:
        return Text("The file is empty.", "Die Datei ist leer."), Text("Save the workbook again.", "Speichern Sie die Arbeitsmappe neu.")
    if head.startswith(_OLE):
        # An encrypted workbook is a compound file with a stream of this name ([MS-OFFCRYPTO], 2.3.4.4).
        if "EncryptedPackage".encode("utf-16-le") in head:
            return _LOCKED
        return (
            Text(
                "This is an old Excel file (.xls), or a workbook with a password.",
                "Das ist eine alte Excel-Datei (.xls) oder eine Arbeitsmappe mit Kennwort.",
            ),
            _SAVE_AS,
        )
    try:
        text = head[:-4].decode("utf-8") if len(head) == _BLOCK else head.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return Text("The file is no workbook.", "Die Datei ist keine Arbeitsmappe."), _SAVE_AS
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return Text("This is a web page or XML file, no workbook.", "Das ist eine Webseite oder XML-Datei, keine Arbeitsmappe."), _SAVE_AS
    return (
        Text("This is a text file (CSV), no workbook.", "Das ist eine Textdatei (CSV), keine Arbeitsmappe."),
        Text(
            "A table edited as CSV needs no import: put it into the folder and run `kg validate`.",
            "Eine als CSV bearbeitete Tabelle braucht keinen Import: Legen Sie sie in den Ordner und rufen Sie `kg validate` auf.",
        ),
    )
