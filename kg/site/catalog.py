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
    from kg.release.listing import Release
    from kg.site.frame import Folder, Pages

PACKED = 100_000
"""Bytes from which on a file is only there as `.gz`."""
OWN = ("catalog.ttl", "void.ttl")
"""Files of `kg publish` that the site has of its own, as some files lie packed here."""
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
        quotes: Whether verbatim quotes are in it, which no licence covers.
    """

    name: str
    file: str
    media: str
    bytes: int
    sha256: str
    unpacked: int
    licences: tuple[str, ...]
    purpose: Mapping[str, str]
    quotes: bool


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
        if entry["name"] in OWN:
            continue
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
                bool(entry.get("rights")),
            )
        )
    void = (work / "void.ttl").read_text(encoding="utf-8")
    for one in dumps:
        if one.unpacked:
            void = void.replace(f"<{build.base}data/{one.name}>", f"<{build.base}data/{one.name}.gz>")
    folder.write("void.ttl", void)
    folder.write(".well-known/void", void)
    shutil.rmtree(work.parent)
    return dumps, manifest


_MANIFEST = {
    "en": "List of all files with sizes and checksums, numbers and method.",
    "de": "Liste aller Dateien mit Größen und Prüfsummen, Zahlen und Methode.",
}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_descriptions(build: Build, folder: Folder, dumps: Sequence[Dump], releases: Sequence[Release]) -> None:
    """Write the catalogue, with the files as they lie here and the releases, as Turtle, JSON-LD and RDF/XML."""
    from kg.publish.catalogue import catalogue, describe, listed, syntax

    about = describe(build)
    files = []
    for one in dumps:
        entry = {"name": one.name, "url": about.address(one.name), "media_type": one.media, "bytes": one.bytes, "sha256": one.sha256}
        entry |= {"license": list(one.licences), "purpose": dict(one.purpose), "rights": one.quotes}
        made = next(listed([entry], about.dataset))
        files.append(made.compressed(f"{one.name}.gz", one.bytes, one.sha256) if one.unpacked else made)
    turtle = catalogue(about, files, [one.manifest for one in releases])
    folder.write("catalog.ttl", turtle)
    for form in ("jsonld", "rdf"):
        folder.write(f"catalog.{form}", syntax(turtle, form))


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
