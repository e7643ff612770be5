"""Pages about the portal itself: imprint, privacy, accessibility, the interface for programs, the data and the decisions in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import Text
from kg.portal.page import Reply, Request
from kg.portal.render import NotFoundError
from kg.resources import folder
from kg.store import Table

if TYPE_CHECKING:
    from kg.portal.desk import Desk

ABOUT = ("imprint", "privacy", "accessibility", "api", "data")
MAX_DECISIONS = 500
MAX_DECISIONS_BYTES = 2 * 1024 * 1024

FRAMES: dict[str, tuple[Text, Text]] = {
    "census": (
        Text("census", "Vollerhebung"),
        Text("All of the population is included.", "Alles aus der Grundgesamtheit ist enthalten."),
    ),
    "ego-sampled": (
        Text("selected around one thing", "Auswahl um einen Kern"),
        Text(
            "Included is what is connected with one chosen thing; numbers do not hold beyond it.",
            "Enthalten ist, was mit einem gewählten Gegenstand verbunden ist; Zahlen gelten nicht über ihn hinaus.",
        ),
    ),
    "partial": (
        Text("part of the population", "Teilauswahl"),
        Text(
            "A part of the population is included, by a criterion other than connection to one thing.",
            "Ein Teil der Grundgesamtheit ist enthalten, nach einem anderen Merkmal als der Verbindung zu einem Kern.",
        ),
    ),
}
"""Kinds of sampling frame: name, and what numbers on it mean."""


def about(desk: Desk, request: Request) -> Reply:
    """Show a page about the portal, or the list of them.

    Raises:
        NotFoundError: There is no such page.
    """
    name = request.names.get("name", "")
    if not name:
        return desk.render("about.html", request)
    if name not in ABOUT:
        what = Text("There is no such page.", "Eine solche Seite gibt es nicht.")
        raise NotFoundError(what, where=name[:100], fix=Text("Choose one under “About”.", "Wählen Sie eine unter „Über“."))
    if name == "api":
        return desk.render("about_api.html", request, settings=desk.settings, endpoint=f"{request.origin}{request.root}/sparql")
    if name == "data":
        rows, total = decisions(desk)
        return desk.render(
            "about_data.html",
            request,
            sources=sources_of(desk),
            graphs=record_of(desk).get("graphs", {}),
            frames=FRAMES,
            centres=centres(desk, request.lang),
            statuses=statuses(desk, request.lang),
            decisions=rows,
            total=total,
        )
    texts: Mapping[str, str] = getattr(desk.settings, name)
    text, lang = text_in(texts, request.lang)
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return desk.render("about_text.html", request, name=name, paragraphs=paragraphs, text_lang=lang, settings=desk.settings)


def text_in(texts: Mapping[str, str], lang: str) -> tuple[str, str]:
    """Return a text in the language asked for, else in the other, with its language."""
    for one in (lang, "de" if lang == "en" else "en"):
        if texts.get(one):
            return texts[one], one
    return "", lang


def statuses(desk: Desk, lang: str) -> list[tuple[str, int]]:
    """Return how many claims have which status."""
    rows = desk.cached("claim statuses", lambda: _pairs(desk))
    names = desk.labels((iri for iri, _ in rows), lang)
    return [(names[iri], count) for iri, count in rows]


def _pairs(desk: Desk) -> list[tuple[str, int]]:
    result = desk.store.query("SELECT ?status (COUNT(*) AS ?n) WHERE { ?claim inno:claimStatus ?status } GROUP BY ?status ORDER BY DESC(?n) ?status")
    rows = result.rows if isinstance(result, Table) else []
    return [(status.value, int(count.value)) for status, count in rows if status is not None and count is not None]


def decisions(desk: Desk) -> tuple[list[dict[str, str]], int]:
    """Return the decisions that went into this build (target, decision, value, who, when, why), the latest first, and how many there are.

    The record names its input files with their checksums; a `decisions.csv` beside the shipped tables or in `data/` is shown only if it is that very file.
    """
    return desk.cached("decisions", lambda: _decisions(desk))


def _decisions(desk: Desk) -> tuple[list[dict[str, str]], int]:
    rows: list[dict[str, str]] = []
    for entry in record_of(desk).get("inputs", []):
        name = str(entry.get("file", ""))
        if not re.fullmatch(r"[\w.-]+/decisions\.csv", name) or ".." in name:
            continue
        for root in (folder("data"), Path.cwd() / "data", Path.cwd()):
            try:
                path = root / name
                body = path.read_bytes() if path.stat().st_size <= MAX_DECISIONS_BYTES else b""
            except OSError:
                continue
            if sha256(body).hexdigest() == entry.get("sha256"):
                read = csv.DictReader(io.StringIO(body.decode("utf-8-sig", "replace")))
                rows += [{key: value or "" for key, value in row.items() if key and isinstance(value, str | None)} for row in read]
                break
    rows.sort(key=lambda row: (row.get("when", ""), row.get("target", "")), reverse=True)
    return rows[:MAX_DECISIONS], len(rows)


def centres(desk: Desk, lang: str) -> dict[str, tuple[str, str]]:
    """Return address and name of the things around which sources were sampled, by their slug."""
    found: dict[str, tuple[str, str]] = {}
    for source in sources_of(desk):
        slug = source["frame"]["around"]
        for kind in ("organisation", "project", "place") if slug else ():
            iri = f"{desk.base}id/{kind}/{slug}"
            name = desk.labels([iri], lang)[iri]
            if name != slug:
                found[slug] = (iri, name)
                break
    return found


def sources_of(desk: Desk) -> list[dict[str, Any]]:
    """Return the sources of the record with every key that pages read; what the record does not say is empty."""
    found = []
    for one in record_of(desk).get("sources", []):
        frame, publisher = one.get("frame") or {}, one.get("publisher") or {}
        found.append(
            {
                "name": str(one.get("name", "")),
                "graph": str(one.get("graph", "")),
                "license": str(one.get("license") or ""),
                **{key: _both(one.get(key)) for key in ("title", "description")},
                "publisher": {key: str(publisher.get(key) or "") for key in ("name", "url")},
                "frame": {**{key: str(frame.get(key) or "") for key in ("kind", "around", "date")}, "population": _both(frame.get("population"))},
                "notes": [_both(note) for note in one.get("notes") or ()],
                "rejected": int((one.get("rejected") or {}).get("count", 0)),
            }
        )
    return found


def _both(texts: object) -> dict[str, str]:
    given = texts if isinstance(texts, Mapping) else {}
    return {lang: str(given.get(lang) or "") for lang in ("de", "en")}


def record_of(desk: Desk) -> Mapping[str, Any]:
    """Return the record of the build behind a graph; empty for an endpoint without one."""
    return desk.build.record if desk.build is not None else {}


__all__ = ("FRAMES", "about", "centres", "decisions", "record_of", "sources_of", "statuses", "text_in")
