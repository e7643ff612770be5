"""Every part of the manifest has a licence."""

from __future__ import annotations

from typing import Any

from kg.errors import Text
from kg.preflight.advice import advice
from kg.preflight.findings import Findings, Place
from kg.preflight.material import MANIFEST, Material
from kg.preflight.registered import licence_kind


def check(material: Material, findings: Findings) -> None:
    """Check the licences of the files, as the manifest states them."""
    for name, row in sorted(material.listed.items()):
        stated: Any = next((row[key] for key in ("licence", "license", "licences", "licenses") if row.get(key)), [])
        found = [stated] if isinstance(stated, str) else [str(one) for one in stated] if isinstance(stated, list) else []
        todo = advice("http://purl.org/dc/terms/license")
        if not found:
            what = Text(
                "A file has no licence in the manifest: nobody may use it.", "Eine Datei hat im Manifest keine Lizenz: Niemand darf sie nutzen."
            )
            findings.add("part-without-licence", "Violation", ("files",), what, Place(MANIFEST, found=name), todo)
        for one in found:
            if licence_kind(one) in ("unknown", "text"):
                what = Text(
                    "The licence of a file says nothing that a program can read.", "Die Lizenz einer Datei sagt nichts, das ein Programm lesen kann."
                )
                findings.add("part-licence-unknown", "Violation", ("files",), what, Place(MANIFEST, found=f"{name}: {one}"), todo)
