"""A catalogue that is complete, and small folders made by hand."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BASE = "https://data.example.org/"
GOOD = Path(__file__).with_name("good.ttl")

DUMP = """<https://data.example.org/id/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://data.example.org/ontology#Project> <https://data.example.org/graph/one> .
<https://data.example.org/id/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "Anfang"@de <https://data.example.org/graph/one> .
<https://data.example.org/id/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "Anfang"@de <https://data.example.org/graph/two> .
<https://data.example.org/id/b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://data.example.org/ontology#Project> <https://data.example.org/graph/one> .
"""
TURTLE = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix : <https://data.example.org/id/> .
:a a <https://data.example.org/ontology#Project> ; skos:prefLabel "Anfang"@de .
:b a <https://data.example.org/ontology#Project> .
"""
VOID = """@prefix void: <http://rdfs.org/ns/void#> . @prefix dcterms: <http://purl.org/dc/terms/> . @prefix : <https://data.example.org/> .
:dataset a void:Dataset ; dcterms:title "T"@en ; dcterms:description "D"@en ; dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
  void:uriSpace "https://data.example.org/id/" ; void:vocabulary :ontology ; void:exampleResource <https://data.example.org/id/a> ;
  void:feature <http://www.w3.org/ns/formats/N-Quads> ; void:sparqlEndpoint :sparql ;
  void:dataDump <https://data.example.org/releases/2026.11/data.nq> ; void:triples 3 ; void:classes 1 ; void:properties 2 ; void:distinctSubjects 2 ;
  void:classPartition [ void:class <https://data.example.org/ontology#Project> ; void:entities 2 ] ;
  void:propertyPartition [ void:property <http://www.w3.org/2004/02/skos/core#prefLabel> ; void:triples 1 ] .
"""
DATASET: dict[str, Any] = {
    "@context": "https://schema.org/",
    "@type": "Dataset",
    "name": "Who works with whom",
    "description": "Organisations, projects and places of the city and who takes part in what, since when.",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "creator": {"@type": "Organization", "name": "City of Example"},
    "url": BASE,
    "identifier": f"{BASE}dataset",
    "keywords": ["innovation"],
    "version": "2026.11",
    "isAccessibleForFree": True,
    "temporalCoverage": "2014/2026",
    "spatialCoverage": "Example",
    "includedInDataCatalog": {"@type": "DataCatalog", "name": "Open data"},
    "distribution": [{"@type": "DataDownload", "contentUrl": f"{BASE}releases/2026.11/data.nq", "encodingFormat": "application/n-quads"}],
}
CSV = "id,name,change\na,Anfang,-0.5\nb,Ende,+3\n"

Folder = Callable[..., Path]


def catalogue() -> str:
    """Return the good catalogue with the addresses of the folder's files, without compression."""
    text = GOOD.read_text(encoding="utf-8").replace(
        "dcat:downloadURL :data.ttl", "dcat:downloadURL <https://data.example.org/releases/2026.11/data.ttl>"
    )
    return "\n".join(line for line in text.split("\n") if "compressFormat" not in line and "packageFormat" not in line)


def write_manifest(folder: Path) -> None:
    """Write manifest and sums for what lies in a folder."""
    files = []
    counts = {"data.nq": ("quads", 4), "data.trig": ("quads", 1), "data.ttl": ("triples", 3), "table.csv": ("rows", 2)}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name in ("manifest.json", "SHA256SUMS") or name.endswith(".gz"):
            continue
        data = path.read_bytes()
        row: dict[str, Any] = {
            "name": name,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "licence": "https://creativecommons.org/licenses/by/4.0/",
        }
        if name in counts:
            row |= {"unit": counts[name][0], "count": counts[name][1]}
        packed = folder / f"{name}.gz"
        if packed.exists():
            row["compressed"] = {"name": packed.name, "bytes": packed.stat().st_size, "sha256": hashlib.sha256(packed.read_bytes()).hexdigest()}
        files.append(row)
    manifest = {"base": BASE, "version": "2026.11", "issued": "2026-11-22", "dataset": f"{BASE}dataset", "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "SHA256SUMS"
    ]
    (folder / "SHA256SUMS").write_text("".join(sums))


@pytest.fixture
def make_folder(tmp_path: Path) -> Folder:
    """Give a function that writes a small release; texts by name take the place of its files, `None` leaves one out."""

    def make(manifest: bool = True, **changes: str | bytes | None) -> Path:
        folder = tmp_path / "build" / "release" / "2026.11"
        folder.mkdir(parents=True)
        texts: dict[str, str | bytes | None] = {
            "catalog.ttl": catalogue(), "void.ttl": VOID, "data.nq": DUMP, "data.ttl": TURTLE, "table.csv": CSV, "dataset.json": json.dumps(DATASET),
            "network.graphml": '<?xml version="1.0"?><graphml/>', "data.nq.gz": gzip.compress(DUMP.encode(), mtime=0),
        }  # fmt: skip
        for name, text in (texts | {name.replace("__", "/").replace("_", "."): text for name, text in changes.items()}).items():
            if text is not None:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        if manifest:
            write_manifest(folder)
        return folder

    return make
