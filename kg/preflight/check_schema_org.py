"""What Google Dataset Search asks of a Dataset in JSON-LD.

Source: Google Search Central, "Dataset structured data": name and description (50 to 5,000 characters) are required; the rest recommended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.errors import InputError, Text
from kg.preflight.advice import REMAKE, advice
from kg.preflight.findings import Advice, Findings, Place
from kg.preflight.material import Material

_GOOGLE = ("schema-org",)
FILES = ("dataset.json", "dataset.jsonld")
PAGES = ("index.html", "index.de.html")
PAGE = 4 * 1024 * 1024
_SCRIPT = re.compile(rb'<script type="application/ld\+json"[^>]*>(.*?)</script>', re.DOTALL)
_DCT = "http://purl.org/dc/terms/"
_RECOMMENDED: tuple[tuple[str, str, str], ...] = (
    ("license", "Warning", f"{_DCT}license"),
    ("creator", "Warning", f"{_DCT}publisher"),
    ("distribution", "Warning", ""),
    ("url", "Warning", ""),
    ("identifier", "Info", ""),
    ("keywords", "Info", "http://www.w3.org/ns/dcat#keyword"),
    ("version", "Info", ""),
    ("isAccessibleForFree", "Info", ""),
    ("temporalCoverage", "Info", f"{_DCT}temporal"),
    ("spatialCoverage", "Info", f"{_DCT}spatial"),
    ("includedInDataCatalog", "Info", ""),
)


def check(material: Material, findings: Findings) -> None:
    """Check the Dataset of `dataset.json`, else of the start page of a site."""
    if material.only:
        findings.leave("schema-org", Text("A catalogue alone was given.", "Gegeben war nur ein Katalog."))
        return
    name, blocks = _blocks(material, findings)
    if not name:
        if material.version or any(page in material.files for page in PAGES):
            what = Text(
                "Neither dataset.json nor the start page describes a Dataset in schema.org.",
                "Weder dataset.json noch die Startseite beschreibt ein Dataset in schema.org.",
            )
            findings.add("schema-org-missing", "Violation", _GOOGLE, what, Place(FILES[0]), REMAKE)
        else:
            why = Text(
                "There is no dataset.json here: a release has one, and the start page of portal and site.",
                "Hier ist keine dataset.json: Ein Release hat eine, ebenso die Startseite von Portal und statischer Seite.",
            )
            findings.leave("schema-org", why)
        return
    sets = [one for block in blocks for one in _typed(block, "Dataset")]
    if not sets:
        what = Text("The JSON-LD describes no Dataset of schema.org.", "Das JSON-LD beschreibt kein Dataset von schema.org.")
        findings.add("schema-org-no-dataset", "Violation", _GOOGLE, what, Place(name), REMAKE)
    if not any("schema.org" in json.dumps(block.get("@context", "")) for block in blocks if isinstance(block, dict)):
        what = Text("The @context is not that of schema.org.", "Der @context ist nicht der von schema.org.")
        findings.add("schema-org-context", "Violation", _GOOGLE, what, Place(name), REMAKE)
    for one in sets[:1000]:
        _dataset(name, one, findings)


def _blocks(material: Material, findings: Findings) -> tuple[str, list[Any]]:
    """Return the file that holds JSON-LD, and its blocks."""
    for name in FILES:
        if name in material.files:
            try:
                return name, [material.json(name)]
            except InputError as error:
                what = Text("dataset.json cannot be read.", "dataset.json ist nicht lesbar.")
                findings.add("schema-org-broken", "Violation", _GOOGLE, what, Place(name, found=error.what.en), REMAKE)
                return name, []
    for name in PAGES:
        if name in material.files and (found := _page(material.files[name])):
            return name, found
    return "", []


def _page(path: Path) -> list[Any]:
    found = []
    for text in _SCRIPT.findall(path.read_bytes()[:PAGE]):
        try:
            found.append(json.loads(text))
        except (ValueError, RecursionError):
            continue
    return found


def _typed(data: Any, kind: str, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the objects of a type, in lists, graphs and catalogues."""
    if isinstance(data, list) and depth < 6:
        for one in data[:10_000]:
            yield from _typed(one, kind, depth + 1)
    elif isinstance(data, dict) and depth < 6:
        types = data.get("@type")
        if kind == types or (isinstance(types, list) and kind in types):
            if len(data) > 2:
                yield data
            return
        for key in ("@graph", "dataset", "mainEntity"):
            if key in data:
                yield from _typed(data[key], kind, depth + 1)


def _dataset(name: str, one: dict[str, Any], findings: Findings) -> None:
    subject = str(one.get("@id", ""))

    def add(rule: str, severity: str, en: str, de: str, todo: Advice, prop: str, found: str = "", expected: Text | None = None) -> None:
        findings.add(rule, severity, _GOOGLE, Text(en, de), Place(name, subject, f"https://schema.org/{prop}", found), todo, expected=expected)

    for prop, source in (("name", "title"), ("description", "description")):
        if not any(text.strip() for text in texts(one.get(prop))):
            add(
                f"google-{prop}",
                "Violation",
                f"The Dataset has no {prop}; Google requires it.",
                f"Dem Dataset fehlt {prop}; Google verlangt es.",
                advice(f"{_DCT}{source}"),
                prop,
            )
    for text in texts(one.get("description")):
        if text.strip() and not 50 <= len(text) <= 5000:
            add(
                "google-description-length",
                "Violation",
                "The description is too short or too long for Google.",
                "Die Beschreibung ist für Google zu kurz oder zu lang.",
                advice(f"{_DCT}description"),
                "description",
                f"{len(text)}",
                Text("50 to 5,000 characters", "50 bis 5.000 Zeichen"),
            )
    for prop, severity, source in _RECOMMENDED:
        if one.get(prop) in (None, "", []) and not (prop == "creator" and one.get("publisher")):
            add(
                f"google-{prop}",
                severity,
                f"The Dataset has no {prop}, which Google recommends.",
                f"Dem Dataset fehlt {prop}, das Google empfiehlt.",
                advice(source) if source else REMAKE,
                prop,
            )
    for part in _listed(one.get("distribution")):
        if isinstance(part, dict) and not part.get("contentUrl"):
            add(
                "google-contentUrl",
                "Violation",
                "A distribution has no contentUrl.",
                "Einer Distribution fehlt contentUrl.",
                REMAKE,
                "contentUrl",
                str(part.get("name", "")),
            )
        if isinstance(part, dict) and not part.get("encodingFormat"):
            add(
                "google-encodingFormat",
                "Warning",
                "A distribution has no encodingFormat.",
                "Einer Distribution fehlt encodingFormat.",
                REMAKE,
                "encodingFormat",
                str(part.get("contentUrl", "")),
            )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def texts(value: Any) -> list[str]:
    """Return the texts of a value of JSON-LD: a text, one with a language, a list of both, or a map of languages.

    >>> texts([{"@value": "a", "@language": "de"}, "b"]), texts({"de": "a"}), texts(None)
    (['a', 'b'], ['a'], [])
    """
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for one in value[:1000] for text in texts(one)]
    if isinstance(value, dict):
        return texts(value["@value"]) if "@value" in value else [text for one in value.values() if isinstance(one, str) for text in [one]]
    return []
