"""A file as a catalogue names it, whether it was just written or is known from a manifest; and the codes of its format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kg.publish.parts import QUOTING, File

FORMATS: dict[str, str] = {
    "atom": "ATOM",
    "csv": "CSV",
    "geojson": "GEOJSON",
    "gexf": "XML",
    "graphml": "XML",
    "html": "HTML",
    "json": "JSON",
    "jsonld": "JSON_LD",
    "md": "TXT",
    "nq": "RDF_N_QUADS",
    "nt": "RDF_N_TRIPLES",
    "parquet": "PARQUET",
    "rdf": "RDF_XML",
    "rdfp": "TXT",
    "trig": "RDF_TRIG",
    "ttl": "RDF_TURTLE",
    "txt": "TXT",
    "xml": "XML",
}
"""Code of the European list `file-type` by ending."""
GRAPHS = frozenset({"jsonld", "nq", "nt", "rdf", "trig", "ttl"})
"""Endings of RDF syntaxes."""


@dataclass(frozen=True)
class Download:
    """One file of a publication.

    Attributes:
        name: File name; unique within its release.
        url: Where it is found.
        media: Media type, of the content where it is compressed.
        format: Code of the European list `file-type`, or empty.
        bytes: Size.
        sha256: Checksum, hexadecimal.
        licences: IRIs of the licences of what it holds.
        purpose: What it is for, per language.
        quotes: Whether it carries verbatim quotes, which no licence covers.
        compression: Media type of the compression, or empty.
    """

    name: str
    url: str
    media: str
    format: str
    bytes: int
    sha256: str
    licences: tuple[str, ...] = ()
    purpose: Mapping[str, str] | None = None
    quotes: bool = False
    compression: str = ""

    @property
    def ending(self) -> str:
        """Ending of the name, that of the content where it is compressed."""
        return self.name.removesuffix(".gz").rpartition(".")[2].lower()

    @classmethod
    def of(cls, file: File, url: str) -> Download:
        """Return a file that was written."""
        part = file.part
        purpose = {"de": part.de, "en": part.en}
        return cls(part.name, url, part.media, part.format, file.bytes, file.sha256, tuple(file.licences), purpose, part.holds in QUOTING)

    def compressed(self, name: str, size: int, sha256: str) -> Download:
        """Return the same file packed with gzip: a distribution of its own, as its bytes are others (DCAT 3, section 6.8.22)."""
        url = f"{self.url.removesuffix(self.name)}{name}"
        return replace(self, name=name, url=url, bytes=size, sha256=sha256, compression="application/gzip")


def listed(files: Iterable[Mapping[str, Any]], dataset: str) -> Iterator[Download]:
    """Yield the files of a manifest, each with its packed form behind it.

    Args:
        files: Entries of `manifest.json`; one without a name is passed over.
        dataset: IRI of the release, below which its files are found.
    """
    for entry in files:
        name = str(entry.get("name") or "")
        if not name:
            continue
        stated = entry.get("license", entry.get("licence")) or ()
        made = Download(
            name,
            str(entry.get("url") or f"{dataset}/{name}"),
            str(entry.get("media_type") or "application/octet-stream"),
            FORMATS.get(name.rpartition(".")[2].lower(), ""),
            int(entry.get("bytes") or 0),
            str(entry.get("sha256") or ""),
            (stated,) if isinstance(stated, str) else tuple(map(str, stated)),
            {str(lang): str(text) for lang, text in (entry.get("purpose") or {}).items()},
            bool(entry.get("rights")),
        )
        yield made
        packed = entry.get("compressed")
        if isinstance(packed, Mapping) and packed.get("name"):
            yield made.compressed(str(packed["name"]), int(packed.get("bytes") or 0), str(packed.get("sha256") or ""))


def downloads(files: Iterable[File | Download], root: str) -> list[Download]:
    """Return files as downloads; one that was just written is found below `root`."""
    return [file if isinstance(file, Download) else Download.of(file, f"{root}{file.name}") for file in files]
