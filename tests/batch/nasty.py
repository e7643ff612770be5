"""A data set that is out to break things: every kind of text that formats, engines and spreadsheets stumble over, and every shape of team.

Curated tables hold what they accept; a quad table holds the rest, so that the steps meet what no reader lets through.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.build import vocabulary_quads
from kg.config import SourceSettings
from kg.namespaces import INNO, RDF, SCHEMA, SKOS, XSD, code
from kg.quads import Quad, Term, iri, literal, write_parquet

BASE = "https://example.org/nasty/"
TEXTS = (
    "quotes \" and '",
    "back\\slash \\n \\u0041",
    "tab\there",
    "line\r\nbreak\nand\rmore",
    "emoji 😀 👩‍🔬",
    "separator \u2028 \u2029 \u0085",
    "combining e\u0301 and é",
    "İstanbul ß ẞ",
    "",
    " ",
    '=HYPERLINK("https://example.org")',
    "+1",
    "-1",
    "@sum",
    "\ttab first",
    "NULL",
    "nan",
    "control \x01 \x0b \x1f \x7f \ufeff",
    "very long " + "ä" * 20_000,
    "a,b;c|d",
    "<b>&amp;</b>",
    "{{ braces }} $1 \\1 %s",
)
HUGE = 90
"""Institutions of the largest consortium."""


def teams() -> dict[str, list[str]]:
    """Return who is in which project; who stands twice is there in two roles."""
    found = {f"p{number}": [f"o{number}", f"o{number + 1}", f"o{number + 2}"] for number in range(12)}
    found["huge"] = [f"h{number:02}" for number in range(HUGE)] + ["o1"]
    found["alone"] = ["hermit"]
    found["itself"] = ["o3", "o3"]
    found["twice"] = ["o4", "o5", "o4"]
    found["twice/again"] = ["o4", "o5"]
    found["pair"] = ["x", "y"]
    found["Ä/ö(%C3%A4)"] = ["x", "y", "Z\u00fc", "\U0001f600"]
    found["empty"] = []
    return found


def quads() -> Iterator[Quad]:
    """Yield the rows, with duplicates: the same quad from two rows, the same triple in two graphs."""

    def quad(subject: str, predicate: str, term: Term, graph: str = "nasty", row: str = "a#1") -> Quad:
        return Quad(subject, predicate, *term, f"{BASE}graph/{graph}", row)

    texts = list(TEXTS)
    number = 0
    for project, team in teams().items():
        subject = f"{BASE}id/project/{project}"
        yield quad(subject, RDF.type, iri(INNO.Project))
        yield quad(subject, SKOS.prefLabel, literal(texts[number % len(texts)], language="en"))
        yield quad(subject, SKOS.prefLabel, literal(texts[number % len(texts)], language="de"), row="b#2")
        for place, one in enumerate(team):
            number += 1
            organisation, participation = f"{BASE}id/organisation/{one}", f"{BASE}id/participation/{project}/{place}"
            yield quad(organisation, RDF.type, iri(INNO.Organisation))
            yield quad(organisation, RDF.type, iri(INNO.Organisation), row="b#3")
            yield quad(organisation, RDF.type, iri(INNO.Organisation), graph="other")
            yield quad(organisation, SKOS.prefLabel, literal(texts[number % len(texts)], language="en"))
            yield quad(organisation, SKOS.prefLabel, literal(texts[number % len(texts)]))
            yield quad(participation, RDF.type, iri(INNO.Participation))
            yield quad(participation, INNO.inInitiative, iri(subject))
            yield quad(participation, INNO.participant, iri(organisation))
            yield quad(participation, INNO.role, iri(code("participation-role", "coordinator" if place == 0 else "partner")))
            yield quad(participation, INNO.contribution, literal(str(2**62 + 3), XSD.decimal))
            if place % 2:
                yield quad(participation, SCHEMA.startDate, literal("2020-01-01", XSD.date))
                yield quad(participation, SCHEMA.startDate, literal("2019", XSD.gYear))
    for place, text in enumerate(texts):
        for datatype in ("", XSD.string, XSD.integer, XSD.date):
            yield quad(f"{BASE}id/thing/{place}", SCHEMA.description, literal(text, datatype))
        yield quad(f"_:b{place}", SCHEMA.about, Term(f"_:c{place}", "bnode"))
        yield quad(f"{BASE}id/thing/{place}", SCHEMA.name, literal(text, language="de-CH"), graph="other")


def write(folder: Path) -> list[Path]:
    """Write the quad tables of the data set and of the vocabulary, as `kg build` lays them out."""
    write_parquet(list(quads()), folder / "quads" / "nasty.parquet")
    write_parquet(vocabulary_quads(SourceSettings("nasty", BASE)), folder / "quads" / "vocabulary.parquet")
    return sorted((folder / "quads").glob("*.parquet"))


def build_root(folder: Path, beside: Sequence[Path] = ()) -> Path:
    """Make a folder of builds whose current build is the data set, without a store, and return it; other quad tables may stand beside it."""
    import json

    graph = folder / "graphs" / "nasty"
    write(graph)
    for path in beside:
        shutil.copy(path, graph / "quads" / f"beside-{path.name}")
    frame = {"kind": "census", "around": "", "date": "", "population": {"de": "alles", "en": "everything"}}
    source = {"name": "nasty", "frame": frame, "rejected": {"count": 0, "first": []}, "notes": []}
    record = {"id": "nasty", "base": BASE, "name": "nasty", "title": {"de": "Böse", "en": "Nasty"}, "state": "", "sources": [source], "inputs": []}
    (graph / "build.json").write_text(json.dumps(record))
    (folder / "current").symlink_to("graphs/nasty")
    return folder
