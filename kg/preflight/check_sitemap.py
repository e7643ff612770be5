"""The sitemap: its protocol, and that its addresses lead to pages of the site.

Source: Sitemaps XML format, https://www.sitemaps.org/protocol.html: at most 50,000 addresses and 50 MB a file, absolute addresses of the
same host of at most 2,048 characters, dates in W3C format.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import Text
from kg.preflight.advice import REMAKE
from kg.preflight.findings import Findings, Place
from kg.preflight.material import Material

ADDRESSES, BYTES, LENGTH = 50_000, 50 * 1024 * 1024, 2048
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)?")
_FILES = ("files",)


def check(material: Material, findings: Findings) -> None:
    """Check each `sitemap*.xml` of a site."""
    for name, path in sorted(material.files.items()):
        if re.fullmatch(r"(?:.*/)?sitemap[^/]*\.xml", name):
            _sitemap(material, name, path, findings)


def _sitemap(material: Material, name: str, path: Path, findings: Findings) -> None:
    if path.stat().st_size > BYTES:
        _add(findings, "sitemap-large", name, str(path.stat().st_size), "A sitemap is larger than 50 MB.", "Eine Sitemap ist größer als 50 MB.")
        return
    found = _read(path)
    if found is None:
        return  # Said already by the check of its syntax.
    places, changed = found
    if len(places) > ADDRESSES:
        _add(
            findings,
            "sitemap-many",
            name,
            str(len(places)),
            "A sitemap has more than 50,000 addresses.",
            "Eine Sitemap hat mehr als 50.000 Adressen.",
        )
    hosts, base = set(), _served(material, name)
    for place in places:
        parts = urlsplit(place)
        hosts.add(parts.netloc)
        if parts.scheme not in ("http", "https") or not parts.netloc or len(place) > LENGTH:
            _add(
                findings,
                "sitemap-address",
                name,
                place,
                "An address of a sitemap is not absolute, or is too long.",
                "Eine Adresse einer Sitemap ist nicht absolut oder zu lang.",
            )
        elif base and place.startswith(base) and place != base and material.resolve(place, base) is None:
            _add(
                findings,
                "sitemap-broken",
                name,
                place,
                "An address of a sitemap leads to no page of the site.",
                "Eine Adresse einer Sitemap führt zu keiner Seite.",
            )
    if len(hosts) > 1:
        _add(findings, "sitemap-hosts", name, ", ".join(sorted(hosts)), "A sitemap names several hosts.", "Eine Sitemap nennt mehrere Hosts.")
    for day in changed:
        if not _DATE.fullmatch(day):
            _add(
                findings,
                "sitemap-date",
                name,
                day,
                "A date of a sitemap is not in W3C format (2026-11-22).",
                "Ein Datum einer Sitemap hat nicht das Format des W3C (2026-11-22).",
            )


def _served(material: Material, name: str) -> str:
    """Return where a site is served: what `robots.txt` says of the sitemap, else the root of the IRIs."""
    robots = material.files.get("robots.txt")
    if robots is not None and robots.stat().st_size < 1 << 16:
        for line in robots.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, address = line.partition(":")
            if key.strip().casefold() == "sitemap" and address.strip().endswith(f"/{name}"):
                return address.strip()[: -len(name)]
    return material.base


def _add(findings: Findings, rule: str, name: str, found: str, en: str, de: str) -> None:
    findings.add(rule, "Violation", _FILES, Text(en, de), Place(name, found=found), REMAKE)


def _read(path: Path) -> tuple[list[str], list[str]] | None:
    from xml.parsers import expat

    texts: dict[str, list[str]] = {"loc": [], "lastmod": []}
    now, parts = "", list[str]()

    def start(tag: str, _: object) -> None:
        nonlocal now
        now = tag.rsplit(" ", 1)[-1]
        parts.clear()

    def end(tag: str) -> None:
        nonlocal now
        if (name := tag.rsplit(" ", 1)[-1]) in texts:
            texts[name].append("".join(parts).strip())
        now = ""

    def data(text: str) -> None:
        if now in texts:
            parts.append(text)

    def refuse(*_: object) -> None:
        raise ValueError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.StartDoctypeDeclHandler = refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except (expat.ExpatError, ValueError):
        return None
    return texts["loc"], texts["lastmod"]
