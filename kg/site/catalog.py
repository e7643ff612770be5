"""Data and descriptions on the site: what `kg publish` writes, packed where it is large, the catalogue in three syntaxes, VoID, and their page."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.build import Build
    from kg.site.frame import Folder, Pages

PACKED = 1_000_000
"""Bytes from which on a file is only there as `.gz`."""
SYNTAXES = {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}


@dataclass(frozen=True)
class Dump:
    """A file to download.

    Attributes:
        name: As `kg publish` calls it.
        file: Its path on the site, ending with `.gz` where it is packed.
        media: Media type of the content.
        bytes, sha256: Of the file on the site.
        unpacked: Bytes of the content, where it is packed; else 0.
        licences: IRIs.
        purpose: What it is for, per language.
    """

    name: str
    file: str
    media: str
    bytes: int
    sha256: str
    unpacked: int
    licences: tuple[str, ...]
    purpose: Mapping[str, str]


def write_data(build: Build, folder: Folder, progress: Callable[[str], None]) -> tuple[list[Dump], dict[str, Any]]:
    """Write the files of `kg publish` into `data/`, those over :data:`PACKED` bytes as gzip alone, and return them with the manifest."""
    from kg.publish import publish

    work = folder.path / ".work" / "data"
    published = publish(build, work, progress)
    progress("packing")
    manifest = json.loads((work / "manifest.json").read_text(encoding="utf-8"))
    dumps = []
    (folder.path / "data").mkdir(exist_ok=True)
    entries: Sequence[Mapping[str, Any]] = [
        *manifest["files"],
        {"name": "manifest.json", "media_type": "application/json", "license": [], "purpose": _MANIFEST},
    ]
    for entry in entries:
        source = published.path / entry["name"]
        size = source.stat().st_size
        packed = size > PACKED
        file = f"data/{entry['name']}" + (".gz" if packed else "")
        target = folder.path / file
        if packed:
            # No time and no name in its head: the same data give the same bytes.
            with source.open("rb") as content, target.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packing:
                shutil.copyfileobj(content, packing, 1 << 20)
        else:
            shutil.copyfile(source, target)
        folder.written[file] = target.stat().st_size
        purpose = {lang: str(entry["purpose"].get(lang, "")) for lang in ("en", "de")}
        dumps.append(
            Dump(
                str(entry["name"]),
                file,
                str(entry["media_type"]),
                folder.written[file],
                _sha256(target),
                size if packed else 0,
                tuple(entry["license"]),
                purpose,
            )
        )
    for name in ("catalog.ttl", "void.ttl"):
        if (work / name).is_file():
            folder.write(name, (work / name).read_bytes())
    shutil.rmtree(work.parent)
    return dumps, manifest


_MANIFEST = {
    "en": "List of all files with sizes and checksums, numbers and method.",
    "de": "Liste aller Dateien mit Größen und Prüfsummen, Zahlen und Methode.",
}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_descriptions(folder: Folder) -> None:
    """Write the catalogue as JSON-LD and RDF/XML beside its Turtle, and VoID where it is looked for (RFC 8615; VoID, section 7.2)."""
    from kg.publish.catalogue import syntax

    turtle = (folder.path / "catalog.ttl").read_text(encoding="utf-8")
    for form in ("jsonld", "rdf"):
        folder.write(f"catalog.{form}", syntax(turtle, form))
    folder.write(".well-known/void", (folder.path / "void.ttl").read_bytes())


def write_catalog(pages: Pages, dumps: Sequence[Dump], manifest: Mapping[str, Any]) -> None:
    """Write `catalog.html`."""
    pages.write(
        "catalog.html",
        "catalog.html",
        dumps=dumps,
        size=size,
        numbers=[(pages.t("Statements", "Aussagen"), manifest["quads"]), (pages.t("Entities", "Entitäten"), manifest["entities"])],
        syntaxes=[(f"catalog.{form}", media) for form, media in SYNTAXES.items()],
        method=manifest.get("limits", {}).get(pages.lang, ""),
    )


def size(count: int) -> str:
    """Return a number of bytes for a person.

    >>> size(1234567)
    '1.2 MB'
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
