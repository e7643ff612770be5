"""Files that a client sends: read from a form, unpacked into a folder, and not trusted.

A form is read as multipart/form-data (RFC 7578) by python-multipart. Of a name only the last step counts; a zip is read within bounds, and nothing in it decides where
something is written.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.archives import blown, points_outside, unfit
from kg.errors import InputError, Text

MAX_FILES = 50
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 200
FREE_RATIO = 1024 * 1024
"""Bytes below which a member may be packed as well as it likes."""
NAME = 100
"""Characters of a file's name that are kept."""
KINDS = (".csv", ".tsv", ".ttl", ".nt", ".nq", ".trig", ".rdf", ".owl", ".xml", ".jsonld", ".toml")
"""Endings that are read; other members of a zip are passed over and named."""


@dataclass(frozen=True)
class Upload:
    """One file of a form: its name without folders, and its bytes."""

    name: str
    data: bytes


def read_form(content_type: str, body: bytes) -> tuple[dict[str, str], list[Upload]]:
    """Read a form.

    Args:
        content_type: Header of the request.
        body: Its body.

    Returns:
        Its fields, and its files in order; files that were not chosen are left out.

    Raises:
        InputError: It is no such form, or holds too many files.
    """
    from python_multipart import parse_form
    from python_multipart.exceptions import FormParserError

    fields: dict[str, str] = {}
    files: list[Upload] = []

    def on_field(field: Any) -> None:
        if len(fields) < MAX_FILES and field.field_name is not None:
            fields[field.field_name.decode("utf-8", "replace")[:NAME]] = (field.value or b"").decode("utf-8", "replace")[:1000]

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        data = file.file_object.read()
        name = base_name((file.file_name or b"").decode("utf-8", "replace"))
        if name and len(files) <= MAX_FILES:
            files.append(Upload(name, data))

    if not content_type.lower().startswith("multipart/form-data"):
        raise _no_form()
    headers: dict[str, Any] = {"Content-Type": content_type.encode("latin-1", "replace"), "Content-Length": str(len(body)).encode()}
    try:
        parse_form(headers, io.BytesIO(body), on_field, on_file)
    except (FormParserError, ValueError) as error:
        raise _no_form() from error
    if len(files) > MAX_FILES:
        raise _too_many()
    return fields, files


def base_name(name: str) -> str:
    """Return the last step of a path as a file name that can stand in a folder; empty where nothing is left.

    >>> base_name("C:\\\\Tables\\\\entities.csv"), base_name("../../etc/passwd"), base_name("..")
    ('entities.csv', 'passwd', '')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign if sign.isalnum() or sign in "._- " else "_" for sign in last).strip(". ")
    return kept if len(kept) <= NAME else kept[: NAME - 8] + kept[-8:]


def unpack(uploads: Iterable[Upload], folder: Path) -> tuple[list[Path], list[str]]:
    """Write uploads into a folder, zips unpacked.

    Args:
        uploads: What was sent.
        folder: An empty folder.

    Returns:
        The files, in order, and the names of those that are not read because of their kind.

    Raises:
        InputError: An archive is damaged, encrypted, climbs out of itself, or unpacks to too much; a name comes twice.
    """
    found: dict[str, bytes] = {}
    passed: list[str] = []
    for upload in uploads:
        members = _members(upload) if upload.name.lower().endswith(".zip") else [upload]
        for member in members:
            if not member.name.lower().endswith(KINDS):
                passed.append(member.name)
                continue
            if member.name in found:
                what = Text(f"{member.name} was sent twice.", f"{member.name} wurde zweimal gesendet.")
                raise InputError(what, where=upload.name, fix=Text("Send each file once.", "Senden Sie jede Datei einmal."))
            found[member.name] = member.data
    if len(found) > MAX_FILES:
        raise _too_many()
    if sum(map(len, found.values())) > MAX_UNPACKED:
        raise _too_large("")
    paths = []
    for name, data in found.items():
        path = folder / name
        path.write_bytes(data)
        paths.append(path)
    return paths, passed


def _members(upload: Upload) -> Sequence[Upload]:
    try:
        with zipfile.ZipFile(io.BytesIO(upload.data)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > MAX_FILES:
                raise _too_many(upload.name)
            left, found = MAX_UNPACKED, []
            for member in members:
                _refuse(member, upload.name)
                with archive.open(member) as opened:
                    # What a header says of the size need not be true.
                    data = opened.read(left + 1)
                left -= len(data)
                if left < 0 or blown(len(data), member.compress_size, ratio=MAX_RATIO, free=FREE_RATIO):
                    raise _too_large(upload.name)
                if name := base_name(member.filename):
                    found.append(Upload(name, data))
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, OSError) as error:
        what = Text("The archive cannot be read.", "Das Archiv ist nicht lesbar.")
        raise InputError(what, where=upload.name, fix=Text("Pack it again as a plain zip.", "Packen Sie es neu als einfaches Zip.")) from error


def _refuse(member: zipfile.ZipInfo, where: str) -> None:
    """Refuse an archive that tries to write elsewhere, is encrypted or packed in a way whose memory is not bounded."""
    if points_outside(member.filename):
        shown = member.filename[:NAME]
        what = Text(f"The archive names a path outside itself: {shown!r}.", f"Das Archiv nennt einen Pfad außerhalb: {shown!r}.")
        raise InputError(what, where=where, fix=Text("Pack the folder itself.", "Packen Sie den Ordner selbst."))
    if unfit(member):
        what = Text("The archive is encrypted, or packed in an unusual way.", "Das Archiv ist verschlüsselt oder ungewöhnlich gepackt.")
        raise InputError(what, where=where, fix=Text("Pack it again as a plain zip.", "Packen Sie es neu als einfaches Zip."))


def _no_form() -> InputError:
    what = Text("What was sent is no form with files.", "Was gesendet wurde, ist kein Formular mit Dateien.")
    return InputError(what, fix=Text("Send multipart/form-data with the field `file`.", "Senden Sie multipart/form-data mit dem Feld `file`."))


def _too_many(where: str = "") -> InputError:
    what = Text(f"There are more than {MAX_FILES} files.", f"Es sind mehr als {MAX_FILES} Dateien.")
    return InputError(what, where=where or None, fix=Text("Send only tables and RDF files.", "Senden Sie nur Tabellen und RDF-Dateien."))


def _too_large(where: str) -> InputError:
    size = MAX_UNPACKED // 1024**2
    what = Text(
        f"Unpacked it is more than {size} MB, or packed suspiciously well.",
        f"Entpackt sind es mehr als {size} MB, oder es ist verdächtig gut gepackt.",
    )
    return InputError(what, where=where or None, fix=Text("Use `kg validate` for large files.", "Verwenden Sie für große Dateien `kg validate`."))
