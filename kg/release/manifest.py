"""`manifest.json` and `SHA256SUMS`: every file of a release with size, checksum, licence and purpose, and what the graph holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.publish.parts import MANIFEST, QUOTES, QUOTING, File

if TYPE_CHECKING:
    from kg.build import Build
    from kg.publish.content import Content

GZIP = "application/gzip"


def head(build: Build, content: Content, previous: str, validation: Mapping[str, Any], cite: Mapping[str, str]) -> dict[str, Any]:
    """Return the manifest without its files.

    Args:
        build: The build.
        content: What was written of it.
        previous: Version of the release before, or empty.
        validation: What the validation found.
        cite: How to cite, per language.
    """
    from kg.publish import counted

    about, counts = content.about, content.counts
    return {
        **counted(build, content),
        "version": about.version,
        "issued": about.issued,
        "previous": previous or None,
        "dataset": about.dataset,
        "series": about.series,
        "title": dict(about.title),
        "description": dict(about.text),
        "licences": list(about.licences),
        "publisher": {"name": about.publisher.name, "url": about.publisher.url},
        "software": f"innovation-kg {__version__}",
        "built_with": f"innovation-kg {build.record['software']}",
        "cite": dict(cite),
        "subjects": counts.subjects,
        "objects": counts.objects,
        "properties": {used.property: {"triples": used.triples, "subjects": used.subjects, "objects": used.objects} for used in counts.properties},
        "graphs": {
            graph: {"quads": quads, "licence": content.licences[graph], "classes": counts.classes_by_graph.get(graph, {})}
            for graph, quads in counts.graphs.items()
        },
        "validation": dict(validation),
    }


def entry(file: File, url: str) -> dict[str, Any]:
    """Return what the manifest says of a file.

    Args:
        file: The file.
        url: Where it is found.
    """
    said: dict[str, Any] = {"name": file.name, "url": url, "media_type": file.part.media, "bytes": file.bytes, "sha256": file.sha256}
    if file.part.unit:
        said |= {"count": file.count, "unit": file.part.unit}
    said["licence"] = list(file.licences)
    if file.part.holds in QUOTING:
        said["rights"] = QUOTES
    said["purpose"] = {"de": file.part.de, "en": file.part.en}
    if file.compressed:
        packed = file.compressed
        said["compressed"] = {
            "name": packed.name,
            "url": f"{url.removesuffix(file.name)}{packed.name}",
            "media_type": GZIP,
            "bytes": packed.bytes,
            "sha256": packed.sha256,
        }
    return said


def text(manifest: Mapping[str, Any]) -> str:
    """Return a manifest as it is written."""
    return json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def checksums(files: Iterable[File], manifest_sha256: str) -> str:
    """Return the text of `SHA256SUMS`, as `sha256sum -c` reads it, in the order of names."""
    sums = {MANIFEST: manifest_sha256}
    for file in files:
        sums[file.name] = file.sha256
        if file.compressed:
            sums[file.compressed.name] = file.compressed.sha256
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items()))
