"""Counts and alarms: what is lost is seen before it is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.diff import diff_tables
from kg.diff.counts import Count, alarms
from kg.namespaces import INNO, RDF, SKOS
from kg.quads import Quad, literal
from tests.diff.tables import EX, table

GRAPH = f"{EX}graph/x"


def projects(number: int, *, german: int, kinds: int = 0) -> list[Quad]:
    made = []
    for place in range(number):
        iri = f"{EX}id/project/{place:03}"
        made.append(Quad(iri, RDF.type, INNO.Project, "iri", "", "", GRAPH, "x"))
        made.append(Quad(iri, SKOS.prefLabel, *literal(f"Project {place}", language="en"), GRAPH, "x"))
        if place < german:
            made.append(Quad(iri, SKOS.prefLabel, *literal(f"Projekt {place}", language="de"), GRAPH, "x"))
        if place < kinds:
            made.append(Quad(iri, INNO.acronym, *literal(f"P{place}"), GRAPH, "x"))
    return made


def test_a_class_a_property_and_a_language_raise_alarms(tmp_path: Path) -> None:
    a, b = table(tmp_path / "a.parquet", projects(100, german=100, kinds=3)), table(tmp_path / "b.parquet", projects(94, german=47))
    with diff_tables([a], [b]) as found:
        raised = {(c.group, c.iri, c.language): (c.old, c.new) for c in found.alarms()}
        texts = [text.en for text in found.alarm_texts()]
        german = [text.de for text in found.alarm_texts()]
        markdown = found.markdown("en").splitlines()
        assert raised["class", INNO.Project, ""] == (100, 94)
        assert raised["property", INNO.acronym, ""] == (3, 0)
        assert raised["language", INNO.Project, "de"] == (100, 47)
        # A smaller class is no loss of names.
        assert ("language", INNO.Project, "en") not in raised
        assert texts[0] == "Property “acronym”: 3 → 0 – gone"
        assert "Projects with a name in “de”: 100 → 47 (of 100 → 94) – 50.0 % lost" in texts
        assert "Projekte: 100 → 94 – 6,0 % verloren" in german
        assert markdown.index("## Alarms") < min(number for number, line in enumerate(markdown) if line.startswith("## Projects"))
        assert "| Projects | 100 | 94 | −6.0 % |" in markdown
        assert not [c for c in found.alarms(6) if c.group == "class"]


@pytest.mark.parametrize(("old", "new", "raised"), [(100, 95, False), (100, 94, True), (1, 0, True), (0, 5, False), (20, 19, False), (19, 18, True)])
def test_the_limit_itself_is_no_alarm(old: int, new: int, raised: bool) -> None:
    assert bool(alarms([Count("class", "x", "", old, new)], 5)) is raised


def test_the_same_quad_from_two_rows_counts_once(tmp_path: Path) -> None:
    twice = [one._replace(origin=f"t#{row}") for one in projects(3, german=2) for row in (1, 2)]
    a, b = table(tmp_path / "a.parquet", projects(3, german=2)), table(tmp_path / "b.parquet", twice)
    with diff_tables([a], [b]) as found:
        assert found.empty
        assert {(c.old, c.new) for c in found.counts if c.group == "graph"} == {(8, 8)}
