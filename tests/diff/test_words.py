"""A difference in words: what a steward changed in the tables is what the release note says, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.diff import Diff, diff, diff_tables
from kg.diff.markdown import escape
from kg.sources.lossless import LosslessTable
from tests.diff.conftest import BASE, City
from tests.diff.tables import DORTMUND, changed_copy, new_row, quad, row_of, table


def three_cells(tables: dict[str, LosslessTable]) -> None:
    """A later end, a coordinator more, a source more."""
    entities, relations = tables["entities"], tables["relations"]
    project = row_of(entities, "entity_id", "t-factor")
    entities.set(project, "end", "2024-08-31")
    entities.set(project, "source_ids", f"{entities.cell(project, 'source_ids')};uc2-program")
    new_row(
        relations,
        subject_id="t-factor",
        predicate="hasParticipant",
        object_id="fh-dortmund",
        role="Koordination",
        source_id="sfs-tfactor-en",
        evidence="Liste.",
    )


@pytest.fixture(scope="module")
def dortmund(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diff]:
    changed = changed_copy(DORTMUND, tmp_path_factory.mktemp("words") / "dortmund", three_cells)
    with diff(DORTMUND, changed) as found:
        yield found


ENGLISH = (
    "- **[T-Factor](<https://w3id.org/innokg/id/project/t-factor>)**: end date changed from 2024-05-31 to 2024-08-31; "
    "partner added: Dortmund University of Applied Sciences and Arts (coordinator); "
    "1 more source: BMBF-Fördermaßnahme Stadtklima im Wandel (for name (de), name (en), start date)"
)
GERMAN = (
    "- **[T-Factor](<https://w3id.org/innokg/id/project/t-factor>)**: Enddatum geändert von 2024-05-31 auf 2024-08-31; "
    "Partner hinzugekommen: Fachhochschule Dortmund (Koordination); "
    "1 weitere Quelle: BMBF-Fördermaßnahme Stadtklima im Wandel (für Name (de), Name (en), Anfangsdatum)"
)


def test_three_changed_cells_are_three_phrases_in_both_languages(dortmund: Diff) -> None:
    english, german = dortmund.markdown("en").splitlines(), dortmund.markdown("de").splitlines()
    assert [line for line in english if line.startswith("- **")] == [ENGLISH]
    assert [line for line in german if line.startswith("- **")] == [GERMAN]
    assert "## Projects: 1 changed" in english
    assert "## Projekte: 1 geändert" in german
    assert not [line for line in english if "Alarms" in line]


def test_no_participation_claim_or_evidence_is_an_entity(dortmund: Diff) -> None:
    assert [(entity.iri, entity.kind, entity.label("en")) for entity in dortmund.entities] == [
        ("https://w3id.org/innokg/id/project/t-factor", "changed", "T-Factor")
    ]
    assert (dortmund.entities[0].added, dortmund.entities[0].removed) == (dortmund.added_count, dortmund.removed_count)


def test_lines_have_codes_and_the_things_they_name(dortmund: Diff) -> None:
    (lines,) = dortmund.describe(dortmund.entities).values()
    assert [line.code for line in lines] == ["value-changed", "partner-added", "sources-added"]
    assert (lines[0].property, lines[0].old, lines[0].new) == ("https://schema.org/endDate", ("2024-05-31",), ("2024-08-31",))
    assert lines[1].others == ("https://w3id.org/innokg/id/organisation/fh-dortmund",)
    assert lines[2].others == ("https://w3id.org/innokg/id/document/uc2-program",)


def test_other_changes_of_tables_in_words(tmp_path: Path) -> None:
    def change(tables: dict[str, LosslessTable]) -> None:
        entities, relations, decisions = tables["entities"], tables["relations"], tables["decisions"]
        entities.set(row_of(entities, "entity_id", "cet"), "address", "Neue Straße 1, Dortmund")
        entities.set(row_of(entities, "entity_id", "dortmund"), "lat", "51.6")
        number = next(n for n in range(2, 2000) if relations.cell(n, "subject_id") == "t-factor" and relations.cell(n, "object_id") == "waag")
        relations.set(number, "evidence", "Anders gesagt.")
        new_row(relations, subject_id="arte", predicate="endDate", value="1999", source_id="uc2-program", evidence="Steht so da.")
        new_row(
            decisions, target="arte endDate 1999 uc2-program", decision="rejected", value="endDate", who="Redaktion", when="2026-11-22", why="falsch"
        )

    with diff(DORTMUND, changed_copy(DORTMUND, tmp_path / "dortmund", change)) as found:
        said = {
            entity.iri.rsplit("/", 1)[-1]: [line.text.en for line in lines]
            for entity in found.entities
            for lines in [found.describe([entity])[entity.iri]]
        }
    assert any("Emil-Figge-Straße 80, Dortmund to Neue Straße 1, Dortmund" in text for text in said["cet"])
    assert "latitude changed from 51.513889 to 51.6" in said["dortmund"]
    assert not any("geometry" in text.casefold() or "POINT" in text for text in said["dortmund"])
    assert said["t-factor"] == ["evidence for 1 fact reworded"]
    assert "also claimed, but rejected: end date 1999" in said["arte"]


def test_kinds_of_change_of_builds(city: City) -> None:
    with diff(root=city.root) as found:
        kinds = {entity.iri.removeprefix(f"{BASE}id/"): entity for entity in found.entities}
        lines = {iri.removeprefix(f"{BASE}id/"): [line.text for line in lines] for iri, lines in found.describe(found.entities).items()}
        markdown = found.markdown("en")
        german = found.text("de")
    assert all(lines.values())
    assert {iri: entity.kind for iri, entity in kinds.items() if "/" in iri and "http" not in iri} == {
        "project/lake-lab": "added",
        "project/river-lab": "changed",
        "organisation/old-institute": "retired",
        "organisation/example-university": "renamed",
        "place/old-square": "withdrawn",
    }
    assert kinds["organisation/old-institute"].successor == f"{BASE}id/organisation/new-institute"
    assert [text.en for text in lines["organisation/old-institute"]] == ["retired, replaced by new-institute en"]
    assert [text.de for text in lines["organisation/old-institute"]] == ["zurückgezogen, ersetzt durch new-institute de"]
    assert "name (en) changed from Example University to University of Example City" in [text.en for text in lines["organisation/example-university"]]
    assert [text.en for text in lines["project/lake-lab"]] == ["2025 to ?, 2 partners, coordinated by University of Example City"]
    river = [text.en for text in lines["project/river-lab"]]
    assert "partner removed: old-institute en (partner)" in river
    assert "new-institute en: role changed from partner to associated partner" in river
    # Derived statements follow from these and are not said again.
    assert not any("recorded size" in text or "involves" in text for text in river)
    assert "Organisations: 1 retired, 1 renamed" in markdown
    assert "Hinweis: 1 Entität ohne Eintrag in retired.csv entfallen." in german
    assert "(graph build)" in markdown


def test_markdown_shows_hostile_names_as_they_are(city: City) -> None:
    with diff(root=city.root) as found:
        line = next(line for line in found.markdown("en").splitlines() if "lake-lab" in line)
    assert "[Lake \\*Lab\\* &lt;b&gt;&#64;me](<https://example.org/city/id/project/lake-lab>)" in line
    assert escape("1. www.x.org | # [a](javascript:b) `c`\n\x1b[31m") == "1\\. www&#46;x.org \\| \\# \\[a\\](javascript:b) \\`c\\` \\[31m"


def test_a_terminal_is_not_steered(tmp_path: Path) -> None:
    a = table(tmp_path / "a.parquet", [quad("x", "p", "1", literal=True)])
    b = table(tmp_path / "b.parquet", [quad("x", "p", "evil \x1b[2J\r name", literal=True)])
    with diff_tables([a], [b]) as found:
        text, coloured = found.text("en"), found.text("en", color=True)
    assert "p changed from 1 to evil" in text
    assert "\x1b" not in text
    assert "\x1b[2J" not in coloured
    assert "\x1b[33m~\x1b[0m" in coloured


def test_a_limit_cuts_the_list_and_not_the_counts(city: City) -> None:
    with diff(root=city.root) as found:
        data = found.to_json(limit=1)
        organisations = next(entry for entry in data["classes"] if entry["label"]["en"] == "Organisations")
        assert len(organisations["entities"]) == 1
        assert organisations["hidden"] == 1
        assert organisations["counts"] == {"renamed": 1, "retired": 1}
        assert "… and 1 more" in found.text("en", limit=1)
        biggest = found.listed(1, biggest=True)
        for members in biggest.values():
            assert all(
                members[0].added + members[0].removed >= e.added + e.removed
                for e in found.entities
                if e.cls == members[0].cls and e.kind != "derived"
            )
