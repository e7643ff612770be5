"""`kg publish`: the graph as files that others can load, cite and check (contracts, sections 1, 4 and 10).

    content    what every publication holds
    stream     quads in order of their subjects, batch by batch
    columns    what the writers share
    dumps      N-Quads, Turtle, JSON-LD in one pass; nquads, turtle, jsonld: one batch of each
    tables     CSV tables and their codebook
    network    GraphML and GEXF; exports: written by columns
    limits     what of a large graph stands elsewhere
    counts     what the graph holds
    files      sizes and checksums, known when a file is written
    catalogue  VoID and DCAT-AP
    parts      what each file is for, README.txt
    swap       the folder appears in one step

The same quad tables give the same bytes: everything is sorted, and no clock is read. Memory does not grow with the number of quads, only with that
of institutions and pairs of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import BuildError, Text, unwritable
from kg.publish.content import Content, Progress, method_texts, write_content
from kg.publish.parts import MANIFEST, QUOTES, QUOTING, File, citation, parts, readme

if TYPE_CHECKING:
    from kg.build import Build

__all__ = ["File", "Publication", "publish"]


@dataclass(frozen=True)
class Publication:
    """A finished publication.

    Attributes:
        path: Folder of the files.
        files: The files in the order of the list, `manifest.json` apart.
        manifest: Content of `manifest.json`.
    """

    path: Path
    files: tuple[File, ...]
    manifest: dict[str, Any]


def publish(build: Build, target: Path, progress: Progress = lambda _: None) -> Publication:
    """Write a build as files into a folder, which appears or is replaced in one step.

    Args:
        build: A finished build.
        target: Folder of the publication, as a rule `build/publish`.
        progress: Called with the name of each step.

    Raises:
        BuildError: The folder cannot be written, or holds files that are no part of a publication. What was published before is untouched.
    """
    from kg.publish.swap import replaced

    try:
        _refuse_other_files(target)
        with replaced(target, lambda: _refuse_other_files(target)) as folder:
            files, manifest = _fill(build, folder, progress)
    except OSError as error:
        raise unwritable(error, target) from error
    return Publication(target, files, manifest)


def _refuse_other_files(target: Path) -> None:
    """Make sure that replacing the folder loses nothing but an earlier publication."""
    if not target.is_dir():
        return
    found = {path.name for path in target.iterdir()}
    try:
        known = {entry["name"] for entry in json.loads((target / MANIFEST).read_text(encoding="utf-8"))["files"]} | {MANIFEST}
    except (OSError, ValueError, KeyError, TypeError):
        known = set()
    if other := sorted(found - known):
        names = ", ".join(other[:3])
        what = Text(
            f"The folder holds files that are no part of a publication: {names}.",
            f"Der Ordner enthält Dateien, die zu keiner Veröffentlichung gehören: {names}.",
        )
        raise BuildError(what, where=str(target), fix=Text("Choose an empty folder with --output.", "Wählen Sie mit --output einen leeren Ordner."))


def write(path: Path, text: str) -> None:
    """Write a text as UTF-8 with plain line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _fill(build: Build, folder: Path, progress: Progress) -> tuple[tuple[File, ...], dict[str, Any]]:
    """Write all files into an empty folder: the content, and what describes it: VoID, catalogue, README and manifest."""
    from kg.publish.catalogue import catalogue, describe, void

    about = describe(build)
    content = write_content(build, folder, about, progress)
    progress("describing")
    listed = parts(about.name)
    written = [content.file(part, folder) for part in listed if part.holds != "about"]
    write(folder / "void.ttl", void(about, content.counts, content.licences, [file for file in written if file.part.holds in QUOTING]))
    write(folder / "catalog.ttl", catalogue(about, [file for file in written if file.part.holds != "ontology"]))
    cite = {lang: citation(build.record, about.title[lang], lang) for lang in ("de", "en")}
    write(folder / "README.txt", readme(about.title, listed, about.licences, method_texts(content.method), content.frames, content.limited, cite))
    files = (*written, *(content.file(part, folder) for part in listed if part.holds == "about"))
    manifest = _manifest(build, files, content, cite)
    write(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    return files, manifest


def _manifest(build: Build, files: tuple[File, ...], content: Content, cite: dict[str, str]) -> dict[str, Any]:
    """Return the content of `manifest.json`; sizes and times of the run stay out, so that equal graphs give equal bytes."""
    about = content.about
    return {
        **counted(build, content),
        "cite": cite,
        "files": [
            {
                "name": file.name,
                "url": about.address(file.name),
                "media_type": file.part.media,
                "bytes": file.bytes,
                "sha256": file.sha256,
                **({file.part.unit: file.count} if file.part.unit else {}),
                "license": list(file.licences),
                **({"rights": QUOTES} if file.part.holds in QUOTING else {}),
                "purpose": {"de": file.part.de, "en": file.part.en},
            }
            for file in files
        ],
    }


def counted(build: Build, content: Content) -> dict[str, Any]:
    """Return what every manifest says of graph, build and method."""
    record, about, counts = build.record, content.about, content.counts
    return {
        "name": about.name,
        "title": dict(about.title),
        "build": build.id,
        "software": f"innovation-kg {record['software']}",
        "state": about.state or None,
        "base": about.base,
        "inputs": record["inputs"],
        "method": {name: value for name, value in content.method.to_json().items() if name not in ("seed", "draws")},
        "sampling_frames": {source["name"]: source["frame"] for source in record["sources"]},
        **({"limits": dict(content.limited)} if content.limited else {}),
        "quads": counts.quads,
        "triples": counts.triples,
        "entities": counts.entities,
        "classes": counts.classes,
        "graphs": {
            graph: {"quads": quads, "license": content.licences[graph], "classes": counts.classes_by_graph.get(graph, {})}
            for graph, quads in counts.graphs.items()
        },
    }
