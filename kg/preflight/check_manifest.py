"""The manifest against the files: sizes, checksums, nothing missing, nothing more; and `SHA256SUMS`."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.errors import Text
from kg.preflight.advice import REMAKE
from kg.preflight.findings import Findings, Place
from kg.preflight.material import MANIFEST, Material

SUMS = "SHA256SUMS"
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_PIECE = 1 << 20
_FILES = ("files",)


def check(material: Material, findings: Findings) -> None:
    """Check manifest, sums, and what is compressed."""
    if material.manifest is None:
        if not material.only and not any(name.endswith(".html") for name in material.files):
            what = Text(
                "There is no manifest.json: nobody can tell whether the files are whole.",
                "Es gibt kein manifest.json: Niemand kann sehen, ob die Dateien vollständig sind.",
            )
            findings.add("manifest-missing", "Violation", _FILES, what, Place(MANIFEST), REMAKE)
        return
    stated = dict(_stated(material))
    for name, row in sorted(stated.items()):
        _file(material, name, row, findings)
    sums = _sums(material, findings)
    for name in sorted(set(material.files) - set(stated) - {MANIFEST, SUMS} - set(sums)):
        what = Text("A file that the manifest does not name lies in the folder.", "Im Ordner liegt eine Datei, die das Manifest nicht nennt.")
        findings.add("file-not-in-manifest", "Warning", _FILES, what, Place(name), REMAKE)


def _stated(material: Material) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, row in material.listed.items():
        yield name, row
        compressed = row.get("compressed")
        if isinstance(compressed, dict) and isinstance(compressed.get("name"), str):
            yield compressed["name"], {**compressed, "plain": name}


def _file(material: Material, name: str, row: dict[str, Any], findings: Findings) -> None:
    path = material.files.get(name)
    if path is None:
        what = Text("The manifest names a file that is not there.", "Das Manifest nennt eine Datei, die es nicht gibt.")
        findings.add("file-missing", "Violation", _FILES, what, Place(MANIFEST, found=name), REMAKE)
        return
    size = path.stat().st_size
    if row.get("bytes") != size:
        what = Text("A file has not the size that the manifest states.", "Eine Datei hat nicht die Größe, die das Manifest nennt.")
        expected = Text("the size in manifest.json", "die Größe in manifest.json")
        findings.add("file-size", "Violation", _FILES, what, Place(name, found=f"{size} ≠ {row.get('bytes')}"), REMAKE, expected=expected)
    elif row.get("sha256") != digest(path):
        what = Text(
            "The content of a file has changed since its checksum was made.",
            "Der Inhalt einer Datei hat sich geändert, seit ihre Prüfsumme entstand.",
        )
        expected = Text("the SHA-256 in manifest.json", "die SHA-256 in manifest.json")
        findings.add("file-checksum", "Violation", _FILES, what, Place(name, found=digest(path)), REMAKE, expected=expected)
    plain = material.files.get(str(row.get("plain", "")))
    if plain is not None and name.endswith(".gz") and not same(path, plain):
        what = Text(
            "A compressed file does not hold what the plain one holds.", "Eine komprimierte Datei enthält nicht, was die unkomprimierte enthält."
        )
        findings.add("gzip-differs", "Violation", _FILES, what, Place(name), REMAKE)


def _sums(material: Material, findings: Findings) -> set[str]:
    path = material.files.get(SUMS)
    if path is None:
        if material.version:
            what = Text("There is no SHA256SUMS for `sha256sum -c`.", "Es gibt kein SHA256SUMS für `sha256sum -c`.")
            findings.add("sums-missing", "Warning", _FILES, what, Place(SUMS), REMAKE)
        return set()
    named = set()
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            match = _SUM.fullmatch(line.rstrip("\n")) if len(line) < 5000 else None
            if match is None:
                what = Text("A line is not of the form that `sha256sum -c` reads.", "Eine Zeile hat nicht die Form, die `sha256sum -c` liest.")
                findings.add("sums-line", "Violation", _FILES, what, Place(SUMS, found=line.rstrip(), line=number), REMAKE)
                continue
            stated, name = match[1], match[2]
            named.add(name)
            file = material.files.get(name)
            if file is None or stated != (digest(file) if file else ""):
                what = Text(
                    "SHA256SUMS does not hold: a file is missing or has changed.", "SHA256SUMS stimmt nicht: Eine Datei fehlt oder hat sich geändert."
                )
                findings.add("sums-wrong", "Violation", _FILES, what, Place(SUMS, found=name, line=number), REMAKE)
    for name in sorted(set(material.files) - named - {SUMS}):
        what = Text("SHA256SUMS does not name every file.", "SHA256SUMS nennt nicht jede Datei.")
        findings.add("sums-incomplete", "Warning", _FILES, what, Place(name), REMAKE)
    return named


_DIGESTS: dict[tuple[str, int, int], str] = {}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; read once as long as it stays as it is."""
    state = path.stat()
    key = (str(path), state.st_mtime_ns, state.st_size)
    if key not in _DIGESTS:
        if len(_DIGESTS) > 5_000:
            _DIGESTS.clear()
        with path.open("rb") as file:
            _DIGESTS[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _DIGESTS[key]


def same(compressed: Path, plain: Path) -> bool:
    """Tell whether a gzip file holds exactly another file; no more is unpacked than that one holds."""
    unpack = zlib.decompressobj(wbits=31)
    with compressed.open("rb") as packed, plain.open("rb") as file:
        try:
            while data := packed.read(_PIECE):
                while data:
                    part = unpack.decompress(data, _PIECE)
                    if part != file.read(len(part)):
                        return False
                    data = unpack.unconsumed_tail
        except zlib.error:
            return False
        return unpack.eof and not unpack.unused_data and not file.read(1)
